"""What is rendered for an agent, as the files of its managed places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.conform.setup import FOLDER, LAUNCHER
from packgate.hook.dialects import MODULES, dialect
from packgate.render.options import Options, Settings
from packgate.render.rendered import render
from packgate.render.targets import TARGETS, find_target

if TYPE_CHECKING:
    from packgate.render.subject import Subject

# More than any decision takes on a busy machine.
_TIMEOUT = 30
# Where files go that a user merges into their own.
_USERS = {"amp": {"settings.json": "/home/dev/.config/amp/settings.json", "packgate-amp": f"{FOLDER}/packgate-amp"}}


def managed_files(target: str, subject: Subject, timeout: int | None = None) -> dict[str, str]:
    """Text by path, of the files that belong into a folder of the machine. Empty for an agent that nothing is rendered for. ``timeout``:
    how long the agent waits for the hook, in seconds; by default a measurement's, which is never what decides."""
    if target not in TARGETS:
        return {}
    rendered = render(subject, [target], Settings({target: Options(hook=LAUNCHER, timeout=timeout or _TIMEOUT)}))[target]
    places = {**find_target(target).PLACES, **_USERS.get(target, {})}
    found = {_path(places[name]): data.decode("utf-8") for name, data in rendered.files.items() if name in places}
    return {path: text for path, text in found.items() if path.startswith("/") and not path.startswith("/etc/packgate/")}


def _path(place: str) -> str:
    """The path of a place that is told in words: ``/etc/x.json, or …``."""
    return place.split(",")[0]


def hook_commands(target: str) -> list[str]:
    """The commands by which an agent that starts its hook in a shell starts ours."""
    events = dialect(target).EVENTS if target in MODULES else ()
    return [LAUNCHER, f"{FOLDER}/packgate-amp", *(f"{LAUNCHER} {target} {event}" for event in events)]
