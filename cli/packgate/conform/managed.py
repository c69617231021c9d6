"""What is rendered for an agent, as the files of its managed places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.conform.setup import LAUNCHER
from packgate.hook.dialects import MODULES, dialect
from packgate.render.options import Options, Settings
from packgate.render.rendered import render
from packgate.render.targets import TARGETS, find_target

if TYPE_CHECKING:
    from packgate.render.subject import Subject


def managed_files(target: str, subject: Subject) -> dict[str, str]:
    """Text by path, of the files that belong into a folder of the machine. Empty for an agent that nothing is rendered for yet."""
    if target not in TARGETS:
        return {}
    rendered = render(subject, [target], Settings({target: Options(hook=LAUNCHER)}))[target]
    places = find_target(target).PLACES
    found = {places[name]: data.decode("utf-8") for name, data in rendered.files.items() if name in places}
    return {path: text for path, text in found.items() if path.startswith("/") and not path.startswith("/etc/packgate/")}


def hook_commands(target: str) -> list[str]:
    """The commands by which an agent that starts its hook in a shell starts ours."""
    events = dialect(target).EVENTS if target in MODULES else ()
    return [LAUNCHER, *(f"{LAUNCHER} {target} {event}" for event in events)]
