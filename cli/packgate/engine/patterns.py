"""The one compiler of patterns: from a pattern and the type of its field to a matcher.

Globs and regular expressions become `Regular` matchers (see `shapes` and `automaton`); the other kinds are here.
"""

from __future__ import annotations

from packgate.engine.addresses import in_range, parse_address, parse_range
from packgate.engine.matcher import NOCASE_TYPES, Matcher, Regular
from packgate.engine.partly import MAY, MUST, NO, expand, lowered
from packgate.engine.shapes import Exact, branch_glob, path_glob, rooted_glob, word_glob
from packgate.engine.syntax import PatternError, escape_glob
from packgate.model.value import Hole, Text, has_holes, join, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packgate.engine.context import Context
    from packgate.model.policy import Pattern

    Detectors = Callable[[str, str], bool]


class Based(Matcher):
    """A path below the home directory (``~/…``) or the repository's root (``./…``), which the context gives."""

    __slots__ = ("_made", "base", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.base = source[0]
        self._made: dict[str, Regular] = {}

    def at(self, base: str) -> Regular:
        """The matcher for one base directory."""
        found = self._made.get(base)
        if found is None:
            if len(self._made) > 64:
                self._made.clear()
            rest = self.source[1:]
            glob = (escape_glob(base) if base != "/" else "" if rest else "/") + rest
            found = self._made[base] = path_glob(glob) if base[0] == "/" else rooted_glob(glob)
            if self.base == ".":
                # Everyday globs meet the names at the root of the repository: one aims at a pattern there as at one of names anywhere.
                found.absolute = False
                found.depth = max(1, sum(1 for part in rest.split("/") if part not in ("", "**")))
        return found

    def known(self, text: str, context: Context, /) -> int:
        if self.base == "~":
            # Without a home directory, a path below it is still written with the tilde.
            return self.at(context.home or "~").known(text, context)
        if context.root is None:
            context.lacks("repo.root")
            return NO
        return self.at(context.root).known(text, context)

    def _resolved(self, text: Text, context: Context) -> tuple[Regular, Text | str] | None:
        if self.base == "~":
            return (self.at(context.home), text) if context.home else (self.at("~"), _tilde(text))
        if context.root is None:
            context.lacks("repo.root")
            return None
        return self.at(context.root), text

    def certain(self, text: Text, context: Context, /) -> int:
        found = self._resolved(text, context)
        if found is None:
            return NO
        matcher, value = found
        return matcher.known(value, context) if isinstance(value, str) else matcher.certain(value, context)

    def fires(self, text: Text, context: Context, /) -> int:
        found = self._resolved(text, context)
        if found is None:
            return NO
        matcher, value = found
        return matcher.known(value, context) if isinstance(value, str) else matcher.fires(value, context)


def _tilde(text: Text) -> Text | str:
    """A path below an unknown ``$HOME``, written with the tilde."""
    first = text.parts[0]
    if isinstance(first, Hole) and any(o.kind == "variable" and o.detail == "HOME" for o in first.origins):
        return join(("~", *text.parts[1:]))
    return text


class FromContext(Matcher):
    """``{context: repo.default_branch}``: the value that the action gives, exactly."""

    __slots__ = ("case", "path")

    def __init__(self, path: str, type: str) -> None:
        self.path = path
        self.case = type in NOCASE_TYPES

    def _values(self, context: Context) -> tuple[str, ...]:
        values = context.values(self.path)
        if not values:
            context.lacks(self.path)
        return tuple(value.lower() for value in values) if self.case else values

    def known(self, text: str, context: Context, /) -> int:
        return MUST if text in self._values(context) else NO

    def certain(self, text: Text, context: Context, /) -> int:
        best = NO
        for value in self._values(context):
            exact = Exact(escape_glob(value), "word", value)
            best = max(best, exact.certain(text, context))
        return best


class Addresses(Matcher):
    """``{cidr: 10.0.0.0/8}``: hosts that are an address in the range."""

    __slots__ = ("network",)

    def __init__(self, text: str) -> None:
        network = parse_range(text)
        if network is None:
            raise PatternError(f"{text!r} is not an address range such as 10.0.0.0/8")
        self.network = network

    def known(self, text: str, _context: Context, /) -> int:
        address = parse_address(text)
        return MUST if address is not None and in_range(address, self.network) else NO

    def certain(self, text: Text, context: Context, /) -> int:
        strings = expand(text)
        if strings is not None:
            found = {self.known(string, context) for string in strings}
            return MUST if found == {MUST} else MAY if MUST in found else NO
        written = "".join(part for part in text.parts if isinstance(part, str))
        return NO if any(char not in "0123456789abcdefABCDEFxX.:[]" for char in written) else MAY


class Detector(Matcher):
    """``{detector: aws-access-key}``: a detector of the guard finds something in the text."""

    __slots__ = ("detectors", "id")

    def __init__(self, id: str, detectors: Detectors | None) -> None:
        self.id = id
        self.detectors = detectors

    def known(self, text: str, context: Context, /) -> int:
        if self.detectors is None:
            return MAY
        try:
            return MUST if self.detectors(self.id, text) else NO
        except KeyError as error:
            context.unable[str(error) if type(error) is not KeyError else f"there is no detector {self.id}"] = None
            return MAY

    def certain(self, text: Text, context: Context, /) -> int:
        for part in text.parts:
            if isinstance(part, str) and self.known(part, context) == MUST:
                return MUST
        return MAY if has_holes(text) else self.known(show(text), context)


class Folded(Matcher):
    """A matcher that ignores letter case, beside a detector, which has to see it."""

    __slots__ = ("inner",)

    def __init__(self, inner: Matcher) -> None:
        self.inner = inner

    def known(self, text: str, context: Context, /) -> int:
        return self.inner.known(text.lower(), context)

    def certain(self, text: Text, context: Context, /) -> int:
        found = lowered(text)
        return self.inner.known(found, context) if isinstance(found, str) else self.inner.certain(found, context)

    def fires(self, text: Text, context: Context, /) -> int:
        found = lowered(text)
        return self.inner.known(found, context) if isinstance(found, str) else self.inner.fires(found, context)


def compile_glob(text: str, type: str) -> Matcher:
    """The matcher of a glob on a field of a type (the types of the vocabulary)."""
    if type == "path":
        if text in ("~", ".") or text.startswith(("~/", "./")):
            return Based(text.rstrip("/"))
        return path_glob(text)
    if type == "branch":
        return branch_glob(text)
    if type == "host" and "/" in text and parse_range(text) is not None:
        return Addresses(text)
    return word_glob(text, type)


class Compiler:
    """Compiles patterns of one set of lists and detectors; equal patterns share their matcher."""

    __slots__ = ("_made", "detectors", "lists")

    def __init__(self, lists: Mapping[str, tuple[str, ...]], detectors: Detectors | None = None) -> None:
        self.lists = lists
        self.detectors = detectors
        self._made: dict[tuple[str, str, str], Matcher] = {}

    def matchers(self, pattern: Pattern, type: str) -> list[Matcher]:
        """The matchers of a pattern: one, or one for each entry of a list. Raises `PatternError`."""
        if pattern.kind != "list":
            return [self._matcher(pattern.kind, pattern.text, type)]
        if pattern.text not in self.lists:
            raise PatternError(f"there is no list {pattern.text!r}")
        return [self._matcher("glob", entry, type) for entry in self.lists[pattern.text]]

    def _matcher(self, kind: str, text: str, type: str) -> Matcher:
        key = (kind, text, type)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._compile(kind, text, type)
        return found

    def _compile(self, kind: str, text: str, type: str) -> Matcher:
        if kind == "glob":
            return compile_glob(text, type)
        if kind == "regex":
            return Regular(text, type, glob=False)
        if kind == "context":
            return FromContext(text, type)
        if kind == "cidr":
            return Addresses(text)
        if kind == "detector":
            return Detector(text, self.detectors)
        raise PatternError(f"there is no pattern kind {kind!r}")


def check_pattern(pattern: Pattern, type: str) -> None:
    """Raise `PatternError` for a pattern that can never be compiled; lists are checked where they are known."""
    if pattern.kind == "list":
        return
    for matcher in Compiler({}).matchers(pattern, type):
        if isinstance(matcher, Regular):
            matcher.machine()
