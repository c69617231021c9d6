"""Changes of the patterns of one condition: one is gone, wider or narrower, a closed value comes in, the quantifier is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.model.policy import Pattern
from packgate.testing.globs import narrowed, widened
from packgate.testing.mutant import Mutant, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

# Fields that the analysis computes, with the values that a policy may have in mind (schema/vocabulary.yaml).
COMPUTED = {
    "environment": ("production", "staging", "development", "test", "local"),
    "network": ("public", "private", "loopback", "metadata"),
    "clause": ("where", "none"),
    "effect": ("read", "write", "delete", "execute", "send", "grant"),
    "scope": ("repository", "home", "temporary", "system", "toolchain", "container", "other"),
    "action-type": ("read", "write", "destructive"),
}
_OTHER_QUANTIFIERS = {"any": ("all", "not"), "all": ("any",), "not": ("any",)}


def pattern_mutants(spot: Spot, type: str) -> Iterator[Mutant]:
    """Every mutant of a condition whose field has this type."""
    yield from _without_pattern(spot)
    for place, pattern in enumerate(spot.condition.patterns):
        for new in widened(pattern, type):
            yield _replaced(spot, place, new, "widen")
        for new in narrowed(pattern, type):
            yield _replaced(spot, place, new, "narrow")
    yield from _more_values(spot)
    yield from _other_quantifiers(spot)


def _without_pattern(spot: Spot) -> Iterator[Mutant]:
    patterns = spot.condition.patterns
    for place, pattern in enumerate(patterns if len(patterns) > 1 else ()):
        policy, after = spot.changed(patterns[:place] + patterns[place + 1:])
        what = f"`{spot.field}` of `{spot.part}` loses {pattern.text!r}"
        hint = _hint(spot, f"in which only {pattern.text!r} matches", less=True)
        yield Mutant(policy, "pattern", what, hint, spot.place, spot.condition, after, old=pattern)


def _replaced(spot: Spot, place: int, new: Pattern, kind: str) -> Mutant:
    """One glob made wider or narrower."""
    patterns = spot.condition.patterns
    policy, after = spot.changed((*patterns[:place], new, *patterns[place + 1:]))
    verb, which = ("narrowed", "misses") if kind == "narrow" else ("widened", "matches")
    what = f"`{spot.field}` of `{spot.part}` is {verb}: {patterns[place].text!r} to {new.text!r}"
    which = f"with a `{spot.field}` that only the {'narrower' if kind == 'narrow' else 'wider'} glob {which}"
    hint = _hint(spot, which, less=kind == "narrow")
    return Mutant(policy, kind, what, hint, spot.place, spot.condition, after, patterns[place], new)


def _more_values(spot: Spot) -> Iterator[Mutant]:
    """A value of a closed set that is not asked for comes in."""
    patterns = spot.condition.patterns
    texts = {pattern.text for pattern in patterns if pattern.kind == "glob"}
    values = COMPUTED.get(spot.field, ())
    if spot.condition.quantifier != "any" or not texts <= set(values):
        return
    for value in values:
        if value not in texts:
            new = Pattern("glob", value)
            policy, after = spot.changed((*patterns, new))
            hint = _hint(spot, f"whose `{spot.field}` is {value!r} and for which all else holds", less=False)
            what = f"`{spot.field}` of `{spot.part}` takes {value!r} too"
            yield Mutant(policy, "value", what, hint, spot.place, spot.condition, after, new=new)


def _other_quantifiers(spot: Spot) -> Iterator[Mutant]:
    """`any`, `all` and `not` taken for each other; of one pattern, `any` and `all` are the same."""
    patterns, quantifier = spot.condition.patterns, spot.condition.quantifier
    for other in _OTHER_QUANTIFIERS[quantifier]:
        if len(patterns) == 1 and {quantifier, other} == {"any", "all"}:
            continue
        policy, after = spot.changed(patterns, other)
        asked = "the opposite" if "not" in (quantifier, other) else f"{other} of its patterns, not {quantifier}"
        what = f"`{spot.field}` of `{spot.part}` asks for {asked}"
        hint = "add cases of both polarities that differ in this field"
        yield Mutant(policy, "quantifier", what, hint, spot.place, spot.condition, after)


def _hint(spot: Spot, which: str, *, less: bool) -> str:
    """The case that would notice. Fewer patterns let less through; in `not` and in `unless` that turns around."""
    fires = (less == (spot.condition.quantifier != "not")) == (spot.part != "unless")
    return f"add a {'must_fire' if fires else 'must_not_fire'} case {which}"
