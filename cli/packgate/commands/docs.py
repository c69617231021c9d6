"""`packgate docs`: generate pages, or say which are stale."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate.commands.shared import open_workspace, own_packs, print_findings
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    pass


_FOLDER = click.Path(path_type=Path, file_okay=False)
_WIDTH = 110


@click.command("docs")
@click.argument("packs", nargs=-1, metavar="[PACK|PATH]...")
@click.option("--out", type=_FOLDER, default=Path("docs/policies"), show_default=True, help="Folder of the pages.")
@click.option("--reference", type=_FOLDER, help="Also write packgate's reference (verbs, formats, vocabulary, agents, catalog) here.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a page is missing or stale.")
def command(packs: tuple[str, ...], out: Path, reference: Path | None, check: bool) -> int:
    """Generate the threat map, a page for every policy, and the examples page.

    The examples page has a prompt for every policy that can be given to an agent to watch it fire.

    \b
    Examples:
      packgate docs
      packgate docs --check
      packgate docs packs/payments --out site/policies
    """
    from packgate.docs import pages as store
    from packgate.docs.policies import policy_pages

    # Packs of which a repository uses one or the other have pages side by side.
    space = open_workspace(packs or _all_packs(), apart=True)
    if not space.ok:
        print_findings(space.diagnostics)
        return FINDINGS
    groups = [(policy_pages(space.results, out), out), *_reference(reference)]
    wrong = [path for pages, folder in groups for path in (store.stale if check else store.write)(pages, folder)]
    for path in wrong:
        click.echo(f"{'stale' if check else 'wrote' if path.exists() else 'removed'} {path}")
    total = sum(len(pages) for pages, _ in groups)
    click.echo(f"{total} pages, {len(wrong)} {'stale' if check else 'changed'}")
    return FINDINGS if check and wrong else CLEAN


def _all_packs() -> tuple[str, ...]:
    """Every pack of the repository, whichever its settings name: pages are for readers."""
    from packgate.source.workspace import find_root

    root = find_root(".")
    return () if root is None else own_packs(root)


def _reference(folder: Path | None) -> list[tuple[dict[Path, str], Path]]:
    """The reference pages of packgate itself, each group with its folder."""
    if folder is None:
        return []
    from packgate.catalog.load import PROGRAMS
    from packgate.docs.catalog import catalog_pages
    from packgate.docs.enforcement import enforcement_pages
    from packgate.docs.reference import format_pages, vocabulary_page
    from packgate.docs.verbs import verb_pages

    groups = [
        (verb_pages(_helps(), folder / "verbs"), folder / "verbs"),
        (format_pages(folder / "formats" / "reference"), folder / "formats" / "reference"),
        (vocabulary_page(folder / "vocabulary"), folder / "vocabulary"),
        (enforcement_pages(folder / "enforcement-points"), folder / "enforcement-points"),
    ]
    if os.path.isdir(PROGRAMS):
        groups.append((catalog_pages(folder / "catalog", Path(PROGRAMS)), folder / "catalog"))
    return groups


def _helps() -> dict[str, tuple[str, str]]:
    """The first line and the whole of every verb's help."""
    group = click.get_current_context().find_root().command
    assert isinstance(group, click.Group)
    settings = {**group.context_settings, "max_content_width": _WIDTH, "terminal_width": _WIDTH}
    context = click.Context(group, info_name="packgate", **settings)
    found = {}
    for verb in group.list_commands(context):
        subcommand = group.get_command(context, verb)
        assert subcommand is not None
        inner = click.Context(subcommand, info_name=verb, parent=context, max_content_width=_WIDTH, terminal_width=_WIDTH)
        found[verb] = ((subcommand.help or "").partition("\n")[0], subcommand.get_help(inner))
    return found
