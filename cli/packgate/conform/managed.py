"""What is rendered for an agent, as the files of its managed places."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.hook.dialects import MODULES, dialect
from packgate.render.options import Options, Settings
from packgate.render.rendered import render
from packgate.render.targets import TARGETS, find_target

if TYPE_CHECKING:
    from packgate.render.subject import Subject

# More than any decision takes on a busy machine.
TIMEOUT = 30
# Where files go that a user merges into their own.
_USERS = {"amp": {"settings.json": "/home/dev/.config/amp/settings.json"}}
# Programs that go beside the launcher.
_BESIDE = {"amp": ("packgate-amp",)}


def managed_files(target: str, subject: Subject, launcher: str, timeout: int = TIMEOUT) -> dict[str, str]:
    """Text by path, of the files that belong into a folder of the machine. Empty for an agent that nothing is rendered for. ``launcher``:
    the hook's; ``timeout``: how long the agent waits for it, in seconds."""
    if target not in TARGETS:
        return {}
    rendered = render(subject, [target], Settings({target: Options(hook=launcher, timeout=timeout)}))[target]
    folder = os.path.dirname(launcher)
    beside = {name: os.path.join(folder, name) for name in _BESIDE.get(target, ())}
    places = {**find_target(target).PLACES, **_USERS.get(target, {}), **beside}
    found = {_path(places[name]): data.decode("utf-8") for name, data in rendered.files.items() if name in places}
    return {path: text for path, text in found.items() if path.startswith("/") and not path.startswith("/etc/packgate/")}


def _path(place: str) -> str:
    """The path of a place that is told in words: ``/etc/x.json, or …``."""
    return place.split(",")[0]


def hook_commands(target: str, launcher: str) -> list[str]:
    """The commands by which an agent that starts its hook in a shell starts ours."""
    events = dialect(target).EVENTS if target in MODULES else ()
    beside = [os.path.join(os.path.dirname(launcher), name) for name in _BESIDE.get(target, ())]
    return [launcher, *beside, *(f"{launcher} {target} {event}" for event in events)]
