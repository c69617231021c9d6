"""Reports a value that a field with fixed values never has: an `environment` that is none of the environments, a `network`, `effect`,
`scope`, `clause`, `action-type` or `surface` outside of its words.

The analysis computes these fields. `environment: prod` never matches: the tokens prod, prd and live all become `production`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.diagnostics import Severity
from packgate.lint.edits import replace_text
from packgate.lint.possible import matching
from packgate.lint.rule import Finding, Rule
from packgate.source.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.lint.conditions import ConditionView
    from packgate.lint.context import LintContext

CLOSED = {
    "network": ("public", "private", "loopback", "metadata"),
    "effect": ("read", "write", "delete", "execute", "send", "grant"),
    "scope": ("repository", "home", "temporary", "system", "toolchain", "container", "other", "unknown", "derived"),
    "clause": ("where", "none", "unknown"),
    "action-type": ("read", "write", "destructive"),
    "surface": ("shell", "file", "mcp", "web", "prompt", "output"),
}


def check(context: LintContext) -> Iterator[Finding]:
    """Patterns that match none of a field's words."""
    for condition in context.conditions:
        words = _words(condition)
        for view in condition.views() if words else ():
            text = view.pattern.text
            if matching(view.pattern, condition.type, frozenset(words)):
                continue
            named = _named(text) if condition.field == "environment" else None
            meant = named or nearest(text, words)
            yield Finding(
                view.place, f"{view.about}: '{text}' is no {condition.field}: it never matches",
                f"did you mean '{meant}'?" if meant else f"expected one of: {', '.join(words)}",
                replace_text(view.place, named, f"write {named}") if named else None,
            )


def _words(condition: ConditionView) -> tuple[str, ...]:
    """The words of a field; empty for a field that takes any."""
    if condition.part in ("where", "for"):
        return CLOSED["surface"] if condition.field == "surface" else ()
    if condition.field != "environment":
        return CLOSED.get(condition.field, ())
    from packgate.facts.environment import DEFAULT_WORDS

    pack = condition.pack
    own = () if pack is None else tuple(pack.data.get("environments") or ())
    if pack is not None and pack.result.pack is not None:
        own = tuple(pack.result.pack.environments)
    return (*DEFAULT_WORDS, *(name for name in own if name not in DEFAULT_WORDS))


def _named(text: str) -> str | None:
    """The environment that a token names."""
    from packgate.facts.environment import DEFAULT_WORDS

    return next((name for name, tokens in DEFAULT_WORDS.items() if text.lower() in tokens), None)


RULE = Rule(
    "PG222", "impossible-value", "A value that its field never has", Severity.ERROR, __doc__, check,
    fix="Writes the environment for a token that names it: production for prod.",
)
