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


Text = str | None | UnsetType
Texts = list[str] | None | UnsetType


class TypedAction(Struct, forbid_unknown_fields=True):
    """An action with keys and types of the format alone, in the order of the alphabet, in which they are written again. ``actor`` stays as
    it is written: there are few different ones. Only ``annotations`` and ``arguments`` can be nested."""

    actor: Raw | UnsetType = UNSET
    annotations: Any = UNSET
    approval: Text = UNSET
    arguments: Any = UNSET
    body: Text = UNSET
    command: Text = UNSET
    content: Text = UNSET
    cwd: Text = UNSET
    data_classification: Text = UNSET
    env: dict[str, str] | UnsetType | None = UNSET
    environment: Text = UNSET
    home: Text = UNSET
    id: Text = UNSET
    method: Text = UNSET
    operation: Text = UNSET
    path: Text = UNSET
    permissions: Texts = UNSET
    repo: dict[str, str | None] | UnsetType | None = UNSET
    risk_signals: Texts = UNSET
    server: Text = UNSET
    shell: Text = UNSET
    surface: Text = UNSET
    text: Text = UNSET
    time: Text = UNSET
    tool: Text = UNSET
    url: Text = UNSET


class TypedDecision(Struct):
    """What a simulation needs of a decision."""

    decision_id: str | None = None


class TypedEvent(Struct):
    """What a simulation needs of an event."""

    v: Any
    kind: str
    action: TypedAction | None = None
    decision: TypedDecision | None = None
    time: str | None = None


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
