"""Texts for people: when two say the same, and which commands a message suggests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WORD = re.compile(r"[a-z0-9]+")
_QUOTED = re.compile(r"`([^`]+)`|\"([^\"]+)\"|(?<![\w])'([^']+)'(?![\w])")
_ASIDE = re.compile(r"\(([^()]+)\)")
_BETWEEN = re.compile(r"(?:[,;]\s+|\s+)(?:(?:or|and|then)\s+)+|[,;]\s+")
_SENTENCE_END = re.compile(r"[.;:!?](?:\s|$)")
_NEGATED = re.compile(
    r"\b(?:not|never|no|don't|doesn't|isn't|cannot|can't|won't|avoid|avoids|without|instead of|rather than|off limits|unlike)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"<([A-Za-z][\w -]*)>")


def normal(text: str) -> str:
    """A text's words, for comparison: letter case, blanks and punctuation aside."""
    return " ".join(_WORD.findall(text.lower()))


def suggested_commands(message: str, is_command: Callable[[list[str], bool], bool]) -> Iterator[str]:
    """The commands that a message suggests: in backticks or quotes, or as an aside in parentheses.

    ``is_command`` is asked whether words are a command, and whether they are only an aside. What the sentence says not to do is
    left out.
    """
    for match in _QUOTED.finditer(message):
        snippet = _clean(next(group for group in match.groups() if group is not None))
        if not _is_negated(message, match.start()) and is_command(snippet.split(), False):
            yield snippet
    bare = _QUOTED.sub(lambda match: " " * len(match[0]), message)
    for match in _ASIDE.finditer(bare):
        if _is_negated(bare, match.start()):
            continue
        for piece in _BETWEEN.split(match[1]):
            snippet = _clean(piece)
            if is_command(snippet.split(), True):
                yield snippet


def _clean(snippet: str) -> str:
    """A snippet as a command: without placeholders' brackets and what stands for more."""
    text = _PLACEHOLDER.sub(lambda match: match[1].replace(" ", "-"), snippet.strip())
    return text.removesuffix("…").removesuffix("...").strip()


def _is_negated(message: str, position: int) -> bool:
    before = message[:position]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    return _NEGATED.search(before[ends[-1] if ends else 0 :]) is not None
