"""Packs and policies as plain data that `marshal` and JSON can hold, and back; for caches of this version alone, with no checks."""

from __future__ import annotations

from packgate.model.policy import Assignment, Condition, Default, Outcome, Pack, Pattern, Policy, Rollout, Waiver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def pack_to(pack: Pack) -> dict[str, Any]:
    """A pack without its policies and its catalog."""
    return {
        "name": pack.name, "version": pack.version, "title": pack.title, "digest": pack.digest, "revision": pack.revision,
        "lists": {name: list(items) for name, items in pack.lists.items()}, "uncertain": pack.uncertain,
        "default": (pack.default.modes, pack.default.lifted_by),
        "environments": {name: list(words) for name, words in pack.environments.items()},
        "terminate_after": pack.terminate_after, "rollout": (pack.rollout.pack, pack.rollout.threats, pack.rollout.policies),
        "waivers": [_waiver_to(waiver) for waiver in pack.waivers],
    }


def pack_from(data: dict[str, Any]) -> Pack:
    """The pack of `pack_to`, without policies."""
    stage, threats, policies = data["rollout"]
    modes, lifted_by = data["default"]
    limit = data["terminate_after"]
    return Pack(
        data["name"], data["version"], (), title=data["title"], digest=data["digest"], revision=data["revision"],
        terminate_after=None if limit is None else tuple(limit), default=Default(modes, tuple(lifted_by)), uncertain=data["uncertain"],
        rollout=Rollout(stage, threats, policies), waivers=tuple(map(_waiver_from, data["waivers"])),
        lists={name: tuple(items) for name, items in data["lists"].items()},
        environments={name: tuple(words) for name, words in data["environments"].items()},
    )


def policy_to(policy: Policy) -> dict[str, Any]:
    """A policy; its pack is known by other means."""
    outcome = policy.outcome
    return {
        "id": policy.id, "when": policy.when, "title": policy.title, "threat": policy.threat, "impact": policy.impact,
        "rationale": policy.rationale, "message": policy.message, "risk": policy.risk,
        "outcome": (outcome.mode, outcome.redact, outcome.alert, outcome.approver, outcome.confirm, outcome.approval_minutes),
        "clauses": [clause_to(clause) for clause in policy.clauses],
        "exceptions": [clause_to(clause) for clause in policy.exceptions],
        "where": clause_to(policy.where),
    }


def policy_from(data: dict[str, Any], pack: str) -> Policy:
    """The policy of `policy_to`."""
    mode, redact, alert, approver, confirm, minutes = data["outcome"]
    return Policy(
        data["id"], pack, tuple(data["when"]), Outcome(mode, redact, tuple(alert), approver, confirm, minutes),
        clauses=tuple(map(clause_from, data["clauses"])), exceptions=tuple(map(clause_from, data["exceptions"])),
        where=clause_from(data["where"]), title=data["title"], threat=data["threat"], impact=data["impact"],
        rationale=data["rationale"], message=data["message"], risk=data["risk"],
    )


def clause_to(clause: tuple[Condition, ...]) -> list[Any]:
    """A mapping of conditions as plain data."""
    return [(each.field, each.quantifier, [(pattern.kind, pattern.text) for pattern in each.patterns]) for each in clause]


def clause_from(data: list[Any]) -> tuple[Condition, ...]:
    """A mapping of conditions from plain data."""
    return tuple(
        Condition(field, tuple(Pattern(kind, text) for kind, text in patterns), quantifier) for field, quantifier, patterns in data
    )


def _waiver_to(waiver: Waiver) -> dict[str, Any]:
    return {
        "id": waiver.id, "policy": waiver.policy, "expires": waiver.expires, "reason": waiver.reason, "owner": waiver.owner,
        "approver": waiver.approver, "conditions": clause_to(waiver.conditions), "where": clause_to(waiver.where),
    }


def _waiver_from(data: dict[str, Any]) -> Waiver:
    return Waiver(
        data["id"], data["policy"], data["expires"], data["reason"], data["owner"], data["approver"],
        clause_from(data["conditions"]), clause_from(data["where"]),
    )


def assignment_to(item: Assignment) -> tuple[Any, ...]:
    """An assignment as plain data."""
    return item.pack, item.stage, clause_to(item.conditions), item.name, item.number


def assignment_from(data: tuple[Any, ...]) -> Assignment:
    """The assignment of `assignment_to`."""
    pack, stage, conditions, name, number = data
    return Assignment(pack, stage, clause_from(conditions), name, number)
