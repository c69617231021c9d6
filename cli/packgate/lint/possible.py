"""Whether a pattern can match one of the values that a field can have."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.lint.capabilities import Values
    from packgate.model.policy import Pattern

_SPECIAL = "*?[{\\"


def is_possible(pattern: Pattern, values: Values) -> bool:
    """Whether it can match; true where that is not known."""
    if values.open or pattern.kind not in ("glob", "regex"):
        return True
    text = pattern.text.lower()
    if pattern.kind == "glob" and _is_literal(text):
        return text in values.exact or any(fnmatchcase(text, glob) for glob in values.globs)
    if any(_matches(pattern, value) for value in values.exact):
        return True
    if pattern.kind == "regex":
        return bool(values.globs)
    return any(_may_meet(text, glob) for glob in values.globs)


def matching(pattern: Pattern, type: str, words: frozenset[str]) -> bool:
    """Whether a glob or regular expression matches one of some words; other kinds are not judged and count as matching."""
    if pattern.kind not in ("glob", "regex"):
        return True
    return any(_matches(pattern, word, type) for word in words)


def _matches(pattern: Pattern, value: str, type: str = "word-nocase") -> bool:
    from packgate.engine.context import Context
    from packgate.engine.partly import NO
    from packgate.engine.patterns import Compiler
    from packgate.engine.syntax import PatternError
    from packgate.model.action import shell_action

    if pattern.kind == "glob" and _is_literal(pattern.text):
        return pattern.text.lower() == value if type == "word-nocase" else pattern.text == value
    try:
        matchers = Compiler({}).matchers(pattern, type)
        return any(matcher.known(value, Context(shell_action("true"))) != NO for matcher in matchers)
    except PatternError:
        return True  # PG231 says so.


def _is_literal(text: str) -> bool:
    return not any(char in _SPECIAL for char in text)


def _may_meet(first: str, second: str) -> bool:
    """Whether two globs can match the same text, judged by what they begin with."""
    heads = [text[: min((text.index(char) for char in _SPECIAL if char in text), default=len(text))] for text in (first, second)]
    return heads[0].startswith(heads[1]) or heads[1].startswith(heads[0])
