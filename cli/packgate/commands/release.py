"""`packgate release`: a pack's commit becomes a release by an annotated tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.completion import complete_packs
from packgate.commands.shared import STAGES, at_option, format_option, open_cache, print_findings, print_text
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.report import make_report

if TYPE_CHECKING:
    from packgate.gitio import Repository
    from packgate.release.tagging import Draft


@click.command("release")
@click.argument("pack", metavar="PACK", shell_complete=complete_packs)
@click.option("--stage", type=click.Choice(STAGES), help="The stage that caps it. Default: audit, then that of the newest release.")
@click.option("--version", metavar="X.Y.Z", help="Insist on this version; it has to be that of pack.yaml.")
@click.option("--sign/--no-sign", "sign", default=None, help="Sign the tag by SSH. Default: when git has an SSH key to sign with.")
@click.option("--push", "remote", metavar="REMOTE", help="Push the tag, too. By default nothing leaves this repository.")
@click.option("--dry-run", is_flag=True, help="Check everything and print the tag; make none.")
@at_option("The time that dates the tag and that waivers are held against (RFC 3339). Default: now.")
@format_option
def command(
    pack: str, stage: str | None, version: str | None, sign: bool | None, remote: str | None, dry_run: bool, at: str | None, form: str
) -> int:
    """Release a pack: an annotated tag on the current commit.

    The tag is named PACK/vVERSION-STAGE and records the revision, what changed against the previous release, and the evidence. Refused:
    files that are not committed, failing lint or tests, nothing changed, and a version that is too low for what the change does. A
    higher stage than that of the newest release is for `packgate promote`.

    \b
    Examples:
      packgate release recommended --dry-run
      packgate release recommended
      packgate release recommended --sign --push origin
    """
    from packgate.release.cut import Refused, Wanted, plan_release

    repository, signers, signed = begin(pack, sign, remote)
    try:
        draft = plan_release(repository, Wanted(pack, at or clock.now(), stage, version, signed), open_cache())
    except Refused as refused:
        summary = f"{pack} was not released: {sum(each.severity.value == 'error' for each in refused.findings)} errors in what is committed"
        print_findings(make_report(refused.findings, summary=summary), form)
        return FINDINGS
    finish(repository, draft, signed, signers, remote, dry_run)
    return CLEAN


def begin(pack: str, sign: bool | None, remote: str | None) -> tuple[Repository, str | None, bool]:
    """What making a tag begins with: the repository, its file of allowed signers, and whether the tag is signed. Raises `UserError`, also
    for a remote that has releases which are not here."""
    from packgate.gitio import Repository
    from packgate.release.content import policy_root
    from packgate.release.signing import allowed_signers, wants_signature
    from packgate.release.tagging import check_remote

    repository = Repository()
    signers = allowed_signers(policy_root(repository))
    signed = wants_signature(repository, sign, signers)
    if remote is not None:
        check_remote(repository, remote, pack)
    return repository, signers, signed


def finish(repository: Repository, draft: Draft, signed: bool, signers: str | None, remote: str | None, dry_run: bool) -> None:
    """Make the tag of a draft, say what was made, push it when asked to; on a dry run say what would be made."""
    from packgate.guard.detectors import mask
    from packgate.release.tagging import make_release, push_release

    if dry_run:
        how = "signed" if signed else "not signed"
        print_text(mask("\n".join([f"{draft.name} would be made on {draft.record.commit[:7]}, {how}:", "", draft.message])))
        return
    release = make_release(repository, draft, sign=signed, signers=signers)
    by = f", signed by {release.signed}" if release.signed else ", signed" if signed else ", not signed"
    lines = [f"{release.tag}  on {release.commit[:7]}{by}", draft.subject, *(f"  {line}" for line in draft.lines)]
    if remote is None:
        lines.append(f"Nothing is published yet: git push {repository.remote_name() or 'origin'} {release.tag}")
    else:
        push_release(repository, remote, release)
        lines.append(f"Pushed to {remote}.")
    print_text(mask("\n".join(lines) + "\n"))
