"""How an agent is set up for a measurement: the rendered files at their managed places, and the hook, or one that says nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
# Has no opinion, whatever it is asked: what stops then is a rule.
_SILENT = f"#!{walls.REAL}/sh\ncat > /dev/null\nprintf '%s' '{{answer}}'\n"


@dataclass(frozen=True, slots=True)
class Configured:
    """What is fixed when the hook is installed: what holds when nothing can be decided, what when a decision can't be written down
    (`closed` or `open`), and how long a decision may take."""

    on_failure: str = "closed"
    log: str = "open"
    deadline_ms: int = _DEADLINE_MS


def native(files: Mapping[str, str], hook_commands: list[str], silence: str) -> Setting:
    """The rendered files with a hook that has no opinion, so that what is seen is what the agent's own rules do."""
    own = {**files, LAUNCHER: _SILENT.replace("{answer}", silence)}
    return Setting(files=own, modes=_executable(own), may_run=hook_commands)


def hooked(files: Mapping[str, str], hook_commands: list[str], bundles: str, configured: Configured | None = None) -> Setting:
    """The rendered files and the hook, which decides with the bundles of a folder of the host."""
    how = configured or Configured()
    modes = {**dict.fromkeys(FAILING, how.on_failure), "prompt": "open", "output": "open", "log": how.log}
    settings = Settings(bundles, modes, log=LOG, reason="a measurement", deadline_ms=how.deadline_ms)
    own = {**files, LAUNCHER: launcher_text(HOOK_SETTINGS), HOOK_SETTINGS: json.dumps(settings.to_json(), sort_keys=True) + "\n"}
    return Setting(
        files=own, modes={**_executable(own), HOOK_SETTINGS: 0o600, FOLDER: 0o755}, readable=[bundles], may_run=hook_commands,
    )


def _executable(files: Mapping[str, str]) -> dict[str, int]:
    return {path: 0o755 for path, text in files.items() if text.startswith("#!")}
