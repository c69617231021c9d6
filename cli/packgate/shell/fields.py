"""Collecting the fields of a word while it is expanded: splitting at IFS and finding globs."""

from __future__ import annotations

from packgate.model.value import ANY, Glob, Hole, Origin, Text, join
from packgate.shell.elastic import Loose
from packgate.shell.limits import GLOBS, PARTS, TEXT_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    from packgate.model.value import Part, Value

    Piece = Union[Part, "Active", "Alternatives"]

# Also those of extended globs, which matter in patterns only.
_GLOB_CHARS = frozenset("*?[(|)")
# Before the characters that may separate fields, where `IFS` is not known.
UNCLEAR = "\0"
BRACKET_LENGTH = 1_024
_PATH_STARTS = ("/", "./", "../", "~/")


class Active:
    """Unquoted characters, in which ``*``, ``?`` and ``[…]`` have meaning."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Alternatives:
    """An extended glob inside a pattern: its kind and, for each alternative, its pieces."""

    __slots__ = ("items", "kind")

    def __init__(self, kind: str, items: list[list[Piece]]) -> None:
        self.kind = kind
        self.items = items


class Fields:
    """The fields of one or more words. ``split`` and ``glob`` say whether unquoted expansions are split and globs
    keep their meaning (not in assignments)."""

    __slots__ = ("current", "cut", "done", "glob", "ifs", "limited", "loose", "size", "split", "split_all")

    def __init__(self, split: bool, glob: bool, ifs: str, split_all: bool = True) -> None:
        self.split = split
        self.glob = glob
        self.ifs = ifs
        # zsh does not split unquoted parameters, but it drops the empty ones.
        self.split_all = split_all
        self.done: list[Value] = []
        self.current: list[Piece] | None = None
        # How much expansions added; beyond the limit it is one unknown piece.
        self.size = 0
        self.limited = False
        # Whether the current field has unknown text that is split.
        self.loose = False
        # Whether a field was so much of a patchwork that its end became unknown.
        self.cut = False

    def quoted(self, text: str) -> None:
        """Add characters without meaning; also makes an empty field exist."""
        if self.current is None:
            self.current = []
        if text:
            self.current.append(text)

    def active(self, text: str) -> None:
        """Add unquoted characters of the source."""
        if self.current is None:
            self.current = []
        self.current.append(Active(text) if self.glob and not _GLOB_CHARS.isdisjoint(text) else text)

    def piece(self, piece: Piece) -> None:
        """Add one piece as it is."""
        if self.current is None:
            self.current = []
        self.current.append(piece)

    def value(self, value: Value, quoted: bool) -> None:
        """Add the result of an expansion."""
        self.size += len(value) if isinstance(value, str) else size_of(value)
        if self.size > TEXT_SIZE:
            if not self.limited:
                self.limited = True
                self.piece(Hole((Origin("limit", "text"),)))
            return
        if isinstance(value, str):
            self._text(value, quoted)
            return
        for part in value.parts:
            if isinstance(part, str):
                self._text(part, quoted)
                continue
            if not quoted and self.split_all and isinstance(part, Hole) and part.chars == ANY and not part.choices:
                self.loose = self.split
            self.piece(part)

    def _text(self, text: str, quoted: bool) -> None:
        if quoted:
            self.quoted(text)
        elif self.split:
            self._split(text)
        elif text:
            self.active(text)

    def flush(self) -> None:
        """End the current field, if there is one."""
        if self.current is not None:
            value = finish(self.current)
            if self.loose and isinstance(value, Text):
                value = Loose(value.parts)
            self.loose = False
            if self.split and not isinstance(value, str) and len(value.parts) > GLOBS:
                most = _most_parts(value.parts)
                if most < len(value.parts):
                    self.cut = True
                    value = Loose((*value.parts[:most], Hole((Origin("limit", "text"),))))
            self.done.append(value)
            self.current = None

    def _split(self, text: str) -> None:
        if not text:
            return
        if not self.split_all or not self.ifs:
            self.active(text)
        elif self.ifs == " \t\n":
            self._split_blank(text)
        elif self.ifs[0] == UNCLEAR:
            self._split_unclear(text)
        else:
            self._split_general(text)

    def _split_blank(self, text: str) -> None:
        if text.isalnum():
            self.active(text)
            return
        if text[0] in " \t\n":
            self.flush()
        first = True
        for piece in text.replace("\t", " ").replace("\n", " ").split(" "):
            if piece:
                if not first:
                    self.flush()
                self.active(piece)
                first = False
        if text[-1] in " \t\n":
            self.flush()

    def separator(self) -> Value:
        """What stands between the elements of a list that become one text."""
        return Text((Hole((Origin("variable", "IFS"),)),)) if self.ifs[:1] == UNCLEAR else self.ifs[:1]

    def _split_unclear(self, text: str) -> None:
        """Add text that may be split: what holds none of the characters that may do so stays."""
        if len(self.ifs) > 1 and set(self.ifs[1:]).isdisjoint(text):
            self.active(text)
        else:
            self.piece(Hole((Origin("variable", "IFS"),)))
            self.loose = True

    def _split_general(self, text: str) -> None:
        run = ""
        after_blank = False
        for char in text:
            if char not in self.ifs:
                run += char
                continue
            if run:
                self.active(run)
                run = ""
                after_blank = False
            if char in " \t\n":
                after_blank = after_blank or self.current is not None
                self.flush()
            elif self.current is not None:
                self.flush()
            elif after_blank:
                after_blank = False
            else:
                self.done.append("")
        if run:
            self.active(run)


def _most_parts(parts: tuple[Part, ...]) -> int:
    """How many parts of a word are kept: a few globs mean as much as many do, and each is dear to match."""
    globs = 0
    for index, part in enumerate(parts):
        if isinstance(part, Glob):
            globs += 1
            if globs > GLOBS:
                return min(index, PARTS)
    return PARTS


def size_of(value: Value) -> int:
    """How much a value weighs, in characters; an unknown piece weighs as much as a line."""
    if isinstance(value, str):
        return len(value)
    size = 0
    for part in value.parts:
        size += len(part) if isinstance(part, str) else 128
    return size


def finish(pieces: list[Piece]) -> Value:
    """A field's value: active characters become globs where they are some, all else is text."""
    plain: list[Value | Part] = []
    bracket = False
    for piece in pieces:
        if isinstance(piece, Active):
            if "[" in piece.text:
                bracket = True
                break
            _plain_globs(piece.text, plain)
        elif not isinstance(piece, Alternatives):
            plain.append(piece)
    if bracket:
        plain = _bracket_globs(pieces)
    value = join(plain)
    if isinstance(value, Text) and any(isinstance(part, str) and "://" in part for part in value.parts):
        # No file is named by a URL, so the shell leaves its `?`, `*` and `[::1]` as they are.
        return join([part.pattern if isinstance(part, Glob) else part for part in value.parts])
    return value


