"""What is written out in a partly known text: the plain features by which a shape decides without a machine, and how much of a
name the text itself says, by which a match that is only possible counts or does not."""

from __future__ import annotations

from packgate.model.value import ANY, DIGITS, NAME, Glob, Hole, Text, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value

# Any number of components, as a search through a tree finds them.
TREE = Glob("**")


def crosses(text: Text) -> bool:
    """Whether a piece of a glob stands for any number of components."""
    return TREE in text.parts


class Outline:
    """The plain features of a partly known text, by which a shape often decides without a machine.

    ``holes``: some of it is unknown, not only a glob. ``head`` and ``tail``: the literal start and end. ``single``: all
    between them is one piece that can be anything. ``literals``: the literal pieces. ``open_head``, ``open_tail``: it
    starts or ends with a piece that can be anything; only said (not False) where every other piece is such that no
    pattern can hold of all it can be.
    """

    __slots__ = ("_sample", "_tails", "_text", "head", "holes", "literals", "open_head", "open_tail", "single", "tail")

    def __init__(self, text: Text) -> None:
        parts = text.parts
        first, last = parts[0], parts[-1]
        self.head = first if isinstance(first, str) else ""
        self.tail = last if isinstance(last, str) else ""
        self.holes = any(isinstance(part, Hole) for part in parts)
        self.literals = [part for part in parts if isinstance(part, str)]
        self.single = len(parts) - len(self.literals) == 1 and any(_is_any(part) for part in parts)
        loose = all(_is_loose(part) for part in parts)
        self.open_head = loose and _is_any(first)
        self.open_tail = loose and _is_any(last)
        self._text = text
        self._sample: str | None = None
        self._tails: dict[int, tuple[int, bool] | None] = {}

    def sample(self) -> str | None:
        """One text that it can be, with odd letters where it is unknown: what does not match this does not match for certain. None
        where a piece is such that none is at hand."""
        if self._sample is None:
            self._sample = "".join([part if isinstance(part, str) else _sample_of(part) for part in self._text.parts])
        return None if _NO_SAMPLE in self._sample else self._sample

    def tail_literals(self, count: int) -> tuple[int, bool] | None:
        """`tail_literals`, remembered for the patterns that ask for as many components."""
        if count not in self._tails:
            self._tails[count] = tail_literals(self._text, count)
        return self._tails[count]


# A letter of no alphabet, which patterns treat like any other.
_ODD = "\ue000"
_NO_SAMPLE = "\0"


def _sample_of(part: Hole | Glob) -> str:
    """A text that an unknown piece can stand for."""
    if isinstance(part, Glob):
        # A bracket lists letters of its own; a search through a tree also finds what stands at its top.
        return "" if part.pattern == "**" else _ODD if part.pattern in ("*", "?") else _NO_SAMPLE
    if part.choices:
        return part.choices[0]
    return "q" if part.chars == NAME else "7" if part.chars == DIGITS else _ODD


def _is_any(part: Part) -> bool:
    return isinstance(part, Hole) and part.chars == ANY and not part.choices


def tells_nothing(text: Text) -> bool:
    """Whether a text can be anything at all."""
    return len(text.parts) == 1 and _is_any(text.parts[0])


def _is_loose(part: Part) -> bool:
    return isinstance(part, str) or (not part.choices if isinstance(part, Hole) else part.pattern in ("*", "**"))


def tail_literals(text: Text, count: int) -> tuple[int, bool] | None:
    """Of the last ``count`` components of a glob: how many characters are literal (slashes between them included), and
    whether it has a `*`. None when it has fewer components."""
    components: list[tuple[int, bool]] = [(0, False)]
    for part in text.parts:
        if part == TREE:
            # It stands for any number of components: what is written before it says nothing about the last ones.
            components = [(0, True)]
        elif isinstance(part, str):
            pieces = part.split("/")
            components[-1] = (components[-1][0] + len(pieces[0]), components[-1][1])
            components.extend((len(piece), False) for piece in pieces[1:])
        else:
            star = isinstance(part, Glob) and part.pattern[0] == "*"
            components[-1] = (components[-1][0], components[-1][1] or star)
    if len(components) < count:
        return None
    tail = components[-count:]
    return sum(literal for literal, _ in tail) + count - 1, any(star for _, star in tail)


# Kinds of origin that hide what a line names, and pieces that are one of a few texts: all that they may be counts.
_HIDING = ("encoded", "limit", "network", "secret")


def hides(text: Text) -> bool:
    """Whether an unknown piece comes from where a line can hide a name, or is one of a few texts."""
    return any(
        isinstance(part, Hole) and (bool(part.choices) or any(origin.kind in _HIDING for origin in part.origins)) for part in text.parts
    )


def shared_letters(text: Text, tail: str) -> int:
    """How many letters of the end of a name (one that the text can be) are written out in the text."""
    last = text.parts[-1]
    count = _shared_end(last, tail) if isinstance(last, str) else 0
    for part in text.parts[:-1]:
        if isinstance(part, str):
            # Of what is written before an unknown piece, the component that leads to it.
            piece = part[part.rstrip("/").rfind("/") + 1:]
            if piece and piece in tail:
                count += len(piece)
    return min(count, len(tail))


def _shared_end(one: str, other: str) -> int:
    """The length of the longest common end of two texts, halved towards: both can have a hundred thousand letters."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one.endswith(other[-middle:]):
            least = middle
        else:
            most = middle - 1
    return least


def most_shared(text: Text) -> int:
    """The most letters that `shared_letters` can find for any name."""
    parts = text.parts
    last = parts[-1]
    count = len(last) if isinstance(last, str) else 0
    for part in parts[:-1]:
        if isinstance(part, str):
            count += len(part) - part.rstrip("/").rfind("/") - 1
    return count


def leads_to(text: Text, folder: str) -> bool:
    """Whether at least half of a folder's name is written out in a partly known path, before or after an unknown piece."""
    least = (len(folder) + 1) // 2
    beginnings = tuple("/" + folder[:count] for count in range(least, len(folder) + 1))
    endings = tuple(folder[-count:] + "/" for count in range(least, len(folder) + 1))
    for index, part in enumerate(text.parts):
        if isinstance(part, str):
            if ("/" + part).endswith((*beginnings, f"/{folder}/")) and index + 1 < len(text.parts):
                return True
            if index and (part + "/").startswith(endings):
                return True
    return False


def folders(text: Text) -> list[Value]:
    """The paths above a partly known path: it, cut before each of its slashes but the first."""
    found: list[Value] = []
    before: list[Part] = []
    for part in text.parts:
        if isinstance(part, str):
            place = part.find("/")
            while place >= 0:
                above = join([*before, part[:place]])
                if above != "":
                    found.append(above)
                place = part.find("/", place + 1)
        before.append(part)
    return found
