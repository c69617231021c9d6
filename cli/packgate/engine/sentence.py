"""A policy as one sentence: when a kind of operation, if conditions hold, then a mode."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.policy import Condition, Pattern, Policy

_MOST = 6


def policy_sentence(policy: Policy) -> str:
    """The sentence, in the order of the policy's keys."""
    parts = [f"When {_any(policy.when)}"]
    if policy.clauses:
        parts.append("if " + "; or if ".join(_clause(clause) for clause in policy.clauses))
    if policy.exceptions:
        parts.append("unless " + "; or ".join(_clause(clause) for clause in policy.exceptions))
    if policy.where:
        parts.append("where " + _clause(policy.where))
    return ", ".join(parts) + f", then {policy.outcome.mode}."


def condition_text(condition: Condition) -> str:
    """What a condition asks of its field."""
    patterns = [_pattern(pattern) for pattern in condition.patterns]
    if condition.quantifier == "not":
        return f"none of {_any(patterns)}" if len(patterns) > 1 else f"not {patterns[0]}"
    if condition.quantifier == "all":
        return " and ".join(patterns)
    return _any(patterns)


def _clause(clause: tuple[Condition, ...]) -> str:
    return " and ".join(f"{condition.field} is {condition_text(condition)}" for condition in clause)


def _pattern(pattern: Pattern) -> str:
    if pattern.kind == "glob":
        return pattern.text
    return f"{pattern.kind} {pattern.text}"


def _any(words: tuple[str, ...] | list[str]) -> str:
    shown = list(words[:_MOST]) + ([f"{len(words) - _MOST} more"] if len(words) > _MOST else [])
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " or " + shown[-1]
