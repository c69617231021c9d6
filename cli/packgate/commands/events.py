"""`packgate events`: what is made of recorded events."""

from __future__ import annotations

import click

from packgate.commands.lazy import LazyGroup

# Verb -> one line for `packgate events --help`. The verb `otel` is `command` in the module `commands.events_otel`.
VERBS = {"otel": "Write events as OpenTelemetry log records."}


class _Events(LazyGroup):
    verbs = VERBS
    modules = "packgate.commands.events_"


@click.group("events", cls=_Events)
def command() -> None:
    """Render recorded events for other systems.

    \b
    Examples:
      packgate events otel events.jsonl > logs.json
    """
