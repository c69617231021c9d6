"""The installation's settings, `hook.json`: which bundles decide, what holds on a failure, where the log is. Written when the hook is
installed, and believed only if no other user can write them.

Canonical JSON, one object, every key always present:

    {"actor": {"groups": [], "team": null, "user": null}, "bundles": "/…/bundles", "deadline_ms": 2000, "log": "/…/events.jsonl",
     "on_failure": {"file": "closed", "log": "open", "mcp": "closed", "output": "open", "prompt": "open", "shell": "closed",
     "web": "closed"}, "reason": "…", "v": 1}
"""

from __future__ import annotations

from packgate.hook.failure import CLOSED, OPEN, Failure
from packgate.hook.files import read_regular, who_can_change
from packgate.model.action import SURFACES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VERSION = 1
FILE = "hook.json"
DEADLINE_MS = 2000
# What can fail beside a surface: the log that is written after a decision.
LOG = "log"
FAILING = (*SURFACES, LOG)
_LARGEST = 64 * 1024
_KEYS = ("actor", "bundles", "deadline_ms", "log", "on_failure", "reason", "v")
_SHORTEST_DEADLINE, _LONGEST_DEADLINE = 50, 60_000


class Settings:
    """How the hook was installed.

    ``bundles``: the folder that `packgate bundle pull` fills. ``on_failure``: `open` or `closed` for every surface and for the log;
    ``reason``: why it was fixed so. ``deadline_ms``: how long a decision may take. ``log``: the event log, None for none; in
    the file ``~/`` stands for each user's home. ``user``: who
    acts; None for the login name of the process's user. ``groups``, ``team``: as assignments name them.
    """

    __slots__ = ("bundles", "deadline_ms", "groups", "log", "on_failure", "reason", "team", "user")

    def __init__(
        self, bundles: str, on_failure: Mapping[str, str], *, deadline_ms: int = DEADLINE_MS, log: str | None = None, reason: str = "",
        user: str | None = None, groups: tuple[str, ...] = (), team: str | None = None,
    ) -> None:
        self.bundles = bundles
        self.on_failure = dict(on_failure)
        self.deadline_ms = deadline_ms
        self.log = log
        self.reason = reason
        self.user = user
        self.groups = groups
        self.team = team

    def to_json(self) -> dict[str, Any]:
        """As `hook.json` holds them."""
        return {
            "actor": {"groups": list(self.groups), "team": self.team, "user": self.user}, "bundles": self.bundles,
            "deadline_ms": self.deadline_ms, "log": self.log, "on_failure": dict(sorted(self.on_failure.items())), "reason": self.reason,
            "v": VERSION,
        }


def read_settings(path: str) -> Settings:
    """The settings of an installation. Raises `Failure`: they are missing, can't be read, or others can change them."""
    from packgate.hook.plain_json import read

    try:
        unsafe = who_can_change(path)
    except (OSError, ValueError):
        raise Failure("settings-missing", path) from None
    if unsafe is not None:
        raise Failure("settings-unsafe", unsafe)
    data = read_regular(path, _LARGEST)
    if data is None or len(data) > _LARGEST:
        raise Failure("settings-invalid", f"{path} is no readable file of at most {_LARGEST} bytes")
    try:
        return settings_from(read(data.decode("utf-8")))
    except ValueError as error:
        raise Failure("settings-invalid", f"{path}: {error}") from None


def settings_from(value: Any) -> Settings:
    """Settings from decoded JSON. Raises `ValueError` for another form: a misread setting could let through what was to be stopped."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    if value.get("v") != VERSION:
        raise ValueError(f"version {value.get('v')!r:.20} is unknown; this packgate reads {VERSION}")
    if sorted(value) != list(_KEYS):
        raise ValueError(f"the keys are not {', '.join(_KEYS)}")
    actor = value["actor"]
    if not isinstance(actor, dict) or sorted(actor) != ["groups", "team", "user"]:
        raise ValueError("actor: the keys are not groups, team, user")
    deadline = value["deadline_ms"]
    if type(deadline) is not int or not _SHORTEST_DEADLINE <= deadline <= _LONGEST_DEADLINE:
        raise ValueError(f"deadline_ms: not between {_SHORTEST_DEADLINE} and {_LONGEST_DEADLINE}")
    groups = actor["groups"]
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise ValueError("actor.groups: not a list of names")
    return Settings(
        _path(value["bundles"], "bundles"), _on_failure(value["on_failure"]), deadline_ms=deadline,
        log=None if value["log"] is None else _path(_at_home(value["log"]), "log"), reason=_text(value["reason"], "reason"),
        user=None if actor["user"] is None else _text(actor["user"], "actor.user"), groups=tuple(groups),
        team=None if actor["team"] is None else _text(actor["team"], "actor.team"),
    )


def _on_failure(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or sorted(value) != sorted(FAILING):
        raise ValueError(f"on_failure: the keys are not {', '.join(sorted(FAILING))}")
    for name, mode in value.items():
        if mode not in (OPEN, CLOSED):
            raise ValueError(f"on_failure.{name}: neither {OPEN} nor {CLOSED}")
    return dict(value)


def _at_home(value: Any) -> Any:
    """A path below ``~``, which is the home directory of the process's user, whatever $HOME says."""
    if not isinstance(value, str) or not value.startswith("~/"):
        return value
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir.rstrip("/") + value[1:]
    except KeyError:
        return value


def _path(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise ValueError(f"{name}: not an absolute path")
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name}: not text")
    return value
