"""`packgate alerts test`: whether a sink takes alerts."""

from __future__ import annotations

import click

from packgate import clock
from packgate.commands.alert_place import config_option
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS


@click.command("test")
@click.argument("sink", metavar="SINK")
@config_option
def command(sink: str, config: str) -> int:
    """Send a test alert to a sink.

    The exit code is 1 when the sink does not take it.

    \b
    Examples:
      packgate alerts test security-slack --config packgate.yaml
    """
    from packgate.alerts.config import read_config
    from packgate.alerts.sinks import SinkError, send

    sinks = {each.name: each for each in read_config(config).sinks}
    if sink not in sinks:
        raise UserError(f"{config} declares no sink '{sink}'", f"it declares {', '.join(sinks)}")
    alert = {
        "v": 1, "time": clock.now(), "kind": "test", "targets": list(sinks[sink].receives), "id": "test", "decision": "alert",
        "policies": [], "reason": "A test.", "risk_score": 0, **dict.fromkeys(("user", "agent", "session", "repository")),
        "action": "packgate alerts test",
    }
    try:
        send(sinks[sink], alert)
    except SinkError as error:
        print_text(f"{sink}: {error}\n")
        return FINDINGS
    print_text(f"{sink}: taken\n")
    return CLEAN
