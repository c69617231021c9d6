"""The agents' own files: whether each still starts the hook, and whether something switches its hooks off."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.hook.files import who_can_change
from packgate.installation.agents import AGENTS, SCOPES
from packgate.installation.changes import Done, read_text
from packgate.installation.doctor.result import OK, PROBLEM, WARNING, Result
from packgate.installation.merging import with_entries
from packgate.installation.script import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packgate.hook.settings import Settings

# Agent -> keys that switch its hooks off, with the value that does.
_SWITCHES: dict[str, tuple[tuple[tuple[str, ...], Any], ...]] = {
    "claude-code": ((("disableAllHooks",), True),),
    "copilot": ((("disableAllHooks",), True),),
    "gemini": ((("hooksConfig", "enabled"), False), (("tools", "enableHooks"), False)),
}
# Agent -> variables that lead it to other settings.
_VARIABLES = {"gemini": ("GEMINI_CLI_SYSTEM_SETTINGS_PATH",)}
# Agent -> its program, and the least version whose hooks do what the documentation says, with what older ones do.
_LEAST: dict[str, tuple[str, tuple[int, ...], str]] = {
    "claude-code": ("claude", (2, 1, 295), "it ignores onFailure: the action runs when the hook can't be started"),
}
_SECONDS = 20


def check_agent(done: Done, into: str, settings: Settings, environ: Mapping[str, str], folder: str) -> Iterator[Result]:
    """One agent's file, as an installation left it. ``folder``: the project that is looked at."""
    yield _entries(done, into, settings)
    yield from _switched_off(done.agent, environ, folder)
    for name in _VARIABLES.get(done.agent, ()):
        if environ.get(name):
            yield Result("switched-off", WARNING, f"{name} is set: {done.agent} reads its settings elsewhere", done.path, f"unset {name}")
    version = _version(done)
    if version is not None:
        yield version


def _entries(done: Done, into: str, settings: Settings) -> Result:
    again = f"packgate hook install {done.agent} --scope {done.scope}"
    launcher = os.path.join(into, NAME)
    try:
        text = read_text(done.path)
        wanted = AGENTS[done.agent].wanted(launcher, settings.on_failure)
        same = text is not None and with_entries(text, wanted, launcher, done.path) == text
        unsafe = who_can_change(done.path) if text is not None else None
    except (UserError, OSError) as error:
        return Result("agent", PROBLEM, getattr(error, "message", None) or str(error), done.path, again)
    if not same:
        message = "it does not start the hook for every event, or otherwise than it was installed"
        return Result("agent", PROBLEM, message, done.path, again)
    if unsafe is not None:
        return Result("agent", PROBLEM, f"others could take the hook out: {unsafe}", done.path, "take away write permission")
    return Result("agent", OK, "starts the hook for every event", done.path)


def _switched_off(agent: str, environ: Mapping[str, str], folder: str) -> Iterator[Result]:
    """Settings of any scope that keep an agent from starting hooks."""
    for path in _files_of(agent, environ, folder):
        data = _settings_of(path)
        for keys, value in _SWITCHES.get(agent, ()):
            if _at(data, keys) is value:
                name = ".".join(keys)
                message = f"{name} is {json.dumps(value)}: {agent} starts no hooks"
                yield Result("switched-off", PROBLEM, message, path, f"remove {name}")


def _files_of(agent: str, environ: Mapping[str, str], folder: str) -> list[str]:
    """The agent's settings of all scopes; of a project, those that are shared too."""
    found: dict[str, None] = {}
    for scope in SCOPES:
        path = AGENTS[agent].file(scope, environ, folder)
        if path is not None:
            found[path] = None
            found[path.replace("settings.local.json", "settings.json")] = None
    return list(found)


def _settings_of(path: str) -> Any:
    try:
        return json.loads(read_text(path) or "null")
    except (UserError, ValueError):
        return None  # What can't be read is told where the agent's own file is checked.


def _at(data: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _version(done: Done) -> Result | None:
    """Whether an agent that is on the PATH is new enough."""
    if done.agent not in _LEAST:
        return None
    name, least, otherwise = _LEAST[done.agent]
    program = shutil.which(name)
    if program is None:
        return Result("version", WARNING, f"{name} is not on the PATH, so its version is not known", done.path)
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=_SECONDS).stdout
    except (OSError, subprocess.TimeoutExpired):
        told = ""
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", told)
    if found is None:
        return Result("version", WARNING, "its version is not known: `--version` tells none", program)
    if tuple(map(int, found.groups())) < least:
        wanted = ".".join(map(str, least))
        return Result("version", WARNING, f"{found[0]} is older than {wanted}: {otherwise}", program, f"update {name} to {wanted} or later")
    return Result("version", OK, found[0], program)
