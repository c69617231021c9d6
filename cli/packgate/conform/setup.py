"""How an agent is set up for a measurement: the rendered files at their managed places, and the hook, or one that says nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packgate.conform import walls
from packgate.conform.lane import Setting
from packgate.hook.settings import FAILING, Settings
from packgate.installation.script import launcher_text

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "/opt/packgate"
LAUNCHER = f"{FOLDER}/packgate-hook"
HOOK_SETTINGS = f"{FOLDER}/hook.json"
LOG = "/var/log/packgate/events.jsonl"
# Long enough for a machine that does other things too; the faults have one of their own.
_DEADLINE_MS = 8000
# Answers nothing, whatever it is asked: what stops then is a rule.
_SILENT = f"#!{walls.REAL}/sh\nexec cat > /dev/null\n"


def native(files: Mapping[str, str], hook_commands: list[str]) -> Setting:
    """The rendered files with a hook that has no opinion, so that what is seen is what the agent's own rules do."""
    return Setting(files={**files, LAUNCHER: _SILENT}, modes={LAUNCHER: 0o755}, may_run=hook_commands)


def hooked(files: Mapping[str, str], hook_commands: list[str], bundles: str, *, on_failure: str = "closed", log: str = "open") -> Setting:
    """The rendered files and the hook, which decides with the bundles of a folder of the host."""
    modes = {**dict.fromkeys(FAILING, on_failure), "log": log}
    settings = Settings(bundles, modes, log=LOG, reason="a measurement", deadline_ms=_DEADLINE_MS)
    return Setting(
        files={**files, LAUNCHER: launcher_text(HOOK_SETTINGS), HOOK_SETTINGS: json.dumps(settings.to_json(), sort_keys=True) + "\n"},
        modes={LAUNCHER: 0o755, HOOK_SETTINGS: 0o600, FOLDER: 0o755},
        readable=[bundles],
        may_run=hook_commands,
    )
