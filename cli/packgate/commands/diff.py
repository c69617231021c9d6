"""`packgate diff`: what a change to packs does, between any two states."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.progress import progress
from packgate.commands.shared import at_option, open_cache, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.report import make_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.bundle.verify import Bundle
    from packgate.gitio import Repository
    from packgate.impact.compare import Comparison
    from packgate.impact.sides import Side

WORKING_TREE = "working tree"
FORMATS = ("text", "json", "markdown", "github")


def comparison_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a comparison, whatever is compared."""
    options = (
        click.option("--events", type=click.Path(path_type=Path), metavar="FILE", help="Recorded events (JSON lines) to decide too."),
        click.option(
            "--fail-on", "fail_on", type=click.Choice(["loosened", "tightened", "any"]), multiple=True,
            help="Exit with 1 when the change goes in this direction; repeatable.",
        ),
        click.option(
            "--limit", type=click.IntRange(0), default=10, show_default=True, help="How many actions are shown, of each direction.",
        ),
        at_option("The time that waivers are held against (RFC 3339). Default: now."),
        click.option(
            "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How the comparison is printed.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command("diff")
@click.argument("base", required=False, metavar="[BASE]")
@click.argument("head", required=False, metavar="[HEAD]")
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Only this pack; repeatable.")
@comparison_options
def command(
    base: str | None, head: str | None, packs: tuple[str, ...], events: Path | None, fail_on: tuple[str, ...], limit: int, at: str | None,
    form: str,
) -> int:
    """Show what a change to packs does.

    BASE and HEAD are branches, tags, commits, folders or bundles; by default the commit at which this branch left the default branch, and
    the working tree. Three things are compared: what changed in the packs, the verdict on every case, corpus action and recorded event,
    and what the changed conditions say, with a shortest operation that tells them apart.

    \b
    Examples:
      packgate diff
      packgate diff main --fail-on loosened
      packgate diff recommended/v1.4.0-warn HEAD --format markdown > comment.md
      packgate diff ../before ../after --events events.jsonl
      packgate diff installed.packgate HEAD
    """
    from packgate.impact.compare import actions, compare
    from packgate.impact.recorded import read_events

    recorded = read_events(events) if events is not None else []
    with ExitStack() as stack:
        sides = _Opener(stack, packs).both(base, head)
        for side in sides:
            if side.findings:
                print_findings(side.findings, "text" if form == "json" else form, err=form == "json")
                return FINDINGS
        tried = actions(*sides, recorded)
        with progress(len(tried), "deciding on both sides") as tick:
            comparison = compare(*sides, tried, now=at or clock.now(), tick=tick)
        _print(comparison, form, limit)
    return FINDINGS if _fails(comparison, fail_on) else CLEAN


def _fails(comparison: Comparison, fail_on: tuple[str, ...]) -> bool:
    return (
        ("loosened" in fail_on and comparison.loosened) or ("tightened" in fail_on and comparison.tightened)
        or ("any" in fail_on and comparison.direction != "unchanged")
    )


def _print(comparison: Comparison, form: str, limit: int) -> None:
    from packgate.guard.detectors import mask

    if form == "github":
        from packgate.impact.findings import TITLES, findings
        from packgate.impact.summary import counts

        print_findings(make_report(findings(comparison, mask), summary=counts(comparison), titles=TITLES), form)
    elif form == "json":
        from packgate.impact.as_json import render_json

        print_text(render_json(comparison, mask))
    elif form == "markdown":
        from packgate.impact.markdown import render_markdown

        print_text(render_markdown(comparison, limit, mask))
    else:
        from packgate.impact.text import render_text

        print_text(render_text(comparison, limit, mask))


def _is_bundle(name: str) -> bool:
    from packgate.bundle.names import SUFFIX

    return name.endswith(SUFFIX) and os.path.isfile(name)


class _Opener:
    """Opens what the arguments name."""

    def __init__(self, stack: ExitStack, packs: tuple[str, ...]) -> None:
        self.stack = stack
        self.packs = packs
        self._repository: Repository | None = None
        self._bundles: dict[str, Bundle] = {}

    def both(self, base: str | None, head: str | None) -> tuple[Side, Side]:
        """The two sides. Raises `UserError` for what is neither a folder, a bundle nor a commit."""
        bundles = [self._bundle(name) for name in (base, head) if name is not None and _is_bundle(name)]
        # A bundle is one pack: beside it, others of a repository would all count as removed or added.
        self.packs = self.packs or tuple(dict.fromkeys(bundle.manifest.pack for bundle in bundles))
        if base is None:
            repository = self.repository()
            default = repository.default_branch()
            opened = self._commit(repository.merge_base(default), f"{default} (where this branch left it)")
        else:
            opened = self._named(base)
        sides = opened, self._named(head) if head is not None else self._working_tree()
        known = {pack.name for side in sides for pack in side.space.packs}
        for name in self.packs:
            if name not in known and not any(side.findings for side in sides):
                raise UserError(f"neither side has a pack '{name}'")
        return sides

    def repository(self) -> Repository:
        """The repository of the working folder."""
        if self._repository is None:
            from packgate.gitio import Repository

            self._repository = Repository()
        return self._repository

    def _named(self, name: str) -> Side:
        if os.path.isdir(name) and (os.sep in name or name in (".", "..") or not self._is_ref(name)):
            return self._folder(name, Path(name), name)
        if _is_bundle(name):
            return self._unpacked(self._bundle(name), name)
        return self._commit(self.repository().commit(name), name)

    def _bundle(self, name: str) -> Bundle:
        """A bundle whose sources are what it decides with. Raises `UserError` for one that is refused."""
        from packgate.commands.bundle_files import read_with_sources

        if name not in self._bundles:
            self._bundles[name] = read_with_sources(Path(name))
        return self._bundles[name]

    def _unpacked(self, bundle: Bundle, name: str) -> Side:
        from packgate.bundle.sources import unpack

        folder = Path(self.stack.enter_context(TemporaryDirectory(prefix="packgate-diff-")))
        unpack(bundle, folder)
        return self._folder(name, folder, name)

    def _is_ref(self, name: str) -> bool:
        try:
            return self.repository().knows(name)
        except UserError:
            return False

    def _working_tree(self) -> Side:
        from packgate.source.workspace import find_root

        root = find_root(".")
        if root is None:
            raise UserError("there is no policy repository here", "packgate.yaml or packs/ marks one; or name two folders")
        folder = Path(os.path.relpath(root))
        return self._folder(WORKING_TREE, folder, str(folder))

    def _commit(self, commit: str, name: str) -> Side:
        from packgate.source.files import YAML
        from packgate.source.workspace import find_root

        root = find_root(".") or self.repository().root
        folder = Path(self.stack.enter_context(TemporaryDirectory(prefix="packgate-diff-")))
        self.repository().export(commit, self.repository().prefix(root), folder, YAML)
        label = name if commit.startswith(name) else f"{name} ({commit[:7]})"
        return self._folder(label, folder, os.path.relpath(root))

    def _folder(self, label: str, folder: Path, shown: str) -> Side:
        from packgate.impact.sides import open_side

        return open_side(label, folder, self.packs, shown, open_cache())
