"""What an agent is tried with: the packs' own cases, and one command of every policy in all its spellings; each with the answer that the
packs give, which is what the agent is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.hook.messages import deciding
from packgate.model.action import ActionError, parse_action
from packgate.model.policy import MODE_RANK
from packgate.testing.cases import MUST_FIRE
from packgate.testing.evasions import REWRITES
from packgate.testing.evasions.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packgate.engine.gate import Gate
    from packgate.testing.cases import Case

CASE = "case"
# With about how many policies' commands each way of writing is tried.
COMMANDS = 1


@dataclass(frozen=True, slots=True)
class Probe:
    """One action to try. ``way`` is `case`, or the id of the rewrite; ``fires`` whether the policy should; ``own`` is the mode in which
    the policy fires (None when it does not); ``mode`` the strictest of all that fire, ``by`` the policies that have it, which is what an
    agent is told."""

    policy: str
    name: str
    way: str
    fires: bool
    action: dict[str, Any]
    own: str | None
    mode: str | None
    by: tuple[str, ...]

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


def spellings(cases: Sequence[Case], gate: Gate, *, commands: int | None = COMMANDS) -> list[Probe]:
    """Every way of writing, each tried with the first command of some policies that stop or warn: with about ``commands`` of them, which
    differ from way to way; None: with all."""
    first: dict[str, Case] = {}
    for case in cases:
        if _can_be_rewritten(case) and case.policy not in first:
            probe = _probe(case, case.name, CASE, case.action or {}, gate)
            if probe is not None and probe.loud and probe.own is not None:
                first[case.policy] = case
    step = max(1, len(first) // commands) if commands else 1
    found: list[Probe] = []
    for turn, case in enumerate(first.values()):
        found += rewritten(case, gate, slice(turn % step, None, step))
    return found


def rewritten(case: Case, gate: Gate, ways: slice) -> Iterator[Probe]:
    """A case in some of the ways of writing, as a place in `REWRITES`; of those that don't apply to it, none."""
    action = case.action
    if action is None or not _can_be_rewritten(case) or not REWRITES[ways]:
        return
    subject = Subject(action["command"], action["cwd"], action["home"], action.get("env"))
    for rewrite in REWRITES[ways]:
        command = rewrite.apply(subject)
        probe = None if command is None else _probe(case, f"{case.name}/{rewrite.id}", rewrite.id, {**action, "command": command}, gate)
        if probe is not None:
            yield probe


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
    return Probe(case.policy, name, way, case.polarity == MUST_FIRE, action, strictest, decision.mode, tuple(deciding(decision)))


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
