"""What a plain YAML scalar means: JSON's literals and numbers are typed, everything else is the text as written.

This is the core of YAML 1.2 without its extras: ``no``, ``on``, ``010``, ``0x1F``, ``1_000``, ``12:30``, ``True``, ``.inf``
and dates are text. Numbers too long to be exact stay text too.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    Scalar = Union[str, int, float, bool, None]

WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBER_STARTS = frozenset("-0123456789")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_MAX_DIGITS = 18


def resolve(text: str) -> Scalar:
    """The value of a plain (unquoted) scalar."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > _MAX_DIGITS:
        return text
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    if match[1] is None and match[2] is None:
        return int(text)
    number = float(text)
    return text if number in (float("inf"), float("-inf")) else number
