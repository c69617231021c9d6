"""`packgate codeowners`: keep the owners of packs in the file that code review reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate.commands.shared import own_packs, print_findings
from packgate.docs.codeowners import codeowner_lines, merged
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.source.codeowners import PLACES

if TYPE_CHECKING:
    from packgate.source.result import LoadResult


@click.command("codeowners")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--org", "organisation", metavar="NAME", help="Organisation of owners that are plain team names.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when the file is missing or stale.")
def command(file: Path | None, organisation: str | None, check: bool) -> int:
    """Write the owners of packs into CODEOWNERS.

    A change to a pack needs its owners' review; settings, context, assignments and the CODEOWNERS file itself need all of them.
    Waivers and rollout.yaml belong to their pack. The lines stand between two marks; nothing else in the file is touched. Without FILE: the
    one that is there, else .github/CODEOWNERS.

    \b
    Examples:
      packgate codeowners --org acme
      packgate codeowners --org acme --check
    """
    from packgate.source.workspace import find_root, load_workspace

    root = find_root(".")
    if root is None:
        raise UserError("there is no policy repository here", "packgate.yaml or packs/ marks one")
    top = _top(root)
    place = file or _place(top)
    # Packs that are used from elsewhere have their owners there.
    packs = own_packs(root)
    if not packs:
        raise UserError(f"{os.path.join(os.path.relpath(root), 'packs')}: there is no pack", "packgate init makes one")
    space = load_workspace(os.path.relpath(root), packs)
    if not space.ok:
        print_findings(space.diagnostics)
        return FINDINGS
    prefix = os.path.relpath(root, top).replace(os.sep, "/")
    name = os.path.relpath(place, top).replace(os.sep, "/")
    owners = {result.pack.name: _owners(result) for result in space.results if result.pack is not None}
    old = place.read_text(encoding="utf-8") if place.exists() else ""
    new = merged(old, codeowner_lines(owners, "" if prefix == "." else prefix, name, organisation))
    shown = os.path.relpath(place)
    if new == old:
        click.echo(f"{shown} is up to date")
        return CLEAN
    if check:
        option = f" --org {organisation}" if organisation else ""
        click.echo(f"{shown} is {'stale' if old else 'missing'}; run: packgate codeowners{option}")
        return FINDINGS
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(new, encoding="utf-8")
    click.echo(f"wrote {shown}")
    return CLEAN


def _top(root: str) -> str:
    """The git repository's folder, to which paths of CODEOWNERS are relative; the policy repository itself outside of git."""
    from packgate.commands.shared import repository_root

    return repository_root(root) or root


def _owners(result: LoadResult) -> list[str]:
    """The owners that a pack's own pack.yaml names."""
    assert result.header is not None
    found: list[str] = result.header.data["owners"]
    return found


def _place(top: str) -> Path:
    return next((found for each in PLACES if (found := Path(top, each)).exists()), Path(top, PLACES[0]))
