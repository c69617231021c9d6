"""`packgate alerts deliver`: from the spool to the sinks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.alert_place import config_option, log_of, log_options
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from packgate.alerts.deliver import Delivered


@click.command("deliver")
@config_option
@click.option("--watch", type=click.FloatRange(0.1, 3600), metavar="SECONDS", help="Go on, and look again after so many seconds.")
@log_options
def command(config: str, watch: float | None, settings: str | None, log: str | None) -> int:
    """Deliver what was spooled.

    An alert is sent at least once; one like it within some minutes is counted instead, a sink gets only so many a minute, and what fails is
    tried again with growing pauses. The exit code is 1 when a sink failed.

    \b
    Examples:
      packgate alerts deliver --config packgate.yaml
      packgate alerts deliver --config /etc/packgate/packgate.yaml --watch 5
    """
    from packgate.alerts.config import read_config
    from packgate.alerts.deliver import Delivery

    delivery = Delivery(log_of(settings, log), read_config(config))
    while True:
        try:
            done = delivery.run(clock.seconds())
        except OSError as error:
            raise UserError(f"{error.filename or 'the spool'}: {error.strerror}") from None
        if watch is None:
            print_text("another process delivers\n" if done is None else _told(done))
            return FINDINGS if done is not None and (done.failed or done.given_up) else CLEAN
        time.sleep(watch)


def _told(done: Delivered) -> str:
    parts = [f"{done.sent} sent", f"{done.repeated} repeated", f"{done.failed} failed", f"{done.waiting} waiting"]
    parts += [f"{done.given_up} given up"] if done.given_up else []
    parts += [f"{done.unreadable} unreadable lines"] if done.unreadable else []
    return ", ".join(parts) + "\n"
