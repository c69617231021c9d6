"""`packgate init`: a policy repository to start from. It asks nothing and overwrites nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate import __version__
from packgate.commands.shared import DEFAULT_PACK
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

# Where each template goes; `{pack}` is the pack's name.
_FILES = {
    "packgate.yaml": "packgate.yaml.j2",
    "packs/{pack}/pack.yaml": "pack.yaml.j2",
    "packs/{pack}/policies/local-rules.yaml": "policies.yaml.j2",
    ".github/workflows/packgate.yml": "workflow.yml.j2",
}


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--pack", default="local", show_default=True, help="Name of the pack to make.")
@click.option("--owner", default="platform-security", show_default=True, help="Team that owns the pack.")
@click.option("--base", type=click.Choice(["recommended", "strict"]), default=DEFAULT_PACK, show_default=True, help="Pack to build on.")
def command(folder: Path, pack: str, owner: str, base: str) -> int:
    """Set up packs, settings and CI in a repository.

    Writes a pack that extends a carried one with a first policy and its tests, the settings, and a workflow for pull requests. It never
    asks and never overwrites: if one of the files exists, nothing is written.

    \b
    Examples:
      packgate init
      packgate init policies --pack payments --owner payments-security --base strict
    """
    if _NAME.fullmatch(pack) is None:
        raise UserError(f"--pack {pack!r}: a name is lower-case words joined by dashes", "packgate init --pack payments-team")
    written = write_files(folder, {"pack": pack, "owner": owner, "base": base, "base_version": _version_of(base), "title": _title(folder)})
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(f"\nnext:\n  packgate lint\n  packgate test\n  packgate explain --pack {pack} 'rm migrations/0001_init.sql'")
    return 0


def write_files(folder: Path, values: Mapping[str, str]) -> list[Path]:
    """Render every template into the folder. Raises `UserError`, and writes nothing, when a file is there already."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), undefined=StrictUndefined, keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (YAML, not HTML)
    )
    targets = {folder / name.format(pack=values["pack"]): template for name, template in _FILES.items()}
    taken = [str(path) for path in targets if path.exists() or path.is_symlink()]
    if taken:
        raise UserError(f"already there: {', '.join(taken)}; nothing was written", "choose another folder or another --pack")
    for path, template in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(environment.get_template(template).render(**values, version=__version__), encoding="utf-8")
    return list(targets)


def _version_of(base: str) -> str:
    from packgate.source.load import find_pack, load_pack

    path = find_pack(base, None)
    loaded = load_pack(path) if path is not None else None
    if loaded is None or loaded.pack is None:
        raise UserError(f"the carried pack '{base}' can't be read; install packgate again")
    return loaded.pack.version


def _title(folder: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9 ._-]", "", folder.resolve().name)
    return name or "this repository"
