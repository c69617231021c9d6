"""A YAML file edited by text position: the first of the possible edits that reads as intended, and nothing else changed."""

from __future__ import annotations

from packgate.source.yaml import Document, parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from packgate.source.layout import Span

_BOM = "\ufeff"


class EditRefused(ValueError):
    """The text can't be edited safely; the message says why."""


def edited(
    text: str, shown: str, expect: Callable[[Any], Any], edits: Callable[[str, Document], Iterable[Span]], refusal: str,
) -> str:
    """The text after one edit. ``shown``: the file's name in what is said; ``expect``: what the file must say afterwards, from what it
    says; ``edits``: ways to say it, the most natural first; ``refusal``: what is said when none of them does.

    A byte order mark stays, and a file that says it already stays as it is. Raises `EditRefused`, also for a text that is broken, and what
    ``expect`` raises.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    document = read_sound(text, shown)
    expected = expect(document.data)
    if document.data == expected:
        return mark + text
    for start, end, new in edits(text, document):
        changed = text[:start] + new + text[end:]
        again = parse_yaml(changed, shown)
        if not again.diagnostics and again.data == expected:
            return mark + changed
    raise EditRefused(f"{shown}: {refusal}; edit the file by hand")


def read_sound(text: str, shown: str) -> Document:
    """A text that can be read, with or without a byte order mark. Raises `EditRefused` for one that is broken."""
    document = parse_yaml(text.removeprefix(_BOM), shown)
    if document.diagnostics:
        first = document.diagnostics[0]
        raise EditRefused(f"{shown}:{first.position.line}:{first.position.column}: {first.message}")
    return document
