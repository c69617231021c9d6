"""`packgate alerts`: what policies want somebody to be told, on its way to people and systems."""

from __future__ import annotations

import click

from packgate.commands.lazy import LazyGroup

# Verb -> one line for `packgate alerts --help`. The verb `deliver` is `command` in the module `commands.alerts_deliver`.
VERBS = {
    "deliver": "Deliver what was spooled.",
    "status": "Show what waits, and why.",
    "test": "Send a test alert to a sink.",
}


class _Alerts(LazyGroup):
    verbs = VERBS
    modules = "packgate.commands.alerts_"


@click.group("alerts", cls=_Alerts)
def command() -> None:
    """Deliver alerts to the sinks of packgate.yaml, and say what waits.

    Decisions of policies with `then: {alert: [TARGET]}`, and requests for approval, are appended to a spool beside the event log;
    `packgate alerts deliver` or `packgate serve --alerts` takes them to the sinks that receive TARGET.

    \b
    Examples:
      packgate alerts deliver --config packgate.yaml
      packgate alerts deliver --config /etc/packgate/packgate.yaml --watch 5
      packgate alerts status
      packgate alerts test security-slack --config packgate.yaml
    """
