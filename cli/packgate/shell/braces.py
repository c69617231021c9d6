"""Brace expansion: ``{a,b}``, ``{1..9}``, ``{a..z..2}``; the first step of expansion, purely on the text."""

from __future__ import annotations

from packgate.shell.limits import BRACE_WORDS
from packgate.shell.tree import Literal, Parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    from packgate.shell.tree import WordPart

    # A word as unquoted characters and everything else.
    Item = Union[str, WordPart]

NESTING = 40
SEQUENCES = 4 * BRACE_WORDS
# How many characters and parts all words together may have.
TOTAL_ITEMS = 400_000


class Braces:
    """One word's braces: which open, which close and where their commas are. ``limited`` says that words are missing."""

    __slots__ = ("close", "commas", "items", "left", "limited")

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.limited = False
        # How many more values sequences may yield.
        self.left = SEQUENCES
        self.close: dict[int, int] = {}
        self.commas: dict[int, list[int]] = {}
        self._match()

    def _match(self) -> None:
        stack: list[int] = []
        found: list[list[int]] = []
        for i, item in enumerate(self.items):
            if item == "{":
                stack.append(i)
                found.append([])
            elif item == "," and stack:
                found[-1].append(i)
            elif item == "}" and stack:
                start = stack.pop()
                commas = found.pop()
                if len(stack) < NESTING:
                    self.close[start] = i
                    self.commas[start] = commas
                else:
                    self.limited = True

    def expand(self, start: int, end: int) -> list[list[Item]]:
        """All words that the items between two positions stand for."""
        words: list[list[Item]] = [[]]
        i = start
        while i < end:
            close = self.close.get(i)
            choices = self._choices(i, close) if close is not None else None
            if choices is None or close is None:
                for word in words:
                    word.append(self.items[i])
                i += 1
                continue
            most = min(BRACE_WORDS, TOTAL_ITEMS // len(self.items) + 1)
            if len(words) * len(choices) > most:
                self.limited = True
                choices = choices[: max(1, most // len(words))]
            if len(choices) == 1:
                for word in words:
                    word.extend(choices[0])
            else:
                words = [word + choice for word in words for choice in choices]
            i = close + 1
        return words

    def _choices(self, start: int, close: int) -> list[list[Item]] | None:
        commas = self.commas[start]
        if not commas:
            return self._sequence(start + 1, close)
        out: list[list[Item]] = []
        low = start + 1
        for stop in [*commas, close]:
            out.extend(self.expand(low, stop))
            low = stop + 1
            if len(out) > BRACE_WORDS:
                self.limited = True
                return out[:BRACE_WORDS]
        return out

    def _sequence(self, start: int, end: int) -> list[list[Item]] | None:
        if end - start < 4 or end - start > 70:
            return None
        text = ""
        for item in self.items[start:end]:
            if not isinstance(item, str):
                return None
            text += item
        values = sequence(text, min(BRACE_WORDS, self.left))
        if values is None:
            return None
        if len(values) >= min(BRACE_WORDS, self.left):
            self.limited = True
        self.left = max(1, self.left - len(values))
        return [list(value) for value in values]


def sequence(text: str, most: int = BRACE_WORDS) -> list[str] | None:
    """The values of ``a..b`` or ``a..b..step`` (at most ``most``); None when it is not a sequence."""
    pieces = text.split("..")
    if len(pieces) not in (2, 3):
        return None
    step = 1
    if len(pieces) == 3:
        if not _is_number(pieces[2]):
            return None
        step = abs(int(pieces[2])) or 1
    low, high = pieces[0], pieces[1]
    if _is_number(low) and _is_number(high):
        width = max(len(low), len(high)) if _padded(low) or _padded(high) else 0
        return [_pad(number, width) for number in _steps(int(low), int(high), step, most)]
    if len(low) == 1 and len(high) == 1 and low.isascii() and high.isascii() and low.isalpha() and high.isalpha():
        return [chr(number) for number in _steps(ord(low), ord(high), step, most)]
    return None


def _is_number(text: str) -> bool:
    digits = text[1:] if text[:1] in ("-", "+") else text
    return digits.isdigit() and digits.isascii() and len(digits) < 19


def _padded(text: str) -> bool:
    digits = text.lstrip("-+")
    return len(digits) > 1 and digits[0] == "0"


def _pad(number: int, width: int) -> str:
    if number < 0:
        return "-" + str(-number).rjust(width - 1, "0")
    return str(number).rjust(width, "0")


def _steps(low: int, high: int, step: int, most: int) -> list[int]:
    count = min(abs(high - low) // step + 1, most)
    direction = step if high >= low else -step
    return [low + i * direction for i in range(count)]


def expand_braces(parts: list[WordPart]) -> tuple[list[list[WordPart]], bool]:
    """The words (as parts) that a word with braces stands for, and whether the limit cut some off."""
    items: list[Item] = []
    for part in parts:
        if isinstance(part, Literal) and not part.quoted:
            items.extend(part.text)
        else:
            items.append(part)
    braces = Braces(items)
    if not braces.close:
        return [parts], braces.limited
    start, end = parts[0].start, parts[-1].end
    return [_parts(word, start, end) for word in braces.expand(0, len(items))], braces.limited


def _parts(items: list[Item], start: int, end: int) -> list[WordPart]:
    out: list[WordPart] = []
    run: list[str] = []
    for item in items:
        if isinstance(item, str):
            last = out[-1] if out and not run else None
            if isinstance(last, Parameter) and _continues(last, item):
                out[-1] = Parameter(last.name + item, last.start, last.end + 1)
                continue
            if last is not None and _is_dollar(last) and (item.isalnum() or item == "_") and item.isascii():
                # The same for a `$` that was the end of an element: `{$,}x`.
                out[-1] = Parameter(item, start, start + 2)
                continue
            run.append(item)
            continue
        if run:
            out.append(Literal("".join(run), False, start, end))
            run = []
        out.append(item)
    if run:
        out.append(Literal("".join(run), False, start, end))
    return out


def _is_dollar(part: WordPart) -> bool:
    """Whether a part is a ``$`` that stood for itself."""
    return isinstance(part, Literal) and part.text == "$" and part.end - part.start == 1


def _continues(part: Parameter, char: str) -> bool:
    """Brace expansion comes first, on text: in ``{a,$x}b`` the name of the parameter becomes ``xb``."""
    plain = part.end - part.start == len(part.name) + 1 and (part.name[0].isalpha() or part.name[0] == "_")
    return plain and char.isascii() and (char.isalnum() or char == "_")
