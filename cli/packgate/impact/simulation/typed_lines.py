"""Events of a log read into just what a simulation needs of them: a line of the form in which logs are written takes a fifth of the time
of reading all of it. Whatever is of another form is left to `lines.read_event`, which also says what is wrong with it.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import UNSET, MsgspecError, Raw, Struct, UnsetType
from msgspec.json import Decoder, Encoder, decode

from packgate.eventlog.record import IMPORTED, KINDS

_VERSION = 1
# What tells of an action that another event holds.
_ABOUT_OTHERS = tuple(kind for kind in KINDS if kind not in ("decision", "gap", IMPORTED))


class TypedAction(Struct, forbid_unknown_fields=True):
    """An action with keys of the format alone, in the order of the alphabet, in which they are written again. ``actor`` stays as it is
    written: there are few different ones."""

    actor: Raw | UnsetType = UNSET
    annotations: Any = UNSET
    approval: Any = UNSET
    arguments: Any = UNSET
    body: Any = UNSET
    command: Any = UNSET
    content: Any = UNSET
    cwd: Any = UNSET
    data_classification: Any = UNSET
    env: Any = UNSET
    environment: Any = UNSET
    home: Any = UNSET
    id: Any = UNSET
    method: Any = UNSET
    operation: Any = UNSET
    path: Any = UNSET
    permissions: Any = UNSET
    repo: Any = UNSET
    risk_signals: Any = UNSET
    server: Any = UNSET
    shell: Any = UNSET
    surface: Any = UNSET
    text: Any = UNSET
    time: Any = UNSET
    tool: Any = UNSET
    url: Any = UNSET


class TypedDecision(Struct):
    """What a simulation needs of a decision."""

    decision_id: Any = None


class TypedEvent(Struct):
    """What a simulation needs of an event."""

    v: Any
    kind: Any
    action: TypedAction | None = None
    decision: TypedDecision | None = None
    time: Any = None


_decode = Decoder(TypedEvent).decode
_encode = Encoder(order="deterministic").encode


def typed_event(line: bytes) -> TypedEvent | None:
    """A line as an event that has its action, or never has one; None where it is anything else, or can't be told so quickly."""
    try:
        event = _decode(line)
        if event.v != _VERSION or event.kind not in (KINDS if event.action is not None else _ABOUT_OTHERS):
            return None
        # Texts that are not needed are not looked at, and a line that is no text is no event.
        return event if line.isascii() or line.decode() else None
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def canonical(action: TypedAction | dict[str, Any]) -> bytes:
    """An action as JSON: the same bytes for the same keys and values, however it was read."""
    if isinstance(action, TypedAction):
        return _encode(action)
    text = json.dumps(action, sort_keys=True, separators=(",", ":")).encode()
    try:
        # Numbers, too, have more than one form.
        return _encode(decode(text))
    except (MsgspecError, RecursionError):
        return text
