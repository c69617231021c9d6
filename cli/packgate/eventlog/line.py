"""A record as one line of JSON, without loading the `json` package."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Of a record that is nested more deeply, the inner part is left out: a log that can't be written is worse.
_DEEPEST = 60


def to_line(record: dict[str, Any]) -> bytes:
    """The line of a record, its end included. ASCII, so that no text can break the line or the encoding."""
    from _json import encode_basestring_ascii as quote

    def write(value: Any, depth: int) -> str:
        if isinstance(value, str):
            return quote(value)
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            # JSON has no numbers that are none.
            return repr(value) if value - value == 0 else "null"
        if depth >= _DEEPEST:
            return '"..."'
        if isinstance(value, dict):
            return "{" + ",".join([f"{quote(str(key))}:{write(item, depth + 1)}" for key, item in value.items()]) + "}"
        if isinstance(value, (list, tuple)):
            return "[" + ",".join([write(item, depth + 1) for item in value]) + "]"
        raise TypeError(f"no JSON form: {type(value).__name__}")

    return write(record, 0).encode("ascii") + b"\n"
