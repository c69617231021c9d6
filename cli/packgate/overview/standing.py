"""How far each policy has come, and since when: its mode, the stage of its rollout and release, and the assignments that cap them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.engine.sentence import condition_text
from packgate.engine.stages import STAGE_RANK, cap
from packgate.release.standing import rollout_reader, since

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.gitio import Repository
    from packgate.model.policy import Pack, Policy
    from packgate.release.history import History
    from packgate.release.tags import Release
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one policy. ``rung``: the stage that rollout and release leave it, ``mode`` what that makes of its own; ``binds``: which of the
    two sets the rung; ``since``: when it came to hold (RFC 3339), None where git does not tell."""

    policy: Policy
    rung: str
    mode: str
    binds: str
    since: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a pack holds, in words, up to which stage (None: nothing caps), and by mode how many policies that leaves; ``modes``: of
    each policy."""

    name: str
    whom: str
    stage: str | None
    modes: dict[str, str]


class Ladder:
    """Works out standings. ``repository`` and ``history`` are None outside of git."""

    def __init__(self, space: Workspace, repository: Repository | None, history: History | None) -> None:
        self.space = space
        self.repository = repository
        self.history = history

    def release(self, pack: str) -> Release | None:
        """The newest release of a pack."""
        return None if self.history is None else self.history.newest(pack)

    def standings(self, result: LoadResult) -> list[Standing]:
        """The policies of a pack, by threat layer in its own order, then strictest first."""
        pack = result.pack
        assert pack is not None
        layers = {name: number for number, name in enumerate(result.threats)}
        folder = self.folder(result)
        times: dict[tuple[str, str], str | None] = {}
        found = [self._standing(pack, policy, folder, times) for policy in pack.policies]
        return sorted(found, key=lambda each: (layers.get(each.policy.threat, len(layers)), -STAGE_RANK[each.rung], each.policy.id))

    def _standing(self, pack: Pack, policy: Policy, folder: str | None, times: dict[tuple[str, str], str | None]) -> Standing:
        rollout = pack.rollout
        stage = rollout.policies.get(policy.id) or rollout.threats.get(policy.threat) or rollout.pack
        key = ("policy", policy.id) if policy.id in rollout.policies else ("threat", policy.threat)
        if key not in times:
            times[key] = self._since(folder, key, policy)
        release = self.release(pack.name)
        begun = times[key]
        if release is None or STAGE_RANK[stage] < STAGE_RANK[release.name.stage]:
            return Standing(policy, stage, cap(policy.outcome.mode, stage), "rollout", begun)
        rung, held = release.name.stage, self._released_since(release)
        if STAGE_RANK[rung] == STAGE_RANK[stage] and begun is not None and begun > held:
            return Standing(policy, rung, cap(policy.outcome.mode, rung), "rollout", begun)
        return Standing(policy, rung, cap(policy.outcome.mode, rung), "release", held)

    def _since(self, folder: str | None, key: tuple[str, str], policy: Policy) -> str | None:
        if folder is None or self.repository is None:
            return None
        return since(self.repository, f"{folder}/rollout.yaml", folder, rollout_reader(*key, policy.threat))

    def _released_since(self, newest: Release) -> str:
        """When the first of the releases was made that stand at the newest one's stage without a break."""
        assert self.history is not None
        time = newest.time
        for each in reversed(self.history.of(newest.name.pack)):
            if each.name.stage != newest.name.stage:
                break
            time = each.time
        return time

    def folder(self, result: LoadResult) -> str | None:
        """The pack's folder relative to the git repository's root; None where git does not have it."""
        if self.repository is None or not self.repository.knows("HEAD"):
            return None
        inside = os.path.relpath(os.path.realpath(result.path), os.path.realpath(self.repository.root))
        return None if inside.startswith("..") else inside.replace(os.sep, "/")

    def scopes(self, pack: Pack, standings: Sequence[Standing]) -> list[Scope]:
        """For whom the pack holds, in the order in which assignments are tried; without any, for everyone."""
        assigned = [each for each in self.space.assigned if each.pack == pack.name]
        if not assigned:
            return [_scope("", "everyone", self.space.stage, standings)]
        return [
            _scope(each.name or "", " and ".join(f"{item.field} is {condition_text(item)}" for item in each.conditions) or "everyone else",
                   each.stage, standings)
            for each in assigned
        ]


def _scope(name: str, whom: str, stage: str | None, standings: Sequence[Standing]) -> Scope:
    return Scope(name, whom, stage, {each.policy.id: each.mode if stage is None else cap(each.mode, stage) for each in standings})
