"""How rendered files are written: JSON with sorted keys, text from Jinja2 templates; the same bytes for the same plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError

if TYPE_CHECKING:
    from packgate.render.plan import Plan


def as_json(data: Any, *, sort: bool = True) -> bytes:
    """JSON with a line end. ``sort``: off where the order of keys has a meaning."""
    return (json.dumps(data, indent=2, sort_keys=sort, ensure_ascii=False) + "\n").encode()


def as_yaml(data: Any, head: str) -> bytes:
    """YAML in block style, keys in their order, with a comment above it. Written by the Python emitter: that of libyaml breaks lines of its
    own."""
    import yaml

    text = yaml.dump(data, Dumper=_plain_dumper(), sort_keys=False, allow_unicode=True, width=1_000_000, default_flow_style=False)
    return f"# {head}\n{text}".encode()


def _plain_dumper() -> Any:
    """A dumper that writes what occurs twice twice."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return Dumper


def from_template(name: str, **values: Any) -> bytes:
    """A text file from a template of `render/templates`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,  # noqa: S701 (no HTML)
    )
    # A JSON text is also one of TOML (basic strings) and Starlark, as long as it escapes what is not ASCII in neither.
    environment.filters["quoted"] = quoted
    return environment.get_template(name).render(**values).encode()


def quoted(text: str) -> str:
    """A text in double quotes, as JSON, TOML, Starlark and JavaScript all read it. Control characters are blanks."""
    flat = "".join(char if char.isprintable() else " " for char in text)
    return json.dumps(flat, ensure_ascii=False)


def message(plan: Plan, policies: tuple[str, ...]) -> str:
    """What a person or agent is told by a native rule: the policies and what to do instead, on one line."""
    by_id = plan.by_id
    names = ", ".join(policies)
    return " ".join(f"{names}: {by_id[policies[0]].message}".split())


def validated(data: Any, schema: str, file: str) -> Any:
    """The data, which fits a schema of `render/schemas`. Raises `UserError`: an option gave it a form that the target would not take."""
    import jsonschema

    path = Path(__file__).parent / "schemas" / f"{schema}.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    errors = sorted(validator.iter_errors(data), key=lambda error: error.json_path)
    if errors:
        raise UserError(f"{file}: {errors[0].json_path}: {errors[0].message:.200}", "the target would not take this file; check `targets:`")
    return data
