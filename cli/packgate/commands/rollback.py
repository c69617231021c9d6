"""`packgate rollback`: the earlier content of a pack, as a new release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.completion import complete_packs
from packgate.commands.release import finish
from packgate.commands.shared import at_option, format_option, open_cache, print_findings, print_text
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.report import make_report

if TYPE_CHECKING:
    from packgate.release.rollback import Rollback


@click.command("rollback")
@click.argument("pack", metavar="PACK", shell_complete=complete_packs)
@click.option("--to", metavar="TAG", help="The release to go back to. Default: the one before, with other content or at another stage.")
@click.option("--reason", metavar="TEXT", help="Why; it is recorded in the tag.")
@click.option("--sign/--no-sign", "sign", default=None, help="Sign the tag by SSH. Default: when git has an SSH key to sign with.")
@click.option("--push", "remote", metavar="REMOTE", help="Push the tag, too. By default nothing leaves this repository.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="How many actions are shown, of each direction.")
@click.option("--dry-run", is_flag=True, help="Say what would change; make no tag.")
@at_option("The time that dates the tag and that waivers are held against (RFC 3339). Default: now.")
@format_option
def command(
    pack: str, to: str | None, reason: str | None, sign: bool | None, remote: str | None, limit: int, dry_run: bool, at: str | None,
    form: str,
) -> int:
    """Publish the earlier content of a pack as a new release.

    The new tag stands on the earlier commit and has a higher revision than all before, so that enforcement points accept it. No tag is
    deleted or moved, and events and evidence stay. What will change is printed. A second rollback goes further back, not forth again.

    \b
    Examples:
      packgate rollback recommended --dry-run
      packgate rollback recommended --reason 'INC-1234: stops the nightly import' --push origin
      packgate rollback recommended --to recommended/v1.4.0-warn
    """
    from packgate.gitio import Repository
    from packgate.release.content import policy_root
    from packgate.release.cut import Refused
    from packgate.release.rollback import WantedRollback, plan_rollback
    from packgate.release.signing import allowed_signers, wants_signature
    from packgate.release.tagging import check_remote

    repository = Repository()
    signers = allowed_signers(policy_root(repository))
    signed = wants_signature(repository, sign, signers)
    if remote is not None:
        check_remote(repository, remote, pack)
    try:
        plan = plan_rollback(repository, WantedRollback(pack, at or clock.now(), to, reason, signed), open_cache())
    except Refused as refused:
        print_findings(make_report(refused.findings, summary=f"{pack} was not rolled back: that content does not load"), form)
        return FINDINGS
    _show(plan, limit)
    finish(repository, plan.draft, signed, signers, remote, dry_run)
    return CLEAN


def _show(plan: Rollback, limit: int) -> None:
    from packgate.guard.detectors import mask
    from packgate.impact.text import render_text

    if plan.comparison is None:
        print_text(f"{plan.of.tag} → {plan.to.tag}: what changes is not known; its content does not load with this packgate\n\n")
    else:
        print_text(render_text(plan.comparison, limit, mask) + "\n")
