"""Plain data that passed its schema to model objects."""

from __future__ import annotations

from packgate.model.policy import Assignment, Condition, Default, Outcome, Pattern, Policy, Rollout, Waiver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Clause = tuple[Condition, ...]

# The risk of a policy that states none.
DEFAULT_RISK = {"one-way": 80, "risky": 50, "routine": 20}


def build_policy(data: dict[str, Any], pack: str) -> Policy:
    """A policy from an item of ``policies:``."""
    impact = data["impact"]
    return Policy(
        id=data["id"],
        pack=pack,
        when=tuple(data["when"]),
        outcome=build_outcome(data["then"]),
        clauses=build_clauses(data.get("if")),
        exceptions=build_clauses(data.get("unless")),
        where=build_clause(data.get("where") or {}),
        title=data["title"],
        threat=data.get("threat", ""),
        impact=impact,
        rationale=_text(data["rationale"]),
        message=_text(data.get("message", "")),
        risk=int(data.get("risk", DEFAULT_RISK[impact])),
    )


def build_outcome(data: str | dict[str, Any], base: Outcome | None = None) -> Outcome:
    """An outcome from ``then``; with a base, what is not said is inherited and alerts are added."""
    if isinstance(data, str):
        data = {"mode": data}
    inherited = base or Outcome(data["mode"])
    alert = inherited.alert + tuple(name for name in data.get("alert", ()) if name not in inherited.alert)
    return Outcome(
        data["mode"], data.get("redact", inherited.redact), alert, data.get("approver", inherited.approver),
        data.get("confirm", inherited.confirm), data.get("approval_minutes", inherited.approval_minutes),
    )


def build_clauses(data: Any) -> tuple[Clause, ...]:
    """The alternatives of ``if`` or ``unless``: a mapping is one, a list holds several, nothing is none."""
    if not data:
        return ()
    return tuple(build_clause(item) for item in ([data] if isinstance(data, dict) else data))


def build_clause(data: dict[str, Any]) -> Clause:
    """Conditions that must all hold, in the order of the file."""
    return tuple(build_condition(field, value) for field, value in data.items())


def build_condition(field: str, value: Any) -> Condition:
    """A condition from a field's value: patterns, ``{not: patterns}`` or ``{all: [patterns]}``."""
    for quantifier in ("not", "all"):
        if isinstance(value, dict) and quantifier in value:
            return Condition(field, build_patterns(value[quantifier]), quantifier)
    return Condition(field, build_patterns(value))


def build_patterns(value: Any) -> tuple[Pattern, ...]:
    """Patterns from one pattern or a list of them."""
    return tuple(build_pattern(item) for item in (value if isinstance(value, list) else [value]))


def build_pattern(value: str | dict[str, str]) -> Pattern:
    """A pattern from a text (exact or glob) or a mapping of its kind to its text."""
    if isinstance(value, str):
        return Pattern("glob", value)
    ((kind, text),) = value.items()
    return Pattern(kind, text)


def build_rollout(data: dict[str, Any]) -> Rollout:
    """Stages from rollout.yaml."""
    return Rollout(data.get("pack", "audit"), dict(data.get("threats") or {}), dict(data.get("policies") or {}))


def build_default(header: dict[str, Any], base: Default | None = None) -> Default:
    """The default of pack.yaml: one mode, or modes by surface, those that are not named as ``base`` has them; without one, the base's."""
    given = header.get("default", {})
    inherited = base or Default()
    modes = given if isinstance(given, str) else {**inherited.modes, **given}
    return Default(modes, (*header.get("lifted_by", inherited.lifted_by),))


def build_limit(data: dict[str, int] | None) -> tuple[int, int] | None:
    """Denials and minutes from ``terminate_after`` of pack.yaml; None when it is not given."""
    return None if data is None else (data["denials"], data["minutes"])


def build_assignment(data: dict[str, Any], number: int) -> Assignment:
    """An assignment from an item of ``assignments:``, with its place in the list."""
    return Assignment(data["pack"], data["stage"], build_clause(data.get("for") or {}), data.get("name"), number)


def build_waiver(data: dict[str, Any]) -> Waiver:
    """A waiver from an item of ``waivers:``."""
    return Waiver(
        id=data["id"],
        policy=data["policy"],
        expires=data["expires"],
        reason=_text(data["reason"]),
        owner=data.get("owner", ""),
        approver=data.get("approver", ""),
        conditions=build_clause(data.get("if") or {}),
        where=build_clause(data.get("where") or {}),
    )


def _text(value: str) -> str:
    """Prose: block scalars end in a line end that is not part of what is said."""
    return value.strip()
