"""A known text against many patterns at once: those whose shape allows it are tried together, in a few string calls."""

from __future__ import annotations

from packgate.engine.partly import MUST, NO
from packgate.engine.patterns import Based
from packgate.engine.shapes import Below, Exact, Prefix, Suffix, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.context import Context
    from packgate.engine.matcher import Matcher

_MAX_SIEVES = 32


class Sieve:
    """Matchers, sorted by how they are tried."""

    __slots__ = ("ends", "exact", "others", "starts")

    def __init__(self, matchers: list[Matcher]) -> None:
        exact: set[str] = set()
        starts: list[str] = []
        ends: list[str] = []
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
            else:
                self.others.append(matcher)
        self.exact = frozenset(exact)
        self.starts = tuple(starts)
        self.ends = tuple(ends)

    def judge(self, text: str, context: Context) -> int:
        """The best verdict of the matchers."""
        if text in self.exact or text.startswith(self.starts) or text.endswith(self.ends):
            return MUST
        return judge_known(self.others, text, context)


class Sieves:
    """The sieve of some matchers for each context: patterns below the home directory or the repository's root become
    absolute ones."""

    __slots__ = ("_made", "_single", "matchers")

    def __init__(self, matchers: list[Matcher]) -> None:
        self.matchers = matchers
        based = any(isinstance(matcher, Based) for matcher in matchers)
        self._single = None if based else Sieve(matchers)
        self._made: dict[tuple[str | None, str | None], Sieve] = {}

    def judge(self, text: str, context: Context) -> int:
        """The best verdict of the matchers on a known text."""
        sieve = self._single
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
