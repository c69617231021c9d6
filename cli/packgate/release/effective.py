"""What a policy does in effect, and why: the four caps on its mode, each with the place that sets it, and which one binds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.engine.stages import STAGE_RANK, cap
from packgate.engine.waivers import is_expired
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packgate.engine.assignments import Assignments
    from packgate.model.action import Action
    from packgate.model.policy import Policy
    from packgate.release.tags import Release
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace

MODE, ROLLOUT, RELEASE, ASSIGNMENT = "mode", "rollout", "release", "assignment"


@dataclass(frozen=True, slots=True)
class Cap:
    """One of the four: what sets it, its value (a mode, a stage, or None where nothing caps), and where that stands."""

    source: str
    value: str | None
    where: str


@dataclass(frozen=True, slots=True)
class EffectiveRule:
    """A policy for one actor. ``effective`` is its mode after all caps, None when the pack does not hold for the actor; ``binds`` is the
    source of the cap that lowered it, ``mode`` when none did; ``origin`` is where the policy stands, ``inherited`` the pack that it comes
    from and ``overridden`` the place of the override, if any; ``waivers`` are those that hold on the day."""

    policy: str
    title: str
    pack: str
    version: str
    mode: str
    effective: str | None
    binds: str
    caps: tuple[Cap, ...]
    origin: str
    inherited: str | None
    overridden: str | None
    waivers: tuple[str, ...]


class Effective:
    """Works out effective policies. ``releases``: the newest release of a pack, by its name; ``now``: for waivers (RFC 3339)."""

    def __init__(self, space: Workspace, assignments: Assignments, releases: Mapping[str, Release], now: str) -> None:
        self.space = space
        self.assignments = assignments
        self.releases = releases
        self.now = now

    def rules(self, actor: Action) -> list[EffectiveRule]:
        """Every policy of every pack, for the actor of an action: by pack, then by policy."""
        found = [self._rule(result, policy, actor) for result, policy in self._policies()]
        return sorted(found, key=lambda rule: (rule.pack, rule.policy))

    def rule(self, policy: str, actor: Action) -> list[EffectiveRule]:
        """One policy: once for each pack that has it; none when no pack does."""
        return [self._rule(result, each, actor) for result, each in self._policies() if each.id == policy]

    def _policies(self) -> Iterator[tuple[LoadResult, Policy]]:
        for result in self.space.results:
            for policy in result.pack.policies if result.pack is not None else ():
                yield result, policy

    def _rule(self, result: LoadResult, policy: Policy, actor: Action) -> EffectiveRule:
        pack = result.pack
        assert pack is not None
        mode = policy.outcome.mode
        caps = (_rollout(result, policy), self._release(pack.name), self._assignment(pack.name, actor))
        holds = not (caps[2].value is None and self.assignments.names(pack.name))
        binds, least = MODE, "block"
        for each in caps:
            if each.value is not None and STAGE_RANK[each.value] < STAGE_RANK[least]:
                binds, least = each.source, each.value
        effective = cap(mode, least)
        source = result.policies[policy.id]
        override = source.override
        return EffectiveRule(
            policy.id, policy.title, pack.name, pack.version, mode, effective if holds else None,
            ASSIGNMENT if not holds else binds if effective != mode else MODE,
            (Cap(MODE, mode, _line(source.position("then"))), *caps), _line(source.position("id")), _base(result, policy.id),
            None if override is None else _line(override[0].position(override[1])),
            tuple(sorted(each.id for each in pack.waivers if each.policy == policy.id and not is_expired(each.expires, self.now))),
        )

    def _release(self, pack: str) -> Cap:
        release = self.releases.get(pack)
        if release is None:
            return Cap(RELEASE, None, "not released")
        return Cap(RELEASE, release.name.stage, f"{release.tag}, revision {release.revision}")

    def _assignment(self, pack: str, actor: Action) -> Cap:
        if not self.assignments.names(pack):
            default = self.assignments.default
            settings = self.space.settings
            if default is None or settings is None:
                return Cap(ASSIGNMENT, None, "no assignment names the pack")
            return Cap(ASSIGNMENT, default, f"stage of {_line(settings.position(pointer('stage')))}, since no assignment names the pack")
        winner = self.assignments.first(pack, actor)
        file = self.space.assignments
        if winner is None or file is None:
            return Cap(ASSIGNMENT, None, "no assignment of the pack is for this actor: it does not hold")
        named = f" '{winner.name}'" if winner.name else ""
        return Cap(ASSIGNMENT, winner.stage, f"assignment{named} at {_line(file.position(pointer('assignments', winner.number)))}")


def _rollout(result: LoadResult, policy: Policy) -> Cap:
    """The stage in rollout.yaml and its entry: policy before layer before pack, audit where there is none."""
    pack, file = result.pack, result.rollout
    assert pack is not None
    rollout = pack.rollout
    for table, name, place in (
        (rollout.policies, policy.id, pointer("policies", policy.id)), (rollout.threats, policy.threat, pointer("threats", policy.threat))
    ):
        if name in table and file is not None:
            return Cap(ROLLOUT, table[name], _line(file.key_position(place)))
    if file is not None and pointer("pack") in file.document.values:
        return Cap(ROLLOUT, rollout.pack, _line(file.key_position(pointer("pack"))))
    return Cap(ROLLOUT, rollout.pack, "no entry in rollout.yaml" if file is not None else "no rollout.yaml")


def _base(result: LoadResult, policy: str) -> str | None:
    """The pack that a policy is inherited from, with its version; None for one of the pack's own."""
    if any(each.id == policy for each in result.own_policies):
        return None
    level = result.base
    while level is not None and level.pack is not None:
        if any(each.id == policy for each in level.own_policies):
            return f"{level.pack.name} {level.pack.version}"
        level = level.base
    return None


def _line(position: object) -> str:
    """``file:line`` of a position."""
    return str(position).rpartition(":")[0]