def _plain_globs(text: str, out: list[Value | Part]) -> None:
    """Split text without brackets into literals and globs; adjacent stars are one glob."""
    start = 0
    i = 0
    length = len(text)
    while i < length:
        char = text[i]
        if char != "*" and char != "?":
            i += 1
            continue
        if i > start:
            out.append(text[start:i])
        if char == "?":
            out.append(Glob("?"))
            i += 1
        else:
            end = i
            while end < length and text[end] == "*":
                end += 1
            out.append(Glob("**" if end - i > 1 else "*"))
            i = end
        start = i
    if start < length:
        out.append(text[start:])


def _bracket_globs(pieces: list[Piece]) -> list[Value | Part]:
    """The same where bracket expressions occur, which may reach over several pieces."""
    chars: list[Part] = []
    active: list[bool] = []
    for piece in pieces:
        if isinstance(piece, Active):
            chars.extend(piece.text)
            active.extend([True] * len(piece.text))
        elif isinstance(piece, str):
            chars.extend(piece)
            active.extend([False] * len(piece))
        elif not isinstance(piece, Alternatives):
            chars.append(piece)
            active.append(False)
    path_like = "".join(c for c in chars[:3] if isinstance(c, str)).startswith(_PATH_STARTS)
    out: list[Value | Part] = []
    closes = _next_close(chars, active)
    i = 0
    while i < len(chars):
        char = chars[i]
        if not active[i]:
            out.append(char)
        elif char == "[":
            end = bracket_end(chars, active, i) if 0 < closes[i] - i < BRACKET_LENGTH else 0
            if end:
                out.append(_bracket(chars[i:end], path_like))
                i = end
                continue
            out.append("[")
        elif char == "*" or char == "?":
            if char == "*" and out and isinstance(out[-1], Glob) and out[-1].pattern in ("*", "**"):
                out[-1] = Glob("**")
            else:
                out.append(Glob(str(char)))
        else:
            out.append(char)
        i += 1
    return out


def _next_close(chars: list[Part], active: list[bool]) -> list[int]:
    """For every position the next ``]`` before a slash; 0 where there is none."""
    out = [0] * len(chars)
    close = 0
    for i in range(len(chars) - 1, -1, -1):
        out[i] = close
        if chars[i] == "/":
            close = 0
        elif chars[i] == "]" and active[i]:
            close = i
    return out


def bracket_end(chars: list[Part], active: list[bool], start: int) -> int:
    """The index after a bracket expression that starts at ``start``; 0 when it is not one (no end, or a slash)."""
    i = start + 1
    if i < len(chars) and chars[i] in ("!", "^"):
        i += 1
    if i < len(chars) and chars[i] == "]":
        i += 1
    limit = min(len(chars), start + BRACKET_LENGTH)
    while i < limit:
        char = chars[i]
        if char == "/":
            return 0
        if char == "[" and i + 1 < len(chars) and chars[i + 1] in (":", ".", "="):
            close = i + 2
            while close + 1 < len(chars) and close < i + 24 and not (
                chars[close] == chars[i + 1] and chars[close + 1] == "]"
            ):
                close += 1
            if close + 1 < len(chars) and chars[close + 1] == "]" and close < i + 24:
                i = close + 2
                continue
        if char == "]" and active[i]:
            return i + 1
        i += 1
    return 0


def _bracket(chars: list[Part], path_like: bool) -> Part:
    """A bracket expression as a piece. In a word that is clearly a path, ``[x]`` stands for the file named with x."""
    if any(isinstance(char, (Hole, Glob)) for char in chars):
        return Glob("?")
    text = "".join(str(char) for char in chars)
    if path_like and len(text) == 3 and text[1] not in "!^]":
        return text[1]
    return Glob(text)
