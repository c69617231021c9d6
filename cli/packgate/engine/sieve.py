"""A known text against many patterns at once: those whose shape allows it are tried together, in a few string calls."""

from __future__ import annotations

from packgate.engine.matcher import Regular
from packgate.engine.partly import MUST, NO
from packgate.engine.patterns import Based
from packgate.engine.shapes import Anywhere, Below, Exact, Inside, Named, Prefix, Suffix, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.context import Context
    from packgate.engine.matcher import Matcher

_MAX_SIEVES = 32
# Texts whose verdict by the machines a sieve keeps, and the longest of them.
_MOST_REMEMBERED = 500
_LONGEST = 200


class Sieve:
    """Matchers, sorted by how they are tried."""

    __slots__ = ("components", "ends", "exact", "names", "others", "pieces", "remembered", "starts", "whole")

    def __init__(self, matchers: list[Matcher]) -> None:
        exact: set[str] = set()
        starts: list[str] = []
        ends: list[str] = []
        names: list[str] = []
        pieces: list[str] = []
        components: list[str] = []
        self.others: list[Matcher] = []
        for matcher in matchers:
            if isinstance(matcher, Exact):
                exact.add(matcher.text)
            elif isinstance(matcher, Tree):
                exact.add(matcher.head)
                starts.append(matcher.below)
            elif isinstance(matcher, Below):
                exact.add(matcher.tail)
                ends.append(matcher.below)
            elif isinstance(matcher, Prefix):
                starts.append(matcher.head)
            elif isinstance(matcher, Suffix):
                ends.append(matcher.tail)
            elif isinstance(matcher, Named):
                names.append(matcher.text)
            elif isinstance(matcher, Inside):
                pieces.append(matcher.text)
            elif isinstance(matcher, Anywhere):
                components.append(matcher.inner)
            else:
                self.others.append(matcher)
        self.exact = frozenset(exact)
        self.starts = tuple(starts)
        self.ends = tuple(ends)
        self.names = tuple(names)
        self.pieces = tuple(pieces)
        self.components = tuple(components)
        # Whether only whole texts have to be compared.
        self.whole = not (starts or ends or names or pieces or components or self.others)
        # What machines say of a text depends on nothing else.
        machines = self.others and all(isinstance(matcher, Regular) for matcher in self.others)
        self.remembered: dict[str, int] | None = {} if machines else None

    def judge(self, text: str, context: Context) -> int:
        """The best verdict of the matchers."""
        if text in self.exact or text.startswith(self.starts) or text.endswith(self.ends):
            return MUST
        if self.names and text.startswith(self.names, text.rfind("/") + 1):
            return MUST
        for piece in self.pieces:
            if piece in text:
                return MUST
        if self.components:
            framed = f"/{text}/"
            for component in self.components:
                if component in framed:
                    return MUST
        if not self.others:
            return NO
        if self.remembered is None or len(text) > _LONGEST:
            return judge_known(self.others, text, context)
        found = self.remembered.get(text)
        if found is None:
            if len(self.remembered) >= _MOST_REMEMBERED:
                self.remembered.clear()
            found = self.remembered[text] = judge_known(self.others, text, context)
        return found


class Sieves:
    """The sieve of some matchers for each context: patterns below the home directory or the repository's root become
    absolute ones."""

    __slots__ = ("_made", "matchers", "single")

    def __init__(self, matchers: list[Matcher]) -> None:
        self.matchers = matchers
        based = any(isinstance(matcher, Based) for matcher in matchers)
        self.single = None if based else Sieve(matchers)
        self._made: dict[tuple[str | None, str | None], Sieve] = {}

    def judge(self, text: str, context: Context) -> int:
        """The best verdict of the matchers on a known text."""
        sieve = self.single
        if sieve is None:
            key = context.folders
            sieve = self._made.get(key)
            if sieve is None:
                if len(self._made) >= _MAX_SIEVES:
                    self._made.clear()
                sieve = self._made[key] = Sieve([_resolved(matcher, context) for matcher in self.matchers])
        return sieve.judge(text, context)


def judge_known(matchers: list[Matcher], text: str, context: Context) -> int:
    """The best verdict of matchers on a known text, tried one by one."""
    best = NO
    for matcher in matchers:
        found = matcher.known(text, context)
        if found == MUST:
            return MUST
        if found > best:
            best = found
    return best


def _resolved(matcher: Matcher, context: Context) -> Matcher:
    """What a pattern means in a context; itself where the context lacks its directory, which it then says."""
    if not isinstance(matcher, Based):
        return matcher
    if matcher.base == "~":
        return matcher.at(context.home or "~")
    return matcher if context.root is None else matcher.at(context.root)
