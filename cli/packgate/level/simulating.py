"""What a level would change: policies that would hold, and verdicts on cases, corpora and recorded actions, with nothing changed."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from packgate.engine.assignments import Assignments
from packgate.engine.gate import build_gate
from packgate.errors import UserError
from packgate.impact.compare import actions
from packgate.impact.recorded import read_events
from packgate.impact.sides import Side, Tried, open_side
from packgate.impact.structural import Change, structural
from packgate.level.levels import level_named
from packgate.level.planning import folder_state, planned
from packgate.model.action import ActionError, parse_action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from packgate.diagnostics import Diagnostic
    from packgate.engine.gate import Gate
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
        shutil.copytree(root, head_root, ignore=lambda folder, names: [".git"] if ".git" in names else [])
        for path, data in files.items():
            target = head_root / path
            if data is None:
                target.unlink()
                _prune(target.parent, head_root)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        base, head = open_side("now", root, (), shown, cache), open_side(level, head_root, (), shown, cache)
        for side in (base, head):
            if side.findings:
                raise Broken(side.findings)
        outcomes, refused = _decided((_gate(base, releases), _gate(head, releases)), actions(base, head, recorded), now, tick)
        own = head.packs[wanted.name].pack
        changes = tuple(structural(base, head))
    kinds = {path: "remove" if data is None else "change" if path in state.paths else "add" for path, data in files.items()}
    policies = tuple((each.id, each.outcome.mode, each.title) for each in sorted(own.policies, key=lambda each: each.id))
    return Simulation(
        level, state.level(), tuple(sorted(kinds.items())), changes, policies, str(own.default), tuple(outcomes), tuple(refused),
    )


def _decided(
    gates: tuple[Gate, Gate], tried: Iterable[Tried], now: str | None, tick: Callable[[], None] | None
) -> tuple[list[Outcome], list[str]]:
    outcomes, refused = [], []
    for each in tried:
        if tick is not None:
            tick()
        try:
            action = parse_action(each.action)
        except ActionError as error:
            refused.append(f"{each.source} {each.name}: {error}")
            continue
        outcomes.append(Outcome(each, *(_verdict(gate.decide(action, stage=None, now=now)) for gate in gates)))
    return outcomes, refused


def _gate(side: Side, releases: Mapping[str, str] | None) -> Gate:
    """The gate of all packs of a side together, with its assignments."""
    space = side.space
    assignments = Assignments(space.assigned, space.lists, space.stage)
    packs = [each.pack for each in side.packs.values()]
    return build_gate(packs, space.vocabulary, lists=space.lists, assignments=assignments, releases=releases)


def _verdict(decision: Decision) -> Verdict:
    return Verdict(decision.decision, decision.mode, tuple(decision.policy_ids), decision.reason)


def _prune(folder: Path, root: Path) -> None:
    while folder != root and not os.listdir(folder):
        folder.rmdir()
        folder = folder.parent


def read_actions(path: Path) -> list[Tried]:
    """Actions of a file of JSON lines: events of version 1 (their decisions), or actions as they are. Raises `UserError`."""
    try:
        lines = [(number, line) for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line.strip()]
        first: Any = json.loads(lines[0][1]) if lines else {}
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: can't be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}:{lines[0][0]}: not JSON: {error}") from error
    if isinstance(first, dict) and "kind" in first and "v" in first:
        return read_events(path)
    found = []
    for number, line in lines:
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(data, dict):
            raise UserError(f"{path}:{number}: neither an event nor an action", "a line is one JSON object")
        found.append(Tried("action", str(number), data))
    return found
