"""Changes of a policy that its cases should notice, one at a time.

A change is made on the model, not on the text, so everything that a policy can say is covered: families, alternatives, conditions,
exceptions, patterns and what globs cross. `docs/evasion-and-mutation.md` has the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.model.policy import Condition, Pattern, Policy
from packgate.testing.globs import narrowed, widened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Clause = tuple[Condition, ...]
    Clauses = tuple[Clause, ...]

# Of a longer list of patterns, neighbours are dropped together, and made wider or narrower together: so many groups.
GROUPS = 8
GLOB_GROUPS = 3
KINDS = ("family", "alternative", "condition", "exception", "pattern", "widen", "narrow")
_PARTS = ("if", "unless", "where")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed policy. ``what`` says what changed, ``hint`` which case would notice; ``place`` is the path of the change inside the
    policy (part, number of the alternative, field); ``before`` and ``after`` are the condition whose patterns changed."""

    policy: Policy
    kind: str
    what: str
    hint: str
    place: tuple[str | int, ...]
    before: Condition | None = None
    after: Condition | None = None


def mutants(policy: Policy, lists: Mapping[str, tuple[str, ...]], types: Mapping[str, str]) -> Iterator[Mutant]:
    """Every mutant of a policy, in the order of the file. ``lists`` are those of its pack, ``types`` the types of the fields."""
    yield from _without_family(policy)
    for part in _PARTS:
        clauses = _clauses(policy, part)
        for number, clause in enumerate(clauses):
            yield from _without_clause(policy, part, number)
            for index, condition in enumerate(clause):
                yield from _without_condition(policy, part, number, index)
                spread = _spread(condition, lists)
                if spread is not None and (part != "where"):
                    yield from _patterns(policy, part, number, index, spread, types.get(condition.field, "word"))


def _clauses(policy: Policy, part: str) -> Clauses:
    if part == "where":
        return (policy.where,) if policy.where else ()
    return policy.clauses if part == "if" else policy.exceptions


def _with(policy: Policy, part: str, clauses: Clauses, when: tuple[str, ...] | None = None) -> Policy:
    """The policy with other conditions."""
    values = {name: getattr(policy, name) for name in Policy.__slots__}
    if when is not None:
        values["when"] = when
    elif part == "where":
        values["where"] = clauses[0] if clauses else ()
    else:
        values["clauses" if part == "if" else "exceptions"] = clauses
    return Policy(**values)


def _without_family(policy: Policy) -> Iterator[Mutant]:
    if len(policy.when) > 1:
        for family in policy.when:
            rest = tuple(other for other in policy.when if other != family)
            yield Mutant(
                _with(policy, "", (), rest), "family", f"`when` loses {family}",
                f"add a must_fire case whose operation is of {family} and of no other family of `when`", ("when",),
            )


def _without_clause(policy: Policy, part: str, number: int) -> Iterator[Mutant]:
    clauses = _clauses(policy, part)
    rest = clauses[:number] + clauses[number + 1:]
    if part == "if" and rest:
        hint = "add a must_fire case that fires by this alternative alone"
        yield Mutant(_with(policy, part, rest), "alternative", "this alternative of `if` is gone", hint, (part, number))
    elif part == "unless":
        hint = "add a must_not_fire case for which `if` holds and this exception takes it back"
        yield Mutant(_with(policy, part, rest), "exception", "this exception is gone", hint, (part, number))


def _without_condition(policy: Policy, part: str, number: int, index: int) -> Iterator[Mutant]:
    clause = _clauses(policy, part)[number]
    if part == "unless" and len(clause) == 1:
        return  # The exception is gone, which is a mutant of its own.
    field = clause[index].field
    rest = clause[:index] + clause[index + 1:]
    if part == "unless":
        hint = f"add a must_fire case for which all of this exception but `{field}` holds"
    else:
        hint = f"add a must_not_fire case for which everything but `{field}` holds"
    clauses = _replaced(policy, part, number, rest)
    if part == "if" and clauses == ((),):
        clauses = ()
    yield Mutant(_with(policy, part, clauses), "condition", f"`{field}` of `{part}` is not asked", hint, (part, number, field))


def _replaced(policy: Policy, part: str, number: int, clause: Clause) -> Clauses:
    clauses = _clauses(policy, part)
    return (*clauses[:number], clause, *clauses[number + 1:])


def _spread(condition: Condition, lists: Mapping[str, tuple[str, ...]]) -> Condition | None:
    """The condition with its named lists written out; None when one of them is not known here."""
    patterns: list[Pattern] = []
    for pattern in condition.patterns:
        if pattern.kind != "list":
            patterns.append(pattern)
        elif pattern.text in lists and condition.quantifier != "all":
            patterns.extend(Pattern("glob", item) for item in lists[pattern.text])
        else:
            return None
    return Condition(condition.field, tuple(patterns), condition.quantifier)


def _patterns(policy: Policy, part: str, number: int, index: int, condition: Condition, type: str) -> Iterator[Mutant]:
    """Patterns dropped, widened and narrowed."""
    count = len(condition.patterns)
    for group in groups(count, GROUPS) if count > 1 else ():
        named = ", ".join(repr(condition.patterns[place].text) for place in group)
        rest = tuple(pattern for place, pattern in enumerate(condition.patterns) if place not in group)
        what = f"`{condition.field}` of `{part}` loses {named}"
        yield _mutant(policy, part, number, index, condition, rest, "pattern", what, _hint(part, condition, f"only {named} matches"))
    for kind, change, verb in (("widen", widened, "widened"), ("narrow", narrowed, "narrowed")):
        changes = {place: change(pattern, type) for place, pattern in enumerate(condition.patterns)}
        places = [place for place, new in changes.items() if new is not None]
        for group in groups(len(places), GLOB_GROUPS):
            chosen = {places[item]: changes[places[item]] for item in group}
            patterns = tuple(chosen.get(place) or pattern for place, pattern in enumerate(condition.patterns))
            named = ", ".join(f"{condition.patterns[place].text!r} to {new.text!r}" for place, new in chosen.items() if new is not None)
            what = f"`{condition.field}` of `{part}` is {verb}: {named}"
            yield _mutant(policy, part, number, index, condition, patterns, kind, what, _hint(part, condition, "", kind))


def _mutant(
    policy: Policy, part: str, number: int, index: int, before: Condition, patterns: tuple[Pattern, ...], kind: str, what: str, hint: str
) -> Mutant:
    clause = _clauses(policy, part)[number]
    after = Condition(before.field, patterns, before.quantifier)
    clauses = _replaced(policy, part, number, (*clause[:index], after, *clause[index + 1:]))
    return Mutant(_with(policy, part, clauses), kind, what, hint, (part, number, before.field), before, after)


def _hint(part: str, condition: Condition, which: str, kind: str = "pattern") -> str:
    """The case that would notice. A pattern that is gone or narrowed lets less through; in `not` and in `unless` that turns around."""
    less = (kind != "widen") == (condition.quantifier != "not")
    fires = less == (part != "unless")
    where = f"in which {which}" if which else (
        f"with a `{condition.field}` that only the {'narrower' if kind == 'narrow' else 'wider'} glob "
        f"{'misses' if kind == 'narrow' else 'matches'}"
    )
    return f"add a {'must_fire' if fires else 'must_not_fire'} case {where}"


def groups(count: int, most: int) -> list[range]:
    """The places of a list, one by one; those of a list that is longer than ``most`` in so many runs of neighbours."""
    parts = min(count, most)
    return [range(count * number // parts, count * (number + 1) // parts) for number in range(parts)]
