"""What is rendered for an agent, as the files of its managed places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.hook.dialects import dialect
from packgate.render import fallback
from packgate.render.options import Options, Settings
from packgate.render.rendered import render
from packgate.render.targets import TARGETS, amp, find_target

if TYPE_CHECKING:
    from packgate.render.subject import Subject

# More than any decision takes on a busy machine.
TIMEOUT = 30
# Where files go that a user merges into their own.
_USERS = {"amp": {"settings.json": "/home/dev/.config/amp/settings.json"}}
# Programs that go beside the launcher.
_BESIDE = {"amp": amp.DELEGATE}


def managed_files(
    target: str, subject: Subject, launcher: str, timeout: int = TIMEOUT, server: str | None = None,
) -> dict[str, str]:
    """Text by path, of the files that belong into a folder of the machine. Empty for an agent that nothing is rendered for. ``launcher``:
    the hook's; ``timeout``: how long the agent waits for it, in seconds. ``server``: the address of the decision server that is asked
    instead."""
    if target not in TARGETS:
        return {}
    rendered = render(subject, [target], Settings({target: Options(hook=launcher, timeout=timeout, server=server)}))[target]
    places = {**find_target(target).PLACES, **_USERS.get(target, {}), **_beside(target, launcher)}
    found = {_path(places[name]): data.decode("utf-8") for name, data in rendered.files.items() if name in places}
    return {path: text for path, text in found.items() if path.startswith("/") and not path.startswith("/etc/packgate/")}


def _path(place: str) -> str:
    """The path of a place that is told in words: ``/etc/x.json, or …``."""
    return place.split(",")[0]


def _beside(target: str, launcher: str) -> dict[str, str]:
    name = _BESIDE.get(target)
    return {} if name is None else {name: launcher + amp.ENDING}


def hook_commands(target: str, launcher: str, timeout: int = TIMEOUT) -> list[str]:
    """The scripts and commands by which an agent that starts its hook in a shell starts ours, whatever holds on a failure."""
    found = [launcher, *_beside(target, launcher).values()]
    for closed in (True, False) if target in fallback.AGENTS else ():
        found.append(fallback.script(target, closed, timeout))
        found += [fallback.line(launcher, target, event, closed=closed, wait=timeout) for event in dialect(target).EVENTS]
    return found
