"""How far a rollout has come caps what a policy does."""

from __future__ import annotations

from packgate.model.policy import MODE_RANK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from packgate.engine.rules import Rule
    from packgate.model.policy import Pack

STAGE_RANK = {"audit": 0, "warn": 1, "block": 2}
_STRICTEST = {"audit": "audit", "warn": "warn"}


def cap(mode: str, stage: str) -> str:
    """A mode under a stage: `audit` only records, `warn` lets everything run, `block` leaves the mode as it is."""
    strictest = _STRICTEST.get(stage)
    return strictest if strictest is not None and MODE_RANK[mode] > MODE_RANK[strictest] else mode


class Stages:
    """The stages that hold for one decision.

    ``override`` replaces all others. ``releases`` and ``assigned`` give a pack's stage by its release and by the
    assignment of this actor; a pack that ``assigned`` maps to None does not hold for the actor, one that it lacks is
    not capped by it.
    """

    __slots__ = ("assigned", "bundles", "override", "releases")

    def __init__(
        self, override: str | None, packs: Sequence[Pack], releases: Mapping[str, str],
        assigned: Mapping[str, str | None],
    ) -> None:
        for stage in [override, *releases.values(), *assigned.values()]:
            if stage is not None and stage not in STAGE_RANK:
                raise ValueError(f"there is no stage {stage!r}; stages are {', '.join(STAGE_RANK)}")
        self.override = override
        self.releases = releases
        self.assigned = assigned
        # The packs that hold, as a decision lists them.
        self.bundles: list[dict[str, Any]] = [
            {"pack": pack.name, "version": pack.version, "stage": self.of_pack(pack)[0], "revision": pack.revision,
             "digest": pack.digest}
            for pack in packs if self.holds(pack)
        ]

    def holds(self, pack: Pack) -> bool:
        """Whether a pack is assigned to the actor at all."""
        return pack.name not in self.assigned or self.assigned[pack.name] is not None

    def of_rule(self, rule: Rule) -> tuple[str, str]:
        """The stage of a policy and what sets it: ``rollout``, ``release``, ``assignment`` or ``stage``."""
        return self._least(rule.stage, rule.pack)

    def of_pack(self, pack: Pack) -> tuple[str, str]:
        """The stage of a pack as a whole."""
        return self._least(pack.rollout.pack, pack)

    def _least(self, rollout: str, pack: Pack) -> tuple[str, str]:
        if self.override is not None:
            return self.override, "stage"
        least, source = rollout, "rollout"
        for stage, name in ((self.releases.get(pack.name), "release"), (self.assigned.get(pack.name), "assignment")):
            if stage is not None and STAGE_RANK[stage] < STAGE_RANK[least]:
                least, source = stage, name
        return least, source
