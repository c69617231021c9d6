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
    from collections.abc import Iterable, Iterator

    from packgate.guard.detector import Detector

    Found = tuple[int, list[Detector]]

_SHORTEST_RUN = 15
_RUN = b"a" * _SHORTEST_RUN
# Every character that tokens are made of as `a`, any other as a blank.
_CLASSES = bytes(97 if (chr(byte).isalnum() and byte < 128) or chr(byte) in "_-.+/~" else 32 for byte in range(256))
_TELLING = re.compile("[0-9]|[a-z][A-Z]")
# How far before a run its beginning or its name can stand.
_BEFORE = 72
_LONGEST_WORD = 32
# Where a token can begin: not inside of a word, but behind an escaped line end (`\n`) or an encoded character (`%3D`).
_LEFT = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"


class Gate:
    """The words of some detectors. ``hits`` gives the places where one of them stands, each with the detectors to be tried there."""

    __slots__ = ("_any_run", "_everywhere", "_searches", "_short")

    def __init__(self, detectors: Iterable[Detector], *, any_run: bool = False) -> None:
        """``any_run``: whether also runs without a digit or a change of letter case are looked at."""
        given = list(detectors)
        self._any_run = any_run
        long = [detector for detector in given if not detector.short]
        self._searches = [search for search in (Starts(long), Words(long)) if search.table]
        short = Words([detector for detector in given if detector.short])
        self._short = [short] if short.table else []
        self._everywhere = [detector for detector in given if not detector.starts and not detector.words]

    def expressions(self) -> tuple[str, ...]:
        """The regular expressions of the search."""
        return (_TELLING.pattern, *(search.text for search in [*self._searches, *self._short]))

    def everywhere(self) -> list[Detector]:
        """Detectors without words, which have to look at all of a text."""
        return self._everywhere

    def hits(self, text: str) -> Iterator[Found]:
        """Places with the detectors to be tried there. For each detector they come from left to right."""
        if self._searches:
            searched = 0
            for begin, end in runs(text, self._any_run):
                begin = max(begin - _BEFORE, searched)
                for search in self._searches:
                    yield from search.within(text, begin, end)
                searched = end
        for search in self._short:
            yield from search.within(text, 0, len(text))


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


class Words:
    """A search for words in any letter case."""

    __slots__ = ("_pattern", "table", "text")

    def __init__(self, detectors: Iterable[Detector]) -> None:
        self.table = _table((word.lower(), detector) for detector in detectors for word in detector.words)
        self.text = _alternatives(self.table, True)
        self._pattern: re.Pattern[str] | None = None

    def key(self, word: str) -> str:
        """The entry of a word as it stands in the text."""
        return word.lower()

    def within(self, text: str, begin: int, end: int) -> Iterator[Found]:
        """What begins in a part of a text."""
        if self._pattern is None:
            self._pattern = re.compile(self.text)
        # A word that begins in this part may end behind it.
        limit = end + _LONGEST_WORD
        found = self._pattern.search(text, begin, limit)
        while found is not None:
            place = found.start()
            if place >= end:
                return
            yield place, self.table[self.key(found.group())]
            # Words can overlap: the next search begins one character on.
            found = self._pattern.search(text, place + 1, limit)


class Starts(Words):
    """A search for what tokens begin with, at the start of a word."""

    __slots__ = ()

    def __init__(self, detectors: Iterable[Detector]) -> None:
        self.table = _table((start, detector) for detector in detectors for start in detector.starts)
        self.text = f"{_LEFT}(?:{_alternatives(self.table, False)})"
        self._pattern: re.Pattern[str] | None = None

    def key(self, word: str) -> str:
        """As it stands in the text."""
        return word


def _table(pairs: Iterable[tuple[str, Detector]]) -> dict[str, list[Detector]]:
    """The detectors of each word, those of words that it begins with among them."""
    own: dict[str, list[Detector]] = {}
    for word, detector in pairs:
        own.setdefault(word, []).append(detector)
    # In this order a word comes behind all words that it begins with.
    found: dict[str, list[Detector]] = {}
    begun: list[str] = []
    for word in sorted(own):
        while begun and not word.startswith(begun[-1]):
            begun.pop()
        begun.append(word)
        found[word] = own[word] if len(begun) == 1 else list(dict.fromkeys(each for part in reversed(begun) for each in own[part]))
    return found


# What `re.escape` makes of a character, and each letter in both cases. The hook runs this for every action, and has no `re.escape` at hand.
_ESCAPED = {ord(char): f"\\{char}" for char in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"}
_ANY_CASE = {**_ESCAPED, **{ord(each): f"[{char}{char.upper()}]" for char in "abcdefghijklmnopqrstuvwxyz" for each in (char, char.upper())}}


def _alternatives(words: Iterable[str], any_case: bool) -> str:
    """One expression for all words: by first character, the longer of two that begin alike first. An expression whose alternatives
    begin with one known character each is searched for by a table of those; letter case is spelled out, since a flag would prevent that."""
    groups: dict[str, list[str]] = {}
    spelled = _ANY_CASE if any_case else _ESCAPED
    for word in sorted(words, key=lambda word: (-len(word), word)):
        rest = word[1:].translate(spelled)
        for first in dict.fromkeys((word[0].lower(), word[0].upper()) if any_case else word[0]):
            groups.setdefault(first, []).append(rest)
    return "|".join(f"{first.translate(_ESCAPED)}(?:{'|'.join(rests)})" for first, rests in sorted(groups.items()))
