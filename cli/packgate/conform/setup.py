"""How an agent is set up for a measurement: the rendered files at their managed places, and the hook, or one that says nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.conform import walls
from packgate.conform.lane import Setting
from packgate.installation.agents import AGENTS, MANAGED
from packgate.installation.install import Order, install, plan

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where a hook without an opinion stands in the sandbox.
SILENT = "/opt/packgate/packgate-hook"
LOG = "/var/log/packgate/events.jsonl"
# Long enough for a machine that does other things too; the faults have one of their own.
_DEADLINE_MS = 8000
# Has no opinion, whatever it is asked: what stops then is a rule.
_SILENT = f"#!{walls.REAL}/sh\ncat > /dev/null\nprintf '%s' '{{answer}}'\n"


@dataclass(frozen=True, slots=True)
class Configured:
    """What is fixed when the hook is installed: what holds when nothing can be decided, what when a decision can't be written down
    (`closed` or `open`), and how long a decision may take, in milliseconds."""

    on_failure: str = "closed"
    log: str = "open"
    deadline_ms: int = _DEADLINE_MS


@dataclass(frozen=True, slots=True)
class InstalledHook:
    """A hook that was installed into a folder of the host: its launcher, settings and image, and the bundles that it decides with."""

    folder: str
    bundles: str
    launcher: str

    @property
    def settings(self) -> str:
        """The path of its settings."""
        return os.path.join(self.folder, "hook.json")

    @property
    def image(self) -> str:
        """The path of what it starts from."""
        return os.path.join(self.folder, "hook.image")


def install_hook(place: str, bundles: str, configured: Configured | None = None) -> InstalledHook:
    """Install the hook into a new folder of ``place`` as `packgate hook install` does, beside a file of an agent that nobody reads."""
    how = configured or Configured()
    folder = os.path.join(place, f"hook-{how.on_failure}-{how.log}")
    surfaces = dict.fromkeys(("shell", "file", "mcp", "web"), how.on_failure)
    # Prompts and outputs stay open: a session that never starts would not show what becomes of a tool call.
    modes = {**surfaces, "prompt": "open", "output": "open", "log": how.log}
    file = os.path.join(place, "nobody", "settings.json")
    order = Order(AGENTS["claude-code"], MANAGED, folder, bundles, file, LOG, modes, how.deadline_ms)
    if not os.path.isdir(folder):
        install(plan(order))
    return InstalledHook(folder, bundles, order.launcher)


def native(files: Mapping[str, str], hook_commands: list[str], silence: str) -> Setting:
    """The rendered files (for the launcher `SILENT`) with a hook that has no opinion, so that what is seen is what rules do."""
    own = {**files, SILENT: _SILENT.replace("{answer}", silence)}
    return Setting(files=own, modes=_executable(own), may_run=hook_commands)


def hooked(files: Mapping[str, str], hook_commands: list[str], hook: InstalledHook) -> Setting:
    """The rendered files (for the hook's launcher) and the hook."""
    return Setting(files=dict(files), modes=_executable(files), copied=[hook.folder, hook.bundles], may_run=hook_commands)


def _executable(files: Mapping[str, str]) -> dict[str, int]:
    return {path: 0o755 for path, text in files.items() if text.startswith("#!")}
