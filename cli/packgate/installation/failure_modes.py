"""What holds when nothing can be decided, as it is fixed at installation: closed once anything that is installed stands at block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.engine.stages import cap
from packgate.hook.failure import CLOSED, OPEN
from packgate.hook.settings import LOG
from packgate.model.action import SURFACES
from packgate.model.policy import MODE_RANK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.engine.gate import Gate


def failure_modes(gate: Gate, given: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """By surface, and for the log, `open` or `closed`; and why. ``given``: what the person who installs chose."""
    blocking = _blocking(gate)
    default = CLOSED if blocking else OPEN
    modes = {**dict.fromkeys(SURFACES, default), LOG: OPEN, **given}
    chosen = ", ".join(f"{name}={given[name]}" for name in sorted(given))
    if blocking:
        reason = f"closed, since {', '.join(blocking[:3])}{' and others' if len(blocking) > 3 else ''} can stop an action"
    else:
        reason = "open, since nothing that is installed stands at block"
    return modes, f"{reason}; chosen at installation: {chosen}" if chosen else reason


def _blocking(gate: Gate) -> list[str]:
    """The policies, and the packs that deny by default, that can stop an action of anyone for whom they hold."""
    stages = gate.engine.stages(None, {})
    found = [
        rule.policy.id for rule in gate.engine.rules
        if MODE_RANK[cap(rule.policy.outcome.mode, stages.of_rule(rule)[0])] >= MODE_RANK["require-approval"]
    ]
    defaults = [each for found in gate.engine.defaults.values() for each in found]
    denying = [pack.name for pack, default in defaults if default == "deny" and stages.of_pack(pack)[0] == "block"]
    return sorted(dict.fromkeys([*denying, *found]))
