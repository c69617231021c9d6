"""`packgate level apply`: a level, in one commit."""

from __future__ import annotations

import click

from packgate import clock
from packgate.commands.level_options import (
    NotFit,
    activation_options,
    carry,
    level_argument,
    open_repository,
    preparation,
    resume,
    show_findings,
)
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN, FINDINGS


@click.command("apply")
@level_argument
@click.option("--reason", metavar="TEXT", help="Why the gates of the rollout are not asked; it is recorded in the commit.")
@click.option("--branch", metavar="NAME", help="Commit on a new branch, for a pull request; nothing else changes.")
@activation_options
@click.option("--dry-run", is_flag=True, help="Say which files would change, and change none.")
def command(level: str, reason: str | None, branch: str | None, bundles: str | None, quiet: bool, dry_run: bool) -> int:
    """Apply a level: packs and assignments in one commit, in effect at once.

    Writes the level's pack into packs/ and its assignment to the head of assignments.yaml, in place of a level before, as one commit on the
    branch that is checked out. Then the packs of the repository are built and activated for the hook of this machine: the next call of a
    tool is decided by them. A level holds as a whole at once, so the gates of the rollout are not asked; the commit records that, with
    an audit id by which `packgate level undo` takes it back.

    Files that are not committed are never written over. A crash at any moment leaves the branch before or after the change, and the next
    `packgate level` brings the working tree up to it.

    \b
    Examples:
      packgate level apply balanced
      packgate level apply tight --reason 'SEC-7: after two weeks of balanced' --branch level/tight
      packgate level apply permissive --dry-run
      packgate level apply tight --no-activate
    """
    from packgate.guard.detectors import mask
    from packgate.level.changing import change_to
    from packgate.level.levels import level_named

    wanted = level_named(level)
    repository, prefix = open_repository("apply")
    prepare = preparation(repository, prefix, bundles, quiet)
    try:
        resume(repository, prepare)
        change = change_to(repository, prefix, level, mask(reason or f"the level {level} is applied as a whole"), clock.now())
        before = f", in place of {change.record.before}" if change.record.before not in (None, level) else ""
        print_text(f"level {level}{before}: {wanted.summary}\n")
        carry(repository, prefix, change, prepare, branch, dry_run)
    except NotFit as unfit:
        show_findings(unfit.findings)
        return FINDINGS
    return CLEAN
