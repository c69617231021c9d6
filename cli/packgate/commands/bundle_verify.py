"""`packgate bundle verify`: check a bundle as an enforcement point does."""

from __future__ import annotations

from pathlib import Path

import click

from packgate import clock
from packgate.commands.shared import at_option, print_text
from packgate.exitcodes import CLEAN, FINDINGS


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@at_option("The time that it must hold at (RFC 3339). Default: now.")
@click.option("--held", type=click.Path(path_type=Path), metavar="FILE", help="The bundle that is installed: nothing below it is accepted.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How the answer is printed.")
def command(file: Path, at: str | None, held: Path | None, form: str) -> int:
    """Check a bundle as an enforcement point does.

    Everything but the signature, which a TUF repository carries: the archive's one form, every digest, limits, the time, the engine that
    it needs, the order of revisions, that its pack can decide, and that its sources, compiled again, give what it decides with. Exits
    with 1, and the code of the reason, when it is refused.

    \b
    Examples:
      packgate bundle verify recommended-1.4.0-warn-r17.packgate
      packgate bundle verify new.packgate --held installed.packgate
      packgate bundle verify old.packgate --at 2026-01-31T12:00:00Z --format json
    """
    from packgate.bundle.recompile import check_sources, is_comparable
    from packgate.bundle.refusals import Refused
    from packgate.bundle.verify import open_bundle
    from packgate.commands.bundle_files import open_held, read_bytes, verdict_json, verdict_text

    try:
        floor = open_held(held)
        bundle = open_bundle(read_bytes(file), now=at or clock.now(), floor=floor, name=file.name if file.suffix == ".packgate" else None)
        bundle.load()
        compared = is_comparable(bundle)
        if compared:
            check_sources(bundle)
    except Refused as refusal:
        print_text(verdict_json(file, None, refusal) if form == "json" else verdict_text(file, None, refusal))
        return FINDINGS
    print_text(verdict_json(file, bundle, None, compared) if form == "json" else verdict_text(file, bundle, None, compared))
    return CLEAN
