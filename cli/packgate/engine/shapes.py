"""Globs whose shape a string method decides, and the choice of shape for a glob on a field of a type.

A shape answers exactly as the machine of the same glob would; a property test holds them together.
"""

from __future__ import annotations

from packgate.engine.matcher import NOCASE_TYPES, SEPARATED_TYPES, UNDECIDED, Regular
from packgate.engine.partly import MAY, MUST, NO
from packgate.engine.syntax import is_plain, literal_ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.context import Context
    from packgate.engine.outline import Outline
    from packgate.model.value import Text


def _yes(holds: bool) -> int:
    return MUST if holds else NO


def _yes_or_may(holds: bool) -> int:
    return MUST if holds else MAY


class Exact(Regular):
    """``text``."""

    __slots__ = ("text",)

    def __init__(self, source: str, type: str, text: str) -> None:
        super().__init__(source, type)
        self.text = self.head = self.tail = text

    def known(self, text: str, _context: Context, /) -> int:
        return MUST if text == self.text else NO

    def around(self, head: str, tail: str, /) -> int:
        fits = self.text.startswith(head) and self.text.endswith(tail) and len(head) + len(tail) <= len(self.text)
        return MAY if fits else NO


class Prefix(Regular):
    """``text*`` where `*` crosses everything."""

    __slots__ = ()

    def __init__(self, source: str, type: str, text: str) -> None:
        super().__init__(source, type)
        self.head = text

    def known(self, text: str, _context: Context, /) -> int:
        return _yes(text.startswith(self.head))

    def around(self, head: str, _tail: str, /) -> int:
        return MUST if head.startswith(self.head) else MAY if self.head.startswith(head) else NO

    def opened(self, outline: Outline, /) -> int:
        return MAY if outline.open_head else UNDECIDED


class Suffix(Regular):
    """``*text`` where `*` crosses everything, and ``**/*text``."""

    __slots__ = ()

    def __init__(self, source: str, type: str, text: str) -> None:
        super().__init__(source, type)
        self.tail = text

    def known(self, text: str, _context: Context, /) -> int:
        return _yes(text.endswith(self.tail))

    def around(self, _head: str, tail: str, /) -> int:
        return MUST if tail.endswith(self.tail) else MAY if self.tail.endswith(tail) else NO

    def opened(self, outline: Outline, /) -> int:
        return MAY if outline.open_tail else UNDECIDED


class Inside(Regular):
    """``*text*`` where `*` crosses everything."""

    __slots__ = ("text",)

    def __init__(self, source: str, type: str, text: str) -> None:
        super().__init__(source, type)
        self.text = text

    def known(self, text: str, _context: Context, /) -> int:
        return _yes(self.text in text)

    def around(self, head: str, tail: str, /) -> int:
        return MUST if self.text in head or self.text in tail else MAY

    def opened(self, outline: Outline, /) -> int:
        return _yes_or_may(any(self.text in literal for literal in outline.literals))


class Tree(Regular):
    """``base/**``: the base and everything below it."""

    __slots__ = ("below",)

    def __init__(self, source: str, type: str, base: str) -> None:
        super().__init__(source, type)
        self.head = base
        self.below = base + "/"

    def known(self, text: str, _context: Context, /) -> int:
        return _yes(text.startswith(self.below) or text == self.head)

    def around(self, head: str, _tail: str, /) -> int:
        return MUST if head.startswith(self.below) else MAY if self.below.startswith(head) else NO

    def opened(self, outline: Outline, /) -> int:
        return MAY if outline.open_head else UNDECIDED


class Below(Regular):
    """``**/text``: the last components of a path."""

    __slots__ = ("below",)

    def __init__(self, source: str, type: str, text: str) -> None:
        super().__init__(source, type)
        self.tail = text
        self.below = "/" + text

    def known(self, text: str, _context: Context, /) -> int:
        return _yes(text.endswith(self.below) or text == self.tail)

    def around(self, _head: str, tail: str, /) -> int:
        return MUST if tail.endswith(self.below) else MAY if self.below.endswith(tail) else NO

    def opened(self, outline: Outline, /) -> int:
        return MAY if outline.open_tail else UNDECIDED


