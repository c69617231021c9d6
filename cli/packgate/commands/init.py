"""`packgate init`: a policy repository to start from. It asks nothing and overwrites nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate import __version__
from packgate.commands.shared import DEFAULT_PACK
from packgate.docs.codeowners import codeowner_lines, merged
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

# Where each template goes (`{pack}` is the pack's name), and whether the file must not exist yet.
_FILES = {
    "packgate.yaml": ("packgate.yaml.j2", True),
    "packs/{pack}/pack.yaml": ("pack.yaml.j2", True),
    "packs/{pack}/policies/local-rules.yaml": ("policies.yaml.j2", True),
    "packs/{pack}/rollout.yaml": ("rollout.yaml.j2", True),
    ".pre-commit-config.yaml": ("pre-commit.yaml.j2", False),
}
# The checks of a pull request and where CODEOWNERS is, by where the repository is hosted.
_HOSTS: dict[str, tuple[dict[str, tuple[str, bool]], str | None]] = {
    "github": ({".github/workflows/packgate.yml": ("workflow.yml.j2", False)}, ".github/CODEOWNERS"),
    "gitlab": ({".gitlab/packgate.yml": ("gitlab-ci.yml.j2", False)}, ".gitlab/CODEOWNERS"),
    "none": ({}, None),
}


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--pack", default="local", show_default=True, help="Name of the pack to make.")
@click.option("--owner", default="platform-security", show_default=True, help="Team, @handle or e-mail address that owns the pack.")
@click.option("--org", "organisation", metavar="NAME", help="Organisation of the owner's team, for CODEOWNERS.")
@click.option("--base", type=click.Choice(["recommended", "strict"]), default=DEFAULT_PACK, show_default=True, help="Pack to build on.")
@click.option("--host", type=click.Choice(list(_HOSTS)), default="github", show_default=True, help="Where the repository is hosted.")
def command(folder: Path, pack: str, owner: str, organisation: str | None, base: str, host: str) -> int:
    """Set up packs, settings and CI in a repository.

    Writes a pack that extends a carried one with a first policy and its tests, its rollout, the settings, hooks for pre-commit, the
    checks of a pull request, and CODEOWNERS. It never asks and never overwrites: if the settings or a file of the pack exist, nothing is
    written; what else exists is kept.

    \b
    Examples:
      packgate init
      packgate init policies --pack payments --owner payments-security --org acme --base strict
      packgate init --host gitlab
    """
    if _NAME.fullmatch(pack) is None:
        raise UserError(f"--pack {pack!r}: a name is lower-case words joined by dashes", "packgate init --pack payments-team")
    names = {"pack": pack, "owner": owner, "base": base, "base_version": _version_of(base), "title": _title(folder)}
    checks, place = _HOSTS[host]
    contents = rendered({**_FILES, **checks}, names)
    unowned = _add_codeowners(contents, place, pack, owner, organisation)
    for path, wrote in write_files(folder, contents):
        click.echo(f"wrote {path}" if wrote else f"kept {path}, which was there")
    advice = f"  packgate codeowners --org NAME    # '{owner}' is a team of which organisation?\n" if unowned else ""
    click.echo(f"\nnext:\n  packgate lint\n  packgate test\n{advice}  packgate explain --pack {pack} 'rm migrations/0001_init.sql'")
    return 0


def rendered(templates: Mapping[str, tuple[str, bool]], names: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """Every file of a table by its path: its text, and whether it must not exist yet."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), undefined=StrictUndefined, keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (YAML, not HTML)
    )
    return {
        path.format(pack=names["pack"]): (environment.get_template(template).render(**names, version=__version__), new)
        for path, (template, new) in templates.items()
    }


def _add_codeowners(contents: dict[str, tuple[str, bool]], place: str | None, pack: str, owner: str, organisation: str | None) -> bool:
    """Add the CODEOWNERS file; whether it can't be written, since the owner's organisation is not known."""
    if place is None:
        return False
    if organisation is None and "@" not in owner:
        return True
    contents[place] = (merged("", codeowner_lines({pack: [owner]}, "", place, organisation)), False)
    return False


def write_files(folder: Path, contents: Mapping[str, tuple[str, bool]]) -> list[tuple[Path, bool]]:
    """Write texts into the folder: every path, and whether it was written. One that exists is kept; if it must be new, `UserError` is
    raised and nothing is written."""
    found = [(folder / name, text, new) for name, (text, new) in contents.items()]
    there = {path for path, _, _ in found if path.exists() or path.is_symlink()}
    taken = [str(path) for path, _, new in found if new and path in there]
    if taken:
        raise UserError(f"already there: {', '.join(taken)}; nothing was written", "choose another folder or another --pack")
    for path, text, _ in found:
        if path not in there:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return [(path, path not in there) for path, _, _ in found]


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
