"""`packgate events verify`: is a log as it was written?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.event_place import log_paths
from packgate.commands.shared import exit_code, format_option, print_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from securesystemslib.signer import Key

    from packgate.diagnostics import Diagnostic
    from packgate.events.verify import Verified


@click.command("verify")
@click.argument("logs", nargs=-1, type=click.Path(dir_okay=False), metavar="[LOG]...")
@click.option("--key", "keys", multiple=True, type=click.Path(dir_okay=False), metavar="FILE",
              help="A public key (PEM) that signs the log's checkpoints; repeatable.")
@click.option("--checkpoints", "copies", multiple=True, type=click.Path(dir_okay=False, exists=True), metavar="FILE",
              help="Checkpoints of the log that were kept elsewhere, one a line; repeatable.")
@click.option("--strict", is_flag=True, help="Warnings count as findings, too.")
@format_option
def command(logs: tuple[str, ...], keys: tuple[str, ...], copies: tuple[str, ...], strict: bool, form: str) -> int:
    """Check that a log is as it was written, and name the line where it isn't.

    Each LOG is checked with the full files beside it, the oldest first; without one it is the log of the installed hook. Every event must
    be there, in order, with the digest of the one before; the log must reach as far as its head and its checkpoints say. With --key their
    signatures count, and there has to be one. What a rotation removed, as its settings say, is not missing.

    The exit code is 1 when something is wrong. What the log tells of itself (records that could not be written, a line that was cut off
    when a process was killed) is shown, and counts with --strict when records are missing.

    \b
    Examples:
      packgate events verify
      packgate events verify events.jsonl --key audit.pem.pub
      packgate events verify events.jsonl --key audit.pem.pub --checkpoints /mnt/worm/events.checkpoints --format json
    """
    from packgate.bundle.extras import need_tuf

    need_tuf()
    from packgate.events.signing import read_public_key
    from packgate.events.verify import TITLES
    from packgate.report import make_report

    trusted = [read_public_key(key) for key in keys]
    findings: list[Diagnostic] = []
    summaries: list[str] = []
    scores: dict[str, Any] = {}
    for path in log_paths(logs):
        result = _verified(path, trusted, copies)
        findings += result.findings
        summaries.append(f"{path}: {_summary(result, bool(trusted))}")
        scores[path] = _scores(result)
    print_findings(make_report(findings, summary="\n".join(summaries), titles=TITLES, scores={"logs": scores}), form)
    return exit_code(findings, strict)


def _verified(path: str, keys: Sequence[Key], copies: Sequence[str]) -> Verified:
    from packgate.events.checkpoint import CHECKPOINTS
    from packgate.events.files import open_log
    from packgate.events.verify import Verifier, read_claims

    # Before the log: it only grows.
    beside = [path + CHECKPOINTS] if os.path.exists(path + CHECKPOINTS) else []
    claims, findings = [], []
    for file in [*beside, *copies]:
        found, wrong = read_claims(file, keys)
        claims += found
        findings += wrong
    result = Verifier(open_log(path), keys, claims).verify()
    result.found += len(findings)
    result.findings += findings
    return result


def _summary(result: Verified, signed: bool) -> str:
    if result.first is None or result.last is None:
        return f"no events in {_counted(result.files, 'file')}"
    parts = [f"events {result.first:,} to {result.last:,} in {_counted(result.files, 'file')}"]
    if result.removed:
        parts.append(f"{_counted(len(result.removed), 'file')} removed by rotation")
    errors = sum(each.severity.value == "error" for each in result.findings)
    parts.append(f"{_counted(result.found, 'finding')}" if errors else "whole")
    if result.signed is not None:
        left = result.last - result.signed
        parts.append(f"signed up to event {result.signed:,} ({result.signed_at}); {left:,} since then rest on the chain alone")
    elif not signed:
        parts.append(f"{_counted(result.checkpoints, 'checkpoint')}, of which no signature was checked (--key)")
    return "; ".join(parts)


def _scores(result: Verified) -> dict[str, Any]:
    return {
        "files": result.files, "events": result.events, "first": result.first, "last": result.last, "head": result.head,
        "checkpoints": result.checkpoints, "signed": result.signed, "signed_at": result.signed_at, "removed": result.removed,
        "findings": result.found,
    }


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
