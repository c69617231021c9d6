"""`packgate events`: the event log, and what is made of it."""

from __future__ import annotations

import click

from packgate.commands.lazy import LazyGroup

# Verb -> one line for `packgate events --help`. The verb `otel` is `command` in the module `commands.events_otel`.
VERBS = {
    "import": "Make events of records that exist already.",
    "query": "Find events.",
    "show": "Show all events of one action.",
    "tail": "Show the newest events.",
    "session": "Show what happened in a session.",
    "baseline": "Show what normal work looks like.",
    "warnings": "Show what became of warnings.",
    "verify": "Check that a log is as it was written, and name the line where it isn't.",
    "checkpoint": "Sign how far a log has come.",
    "key": "Make the key that signs checkpoints of a log.",
    "parquet": "Write events as Parquet.",
    "sql": "Ask events in SQL.",
    "otel": "Write events as OpenTelemetry log records.",
}


class _Events(LazyGroup):
    verbs = VERBS
    modules = "packgate.commands.events_"


@click.group("events", cls=_Events)
def command() -> None:
    """Import, check, sign, find and count recorded events, and render them for other systems.

    \b
    Examples:
      packgate events import ~/.claude/projects --out events.jsonl
      packgate events query --file events.jsonl --verdict deny
      packgate events baseline events.jsonl
      packgate events warnings --file events.jsonl
      packgate events verify --key audit.pem.pub
      packgate events parquet events.jsonl --out events.parquet
      packgate events sql "SELECT decision, count(*) FROM events GROUP BY ALL" --file events.parquet
      packgate events otel events.jsonl > logs.json
    """
