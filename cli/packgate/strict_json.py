"""JSON that has one meaning: what readers disagree about is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from packgate.model.action import ActionError

if TYPE_CHECKING:
    from typing import Any


def decode(data: bytes | None, longest: int) -> Any:
    """The JSON value that bytes hold. None stands for data that was longer than ``longest`` bytes and was not kept.

    Raises `ActionError`: too long, not UTF-8, a byte order mark, a key that stands twice, NaN, or no JSON at all.
    """
    if data is None or len(data) > longest:
        raise ActionError(f"it is longer than {longest:,} bytes")
    try:
        text = data.decode("utf-8")
        if text.startswith("\ufeff"):
            raise ActionError("not JSON: it starts with a byte order mark")
        return _value(text)
    except UnicodeDecodeError as error:
        raise ActionError(f"byte {error.start} is not UTF-8") from None
    except RecursionError:
        raise ActionError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ActionError(f"not JSON: {error.msg}, column {error.pos + 1}") from None
    except ValueError as error:
        raise ActionError(f"not JSON: {error}") from None


def _value(text: str) -> Any:
    """The one JSON value of a text. Raises as `JSONDecoder.decode`."""
    try:
        value, end = cast("Any", _QUICK).scan_once(text, 0)
        if end == len(text) and isinstance(value, dict) and _no_key_twice(text, value):
            return value
    except (StopIteration, ValueError):
        # What is wrong first is said below.
        pass
    try:
        value, end = cast("Any", _READER).scan_once(text, 0)
    except StopIteration:
        end = -1
    # Blanks around the value, and mistakes, are for the decoder itself.
    return value if end == len(text) else _READER.decode(text)


def _no_key_twice(text: str, value: dict[str, Any]) -> bool:
    """Whether it is certain, without a look at every pair, that no key stands twice in an object: its text has as many ``":`` as the
    objects have keys."""
    if " :" in text or "\n" in text or "\t" in text or "\r" in text:
        return False
    count = len(value)
    for each in value.values():
        if isinstance(each, dict):
            count += len(each)
    # Deeper objects, and texts that look like a key, make it more.
    return text.count('":') == count


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ: readers disagree about which of two equal keys counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ActionError(f"the key {key!r} stands twice in an object")
            seen.add(key)
    return found


# Made once: `json.loads` with options makes one for every call.
_READER = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_object)
_QUICK = json.JSONDecoder(parse_constant=_no_constant)
