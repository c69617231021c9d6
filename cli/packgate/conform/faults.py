"""What can go wrong with an installed hook, done to it one at a time, and what the real agent then does with a harmless command."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from packgate.conform import setup, walls
from packgate.conform.managed import hook_commands, managed_files
from packgate.testing.cases import in_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.conform.lane import Engine, Lane, Setting
    from packgate.render.subject import Subject

# Harmless, and of no agent's own list of dangerous commands: what stops it is the fault.
_COMMAND = "git status --short"
_KILLED = f"#!{walls.REAL}/sh\nkill -KILL $$\n"
_HANGS = f"#!{walls.REAL}/sh\nexec sleep 600\n"
# How long an agent waits for a hook that hangs, in seconds.
_PATIENCE = 3
# Prompts stay open: a session that never starts would not show what becomes of a tool call.
_ACTING = ("shell", "file", "mcp", "web")


@dataclass(frozen=True, slots=True)
class Fault:
    """``break_`` does it to a setting. ``deadline_ms``: the hook's own, where that is what goes wrong. ``log``: whether the mode of the log
    decides, not that of the surface."""

    name: str
    title: str
    break_: Callable[[Setting], Setting]
    deadline_ms: int | None = None
    log: bool = False


def _with(setting: Setting, files: dict[str, str]) -> Setting:
    return replace(setting, files={**setting.files, **files})


def _pointing(setting: Setting, **changes: Any) -> Setting:
    settings = {**json.loads(setting.files[setup.HOOK_SETTINGS]), **changes}
    return _with(setting, {setup.HOOK_SETTINGS: json.dumps(settings, sort_keys=True) + "\n"})


def _corrupt(setting: Setting) -> Setting:
    """The pointer to the snapshot in use names one of other bytes."""
    folder = "/var/lib/packgate/bundles"
    active = json.dumps({"v": 1, "snapshot": "0" * 32, "packs": {}})
    return _with(_pointing(setting, bundles=folder), {f"{folder}/active.json": active, f"{folder}/snapshots/{'0' * 32}/index.json": "{}"})


FAULTS = (
    Fault("none", "nothing is wrong", lambda setting: setting),
    Fault("killed", "the hook is killed", lambda setting: _with(setting, {setup.LAUNCHER: _KILLED})),
    Fault("hangs", "the hook hangs until the agent gives up", lambda setting: _with(setting, {setup.LAUNCHER: _HANGS})),
    Fault("deadline", "a decision takes longer than the hook's own deadline", lambda setting: setting, deadline_ms=50),
    Fault("no-launcher", "the launcher is missing", lambda setting: replace(
        setting, files={path: text for path, text in setting.files.items() if path != setup.LAUNCHER},
        modes={path: mode for path, mode in setting.modes.items() if path != setup.LAUNCHER},
    )),
    Fault("no-bundle", "no bundle is installed", lambda setting: _pointing(setting, bundles="/var/lib/packgate/nothing")),
    Fault("corrupt-bundle", "the installed bundle is damaged", _corrupt),
    Fault("disk-full", "the disk with the log is full", lambda setting: replace(setting, full=["/var/log/packgate"]), log=True),
    Fault("log-unwritable", "the log can't be written", lambda setting: _pointing(setting, log="/proc/packgate/events.jsonl"), log=True),
)


def try_faults(
    lane: Lane, engine: Engine, subject: Subject, bundles: str, tick: Callable[[int], None] | None = None,
) -> dict[str, dict[str, str]]:
    """By fault and by what is configured (`closed`, `open`): `stopped`, `ran`, or `unseen` when the agent did not get that far."""
    found: dict[str, dict[str, str]] = {}
    for fault in FAULTS:
        for mode in ("closed", "open"):
            found.setdefault(fault.name, {})[mode] = _outcome(lane, engine, subject, bundles, fault, mode)
            if tick is not None:
                tick(1)
    return found


def _outcome(lane: Lane, engine: Engine, subject: Subject, bundles: str, fault: Fault, mode: str) -> str:
    surfaces = "open" if fault.log else mode
    installed = replace(subject, on_failure={**dict.fromkeys(_ACTING, surfaces), "prompt": "open", "output": "open"})
    files = managed_files(lane.name, installed, timeout=_PATIENCE if fault.name == "hangs" else None)
    configured = setup.Configured(on_failure=surfaces, log=mode if fault.log else "open")
    if fault.deadline_ms is not None:
        configured = replace(configured, deadline_ms=fault.deadline_ms)
    setting = fault.break_(setup.hooked(files, hook_commands(lane.name), bundles, configured))
    (seen,) = lane.run(engine, setting, [in_context({"surface": "shell", "command": _COMMAND}, {})])
    return "stopped" if seen.stopped else seen.outcome
