"""What the verbs of levels share: the repository, roles, how a change takes effect on this machine, and what was cut off before."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.shared import open_cache, print_findings, print_text
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from packgate.diagnostics import Diagnostic
    from packgate.gitio.writing import WritableRepository
    from packgate.installation.local_bundles import Snapshot
    from packgate.level.changing import Change
    from packgate.level.transaction import Prepare


class NotFit(Exception):
    """Packs with errors, so that nothing is changed."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("packs have errors")
        self.findings = findings


def complete_levels(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of levels."""
    from click.shell_completion import CompletionItem

    from packgate.level.levels import LEVELS

    return [CompletionItem(level.name, help=level.summary) for level in LEVELS if level.name.startswith(incomplete)]


def complete_changes(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Audit ids of this branch, newest first."""
    from click.shell_completion import CompletionItem

    from packgate.gitio.writing import WritableRepository
    from packgate.level.record import records

    try:
        found = [each.record for each in records(WritableRepository())]
    except UserError:
        return []
    return [CompletionItem(each.audit, help=f"{each.action} {each.level or ''}") for each in found if each.audit.startswith(incomplete)]


def level_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument LEVEL."""
    return click.argument("level", metavar="LEVEL", shell_complete=complete_levels)(function)


def activation_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Where a change takes effect on this machine."""
    options = (
        click.option("--bundles", type=click.Path(file_okay=False), metavar="DIR",
                     help="The folder that the hook of this machine decides from. Default: that of `packgate hook install`."),
        click.option("--no-activate", "quiet", is_flag=True, help="Commit only; build and activate nothing on this machine."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def open_repository(verb: str) -> tuple[WritableRepository, str]:
    """The git repository and the policy repository's folder in it (the root where there is none yet); the role is checked.

    Raises `UserError`.
    """
    from packgate.gitio.writing import WritableRepository
    from packgate.level.roles import check_role
    from packgate.source.workspace import find_root

    repository = WritableRepository()
    prefix = repository.prefix(find_root(".") or repository.root)
    settings = committed_settings(repository, prefix)
    if settings is not None and settings.get("levels"):
        check_role(verb, repository.identity(), settings)
    return repository, prefix


def committed_settings(repository: WritableRepository, prefix: str) -> dict[str, Any] | None:
    """The data of packgate.yaml as it is committed; None where there is none that can be read."""
    from packgate.source.yaml import parse_yaml

    raw = repository.read("HEAD", os.path.join(prefix, "packgate.yaml")) if repository.knows("HEAD") else None
    data = None if raw is None else parse_yaml(raw.decode("utf-8", "replace"), "packgate.yaml").data
    return data if isinstance(data, dict) else None


def preparation(repository: WritableRepository, prefix: str, bundles: str | None, quiet: bool, check: bool = True) -> Prepare:
    """How the packs of a commit are checked, and made what this machine decides with. ``check``: also where nothing is activated."""

    def prepare(commit: str) -> Callable[[], list[str]]:
        from packgate.bundle.opening import shown_from
        from packgate.bundle.refusals import Refused
        from packgate.impact.sides import open_side
        from packgate.installation import places
        from packgate.installation.kept_snapshot import kept_before
        from packgate.installation.local_bundles import Unfit, build_repository, is_pulled
        from packgate.level.changing import state_of
        from packgate.source.files import YAML

        into = os.path.abspath(bundles or places.bundles_folder(os.environ))
        if quiet and not check:
            return list
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="packgate-commit-")))
            repository.export(commit, prefix, folder, YAML)
            side = open_side("the level", folder, (), prefix or ".", open_cache())
            if side.findings:
                raise NotFit(shown_from(side.findings, folder, prefix or "."))
            keep = repository.private
            level = state_of(repository, prefix, commit).level()
            # Without a level, what was in use before there was one is in use again.
            kept = kept_before(keep, into, clock.now()) if level is None else None
            if quiet or is_pulled(into) or (kept is None and not side.packs):
                return lambda: [] if quiet else [_not_here(into, bool(side.packs))]
            try:
                snapshot = kept or build_repository(str(folder), into, clock.now())
            except Refused as refusal:
                raise UserError(f"no enforcement point would take this: {refusal.message}", refusal.hint) from refusal
            except Unfit as unfit:
                raise NotFit(shown_from(unfit.findings, folder, prefix or ".")) from unfit

        return partial(_activated, snapshot, keep, into, level is not None)

    return prepare


