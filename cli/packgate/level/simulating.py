"""What a level would change: policies that would hold, and verdicts on cases, corpora and recorded actions, with nothing changed."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.impact.compare import actions
from packgate.impact.recorded import Losses
from packgate.impact.sides import Tried, open_side
from packgate.impact.simulation.pair import Pair, policies_of
from packgate.impact.structural import Change, structural
from packgate.level.levels import level_named
from packgate.level.planning import folder_state, planned
from packgate.model.action import ActionError, parse_action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from packgate.diagnostics import Diagnostic
    from packgate.model.decision import Decision
    from packgate.source.cache import ValidationCache

STOPPED = ("require_approval", "deny", "terminate")


class Broken(Exception):
    """What holds, or what would, has errors."""

    def __init__(self, findings: Sequence[Diagnostic]) -> None:
        super().__init__("packs have errors")
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an action is decided: the decision, its mode, the policies that matched, and why."""

    decision: str
    mode: str | None
    policies: tuple[str, ...]
    reason: str

    @property
    def gap(self) -> bool:
        """Whether it is recorded only because no policy covers it."""
        return self.mode == "audit" and not self.policies


@dataclass(frozen=True, slots=True)
class Outcome:
    """An action under what holds, and under the level."""

    tried: Tried
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Simulation:
    """A level, simulated. ``files``: those that it would write or remove; ``changes``: what changes in the packs; ``policies``: those of
    the level, as (id, mode, title); ``default``: its pack's; ``outcomes``: every action that could be decided."""

    level: str
    before: str | None
    files: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    policies: tuple[tuple[str, str, str], ...]
    default: str
    outcomes: tuple[Outcome, ...]
    refused: tuple[str, ...]
    unreplayable: dict[str, int] = field(default_factory=dict)
    in_part: dict[str, int] = field(default_factory=dict)

    def of(self, *decisions: str) -> list[Outcome]:
        """Actions that the level would decide so, and that are decided otherwise now."""
        return [each for each in self.outcomes if each.after.decision in decisions and each.before.decision not in decisions]

    @property
    def stopped(self) -> list[Outcome]:
        """Actions that would be stopped, and run now."""
        return self.of(*STOPPED)

    @property
    def freed(self) -> list[Outcome]:
        """Actions that would run, and are stopped now."""
        return [each for each in self.outcomes if each.before.decision in STOPPED and each.after.decision not in STOPPED]

    @property
    def gaps(self) -> list[Outcome]:
        """Actions that would be recorded as gaps."""
        return [each for each in self.outcomes if each.after.gap]

    def counts(self) -> dict[str, dict[str, int]]:
        """By source of the actions: how many, and how many of them would be stopped, warned about, flagged or recorded."""
        found: dict[str, dict[str, int]] = {}
        for each in self.outcomes:
            row = found.setdefault(each.tried.source, {"actions": 0, "stopped": 0, "stopped_now": 0, "warned": 0, "recorded": 0, "gaps": 0})
            row["actions"] += 1
            row["stopped"] += each.after.decision in STOPPED
            row["stopped_now"] += each.before.decision in STOPPED
            row["warned"] += each.after.mode == "warn"
            row["recorded"] += each.after.mode == "audit"
            row["gaps"] += each.after.gap
        return dict(sorted(found.items()))


def simulate(
    root: Path, level: str, recorded: Sequence[Tried] = (), *, ours: Iterable[str] | None = None, shown: str = "", now: str | None = None,
    cache: ValidationCache | None = None, tick: Callable[[], None] | None = None, releases: Mapping[str, str] | None = None,
) -> Simulation:
    """Simulate a level on the policy repository in a folder, which is not changed.

    ``recorded``: actions to decide beside those of the cases and the corpora; ``ours``: levels that were applied there (default: any whose
    pack is there); ``shown``: what stands for the folder in what is shown; ``releases``: the stage of a pack's release, by name. Raises
    `Broken`, and `UserError` as applying would.
    """
    wanted = level_named(level)
    state = folder_state(str(root))
    if ours is not None:
        state = replace(state, ours=tuple(ours))
    files = planned(state, wanted)
    with TemporaryDirectory(prefix="packgate-level-") as place:
        head_root = Path(place, "head")
        write_with(root, files, head_root)
        base, head = open_side("now", root, (), shown, cache), open_side(level, head_root, (), shown, cache)
        for side in (base, head):
            if side.findings:
                raise Broken(side.findings)
        pair = Pair(policies_of("now", base.space, releases=releases), policies_of(level, head.space, releases=releases), now)
        tried = actions(base, head, recorded)
        outcomes, refused, lost, in_part = _decided(pair, tried, tick)
        own = head.packs[wanted.name].pack
        changes = tuple(structural(base, head))
    kinds = {path: "remove" if data is None else "change" if path in state.paths else "add" for path, data in files.items()}
    policies = tuple((each.id, each.outcome.mode, each.title) for each in sorted(own.policies, key=lambda each: each.id))
    return Simulation(
        level, state.level(), tuple(sorted(kinds.items())), changes, policies, str(own.default), tuple(outcomes), tuple(refused),
        dict(sorted(lost.items())), dict(sorted(in_part.items())),
    )


def write_with(root: Path, files: Mapping[str, bytes | None], target: Path) -> None:
    """Write a copy of a policy repository in which files are as given (see `planned`), None for gone. History is left out."""
    shutil.copytree(root, target, ignore=lambda folder, names: [".git"] if ".git" in names else [])
    for path, data in files.items():
        place = target / path
        if data is None:
            place.unlink()
            _prune(place.parent, target)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def _decided(
    pair: Pair, tried: Iterable[Tried], tick: Callable[[], None] | None
) -> tuple[list[Outcome], list[str], Counter[str], Counter[str]]:
    """What became of each action; what could not be read; and by reason, what can't be replayed, or only in part."""
    outcomes, refused = [], []
    unreplayable, in_part = Counter[str](), Counter[str]()
    losses = Losses([pack for side in pair.sides for pack in side.packs], pair.gates)
    for each in tried:
        if tick is not None:
            tick()
        if each.unreplayable is not None:
            unreplayable[each.unreplayable] += 1
            continue
        try:
            action = parse_action(each.action)
        except ActionError as error:
            refused.append(f"{each.source} {each.name}: {error}")
            continue
        lost, partly = losses.of(each, action)
        if lost is not None:
            unreplayable[lost] += 1
            continue
        in_part.update(partly)
        before, after = pair.decide(action)
        outcomes.append(Outcome(each, _verdict(before), _verdict(after)))
    return outcomes, refused, unreplayable, in_part


def _verdict(decision: Decision) -> Verdict:
    return Verdict(decision.decision, decision.mode, tuple(decision.policy_ids), decision.reason)


def _prune(folder: Path, root: Path) -> None:
    while folder != root and not os.listdir(folder):
        folder.rmdir()
        folder = folder.parent
