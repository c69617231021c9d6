"""Splitting text into words with quotes, as xargs, env -S and configuration files do."""

from __future__ import annotations

from packgate.facts.parsers import split_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value


def split_words(text: Value) -> list[Value]:
    """Blank-separated words; quotes and backslashes are removed. Partly unknown text is split at its known blanks."""
    if not isinstance(text, str):
        return split_values(text, "words")
    if not any(char in text for char in "'\"\\"):
        return list(text.split())
    out: list[Value] = []
    current = ""
    quote = ""
    started = False
    index = 0
    while index < len(text):
        char = text[index]
        if quote:
            if char == quote:
                quote = ""
            else:
                current += char
        elif char in "'\"":
            quote, started = char, True
        elif char == "\\" and index + 1 < len(text):
            index += 1
            current += text[index]
        elif char.isspace():
            if current or started:
                out.append(current)
            current, started = "", False
        else:
            current += char
        index += 1
    return [*out, current] if current or started else out
