"""`packgate bundle publish`: bundles as a signed snapshot for a static host."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.bundle.roles import role_numbers
from packgate.commands.bundle_files import read_bytes
from packgate.commands.bundle_keys import open_keys, passphrase_option
from packgate.commands.event_options import PLACES
from packgate.commands.shared import at_option, open_cache, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from packgate.bundle.publish import Snapshot
    from packgate.bundle.refusals import Refused

_FILE = click.Path(path_type=Path)


@click.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--from", "files", multiple=True, type=_FILE, metavar="BUNDLE", help="A bundle to publish; repeatable.")
@click.option("--assignments", type=_FILE, metavar="FILE", help="The assignments to publish. Default: those that are published stay.")
@click.option("--events", multiple=True, type=_FILE, metavar="FILE",
              help=f"Recorded events that its gates rest on, as {PLACES}; repeatable.")
@click.option("--approved-by", "approvers", multiple=True, metavar="WHO", help="Who approved it, beside approval events; repeatable.")
@click.option("--ungated", metavar="REASON", help="Compute no gates, for this reason, which the published index tells.")
@click.option("--keys", "keys", type=click.Path(file_okay=False), required=True, metavar="KEYDIR", help="The folder of keys that signs.")
@passphrase_option
@click.option("--expires", multiple=True, metavar="ROLE=DAYS", help="How long this signature is good. Default: as the keys say.")
@at_option("The time of publication (RFC 3339); the same input then gives the same bytes. Default: now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How the answer is printed.")
def command(
    folder: str, files: tuple[Path, ...], assignments: Path | None, events: tuple[Path, ...], approvers: tuple[str, ...],
    ungated: str | None, keys: str, passphrase_env: str | None, expires: tuple[str, ...], at: str | None, form: str,
) -> int:
    """Publish bundles as a signed snapshot for a static host.

    DIR becomes, or stays, a TUF repository: put it behind any web server or object store. The bundles given replace those of the same
    packs; all others stay. Without --from the snapshot is signed again, which a schedule has to do before its signatures expire. A
    bundle with a lower revision than the published one, or the same with other content, is refused with exit code 1. So is one whose
    release claims too much: its tag is looked up in the git repository of the working folder, and where it raised the stage, its gates
    are computed again from --events and --approved-by, as of the tag's time; what the tag says of them counts for nothing. Readers see the
    old snapshot or the new one, never half of one: `timestamp.json` is written last, and must be copied last when DIR is copied to a
    host.

    \b
    Examples:
      packgate bundle publish public --from dist/recommended-1.4.0-warn-r17.packgate --events audit.jsonl --keys ~/packgate-keys
      packgate bundle publish public --from a.packgate --from b.packgate --assignments assignments.yaml --keys ~/packgate-keys
      packgate bundle publish public --keys ~/packgate-keys
    """
    reason = _reason(ungated, events, approvers)
    opened = open_keys(keys, passphrase_env)
    from packgate.bundle.claimed import Claims
    from packgate.bundle.publish import publish
    from packgate.bundle.refusals import Refused
    from packgate.guard.detectors import mask

    days = role_numbers("--expires", expires)
    if "root" in days:
        raise UserError("--expires root=…: a root is signed by packgate bundle keys rotate")
    read = {str(path): read_bytes(path) for path in files}
    named = None if assignments is None else read_bytes(assignments)
    claims = Claims(os.fspath(folder), events, approvers, cache=open_cache())
    try:
        done = publish(
            os.fspath(folder), read, opened, at or clock.now(), assignments=named, days=days, check=claims if reason is None else None,
            ungated=reason,
        )
    except Refused as refusal:
        said = f"refused: {refusal.code}\n  {refusal.message}\n  hint: {refusal.hint}\n"
        print_text(mask(_json(None, refusal, [])) if form == "json" else mask(said))
        return FINDINGS
    print_text(mask(_json(done, None, claims.notes) if form == "json" else _text(folder, done, claims.notes)))
    return CLEAN


def _reason(ungated: str | None, events: tuple[Path, ...], approvers: tuple[str, ...]) -> str | None:
    """The reason for computing no gates, on one line and masked: everybody can read the index."""
    if ungated is None:
        return None
    if events or approvers:
        raise click.UsageError("--ungated computes no gates, so leave --events and --approved-by out")
    from packgate.guard.detectors import mask

    if not ungated.strip():
        raise UserError("--ungated needs a reason", "it is published, for those who ask later")
    return mask(" ".join(ungated.split()))


def _json(done: Snapshot | None, refusal: Refused | None, notes: list[str]) -> str:
    value = {
        "published": done is not None,
        "refused": None if refusal is None else {"code": refusal.code, "message": refusal.message, "hint": refusal.hint},
        "changed": None if done is None else list(done.changed),
        "packs": None if done is None else [
            {"pack": one.pack, "version": one.version, "stage": one.stage, "revision": one.revision, "digest": one.digest,
             "ungated": one.ungated}
            for one in done.index.entries
        ],
        "versions": None if done is None else dict(done.versions),
        "notes": notes,
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _text(folder: str, done: Snapshot, notes: list[str]) -> str:
    lines = [f"published in {folder}: " + ", ".join(f"{role} {version}" for role, version in done.versions.items())]
    for one in done.index.entries:
        mark = "new " if one.pack in done.changed else "kept"
        why = "" if one.ungated is None else f", no gates computed: {one.ungated}"
        lines.append(f"  {mark} {one.pack} {one.version}, stage {one.stage}, revision {one.revision}{why}")
    lines += [f"  the record differs: {note}" for note in notes]
    return "\n".join(lines) + "\n"
