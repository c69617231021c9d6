"""What an agent is about to do, as the action JSON gives it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SURFACES = ("shell", "file", "mcp", "web", "prompt", "output")
SHELLS = ("bash", "sh", "zsh", "powershell", "cmd")

_REQUIRED = {
    "shell": ("command",),
    "file": ("operation", "path"),
    "mcp": ("server", "tool"),
    "web": ("url",),
    "prompt": ("text",),
    "output": ("text",),
}
_KEYS = frozenset(
    "id surface command shell cwd home env repo actor environment data_classification permissions risk_signals approval "
    "time operation path content server tool arguments annotations method url body text".split()
)
_REPO_KEYS = frozenset(("name", "root", "branch", "default_branch"))
_ACTOR_KEYS = frozenset(("agent", "session", "user", "groups", "team", "owner"))
_NONE: dict[str, Any] = {}


class ActionError(ValueError):
    """The action is not one that can be decided; the message says which key and why."""


class Action:
    """A checked action. ``data`` holds every key of the format for its surface; absent ones are None or empty. ``filled``: the keys that
    the context of the policies gave it, not the caller."""

    __slots__ = ("data", "filled", "notes", "surface")

    def __init__(self, data: dict[str, Any], notes: tuple[str, ...] = (), filled: tuple[str, ...] = ()) -> None:
        self.data = data
        # One of `SURFACES`.
        self.surface: str = data["surface"]
        self.notes = notes
        self.filled = filled

    @property
    def id(self) -> str | None:
        """The caller's name for the action."""
        value = self.data.get("id")
        return None if value is None else str(value)

    def text(self, key: str) -> str | None:
        """A key whose value is text or null."""
        value = self.data.get(key)
        return value if isinstance(value, str) else None

    def repo(self, key: str) -> str | None:
        """A key of ``repo``."""
        value = (self.data.get("repo") or {}).get(key)
        return value if isinstance(value, str) else None

    def actor(self, key: str) -> Any:
        """A key of ``actor``; ``groups`` is a list, all others text or None."""
        return (self.data.get("actor") or {}).get(key)

    @property
    def env(self) -> Mapping[str, str]:
        """Environment variables that the caller declares."""
        return self.data.get("env") or {}


def shell_action(command: str, **context: Any) -> Action:
    """A shell action from its command and any of the format's keys (``cwd``, ``home``, ``repo``, ``shell`` …)."""
    return parse_action({"surface": "shell", "command": command, **context})


def parse_action(data: Any) -> Action:
    """Check an action as decoded from JSON.

    Unknown keys are ignored with a note. Raises `ActionError` when a required key is missing or a value has the wrong
    type, since a decision about a misread action would be worth nothing.
    """
    if not isinstance(data, dict):
        raise ActionError(f"an action is a JSON object, not {_kind(data)}")
    surface = data.get("surface", "shell" if "command" in data else None)
    if surface not in SURFACES:
        raise ActionError(f"surface: expected one of {', '.join(SURFACES)}, found {surface!r}")
    for key in _REQUIRED[surface]:
        if not isinstance(data.get(key), str):
            raise ActionError(f"{key}: a {surface} action needs it as text, found {_kind(data.get(key))}")
    shape = _shape(data)
    notes = () if shape in _SOUND else _check(data, shape)
    checked = data.copy()
    checked["surface"] = surface
    shell = checked.get("shell")
    if surface == "shell" and shell is None:
        checked["shell"] = "bash"
    elif shell is not None and shell not in SHELLS:
        raise ActionError(f"shell: expected one of {', '.join(SHELLS)}, found {shell!r}")
    return Action(checked, notes)


_TYPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys(
        (
            "id", "cwd", "home", "environment", "data_classification", "approval", "time", "content", "body", "method",
            # Of another surface, too: a value that is no text is a mistake of the caller.
            "command", "operation", "path", "server", "tool", "url", "text",
        ),
        (str, "text"),
    ),
    **dict.fromkeys(("env", "repo", "actor", "arguments", "annotations"), (dict, "an object")),
    **dict.fromkeys(("permissions", "risk_signals"), (list, "a list")),
}


# Shapes of actions in which there was nothing wrong: callers send the same ones again and again.
_SOUND: set[tuple[object, ...]] = set()
_MOST_SHAPES = 200


def _check(data: dict[str, Any], shape: tuple[object, ...] | None) -> tuple[str, ...]:
    """The notes on an action. Raises `ActionError` for a value of the wrong type."""
    _check_types(data)
    notes = _notes(data)
    if shape is not None and not notes and len(_SOUND) < _MOST_SHAPES:
        _SOUND.add(shape)
    return notes


def _check_types(data: dict[str, Any]) -> None:
    for key, value in data.items():
        if value is not None and key in _TYPES and not isinstance(value, _TYPES[key][0]):
            raise ActionError(f"{key}: expected {_TYPES[key][1]} or null, found {_kind(value)}")
    env, repo = data.get("env"), data.get("repo")
    if env:
        for name, value in env.items():
            if not isinstance(value, str):
                raise ActionError(f"env.{name}: expected text, found {_kind(value)}")
    if repo:
        for name, value in repo.items():
            if not isinstance(value, str) and value is not None and name in _REPO_KEYS:
                raise ActionError(f"repo.{name}: expected text or null, found {_kind(value)}")
    for key in ("permissions", "risk_signals"):
        _check_texts(key, data.get(key))
    for name, value in (data.get("actor") or _NONE).items():
        if name == "groups":
            _check_texts("actor.groups", value)
        elif value is not None and name in _ACTOR_KEYS and not isinstance(value, str):
            raise ActionError(f"actor.{name}: expected text or null, found {_kind(value)}")


def _check_texts(key: str, value: Any) -> None:
    """That a value is a list of texts, or null."""
    if value is None:
        return
    if not isinstance(value, list):
        raise ActionError(f"{key}: expected a list or null, found {_kind(value)}")
    for item in value:
        if not isinstance(item, str):
            raise ActionError(f"{key}: expected texts in the list, found {_kind(item)}")


def _shape(data: dict[str, Any]) -> tuple[object, ...] | None:
    """The keys of an action with the types of their values, where that is all that its check looks at."""
    repo = data.get("repo")
    if data.get("env") or data.get("actor") or data.get("permissions") or data.get("risk_signals") or not isinstance(repo, dict):
        return None
    return (*data, *map(type, data.values()), None, *repo, *map(type, repo.values()))


def _notes(data: dict[str, Any]) -> tuple[str, ...]:
    """What is said of keys that the format does not have."""
    repo, actor = data.get("repo") or _NONE, data.get("actor") or _NONE
    if _KEYS.issuperset(data) and _REPO_KEYS.issuperset(repo) and _ACTOR_KEYS.issuperset(actor):
        return ()
    names = sorted(str(key) for key in data if key not in _KEYS)
    for parent, found, known in (("repo", repo, _REPO_KEYS), ("actor", actor, _ACTOR_KEYS)):
        names.extend(f"{parent}.{key}" for key in sorted(str(key) for key in found if key not in known))
    return tuple(f"unknown key {name!r} was ignored" for name in names)


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)
