"""The installation's settings, `hook.json`: which bundles decide, what holds on a failure, where the log is. Written when the hook is
installed, and believed only if no other user can write them.

Canonical JSON, one object, every key always present:

    {"actor": {"groups": [], "team": null, "user": null}, "bundles": "/…/bundles", "deadline_ms": 2000, "log": "/…/events.jsonl",
     "on_failure": {"file": "closed", "log": "open", "mcp": "closed", "output": "open", "prompt": "open", "shell": "closed",
     "web": "closed"}, "reason": "…", "v": 1}

"log" can be an object, too, where the log is kept otherwise than by default:

    {"fsync": false, "keep": 0, "keep_days": 0, "path": "/…/events.jsonl", "rotate": 134217728}
"""

from __future__ import annotations

from packgate.eventlog.chain import Log
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
_LOG_KEYS = ("fsync", "keep", "keep_days", "path", "rotate")
# Bytes of a file of the log, and seconds for other processes that write it.
ROTATE = 128 * 1024 * 1024
_LEAST_ROTATE = 64 * 1024
_WAIT = 0.5


class Settings:
    """How the hook was installed.

    ``bundles``: the folder that `packgate bundle pull` fills. ``on_failure``: `open` or `closed` for every surface and for the log;
    ``reason``: why it was fixed so. ``deadline_ms``: how long a decision may take. ``log``: the event log, None for none; in
    the file ``~/`` stands for each user's home. ``fsync``: wait until it is on the disk; ``rotate``: bytes from which on another file of it
    is begun, 0 for never; ``keep``: how many full files stay, 0 for all; ``keep_days``: how many days an event stays, 0 for ever. ``user``:
    who acts; None for the login name of the process's user. ``groups``, ``team``: as assignments name them.
    """

    __slots__ = (
        "bundles", "deadline_ms", "fsync", "groups", "keep", "keep_days", "log", "on_failure", "reason", "rotate", "team", "user",
    )

    def __init__(
        self, bundles: str, on_failure: Mapping[str, str], *, deadline_ms: int = DEADLINE_MS, log: str | None = None, reason: str = "",
        user: str | None = None, groups: tuple[str, ...] = (), team: str | None = None, fsync: bool = False, rotate: int = ROTATE,
        keep: int = 0, keep_days: int = 0,
    ) -> None:
        self.bundles = bundles
        self.on_failure = dict(on_failure)
        self.deadline_ms = deadline_ms
        self.log = log
        self.reason = reason
        self.user = user
        self.groups = groups
        self.team = team
        self.fsync = fsync
        self.rotate = rotate
        self.keep = keep
        self.keep_days = keep_days

    @property
    def event_log(self) -> Log | None:
        """The event log as it is kept."""
        if self.log is None:
            return None
        return Log(self.log, fsync=self.fsync, rotate=self.rotate, keep=self.keep, keep_days=self.keep_days, wait=_WAIT)

    def to_json(self) -> dict[str, Any]:
        """As `hook.json` holds them."""
        return {
            "actor": {"groups": list(self.groups), "team": self.team, "user": self.user}, "bundles": self.bundles,
            "deadline_ms": self.deadline_ms, "log": self._log_json(), "on_failure": dict(sorted(self.on_failure.items())),
            "reason": self.reason, "v": VERSION,
        }

    def _log_json(self) -> Any:
        if self.log is None or (self.fsync, self.rotate, self.keep, self.keep_days) == (False, ROTATE, 0, 0):
            return self.log
        return {"fsync": self.fsync, "keep": self.keep, "keep_days": self.keep_days, "path": self.log, "rotate": self.rotate}


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
    log = _log(value["log"])
    return Settings(
        _path(value["bundles"], "bundles"), _on_failure(value["on_failure"]), deadline_ms=deadline,
        log=log["path"], fsync=log["fsync"], rotate=log["rotate"], keep=log["keep"], keep_days=log["keep_days"],
        reason=_text(value["reason"], "reason"),
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


def _log(value: Any) -> dict[str, Any]:
    """The log and how it is kept, from a path or an object."""
    if not isinstance(value, dict):
        path = None if value is None else _path(_at_home(value), "log")
        return {"fsync": False, "keep": 0, "keep_days": 0, "path": path, "rotate": ROTATE}
    # An installation of before it could be said.
    value = {"keep_days": 0, **value}
    if sorted(value) != list(_LOG_KEYS):
        raise ValueError(f"log: the keys are not {', '.join(_LOG_KEYS)}")
    if type(value["fsync"]) is not bool:
        raise ValueError("log.fsync: neither true nor false")
    for name, least in (("keep", 1), ("keep_days", 1), ("rotate", _LEAST_ROTATE)):
        if type(value[name]) is not int or 0 != value[name] < least:
            raise ValueError(f"log.{name}: neither 0 nor a whole number of at least {least}")
    return {**value, "path": _path(_at_home(value["path"]), "log.path")}


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
