"""What can go wrong with an installed hook, done to it one at a time, and what the real agent then does with a harmless command."""

from __future__ import annotations

import glob
import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from packgate.conform import faulty_servers as servers
from packgate.conform import setup, walls
from packgate.conform.lane import UNSEEN
from packgate.conform.managed import TIMEOUT, hook_commands, managed_files
from packgate.testing.cases import in_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from packgate.conform.lane import Engine, Lane, Setting
    from packgate.conform.setup import InstalledHook
    from packgate.conform.spec import Server
    from packgate.render.subject import Subject

# Harmless, and of no agent's own list of dangerous commands: what stops it is the fault.
_COMMAND = "git status --short"
_KILLED = f"#!{walls.REAL}/sh\nkill -KILL $$\n"
_HANGS = f"#!{walls.REAL}/sh\nexec sleep 600\n"
# How long an agent waits for a hook that hangs, in seconds.
_PATIENCE = 5
# Prompts stay open: a session that never starts would not show what becomes of a tool call.
_ACTING = ("shell", "file", "mcp", "web")
MODES = ("closed", "open")
STOPPED, RAN, NO_SESSION = "stopped", "ran", "no session"
_CONFIGURED = {"closed": STOPPED, "open": RAN}


@dataclass(frozen=True, slots=True)
class Fault:
    """``break_`` does it to a setting. ``expected``: what is to become of the command, by what is configured. ``deadline_ms``: the hook's
    own, where that is what goes wrong. ``waits``: how long the agent does, in seconds. ``log``: whether the mode of the log decides, not
    that of the surface. ``server``: the decision server that the agent asks in place of the hook, for agents that can (``agents``; all,
    where there are none)."""

    name: str
    title: str
    break_: Callable[[Setting, InstalledHook], Setting] = lambda setting, hook: setting
    expected: Mapping[str, str] = field(default_factory=lambda: _CONFIGURED)
    deadline_ms: int | None = None
    waits: int = TIMEOUT
    log: bool = False
    server: Callable[[InstalledHook], list[Server]] | None = None
    agents: tuple[str, ...] = ()

    def concerns(self, agent: str) -> bool:
        """Whether it can happen to an agent."""
        return not self.agents or agent in self.agents


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


_HTTP = ("claude-code",)
FAULTS = (
    Fault("none", "nothing is wrong", expected={"closed": RAN, "open": RAN}),
    Fault("killed", "the hook is killed", _launching(_KILLED)),
    Fault("hangs", "the hook hangs until the agent gives up", _launching(_HANGS), waits=_PATIENCE),
    Fault("deadline", "a decision takes longer than the hook's own deadline", _without("hook.image"), deadline_ms=50),
    Fault("no-launcher", "the launcher is missing", _without("packgate-hook")),
    # Nobody can say then that failures are open.
    Fault("no-settings", "the hook's settings are missing", _without("hook.json"), {"closed": STOPPED, "open": STOPPED}),
    Fault("no-bundle", "no bundle is installed", _without("active.json")),
    Fault("corrupt-bundle", "the installed bundle is damaged", _damaged),
    Fault("disk-full", "the disk with the log is full", lambda setting, hook: replace(setting, full=["/var/log/packgate"]), log=True),
    Fault("log-unwritable", "the log can't be written", _unwritable, log=True),
    Fault("server", "a decision server is asked, and nothing is wrong", expected={"closed": RAN, "open": RAN}, server=servers.sound,
          agents=_HTTP),
    Fault("server-down", "the decision server is down", server=servers.down, agents=_HTTP),
    Fault("server-hangs", "the decision server accepts, and never answers", waits=_PATIENCE, server=servers.hanging, agents=_HTTP),
    Fault("server-error", "the decision server answers 500", server=servers.failing, agents=_HTTP),
)
# What an agent does whatever is configured, where packgate can't help it: (agent, fault) -> what becomes of the command.
LIMITS: dict[tuple[str, str], str] = {}


def try_faults(
    lane: Lane, engine: Engine, subject: Subject, place: str, bundles: str, tick: Callable[[int], None] | None = None,
    faults: Iterable[Fault] = FAULTS,
) -> dict[str, dict[str, str]]:
    """By fault and by what is configured (`closed`, `open`): `stopped`, `ran`, or `no session` when it was stopped before that.
    ``place``: a folder for the installations."""
    found: dict[str, dict[str, str]] = {}
    for fault in faults:
        for mode in MODES if fault.concerns(lane.name) else ():
            found.setdefault(fault.name, {})[mode] = _outcome(lane, engine, subject, fault, _install(fault, mode, place, bundles), mode)
            if tick is not None:
                tick(1)
    return found


def holds(agent: str, fault: Fault, mode: str, outcome: str) -> bool:
    """Whether the outcome is the configured one; where the agent has a limit, that of the limit. A session that did not begin did
    nothing."""
    expected = LIMITS.get((agent, fault.name), fault.expected[mode])
    return outcome == expected or (expected == STOPPED and outcome == NO_SESSION)


def setting_of(lane: Lane, subject: Subject, fault: Fault, hook: InstalledHook, mode: str) -> Setting:
    """The agent with the hook, or asking the server, and the fault."""
    surfaces = "open" if fault.log else mode
    installed = replace(subject, on_failure={**dict.fromkeys(_ACTING, surfaces), "prompt": "open", "output": "open"})
    address = None if fault.server is None else servers.ADDRESS
    files = managed_files(lane.name, installed, hook.launcher, fault.waits, address)
    setting = setup.hooked(files, hook_commands(lane.name, hook.launcher, fault.waits), hook)
    if fault.server is not None:
        setting = replace(setting, servers=fault.server(hook), env=servers.ENVIRONMENT)
    return fault.break_(setting, hook)


def _install(fault: Fault, mode: str, place: str, bundles: str) -> InstalledHook:
    configured = setup.Configured(on_failure="open" if fault.log else mode, log=mode if fault.log else "open")
    if fault.deadline_ms is None:
        return setup.install_hook(place, bundles, configured)
    own = os.path.join(place, fault.name)
    return setup.install_hook(own, bundles, replace(configured, deadline_ms=fault.deadline_ms))


def _outcome(lane: Lane, engine: Engine, subject: Subject, fault: Fault, hook: InstalledHook, mode: str) -> str:
    setting = setting_of(lane, subject, fault, hook, mode)
    (seen,) = lane.run(engine, setting, [in_context({"surface": "shell", "command": _COMMAND}, {})])
    return STOPPED if seen.stopped else NO_SESSION if seen.outcome == UNSEEN else seen.outcome
