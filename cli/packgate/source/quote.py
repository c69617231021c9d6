"""Values in messages, and the repair of a value that lacks its quotes."""

from __future__ import annotations

from packgate.diagnostics import Edit, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.source.file import SourceFile


def shown(value: Any, mark: str = "'", limit: int = 60) -> str:
    """A value as it appears in a message: short, on one line, quoted when it is text."""
    if not isinstance(value, str):
        text = {True: "true", False: "false", None: "null"}.get(value) if isinstance(value, (bool, type(None))) else str(value)
        return _clip(text or str(value), limit)
    safe = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in value[: limit + 1])
    return mark + _clip(safe, limit) + mark


def quote_fix(source: SourceFile, place: str) -> Fix | None:
    """Put a plain scalar in double quotes, as it is written."""
    offsets = source.offsets(place)
    written = source.written(place)
    if offsets is None or not written or written[0] in "\"'|>":
        return None
    edit = Edit(source.path, offsets[0], offsets[1], f'"{written}"')
    return Fix("put the value in quotes", (edit,))


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
