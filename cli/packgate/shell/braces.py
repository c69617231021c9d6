"""Brace expansion: ``{a,b}``, ``{1..9}``, ``{a..z..2}``; the first step of expansion, purely on the text."""

from __future__ import annotations

from packgate.shell.limits import BRACE_WORDS
from packgate.shell.tree import Literal, Parameter, Quoted

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
    """One word's braces: which open and which close. ``limited`` says that words are missing."""

    __slots__ = ("close", "excess", "items", "left", "limited")

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.limited = False
        # How many more values sequences may yield.
        self.left = SEQUENCES
        # How many braces of the text of an expansion stay open behind it: `${x:-{}` has one.
        # A brace behind `$$` is one for brace expansion, too.
        excess = [_excess(item) if isinstance(item, Parameter) else _is_dollars(items, i) for i, item in enumerate(items)]
        self.excess = {i: count for i, count in enumerate(excess) if count}
        self.close: dict[int, int] = {}
        self._match()

    def _match(self) -> None:
        """Find where each brace closes: at the first closing one of its level that a comma or a `..` of this level precedes. A
        closing brace before that is a plain character."""
        # Of every level that is open: the braces behind which it began, and the last comma or `..` on it.
        levels: list[tuple[list[int], list[int]]] = [([], [-1])]
        ends: dict[int, tuple[int, bool]] = {}
        items = self.items
        for i, item in enumerate(items):
            if item == "{" and i not in self.excess:
                levels.append(([i], [-1]))
            elif item == "," or (item == "." and items[i + 1:i + 2] == ["."] and items[i + 2:i + 3] != ["}"]):
                levels[-1][1][0] = i
            elif item == "}":
                begins, last = levels.pop()
                for begin in begins:
                    ends[begin] = (i, last[0] > begin)
                if not levels:
                    levels.append(([], [-1]))
                levels[-1][0].append(i)
            else:
                levels.extend(([], [-1]) for _ in range(self.excess.get(i, 0)))
        for begin in sorted(ends, reverse=True):
            end, separated = ends[begin]
            close = end if separated else self.close.get(end)
            if close is not None:
                self.close[begin] = close

    def expand(self, start: int, end: int, depth: int = 0) -> list[list[Item]]:
        """All words that the items between two positions stand for."""
        words: list[list[Item]] = [[]]
        i = text = start
        # How many braces of expansions are open: no other can open before they are closed.
        inside = 0
        while i < end:
            close = self.close.get(i, end) if self.items[i] == "{" and not inside else end
            if close >= end or (i == text and self.items[i + 1] == "}"):
                inside = self._inside(i, inside)
                for word in words:
                    word.append(self.items[i])
                i += 1
                continue
            words = self._combined(words, self._choices(i, close, depth))
            i = text = close + 1
        return words

    def _inside(self, at: int, inside: int) -> int:
        """How many braces of expansions are open behind an item."""
        item = self.items[at]
        if inside and item == "{":
            return inside + 1
        if inside and item == "}":
            return inside - 1
        return inside + self.excess.get(at, 0)

    def _combined(self, words: list[list[Item]], choices: list[list[Item]]) -> list[list[Item]]:
        """Every word with every choice behind it."""
        most = min(BRACE_WORDS, TOTAL_ITEMS // len(self.items) + 1)
        if len(words) * len(choices) > most:
            self.limited = True
            choices = choices[: max(1, most // len(words))]
        if len(choices) > 1:
            return [word + choice for word in words for choice in choices]
        for word in words:
            word.extend(choices[0])
        return words

    def _choices(self, start: int, close: int, depth: int) -> list[list[Item]]:
        """What a pair of braces stands for; without a comma and when it is no sequence, itself."""
        if depth >= NESTING:
            self.limited = True
            return [self.items[start : close + 1]]
        commas = self._commas(start + 1, close)
        if commas is None:
            values = self._sequence(start + 1, close)
            return [self.items[start : close + 1]] if values is None else values
        out: list[list[Item]] = []
        low = start + 1
        for stop in [*commas, close]:
            out.extend(self.expand(low, stop, depth + 1))
            low = stop + 1
            if len(out) > BRACE_WORDS:
                self.limited = True
                return out[:BRACE_WORDS]
        return out

    def _commas(self, start: int, end: int) -> list[int] | None:
        """The commas that part what stands in braces; None when there is no comma at all, also none in quotes."""
        found: list[int] = []
        some = False
        level = 0
        for i, item in enumerate(self.items[start:end], start):
            if item == "{":
                level += 1
            elif item == ",":
                some = True
                if level == 0:
                    found.append(i)
            elif item == "}":
                if level:
                    level -= 1
            elif not isinstance(item, str):
                some = some or _quotes_comma(item)
                level += self.excess.get(i, 0)
        return found if some else None

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


def _excess(part: Parameter) -> int:
    """How many braces more its text opens than it closes: brace expansion sees the text, where a `{` counts that the expansion
    takes for a character."""
    words = [*part.args, part.index] if part.index is not None else part.args
    count = 0
    for word in words:
        for inner in word.parts:
            if isinstance(inner, Literal) and not inner.quoted:
                count += inner.text.count("{") - inner.text.count("}")
            elif isinstance(inner, Parameter):
                count += _excess(inner)
    return max(0, count)


def _is_dollars(items: list[Item], at: int) -> int:
    """One for a brace behind `$$`, else nothing."""
    before = items[at - 1] if at else ""
    return int(items[at] == "{" and isinstance(before, Parameter) and before.name == "$" and before.end - before.start == 2)


def _quotes_comma(part: WordPart) -> bool:
    """Whether a part holds a comma within quotes, which a backslash alone are not."""
    if isinstance(part, Quoted):
        return any(isinstance(inner, Literal) and "," in inner.text for inner in part.parts)
    return isinstance(part, Literal) and "," in part.text and part.end - part.start > 2


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
