"""What can go wrong with an installed hook, done to it one at a time, and what the real agent then does with a harmless command."""

from __future__ import annotations

import glob
import json
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packgate.conform import setup, walls
from packgate.conform.lane import UNSEEN
from packgate.conform.managed import TIMEOUT, hook_commands, managed_files
from packgate.testing.cases import in_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.conform.lane import Engine, Lane, Setting
    from packgate.conform.setup import InstalledHook
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
    break_: Callable[[Setting, InstalledHook], Setting]
    deadline_ms: int | None = None
    log: bool = False


def _with(setting: Setting, files: dict[str, str]) -> Setting:
    return replace(setting, files={**setting.files, **files})


def _launching(text: str) -> Callable[[Setting, InstalledHook], Setting]:
    def break_(setting: Setting, hook: InstalledHook) -> Setting:
        return replace(_with(setting, {hook.launcher: text}), modes={**setting.modes, hook.launcher: 0o755})

    return break_


def _without(*names: str) -> Callable[[Setting, InstalledHook], Setting]:
    """Without some files of the hook's folder or of its bundles."""

    def break_(setting: Setting, hook: InstalledHook) -> Setting:
        paths = [os.path.join(folder, name) for folder in (hook.folder, hook.bundles) for name in names]
        return replace(setting, removed=[*setting.removed, *paths])

    return break_


def _damaged(setting: Setting, hook: InstalledHook) -> Setting:
    """The archives in use have other bytes, and there is no image that could stand in for them."""
    found = glob.glob(os.path.join(glob.escape(hook.bundles), "snapshots", "*", "*.packgate"))
    return _with(_without("hook.image")(setting, hook), dict.fromkeys(found, "damaged"))


def _unwritable(setting: Setting, hook: InstalledHook) -> Setting:
    with open(hook.settings, encoding="utf-8") as file:
        settings = {**json.load(file), "log": "/proc/packgate/events.jsonl"}
    return _with(setting, {hook.settings: json.dumps(settings, sort_keys=True) + "\n"})


FAULTS = (
    Fault("none", "nothing is wrong", lambda setting, hook: setting),
    Fault("killed", "the hook is killed", _launching(_KILLED)),
    Fault("hangs", "the hook hangs until the agent gives up", _launching(_HANGS)),
    Fault("deadline", "a decision takes longer than the hook's own deadline", _without("hook.image"), deadline_ms=50),
    Fault("no-launcher", "the launcher is missing", _without("packgate-hook")),
    Fault("no-settings", "the hook's settings are missing", _without("hook.json")),
    Fault("no-bundle", "no bundle is installed", _without("active.json")),
    Fault("corrupt-bundle", "the installed bundle is damaged", _damaged),
    Fault("disk-full", "the disk with the log is full", lambda setting, hook: replace(setting, full=["/var/log/packgate"]), log=True),
    Fault("log-unwritable", "the log can't be written", _unwritable, log=True),
)


def try_faults(
    lane: Lane, engine: Engine, subject: Subject, place: str, bundles: str, tick: Callable[[int], None] | None = None,
) -> dict[str, dict[str, str]]:
    """By fault and by what is configured (`closed`, `open`): `stopped`, `ran`, or `no session` when it was stopped before that.
    ``place``: a folder for the installations."""
    found: dict[str, dict[str, str]] = {}
    for fault in FAULTS:
        for mode in ("closed", "open"):
            found.setdefault(fault.name, {})[mode] = _outcome(lane, engine, subject, fault, _install(fault, mode, place, bundles), mode)
            if tick is not None:
                tick(1)
    return found


def _install(fault: Fault, mode: str, place: str, bundles: str) -> InstalledHook:
    configured = setup.Configured(on_failure="open" if fault.log else mode, log=mode if fault.log else "open")
    if fault.deadline_ms is None:
        return setup.install_hook(place, bundles, configured)
    own = os.path.join(place, fault.name)
    return setup.install_hook(own, bundles, replace(configured, deadline_ms=fault.deadline_ms))


def _outcome(lane: Lane, engine: Engine, subject: Subject, fault: Fault, hook: InstalledHook, mode: str) -> str:
    surfaces = "open" if fault.log else mode
    installed = replace(subject, on_failure={**dict.fromkeys(_ACTING, surfaces), "prompt": "open", "output": "open"})
    timeout = _PATIENCE if fault.name == "hangs" else TIMEOUT
    files = managed_files(lane.name, installed, hook.launcher, timeout)
    setting = fault.break_(setup.hooked(files, hook_commands(lane.name, hook.launcher), hook), hook)
    (seen,) = lane.run(engine, setting, [in_context({"surface": "shell", "command": _COMMAND}, {})])
    return "stopped" if seen.stopped else "no session" if seen.outcome == UNSEEN else seen.outcome
