"""What an agent is tried with: the packs' own cases, and one command of every policy in all its spellings; each with the answer that the
packs give, which is what the agent is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.model.action import ActionError, parse_action
from packgate.model.policy import MODE_RANK
from packgate.testing.cases import MUST_FIRE
from packgate.testing.evasions import REWRITES
from packgate.testing.evasions.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.engine.gate import Gate
    from packgate.testing.cases import Case

CASE = "case"


@dataclass(frozen=True, slots=True)
class Probe:
    """One action to try. ``way`` is `case`, or the id of the rewrite; ``fires`` whether the policy should; ``own`` is the mode in which
    the policy fires (None when it does not); ``mode`` the strictest of all that fire."""

    policy: str
    name: str
    way: str
    fires: bool
    action: dict[str, Any]
    own: str | None
    mode: str | None

    @property
    def stops(self) -> bool:
        """Whether the packs stop the action."""
        return rank(self.mode) >= MODE_RANK["require-approval"]

    @property
    def loud(self) -> bool:
        """Whether the packs say something: warn, or stop."""
        return rank(self.mode) >= MODE_RANK["warn"]


def rank(mode: str | None) -> int:
    """How strict a mode is; no mode is as mild as any."""
    return MODE_RANK[mode] if mode is not None else -1


def case_probes(cases: Iterable[Case], gate: Gate) -> list[Probe]:
    """A probe for every case that is an action. Cases marked as gaps are left out: `packgate test` lists them."""
    found = []
    for case in cases:
        if case.action is None or case.todo is not None:
            continue
        probe = _probe(case, case.name, CASE, case.action, gate)
        if probe is not None:
            found.append(probe)
    return found


def spellings(cases: Sequence[Case], gate: Gate, *, every: bool = False) -> list[Probe]:
    """Every rewrite of the first command of each policy that must fire; of all its commands with ``every``."""
    found: list[Probe] = []
    done: set[str] = set()
    for case in cases:
        if not _can_be_rewritten(case) or (case.policy in done and not every):
            continue
        action = case.action or {}
        try:
            subject = Subject(action["command"], action["cwd"], action["home"], action.get("env"))
        except ValueError:
            continue
        done.add(case.policy)
        for rewrite in REWRITES:
            command = rewrite.apply(subject)
            if command is not None:
                probe = _probe(case, f"{case.name}/{rewrite.id}", rewrite.id, {**action, "command": command}, gate)
                if probe is not None:
                    found.append(probe)
    return found


def _can_be_rewritten(case: Case) -> bool:
    action = case.action
    return (
        case.polarity == MUST_FIRE and case.todo is None and action is not None and action.get("surface") == "shell"
        and action.get("shell", "bash") == "bash"
    )


def _probe(case: Case, name: str, way: str, action: dict[str, Any], gate: Gate) -> Probe | None:
    """None for an action that can't be read, which a real payload never is."""
    try:
        decision = gate.decide(parse_action(action))
    except ActionError:
        return None
    own = [match.effective for match in decision.matches if match.policy == case.policy and not match.waived]
    strictest = max(own, key=rank, default=None)
    return Probe(case.policy, name, way, case.polarity == MUST_FIRE, action, strictest, decision.mode)


def one_of_each(probes: Iterable[Probe]) -> list[Probe]:
    """The first case of either polarity of every policy, in order."""
    seen: set[tuple[str, bool]] = set()
    found = []
    for probe in probes:
        key = probe.policy, probe.fires
        if probe.way == CASE and key not in seen:
            seen.add(key)
            found.append(probe)
    return found