def _activated(snapshot: Snapshot, keep: str, into: str, ours: bool) -> list[str]:
    """Make a snapshot what this machine decides with; what there is to tell about that. ``keep``: where it is noted what was in use before,
    and, with ``ours``, that it is a level's now."""
    from packgate.installation.kept_snapshot import keep_before, note_ours
    from packgate.installation.users import noted_users, refresh_users

    keep_before(keep, into)
    names = snapshot.activate()
    if ours:
        note_ours(keep, into)
    notes = [f"note: {error.message}; {error.hint}" for error in refresh_users(into)]
    notes += _unchecked(into)
    if not noted_users(into):
        notes.append(f"note: no hook decides from there yet: packgate hook install AGENT --bundles {into}")
    return [f"in effect here from the next call: {', '.join(names)} ({into})", *notes]


def _unchecked(into: str) -> list[str]:
    """What hooks that decide from a folder of bundles can't check; without a hook, what this Python can't."""
    from packgate.bundle.installed import load_installed
    from packgate.installation.missing_checks import missing_checks
    from packgate.installation.users import noted_users

    packs = load_installed(into).gate().engine.packs
    hooks: list[str | None] = [*noted_users(into)]
    found = {missing_checks(packs, hook) for hook in hooks or [None]}
    repair = "pip install 'packgate[pii]', then packgate hook install AGENT again"
    return [f"warning: {each} ({repair})" for each in sorted(filter(None, found))]


def _not_here(into: str, packs: bool) -> str:
    if packs:
        return f"{into} is filled by packgate bundle pull: it is in effect there after the next release, publication and pull"
    return f"no pack is left, so what {into} holds stays in use; packgate hook uninstall takes the hook away"


def resume(repository: WritableRepository, prepare: Prepare) -> None:
    """Bring a change that was cut off to its end first, and say so."""
    from packgate.level.transaction import recover

    found = recover(repository, prepare)
    if found is None:
        return
    told = "was cut off, and is brought to its end now" if found.finished else "was cut off before anything had changed, and is forgotten"
    left = [f"note: {path} was changed meanwhile, and is left as it is" for path in found.left]
    click.echo("\n".join([f"{found.audit} {told}", *found.lines, *left]), err=True)


def carry(repository: WritableRepository, prefix: str, change: Change, prepare: Prepare, branch: str | None, dry_run: bool) -> None:
    """Carry out a change, on the branch that is checked out or on a new one, and print what was done."""
    from packgate.guard.detectors import mask
    from packgate.level.transaction import carry_out

    record = change.record
    lines = [f"  {'adds' if before is None else 'removes' if after is None else 'changes'} {path}"
             for path, (before, after) in change.differences.items()]
    if dry_run:
        lines.append("nothing was changed")
    elif branch is not None:
        prepare(change.commit)
        repository.new_branch(branch, change.commit)
        remote = repository.remote_name() or "origin"
        lines += [f"made the branch {branch} ({change.commit[:12]})", f"  open a pull request: git push -u {remote} {branch}",
                  f"audit id: {record.audit}"]
    else:
        lines += carry_out(repository, change, prepare)
        lines += [f"commit: {change.commit[:12]}", f"audit id: {record.audit}", f"  taken back by: packgate level undo {record.audit}",
                  f"  for fleets: packgate bundle publish --ungated {record.audit} (docs/levels.md); they have it at their next pull"]
    print_text(mask("\n".join(lines) + "\n"))


def show_findings(findings: list[Diagnostic]) -> None:
    """Print what keeps a level from being applied."""
    print_findings(findings, err=True)
    click.echo("nothing was changed", err=True)
