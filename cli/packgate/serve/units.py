"""Files that keep the server running: a systemd unit, a launchd agent."""

from __future__ import annotations

import os
import plistlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

SUPERVISORS = ("systemd", "launchd")
_LABEL = "dev.packgate.serve"


@dataclass(frozen=True, slots=True)
class Unit:
    """A file, its text, and what a user runs to switch it on and off."""

    path: str
    text: str
    start: Sequence[str]
    stop: Sequence[str]


def make_unit(supervisor: str, command: Sequence[str], writes: Sequence[str], home: str, system: bool) -> Unit:
    """The unit of a supervisor (`SUPERVISORS`). ``command``: absolute words; ``writes``: folders that the server writes to; ``system``: for
    the machine instead of the user. Raises `UserError`."""
    if any("\n" in word or "\0" in word for word in (*command, *writes)):
        raise UserError("a path with a line break can't stand in a unit")
    return _systemd(command, writes, home, system) if supervisor == "systemd" else _launchd(command, home, system)


def _systemd(command: Sequence[str], writes: Sequence[str], home: str, system: bool) -> Unit:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # It is no page: nothing is to be escaped for HTML.
    environment = Environment(loader=PackageLoader("packgate.serve"), undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    environment.filters["systemd_word"] = systemd_word
    text = environment.get_template("packgate.service.j2").render(command=command, writes=sorted(set(writes)), system=system)
    folder = "/etc/systemd/system" if system else os.path.join(home, ".config/systemd/user")
    control = "systemctl" if system else "systemctl --user"
    return Unit(
        os.path.join(folder, "packgate.service"), text,
        [f"{control} daemon-reload", f"{control} enable --now packgate.service"], [f"{control} disable --now packgate.service"],
    )


def systemd_word(word: str) -> str:
    """A word as systemd reads it back: ``%`` and ``$`` are not expanded (systemd.service(5), Command lines)."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or not word or any(each in word for each in " \t';") else word


def _launchd(command: Sequence[str], home: str, system: bool) -> Unit:
    logs = "/Library/Logs" if system else os.path.join(home, "Library/Logs")
    text = plistlib.dumps({
        "Label": _LABEL, "ProgramArguments": list(command), "KeepAlive": True, "RunAtLoad": True, "Umask": 0o077,
        "StandardErrorPath": os.path.join(logs, "packgate-serve.log"), "ProcessType": "Interactive",
    }).decode()
    folder = "/Library/LaunchDaemons" if system else os.path.join(home, "Library/LaunchAgents")
    path = os.path.join(folder, f"{_LABEL}.plist")
    domain = "system" if system else "gui/$(id -u)"
    return Unit(path, text, [f"launchctl bootstrap {domain} {path}"], [f"launchctl bootout {domain}/{_LABEL}"])
