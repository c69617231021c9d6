"""The words by which detectors are found in a text, and which of them are to be tried at each place."""

from __future__ import annotations

from packgate.guard.first_look import TELLING, FirstLook, Search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packgate.guard.detector import Detector
    from packgate.guard.first_look import Texts

    Found = tuple[int, list[Detector]]

# Where a token can begin: not inside of a word, but behind an escaped line end (`\n`) or an encoded character (`%3D`).
_LEFT = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"


class Gate:
    """The words of some detectors. ``hits`` gives the places where one of them stands, each with the detectors to be tried there."""

    __slots__ = ("_everywhere", "_words", "look")

    def __init__(self, detectors: Iterable[Detector], *, any_run: bool = False) -> None:
        """``any_run``: whether also runs without a digit or a change of letter case are looked at."""
        given = list(detectors)
        long = [detector for detector in given if not detector.short]
        around = [words for words in (Starts(long), Words(long)) if words.table]
        everywhere = [words for words in (Words([detector for detector in given if detector.short]),) if words.table]
        self._words = [*around, *everywhere]
        self.look = FirstLook(around, everywhere, any_run)
        self._everywhere = [detector for detector in given if not detector.starts and not detector.words]

    def expressions(self) -> tuple[str, ...]:
        """The regular expressions of the search."""
        long, short, _ = self.look.texts()
        return (TELLING, *long, *short)

    def ready(self) -> Texts:
        """The look as plain data, for a `ReadyLook`. Raises `ValueError` where that would not be enough."""
        short = {
            word: found for number, words in enumerate(self._words) if not self.look.around(number) for word, found in words.table.items()
        }
        if self._everywhere or any(detector.starts for found in short.values() for detector in found):
            raise ValueError("a detector has to look at more than what matches at its words")
        return (*self.look.texts(), {word: tuple((each.pattern, each.back) for each in found) for word, found in short.items()})

    def everywhere(self) -> list[Detector]:
        """Detectors without words, which have to look at all of a text."""
        return self._everywhere

    def hits(self, text: str) -> Iterator[Found]:
        """Places with the detectors to be tried there. For each detector they come from left to right."""
        for number, place, word in self.look.places(text):
            words = self._words[number]
            yield place, words.table[words.key(word)]


class Words(Search):
    """A search for words in any letter case."""

    __slots__ = ("table",)

    def __init__(self, detectors: Iterable[Detector]) -> None:
        self.table = _table((word.lower(), detector) for detector in detectors for word in detector.words)
        super().__init__(_alternatives(self.table, True))

    def key(self, word: str) -> str:
        """The entry of a word as it stands in the text."""
        return word.lower()


class Starts(Words):
    """A search for what tokens begin with, at the start of a word."""

    __slots__ = ()

    def __init__(self, detectors: Iterable[Detector]) -> None:
        self.table = _table((start, detector) for detector in detectors for start in detector.starts)
        Search.__init__(self, f"{_LEFT}(?:{_alternatives(self.table, False)})")

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
