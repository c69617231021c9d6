"""What a promotion is about: a pack, one of its threat layers, one of its policies, or its assignment to some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.engine.stages import STAGE_RANK

if TYPE_CHECKING:
    from packgate.model.policy import Pack

PACK, THREAT, POLICY, ASSIGNMENT = "pack", "threat", "policy", "assignment"


@dataclass(frozen=True, slots=True)
class Subject:
    """``policies`` are the ids that are promoted; ``stage`` is where they stand, ``ceiling`` where rollout.yaml puts the pack as a
    whole; ``since`` is when they came to stand there (RFC 3339), None when that is not known."""

    kind: str
    name: str
    pack: str
    version: str
    policies: frozenset[str]
    stage: str
    ceiling: str
    since: str | None

    @property
    def title(self) -> str:
        """As it is called in messages."""
        return {THREAT: "threat layer ", POLICY: "policy ", ASSIGNMENT: "assignment "}.get(self.kind, "pack ") + self.name

    def covers_bundle(self, version: object, stage: object) -> bool:
        """Whether a decision that lists the pack at a version and stage was made while the subject stood where it stands.

        A decision lists the least of the pack's stage in rollout.yaml, the release's and the assignment's. A layer or policy has a stage of
        its own in rollout.yaml, so it acted at that stage unless the release or the assignment was lower.
        """
        if version != self.version or not isinstance(stage, str) or stage not in STAGE_RANK:
            return False
        if self.kind in (PACK, ASSIGNMENT):
            return stage == self.stage
        if stage == self.ceiling:
            return True
        return STAGE_RANK[self.stage] <= STAGE_RANK[stage] < STAGE_RANK[self.ceiling]

    def as_json(self) -> dict[str, Any]:
        """For a record of the promotion."""
        return {
            "kind": self.kind, "name": self.name, "pack": self.pack, "version": self.version, "stage": self.stage, "since": self.since,
            "policies": sorted(self.policies),
        }


def stage_of(pack: Pack, kind: str, name: str) -> str:
    """The stage of a threat layer or policy by rollout.yaml: policy before layer before pack, audit where none is given.

    Raises `KeyError` for a policy that the pack does not have.
    """
    rollout = pack.rollout
    if kind == THREAT:
        return rollout.threats.get(name) or rollout.pack
    threat = next((policy.threat for policy in pack.policies if policy.id == name), None)
    if threat is None:
        raise KeyError(name)
    return rollout.policies.get(name) or rollout.threats.get(threat) or rollout.pack


def policies_of(pack: Pack, kind: str, name: str) -> frozenset[str]:
    """The policies that change with a threat layer (those without a stage of their own), with a policy, or with the pack."""
    if kind == THREAT:
        return frozenset(each.id for each in pack.policies if each.threat == name and each.id not in pack.rollout.policies)
    if kind == POLICY:
        return frozenset((name,))
    return frozenset(each.id for each in pack.policies)
