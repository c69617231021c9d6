"""The page of every rule, written from its metadata, its docstring and its fixtures: ``python -m packgate.lint.pages [--check]``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.lint.registry import RETIRED, RULES
from packgate.resources import resource

if TYPE_CHECKING:
    from packgate.lint.rule import Rule

_HEADER = "<!-- Written by `python -m packgate.lint.pages`; change the rule or its fixtures instead. -->\n"
_CAPTIONS = {"error": "an error", "warning": "a warning", "info": "a note"}


def pages(fixtures: Path) -> dict[str, str]:
    """The text of every page of docs/lint, by file name; ``fixtures`` is testcases/lint."""
    found = {f"{rule.code}.md": _page(rule, fixtures / rule.code) for rule in RULES}
    found["README.md"] = _index()
    return found


def stale(folder: Path, fixtures: Path) -> list[str]:
    """Names of pages that are missing, differ from what would be written, or belong to no rule."""
    wanted = pages(fixtures)
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} if folder.is_dir() else {}
    return sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))


def write(folder: Path, fixtures: Path) -> None:
    """Write every page, and remove those of no rule."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages(fixtures)
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _page(rule: Rule, fixtures: Path) -> str:
    what, _, why = rule.explanation.strip().partition("\n\n")
    head = f"{rule.title}. It is {_CAPTIONS[rule.severity.value]}."
    parts = [f"# {rule.code} {rule.name}", head, "## What it does", what, "## Why", why.strip()]
    for title, kind in (("Example", "fail"), ("Use instead", "pass")):
        shown = _example(fixtures / kind)
        parts += [f"## {title}", shown] if shown else []
    parts += ["## Fix", f"`packgate lint --fix`: {rule.fix}" if rule.fix else "By hand."]
    if not rule.code.startswith("PG29"):
        # Findings about suppressions and crashes are told whatever a comment says.
        parts += ["## Suppress", f"`# packgate: ignore[{rule.code}] reason` on the line, or on the `- id:` line of the policy."]
    return _HEADER + "\n" + "\n\n".join(parts) + "\n"


def _example(folder: Path) -> str:
    """The files of a fixture; of several with their names."""
    paths = sorted(path for path in folder.rglob("*.yaml")) if folder.is_dir() else []
    blocks = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        caption = f"`{name}`\n\n" if len(paths) > 1 else ""
        blocks.append(f"{caption}```yaml\n{path.read_text(encoding='utf-8').rstrip()}\n```")
    return "\n\n".join(blocks)


def _index() -> str:
    lines = ["# Lint rules", "", "`packgate lint` reports these. Each can be suppressed by a comment with a reason:", ""]
    lines += ["    then: audit  # packgate: ignore[PG210] the server blocks already", ""]
    lines += [
        "The comment stands on the line, alone on the line above it, or on the `- id:` line for a whole policy;",
        "`# packgate: ignore-file[PG210] reason` in the comment at the head of a file holds for all of it.", "",
        "| code | name | severity | fix | what |", "|---|---|---|---|---|",
    ]
    lines += [
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity.value} | {'yes' if rule.fix else ''} | {rule.title} |"
        for rule in RULES
    ]
    if RETIRED:
        lines += ["", "Codes that are no longer used:", "", *(f"- {code}: {what}" for code, what in RETIRED.items())]
    return _HEADER + "\n" + "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages of the checkout, or say which are stale."""
    root = Path(resource("testcases")).parent
    folder, fixtures = root / "docs" / "lint", root / "testcases" / "lint"
    if "--check" not in arguments:
        write(folder, fixtures)
        return 0
    names = stale(folder, fixtures)
    for name in names:
        sys.stderr.write(f"docs/lint/{name} is stale: run python -m packgate.lint.pages\n")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
