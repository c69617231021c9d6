"""The first look at a text: where any detector could find something at all.

Almost every secret has a run of 15 or more of the characters that tokens are made of, with a digit or a change of letter case in it,
which few words of source text have. Runs are found by a search for one fixed text in a copy of the text in which all such characters are
one; only around them is looked for what tokens begin with, and for the words that tell a secret of no telling form. What can be shorter
than a run (`short`: passwords) is looked for by its words everywhere.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    # By word, what has to match there, and from how many characters before on.
    Tries = Mapping[str, Sequence[tuple[str, int]]]
    # Expressions for what is looked for around runs, for what is looked for everywhere, whether any run counts, and what is tried at what
    # is found everywhere.
    Texts = tuple[tuple[str, ...], tuple[str, ...], bool, Tries]

_SHORTEST_RUN = 15
_RUN = b"a" * _SHORTEST_RUN
# Every character that tokens are made of as `a`, any other as a blank.
_CLASSES = bytes(97 if (chr(byte).isalnum() and byte < 128) or chr(byte) in "_-.+/~" else 32 for byte in range(256))
TELLING = "[0-9]|[a-z][A-Z]"
_TELLING = re.compile(TELLING)
# How far before a run its beginning or its name can stand.
_BEFORE = 72
_LONGEST_WORD = 32


class Search:
    """A search for words by an expression, which is compiled when it is first needed."""

    __slots__ = ("_pattern", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._pattern: re.Pattern[str] | None = None

    def within(self, text: str, begin: int, end: int) -> Iterator[tuple[int, str]]:
        """The words that begin in a part of a text, with their places."""
        if self._pattern is None:
            self._pattern = re.compile(self.text)
        # A word that begins in this part may end behind it.
        limit = end + _LONGEST_WORD
        found = self._pattern.search(text, begin, limit)
        while found is not None:
            place = found.start()
            if place >= end:
                return
            yield place, found.group()
            # Words can overlap: the next search begins one character on.
            found = self._pattern.search(text, place + 1, limit)


class FirstLook:
    """Looks for words: for ``long`` around runs, ``any_run`` also around those without a digit or a change of letter case; for ``short``
    everywhere."""

    __slots__ = ("_any_run", "_long", "_short")

    def __init__(self, long: Sequence[Search], short: Sequence[Search], any_run: bool) -> None:
        self._long = long
        self._short = short
        self._any_run = any_run

    def places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The number of a search, first those of ``long``, and where it finds which word. Each finds them from left to right."""
        if self._long:
            searched = 0
            for begin, end in runs(text, self._any_run):
                begin = max(begin - _BEFORE, searched)
                for number, search in enumerate(self._long):
                    for place, word in search.within(text, begin, end):
                        yield number, place, word
                searched = end
        for number, search in enumerate(self._short, len(self._long)):
            for place, word in search.within(text, 0, len(text)):
                yield number, place, word

    def texts(self) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """All that it looks for, as plain data."""
        return tuple(search.text for search in self._long), tuple(search.text for search in self._short), self._any_run

    def around(self, number: int) -> bool:
        """Whether a search is for words around runs."""
        return number < len(self._long)


class ReadyLook:
    """A first look without its detectors: whether they would find anything."""

    __slots__ = ("_look", "_tries")

    def __init__(self, texts: Texts) -> None:
        long, short, any_run, tries = texts
        self._look = FirstLook([Search(text) for text in long], [Search(text) for text in short], any_run)
        self._tries = tries

    def finds(self, text: str) -> bool:
        """Whether any detector can find something in a text."""
        return any(self._look.around(number) or self._matches(text, place, word) for number, place, word in self._look.places(text))

    def _matches(self, text: str, place: int, word: str) -> bool:
        # What is looked for everywhere are words as common as ` -`.
        return any(
            place >= back and re.compile(pattern).match(text, place - back) is not None for pattern, back in self._tries[word.lower()]
        )


def runs(text: str, any_run: bool = False) -> Iterator[tuple[int, int]]:
    """Where runs of the characters of tokens begin and end: those that look like more than a word, or any."""
    classes = text.encode("latin-1", "replace").translate(_CLASSES)
    begin = classes.find(_RUN)
    while begin >= 0:
        end = classes.find(b" ", begin + _SHORTEST_RUN)
        if end < 0:
            end = len(classes)
        if any_run or _TELLING.search(text, begin, end) is not None:
            yield begin, end
        begin = classes.find(_RUN, end)
