"""`packgate level undo`: what was before a change of level, exactly."""

from __future__ import annotations

import click

from packgate import clock
from packgate.commands.level_options import (
    NotFit,
    activation_options,
    carry,
    complete_changes,
    open_repository,
    preparation,
    resume,
    show_findings,
)
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN, FINDINGS


@click.command("undo")
@click.argument("audit", metavar="AUDIT-ID", shell_complete=complete_changes)
@click.option("--reason", metavar="TEXT", help="Why; it is recorded in the commit.")
@click.option("--branch", metavar="NAME", help="Commit on a new branch, for a pull request; nothing else changes.")
@activation_options
@click.option("--dry-run", is_flag=True, help="Say which files would change, and change none.")
def command(audit: str, reason: str | None, branch: str | None, bundles: str | None, quiet: bool, dry_run: bool) -> int:
    """Restore exactly what was before a change of level.

    AUDIT-ID is what `packgate level apply` printed, or the commit. Every file that the change touched is again, byte for byte, what it was
    before; other files stay, whatever later commits did to them. It is a new commit with an audit id of its own, which can be undone, too.
    When a later commit changed one of those files, nothing is done: they are listed, and the exit code is 1. With --no-activate, errors
    that packs have meanwhile are no obstacle.

    \b
    Examples:
      packgate level undo lvl-0123456789abcdef
      packgate level undo lvl-0123456789abcdef --reason 'INC-12: the nightly build stopped'
      packgate level undo 1f2e3d4c --dry-run
    """
    from packgate.guard.detectors import mask
    from packgate.level.changing import Conflicts, change_back

    repository, prefix = open_repository("undo")
    prepare = preparation(repository, prefix, bundles, quiet, check=False)
    try:
        resume(repository, prepare)
        change = change_back(repository, audit, clock.now(), None if reason is None else mask(reason))
        record = change.record
        print_text(f"undo {record.undoes}: {'the level ' + record.level if record.level else 'no level'} again\n")
        carry(repository, prefix, change, prepare, branch, dry_run)
    except Conflicts as conflict:
        lines = [f"{conflict.audit} can't be taken back: {len(conflict.paths)} of its files changed since"]
        lines += [f"  {path}" for path in conflict.paths]
        print_text("\n".join([*lines, "nothing was changed; apply the level that you want, or edit these files"]) + "\n")
        return FINDINGS
    except NotFit as unfit:
        show_findings(unfit.findings)
        return FINDINGS
    return CLEAN
