"""Text as bash quotes it for reuse: ``${name@Q}`` and ``printf %q``."""

from __future__ import annotations

_SPECIAL = frozenset(" \t'\"\\|&;()<>!{}*[]?^$`,")
_ANSI = {
    "\a": "\\a", "\b": "\\b", "\x1b": "\\E", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\", "'": "\\'",
}  # fmt: skip


def quote(text: str) -> str:
    """Text in single quotes, or in ``$'…'`` where it holds control characters."""
    if _needs_ansi(text):
        return _ansi(text)
    return "\\'" if text == "'" else "'" + text.replace("'", "'\\''") + "'"


def escape(text: str) -> str:
    """Text with backslashes, as ``printf %q`` prints it."""
    if not text:
        return "''"
    if _needs_ansi(text):
        return _ansi(text)
    out: list[str] = []
    for i, char in enumerate(text):
        if char in _SPECIAL or (i == 0 and char in "#~") or (char == "~" and text[i - 1] in ":="):
            out.append("\\")
        out.append(char)
    return "".join(out)


def _needs_ansi(text: str) -> bool:
    return any(char < " " or char == "\x7f" or 0xD800 <= ord(char) < 0xE000 for char in text)


def _ansi(text: str) -> str:
    out: list[str] = []
    for char in text:
        if char in _ANSI:
            out.append(_ANSI[char])
        elif char < " " or char == "\x7f":
            out.append(f"\\{ord(char):03o}")
        elif 0xDC80 <= ord(char) < 0xDD00:
            out.append(f"\\{ord(char) - 0xDC00:03o}")
        else:
            out.append(char)
    return "$'" + "".join(out) + "'"
