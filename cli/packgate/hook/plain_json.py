"""The one place of the hook that reads and writes JSON: by the C half of `json`, since loading all of it takes longer than a decision."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_BLANKS = " \t\n\r"


class DeepJson(ValueError):
    """A text that is nested more deeply than it can be read."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


class _Rules:
    """What the scanner asks of a decoder, as `json.loads` sets it."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_no_constant)


def read(text: str) -> Any:
    """The value of a JSON text. Raises `ValueError`; `DeepJson` for one that is nested too deeply."""
    from _json import make_scanner

    scan: Callable[[str, int], tuple[Any, int]] = make_scanner(_Rules())  # type: ignore[arg-type]
    try:
        value, end = scan(text, len(text) - len(text.lstrip(_BLANKS)))
        if not text[end:].strip(_BLANKS):
            return value
    except RecursionError:
        raise DeepJson("nested too deeply") from None
    except (StopIteration, SystemError, ValueError):
        # The scanner by itself can't say what is wrong: without `json` it knows no error for it.
        return _read_slowly(text)
    return _read_slowly(text)


def _read_slowly(text: str) -> Any:
    import json

    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise DeepJson("nested too deeply") from None


def write(value: Any) -> str:
    """A value as JSON, in ASCII, without blanks. Raises `ValueError` for what has no JSON form."""
    from _json import encode_basestring_ascii, make_encoder

    encode: Callable[[Any, int], tuple[str, ...]] = make_encoder({}, _no_form, encode_basestring_ascii, None, ":", ",", False, False, True)
    return "".join(encode(value, 0))


def _no_form(value: Any) -> Any:
    raise ValueError(f"no JSON form: {type(value).__name__}")
