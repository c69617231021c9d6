"""What a rewrite is, and the quoting that rewrites share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One way to write a command differently. ``why`` says what keeps the meaning; ``apply`` gives the new command, None where it does
    not apply."""

    id: str
    title: str
    why: str
    apply: Callable[[Subject], str | None]


def single_quoted(text: str) -> str:
    """A word that means exactly the text."""
    return "'" + text.replace("'", "'\\''") + "'"


def double_quoted(text: str) -> str:
    """The same in double quotes, for shells that expand no history (`!`)."""
    for special in ("\\", '"', "$", "`"):
        text = text.replace(special, "\\" + special)
    return f'"{text}"'


def hex_quoted(text: str) -> str:
    r"""The same as ``$'\x72\x6d'``."""
    return "$'" + "".join(f"\\x{byte:02x}" for byte in text.encode()) + "'"


def octal_quoted(text: str) -> str:
    r"""The same as ``$'\162\155'``."""
    return "$'" + octal(text) + "'"


def octal(text: str) -> str:
    r"""Its bytes as ``\162``."""
    return "".join(f"\\{byte:03o}" for byte in text.encode())


def backslashed(text: str) -> str | None:
    """The same with a backslash before every character; None for a line end, which a backslash would remove."""
    return None if "\n" in text or not text else "".join("\\" + char for char in text)
