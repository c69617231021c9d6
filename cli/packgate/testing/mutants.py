"""Changes of a policy that its cases should notice, one at a time.

A change is made on the model, not on the text, so everything that a policy can say is covered: its mode, families, alternatives,
conditions, exceptions, and (`pattern_mutants`) patterns, what globs cross, closed values and quantifiers.
`docs/evasion-and-mutation.md` has the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.model.policy import MODES, Condition, Outcome, Pattern
from packgate.testing.mutant import PARTS, Mutant, Spot, clauses_of, with_clause, with_clauses, with_values
from packgate.testing.pattern_mutants import pattern_mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packgate.model.policy import Policy

# Modes that a mode is changed to: `allow` is another kind of policy, `terminate` is rarely meant.
_OTHER_MODES = MODES[1:5]


def mutants(policy: Policy, lists: Mapping[str, tuple[str, ...]], types: Mapping[str, str]) -> Iterator[Mutant]:
    """Every mutant of a policy, in the order of the file. ``lists`` are those of its pack, ``types`` the types of the fields."""
    yield from _without_family(policy)
    for part in PARTS:
        for number, clause in enumerate(clauses_of(policy, part)):
            yield from _without_clause(policy, part, number)
            for index, condition in enumerate(clause):
                yield from _without_condition(policy, part, number, index)
                spread = _spread(condition, lists)
                if spread is not None and part != "where":
                    yield from pattern_mutants(Spot(policy, part, number, index, spread), types.get(condition.field, "word"))
    yield from _other_modes(policy)


def _without_family(policy: Policy) -> Iterator[Mutant]:
    if len(policy.when) > 1:
        for family in policy.when:
            rest = tuple(other for other in policy.when if other != family)
            yield Mutant(
                with_values(policy, {"when": rest}), "family", f"`when` loses {family}",
                f"add a must_fire case whose operation is of {family} and of no other family of `when`", ("when",),
            )


def _without_clause(policy: Policy, part: str, number: int) -> Iterator[Mutant]:
    clauses = clauses_of(policy, part)
    rest = clauses[:number] + clauses[number + 1:]
    if part == "if" and rest:
        hint = "add a must_fire case that fires by this alternative alone"
        yield Mutant(with_clauses(policy, part, rest), "alternative", "this alternative of `if` is gone", hint, (part, number))
    elif part == "unless":
        hint = "add a must_not_fire case for which `if` holds and this exception takes it back"
        yield Mutant(with_clauses(policy, part, rest), "exception", "this exception is gone", hint, (part, number))


def _without_condition(policy: Policy, part: str, number: int, index: int) -> Iterator[Mutant]:
    clause = clauses_of(policy, part)[number]
    if part == "unless" and len(clause) == 1:
        return  # The exception is gone, which is a mutant of its own.
    field = clause[index].field
    rest = clause[:index] + clause[index + 1:]
    if part == "unless":
        hint = f"add a must_fire case for which all of this exception but `{field}` holds"
    else:
        hint = f"add a must_not_fire case for which everything but `{field}` holds"
    changed = with_clause(policy, part, number, rest)
    yield Mutant(changed, "condition", f"`{field}` of `{part}` is not asked", hint, (part, number, field))


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


def _other_modes(policy: Policy) -> Iterator[Mutant]:
    """The next looser and the next stricter mode."""
    outcome = policy.outcome
    if outcome.mode not in _OTHER_MODES:
        return
    at = _OTHER_MODES.index(outcome.mode)
    for mode in (*_OTHER_MODES[max(at - 1, 0):at], *_OTHER_MODES[at + 1:at + 2]):
        changed = Outcome(mode, outcome.redact, outcome.alert, outcome.approver, outcome.confirm, outcome.approval_minutes)
        hint = f"state `mode: {outcome.mode}` in a must_fire case"
        yield Mutant(with_values(policy, {"outcome": changed}), "mode", f"`then` is {mode}", hint, ("then",))
