"""`packgate events otel`: recorded events as OpenTelemetry log records."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Records of one request: collectors take a few megabytes.
_AT_ONCE = 500


@click.command("otel")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
def command(files: tuple[Path, ...]) -> int:
    """Write events as OpenTelemetry log records.

    One OTLP request (ExportLogsServiceRequest in JSON) on a line, of up to 500 records, as collectors take them by HTTP at /v1/logs and
    read them from files. Lines that are no event are counted, and make the exit code 1.

    \b
    Examples:
      packgate events otel ~/.local/state/packgate/events.jsonl > logs.json
      packgate events otel events.jsonl | head -1 | curl -H 'Content-Type: application/json' -d @- http://127.0.0.1:4318/v1/logs
    """
    from packgate.events.otel import to_otlp_json

    bad: list[str] = []
    events = _events(files, bad)
    while chunk := list(islice(events, _AT_ONCE)):
        print_text(to_otlp_json(chunk) + "\n")
    if bad:
        click.echo(f"{len(bad)} lines are no events, the first at {bad[0]}", err=True)
    return FINDINGS if bad else CLEAN


def _events(files: tuple[Path, ...], bad: list[str]) -> Iterator[dict[str, Any]]:
    import json

    for path in files:
        try:
            with path.open(encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    try:
                        event = json.loads(line)
                        time = event.get("time", 0) if isinstance(event, dict) else 0
                        if isinstance(time, (str, type(None))) and isinstance(event.get("kind"), str):
                            yield event
                            continue
                    except ValueError:
                        pass
                    bad.append(f"{path}:{number}")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: {getattr(error, 'strerror', None) or 'not text'}") from None
