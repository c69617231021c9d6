"""Near-identical actions as one: what was done (program, verb, family) and which policies answered, with everything else folded away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from packgate.model.value import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.model.decision import Decision
    from packgate.model.operation import Operation
    from packgate.model.policy import Policy

# Ways in which a verdict changes.
STOPPED, WARNED, FREED = "stopped", "warned", "freed"
CHANGES = (STOPPED, WARNED, FREED)
# What stands for a policy where a pack's default decides.
DEFAULT = "default"
PASS, WARN, BLOCK = "pass", "warn", "block"
OUTCOMES = (PASS, WARN, BLOCK)
_STOPPED = ("require_approval", "deny", "terminate")
_LONGEST = 80


@dataclass(frozen=True, slots=True, order=True)
class Cluster:
    """What a group of actions has in common. ``because``: the policies that decide, as (pack, policy), sorted: those that match, else packs
    with `DEFAULT`, else those that may match. ``operation``: its words, such as ``DROP TABLE``."""

    change: str
    because: tuple[tuple[str, str], ...]
    surface: str
    program: str
    family: str
    operation: str

    @property
    def id(self) -> str:
        """Its name: the same for the same, in every simulation."""
        text = json.dumps([self.change, self.because, self.surface, self.program, self.family, self.operation])
        return "c-" + sha256(text.encode()).hexdigest()[:12]

    @property
    def title(self) -> str:
        """It in words."""
        parts = ("" if self.surface == "shell" else self.surface, self.program, self.operation)
        return " ".join(part for part in parts if part) or self.family


def outcome_of(decision: Decision) -> str:
    """What a person notices of a decision: nothing, a warning, or that the action did not run without somebody's consent."""
    if decision.decision in _STOPPED:
        return BLOCK
    return WARN if decision.mode == WARN else PASS


def change_of(before: str, after: str) -> str | None:
    """How an outcome changed; None when it did not."""
    if before == after:
        return None
    if after == BLOCK:
        return STOPPED
    return WARNED if (before, after) == (PASS, WARN) else FREED


def cluster_of(change: str, decision: Decision, surface: str, owners: Mapping[str, str]) -> Cluster:
    """The cluster of an action whose outcome changed. ``decision``: the stricter one of the two, whose policies are the reason; ``owners``:
    the pack of each policy."""
    strictest = [each for each in decision.matches if each.effective == decision.mode and not each.waived and each.mode != "allow"]
    if strictest:
        first = strictest[0]
        because = tuple(sorted({(each.pack, each.policy) for each in strictest}))
        return Cluster(change, because, surface, _program(first.operation), first.family, _words(first.operation))
    operations = decision.analysis.operations
    operation = operations[0] if operations else None
    family = operation.families[0] if operation is not None and operation.families else ""
    program, words = (_program(operation), _words(operation)) if operation is not None else ("", "")
    if decision.denied_by:
        because = tuple((pack, DEFAULT) for pack in sorted(set(decision.denied_by)))
    else:
        because = tuple(sorted((owners[name], name) for name in decision.may_match))
    return Cluster(change, because, surface, program, family, words)


def _program(operation: Operation) -> str:
    return _joined(operation, "program") or _joined(operation, "server")


def _words(operation: Operation) -> str:
    return _joined(operation, "operation")


def _joined(operation: Operation, field: str) -> str:
    return " ".join(show(value) for value in operation.get(field))[:_LONGEST]


def conditions_digest(policy: Policy) -> str:
    """What a policy applies to and does, as a digest: a review is of that, and says nothing of what the policy becomes."""
    data: list[Any] = [
        sorted(policy.when), repr(policy.clauses), repr(policy.exceptions), repr(policy.where), policy.outcome.mode,
    ]
    return "sha256:" + sha256(json.dumps(data).encode()).hexdigest()
