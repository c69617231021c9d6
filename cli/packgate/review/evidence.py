"""What reviews say for or against a promotion: false positives that still stand, and what nobody has looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.impact.clusters import PASS, Cluster, change_of, cluster_of, conditions_digest, outcome_of
from packgate.model.action import ActionError, parse_action
from packgate.review.store import latest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from packgate.engine.gate import Gate
    from packgate.model.decision import Decision
    from packgate.model.policy import Pack
    from packgate.review.store import Review


@dataclass(frozen=True, slots=True)
class Rejections:
    """Reviews that say that a policy is wrong about an action. ``standing``: (cluster, policy) of those of which it still says the same."""

    count: int
    standing: tuple[tuple[str, str], ...]


class Reviewed:
    """Reviews, held against a pack as it is. ``gate``: that decides with this pack alone; ``policies``: those that the promotion is about;
    ``now``: the time that waivers are held against."""

    def __init__(self, reviews: Iterable[Review], pack: Pack, gate: Gate, policies: Collection[str], to: str, now: str | None) -> None:
        self.pack = pack
        self.gate = gate
        self.policies = frozenset(policies)
        self.to = to
        self.now = now
        names = {f"{pack.name}/{policy.id}": conditions_digest(policy) for policy in pack.policies}
        ours = {name for name in names if name.partition("/")[2] in self.policies}
        self.ours = [each for each in latest(reviews).values() if not ours.isdisjoint(each.because)]
        # A review is of what the policies said then.
        fresh = [
            each for each in self.ours
            if all(each.conditions.get(name) == names[name] for name in each.because if name in names)
        ]
        self._known = {cluster for each in fresh if (cluster := self.cluster(each.example)) is not None}

    def rejections(self) -> Rejections:
        """Whether what was rejected still stands: decided again, a policy that was narrowed or waived is silent now."""
        rejected = [each for each in self.ours if each.says_false_positive]
        standing = [
            (each.cluster, name.partition("/")[2]) for each in rejected for name in each.because
            if name.partition("/")[0] == self.pack.name and name.partition("/")[2] in self.policies
            and self._still(each.example, name.partition("/")[2])
        ]
        return Rejections(len(rejected), tuple(sorted(standing)))

    def _still(self, example: dict[str, Any], policy: str) -> bool:
        decision = self._decision(example)
        # What can't be decided again is not shown to be mended.
        if decision is None or policy in decision.may_match:
            return True
        return any(match.policy == policy and not match.waived for match in decision.matches)

    def cluster(self, action: dict[str, Any]) -> Cluster | None:
        """The cluster of an action under the pack at the stage that is promoted to; None when it is not about these policies, or can't be
        decided."""
        decision = self._decision(action)
        if decision is None:
            return None
        change = change_of(PASS, outcome_of(decision))
        if change is None:
            return None
        owners = {policy.id: self.pack.name for policy in self.pack.policies}
        return cluster_of(change, decision, str(action.get("surface", "shell")), owners)

    def covers(self, action: dict[str, Any]) -> bool:
        """Whether somebody reviewed actions such as this one."""
        cluster = self.cluster(action)
        return cluster is not None and cluster in self._known

    def _decision(self, action: dict[str, Any]) -> Decision | None:
        try:
            return self.gate.decide(parse_action(action), stage=self.to, now=self.now)
        except ActionError:
            return None
