"""Canonical JSON: one text for one value, on any machine.

UTF-8, no white space, keys in the order of their code points, integers only (how a float is written is a matter of
taste), text as it is (no normalisation), nothing escaped that need not be; one line end at the end.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """The bytes of a value of plain data. Raises `ValueError` for what has no canonical form: floats, keys that are not text, text
    with lone surrogates, other types, and what is nested too deeply."""
    try:
        _check(value)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return text.encode("utf-8") + b"\n"


def parse(data: bytes) -> Any:
    """The value of canonical JSON. Raises `ValueError` for bytes that `canonical` would not have written."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_float=_no_float, parse_constant=_no_float)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"a key that is not text: {key!r}")
            _check(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check(item)
    elif value is not None and not isinstance(value, (str, int)):
        raise ValueError(f"no canonical form: {type(value).__name__}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_float(text: str) -> Any:
    raise ValueError(f"a number that is no integer: {text}")
