"""`packgate rollback`: the earlier content of a pack, as a new release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.completion import complete_packs
from packgate.commands.release import begin, finish
from packgate.commands.shared import at_option, format_option, open_cache, print_findings, print_text
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.report import make_report

if TYPE_CHECKING:
    from packgate.release.rollback import Rollback


@click.command("rollback")
@click.argument("pack", metavar="PACK", shell_complete=complete_packs)
@click.option("--to", metavar="TAG", help="The release to go back to. Default: the one before, with other content or at another stage.")
@click.option("--policy", metavar="ID", help="Only this policy: a stage down, in rollout.yaml on a branch.")
@click.option("--layer", metavar="NAME", help="Only this threat layer: a stage down, in rollout.yaml on a branch.")
@click.option("--reason", metavar="TEXT", help="Why; it is recorded in the tag, or in the commit.")
@click.option("--sign/--no-sign", "sign", default=None, help="Sign the tag by SSH. Default: when git has an SSH key to sign with.")
@click.option("--push", "remote", metavar="REMOTE", help="Push the tag, too. By default nothing leaves this repository.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="How many actions are shown, of each direction.")
@click.option("--dry-run", is_flag=True, help="Say what would change; make no tag.")
@at_option("The time that dates the tag and that waivers are held against (RFC 3339). Default: now.")
@format_option
def command(
    pack: str, to: str | None, policy: str | None, layer: str | None, reason: str | None, sign: bool | None, remote: str | None, limit: int,
    dry_run: bool, at: str | None, form: str,
) -> int:
    """Publish the earlier content of a pack as a new release.

    The new tag stands on the earlier commit and has a higher revision than all before, so that enforcement points accept it. No tag is
    deleted or moved, and events and evidence stay. What will change is printed. A second rollback goes further back, not forth again.
    With --policy or --layer no release is made: a branch takes that policy or threat layer a stage down, ready for a pull request.

    \b
    Examples:
      packgate rollback recommended --dry-run
      packgate rollback recommended --reason 'INC-1234: stops the nightly import' --push origin
      packgate rollback recommended --to recommended/v1.4.0-warn
      packgate rollback recommended --policy force-push --reason 'INC-1234'
    """
    from packgate.guard.detectors import mask

    # What is recorded is read by many.
    reason = None if reason is None else mask(reason)
    if policy is not None or layer is not None:
        if (policy is not None and layer is not None) or to is not None or remote is not None:
            raise click.UsageError("--policy and --layer stand alone: they change rollout.yaml, and make no release")
        return _lower(pack, policy, layer, reason, dry_run)
    from packgate.release.cut import Refused
    from packgate.release.rollback import WantedRollback, plan_rollback

    repository, signers, signed = begin(pack, sign, remote)
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


def _lower(pack: str, policy: str | None, layer: str | None, reason: str | None, dry_run: bool) -> int:
    """Take a policy or threat layer a stage down, on a branch."""
    from contextlib import ExitStack

    from packgate.commands.committed import open_committed
    from packgate.gitio import Repository
    from packgate.guard.detectors import mask
    from packgate.release.lowering import carry_out, plan_lowering

    repository = Repository()
    with ExitStack() as stack:
        side, prefix = open_committed(stack, repository)
        if side.findings:
            print_findings(side.findings, err=True)
            return FINDINGS
        plan = plan_lowering(repository, side, prefix, pack, policy=policy, layer=layer, reason=reason)
        lines = [plan.headline]
        if plan.own:
            lines.append(f"  with a stage of their own, which they keep: {', '.join(plan.own)}")
        if dry_run:
            lines.append(f"  would make the branch {plan.branch}, which changes {plan.place.file}")
        else:
            made = carry_out(repository, plan)
            lines += [
                f"  made the branch {plan.branch} ({made[:7]}), which changes {plan.place.file}",
                f"  what it does: packgate diff HEAD {plan.branch} --pack {pack}",
                f"  open a pull request: git push -u {repository.remote_name() or 'origin'} {plan.branch}",
                f"  when it is merged: packgate release {pack}",
            ]
    print_text(mask("\n".join(lines) + "\n"))
    return CLEAN
