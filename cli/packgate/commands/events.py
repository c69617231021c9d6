"""`packgate events`: the event log, and what is made of it."""

from __future__ import annotations

import click

from packgate.commands.lazy import LazyGroup

# Verb -> one line for `packgate events --help`. The verb `otel` is `command` in the module `commands.events_otel`.
VERBS = {
    "verify": "Check that a log is as it was written, and name the line where it isn't.",
    "checkpoint": "Sign how far a log has come.",
    "key": "Make the key that signs checkpoints of a log.",
    "otel": "Write events as OpenTelemetry log records.",
}


class _Events(LazyGroup):
    verbs = VERBS
    modules = "packgate.commands.events_"


@click.group("events", cls=_Events)
def command() -> None:
    """Check recorded events, sign them, and render them for other systems.

    \b
    Examples:
      packgate events verify --key audit.pem.pub
      packgate events otel events.jsonl > logs.json
    """