class Named(Regular):
    """``**/text*``: the last component starts with the text."""

    __slots__ = ("text",)

    def __init__(self, source: str, type: str, text: str) -> None:
        super().__init__(source, type)
        self.text = text

    def known(self, text: str, _context: Context, /) -> int:
        return _yes(text.startswith(self.text, text.rfind("/") + 1))

    def around(self, _head: str, tail: str, /) -> int:
        slash = tail.rfind("/")
        return MAY if slash < 0 else _yes(tail.startswith(self.text, slash + 1))

    def opened(self, outline: Outline, /) -> int:
        return MAY if outline.open_tail else UNDECIDED


class Anywhere(Regular):
    """``**/text/**``: somewhere in a path."""

    __slots__ = ("below", "inner")

    def __init__(self, source: str, type: str, text: str) -> None:
        super().__init__(source, type)
        self.below = "/" + text
        self.inner = f"/{text}/"

    def known(self, text: str, _context: Context, /) -> int:
        return _yes(
            self.inner in text or text.endswith(self.below) or text.startswith(self.inner[1:]) or text == self.below[1:]
        )

    def around(self, head: str, tail: str, /) -> int:
        inside = self.inner in head or head.startswith(self.inner[1:])
        return MUST if inside or self.inner in tail or tail.endswith(self.below) else MAY

    def opened(self, outline: Outline, /) -> int:
        return _yes_or_may(any(self.inner in literal for literal in outline.literals))


class Everything(Regular):
    """``*`` where it crosses everything, ``**``, and ``**/*``."""

    __slots__ = ()

    def known(self, _text: str, _context: Context, /) -> int:
        return MUST

    def certain(self, _text: Text, _context: Context, /) -> int:
        return MUST


def word_glob(text: str, type: str) -> Regular:
    """The matcher of a glob whose `*` crosses everything."""
    value = text.lower() if type in NOCASE_TYPES else text
    if is_plain(value):
        return Exact(text, type, value)
    inner = value.strip("*")
    if not is_plain(inner):
        return _general(text, type)
    if not inner:
        return Everything(text, type)
    if value[0] != "*":
        return Prefix(text, type, inner)
    return Inside(text, type, inner) if value[-1] == "*" else Suffix(text, type, inner)


def branch_glob(text: str) -> Regular:
    """The matcher of a glob on a branch: `*` stops at a slash."""
    if text == "**":
        return Everything(text, "branch")
    return _whole(text, "branch")


def path_glob(text: str) -> Regular:
    """The matcher of a path pattern that does not depend on the context: absolute, or the last components at any
    depth. A slash at the end is dropped, since no path has one."""
    if len(text) > 1 and text.endswith("/") and not text.endswith("\\/"):
        text = text.rstrip("/") or "/"
    if text.startswith("/"):
        return rooted_glob(text)
    source = text if text.startswith("**/") or text == "**" else "**/" + text
    rest = source[3:]
    matcher = _below(source, rest)
    matcher.depth = max(1, sum(1 for part in rest.split("/") if part != "**"))
    return matcher


def rooted_glob(text: str) -> Regular:
    """The matcher of a path pattern that starts at a known place."""
    matcher = _whole(text, "path")
    matcher.absolute = True
    return matcher


def _whole(text: str, type: str) -> Regular:
    if is_plain(text):
        return Exact(text, type, text)
    if text.endswith("/**") and is_plain(text[:-3]):
        return Tree(text, type, text[:-3])
    return _general(text, type)


def _general(text: str, type: str) -> Regular:
    matcher = Regular(text, type)
    matcher.head, matcher.tail = literal_ends(text.lower() if type in NOCASE_TYPES else text, type in SEPARATED_TYPES)
    return matcher


def _below(source: str, rest: str) -> Regular:
    if source in ("**", "**/*", "**/**"):
        return Everything(source, "path")
    if is_plain(rest):
        return Below(source, "path", rest)
    if rest.endswith("/**") and is_plain(rest[:-3]):
        return Anywhere(source, "path", rest[:-3])
    if "/" not in rest and rest[0] == "*" and is_plain(rest[1:]):
        return Suffix(source, "path", rest[1:])
    if "/" not in rest and rest[-1] == "*" and is_plain(rest[:-1]):
        return Named(source, "path", rest[:-1])
    return _general(source, "path")
