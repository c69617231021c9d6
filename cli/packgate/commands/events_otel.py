"""`packgate events otel`: recorded events as OpenTelemetry log records."""

from __future__ import annotations

from itertools import islice

import click

from packgate.commands.event_options import told
from packgate.commands.shared import print_text

# Records of one request: collectors take a few megabytes.
_AT_ONCE = 500


@click.command("otel")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
def command(files: tuple[str, ...]) -> int:
    """Write events as OpenTelemetry log records.

    One OTLP request (ExportLogsServiceRequest in JSON) on a line, of up to 500 records, as collectors take them by HTTP at /v1/logs and
    read them from files. Lines that are no event are counted, and make the exit code 1.

    \b
    Examples:
      packgate events otel ~/.local/state/packgate/events.jsonl > logs.json
      packgate events otel events.jsonl | head -1 | curl -H 'Content-Type: application/json' -d @- http://127.0.0.1:4318/v1/logs
    """
    from packgate.events.otel import to_otlp_json
    from packgate.events.reading import Damage, read

    damage = Damage()
    events = (event.data for event in read(files, damage))
    while chunk := list(islice(events, _AT_ONCE)):
        print_text(to_otlp_json(chunk) + "\n")
    return told(damage)
