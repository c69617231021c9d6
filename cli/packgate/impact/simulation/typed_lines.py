"""Events of a log read into just what a simulation needs of them: a line of the form in which logs are written takes a fifth of the time
of reading all of it. Whatever is of another form is left to `lines.read_event`, which also says what is wrong with it.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import NODEFAULT, UNSET, MsgspecError, Raw, Struct, UnsetType, field
from msgspec.json import Decoder, Encoder, decode
from msgspec.structs import fields

from packgate.eventlog.record import IMPORTED, KINDS, VERSION

# What tells of an action that another event holds.
_ABOUT_OTHERS = tuple(kind for kind in KINDS if kind not in ("decision", "gap", IMPORTED))


class TypedAction(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An action with keys and types of the format alone, in the order in which logs have them, so that each stands where it is looked for.
    A key that says no more than its absence is left out. ``repo`` and ``actor`` stay as they are written: there are few different ones.
    Only ``annotations`` and ``arguments`` can be nested."""

    id: str | None = None
    surface: str | UnsetType | None = UNSET
    command: str | None = None
    shell: str | None = None
    operation: str | None = None
    path: str | None = None
    content: str | None = None
    server: str | None = None
    tool: str | None = None
    arguments: Any = field(default_factory=dict)
    annotations: Any = field(default_factory=dict)
    method: str | None = None
    url: str | None = None
    body: str | None = None
    text: str | None = None
    cwd: str | None = None
    home: str | None = None
    env: dict[str, str] | None = field(default_factory=dict)
    repo: Raw | UnsetType = UNSET
    environment: str | None = None
    data_classification: str | None = None
    permissions: list[str] | None = field(default_factory=list)
    risk_signals: list[str] | None = field(default_factory=list)
    approval: str | None = None
    time: str | None = None
    actor: Raw | UnsetType = UNSET


class TypedDecision(Struct):
    """What a simulation needs of a decision."""

    decision_id: str | None = None


class TypedEvent(Struct):
    """What a simulation needs of an event."""

    v: Any
    kind: str
    time: str | None = None
    action: TypedAction | None = None
    decision: TypedDecision | None = None


# By key of the format, what says no more than its absence. A surface of null is not left to be told from the other keys.
_DEFAULTS: dict[str, Any] = {
    each.name: each.default if each.default_factory is NODEFAULT else each.default_factory() for each in fields(TypedAction)
} | {"repo": None}
_decode = Decoder(TypedEvent).decode
_encode = Encoder(order="deterministic").encode


def typed_event(line: bytes) -> TypedEvent | None:
    """A line as an event that has its action, or never has one; None where it is anything else, or can't be told so quickly."""
    try:
        event = _decode(line)
        if event.v != VERSION or event.kind not in (KINDS if event.action is not None else _ABOUT_OTHERS):
            return None
        # Texts that are not needed are not looked at, and a line that is no text is no event.
        return event if line.isascii() or line.decode() else None
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def canonical(action: TypedAction | dict[str, Any]) -> bytes:
    """An action as JSON: the same bytes for the same keys and values, however it was read."""
    if isinstance(action, TypedAction):
        return _encode(action)
    known = (key for key, absent in _DEFAULTS.items() if key in action and action[key] != absent)
    names = (*known, *sorted(action.keys() - _DEFAULTS.keys()))
    try:
        # Numbers, too, have more than one form.
        normal, write = decode(_plain(action)), _encode
    except (MsgspecError, RecursionError):
        normal, write = action, _plain
    return b"{" + b",".join(write(key) + b":" + write(normal[key]) for key in names) + b"}"


def canonical_value(value: Any) -> bytes:
    """Any value of JSON as `canonical` writes it."""
    text = _plain(value)
    try:
        return _encode(decode(text))
    except (MsgspecError, RecursionError):
        return text


def _plain(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
