"""What changed in the packs themselves, a sentence for every change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.engine.sentence import condition_text
from packgate.engine.stages import STAGE_RANK
from packgate.impact.waivers import waiver_changes
from packgate.model.action import SURFACES
from packgate.model.policy import APPROVAL_MINUTES, DEFAULT_MODES, MODE_RANK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from packgate.diagnostics import Position
    from packgate.impact.sides import PackSide, Side
    from packgate.model.policy import Condition, Default, Policy

TIGHTENED, LOOSENED, NEUTRAL = "tightened", "loosened", "neutral"
_TEXTS = ("title", "message", "rationale", "impact", "risk", "threat")
_SHORT = ("impact", "risk", "threat")


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``subject`` is a policy's id, or empty for the pack or the repository; ``direction`` is neutral where the change
    itself does not say (what a changed condition does is for the formal part); ``conditions``: it is one of when, if, unless, where."""

    pack: str
    subject: str
    kind: str
    direction: str
    sentence: str
    position: Position | None = None
    conditions: bool = False


def structural(base: Side, head: Side) -> list[Change]:
    """Every change, pack by pack, then policy by policy."""
    found: list[Change] = []
    for name in sorted({*base.packs, *head.packs}):
        if name not in head.packs:
            policies = len(base.packs[name].policies)
            found.append(Change(name, "", "pack-removed", LOOSENED, f"the pack is gone, with its {policies} policies"))
        elif name not in base.packs:
            policies = len(head.packs[name].policies)
            found.append(Change(name, "", "pack-added", TIGHTENED, f"a new pack, with {policies} policies"))
        else:
            found += _pack(base.packs[name], head.packs[name])
    return found


def both(base: PackSide, head: PackSide) -> list[str]:
    """The ids of policies that two states of a pack have, renamed ones aside."""
    return sorted(base.policies.keys() & head.policies.keys())


def _pack(base: PackSide, head: PackSide) -> Iterator[Change]:
    yield from _settings(base, head)
    renamed = renames(base, head)
    for old, new in sorted(renamed.items()):
        yield Change(head.name, new, "renamed", NEUTRAL, f"was called {old}", head.shown(head.result.policies[new].position("id")))
        yield from _policy(head, base.policies[old], head.policies[new])
    for name in sorted(base.policies.keys() - head.policies.keys() - renamed.keys()):
        mode = base.policies[name].outcome.mode
        yield Change(head.name, name, "removed", _by(mode, "allow"), f"the policy is gone; its mode was {mode}")
    for name in sorted(head.policies.keys() - base.policies.keys() - set(renamed.values())):
        mode = head.policies[name].outcome.mode
        place = head.shown(head.result.policies[name].position("id"))
        yield Change(head.name, name, "added", _by("allow", mode), f"a new policy with mode {mode}", place)
    for name in both(base, head):
        yield from _policy(head, base.policies[name], head.policies[name])
    yield from _stages(base, head)
    for sentence, looser, subject in waiver_changes(base.pack.waivers, head.pack.waivers):
        yield Change(head.name, subject, "waiver", LOOSENED if looser else TIGHTENED, sentence)


def renames(base: PackSide, head: PackSide) -> dict[str, str]:
    """Policies that went and came with the same conditions and mode: the old id by the new one's."""
    gone = [base.policies[name] for name in sorted(base.policies.keys() - head.policies.keys())]
    come = [head.policies[name] for name in sorted(head.policies.keys() - base.policies.keys())]
    found: dict[str, str] = {}
    for old in gone:
        same = [new for new in come if _identity(new) == _identity(old) and new.id not in found.values()]
        if same:
            found[old.id] = same[0].id
    return found


def _identity(policy: Policy) -> tuple[object, ...]:
    return (policy.when, policy.outcome.mode, *map(repr, (policy.clauses, policy.exceptions, policy.where)))


def _settings(base: PackSide, head: PackSide) -> Iterator[Change]:
    old, new = base.pack, head.pack
    if old.version != new.version:
        yield Change(head.name, "", "version", NEUTRAL, f"version {old.version} becomes {new.version}")
    yield from _default(head.name, old.default, new.default)
    if old.uncertain != new.uncertain:
        sentence = f"what only may match counted as {old.uncertain} and now counts as {new.uncertain}"
        yield Change(head.name, "", "uncertain", _by(old.uncertain, new.uncertain), sentence)
    if old.terminate_after != new.terminate_after:
        yield Change(
            head.name, "", "terminate_after", _limit_direction(old.terminate_after, new.terminate_after),
            f"the end of a session: {_limit(old.terminate_after)} becomes {_limit(new.terminate_after)}",
        )
    if old.catalog != new.catalog:
        yield Change(head.name, "", "catalog", NEUTRAL, "the pack's own catalog changed: what programs do is read differently")
    yield from _mapping(head.name, "list", old.lists, new.lists)
    yield from _mapping(head.name, "environment", old.environments, new.environments)


def _default(pack: str, old: Default, new: Default) -> Iterator[Change]:
    if old.uniform and new.uniform and old.modes != new.modes:
        direction = _by(DEFAULT_MODES[old.uniform], DEFAULT_MODES[new.uniform])
        yield Change(pack, "", "default", direction, f"default {old} becomes {new}")
    else:
        for surface in SURFACES:
            before, after = old.of(surface), new.of(surface)
            if before != after:
                direction = _by(DEFAULT_MODES[before], DEFAULT_MODES[after])
                yield Change(pack, "", "default", direction, f"default {before} becomes {after} for {surface}")
    if old.lifted_by != new.lifted_by:
        more = set(new.lifted_by) - set(old.lifted_by)
        sentence = f"other packs that may lift the default: {_entries(old.lifted_by, new.lifted_by)}"
        yield Change(pack, "", "default", LOOSENED if more else TIGHTENED, sentence)


def _limit(limit: tuple[int, int] | None) -> str:
    return "never by denials" if limit is None else f"after {limit[0]} denials in {limit[1]} minutes"


def _limit_direction(old: tuple[int, int] | None, new: tuple[int, int] | None) -> str:
    if old is None or new is None:
        return TIGHTENED if old is None else LOOSENED
    if new[0] <= old[0] and new[1] >= old[1]:
        return TIGHTENED
    return LOOSENED if new[0] >= old[0] and new[1] <= old[1] else NEUTRAL


def _mapping(pack: str, kind: str, old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        before, after = old.get(name, ()), new.get(name, ())
        if set(before) != set(after):
            yield Change(pack, "", kind, NEUTRAL, f"{kind} {name}: {_entries(before, after)}")


def _entries(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    gone, come = [each for each in before if each not in after], [each for each in after if each not in before]
    parts = [f"with {_few(come)}" if come else "", f"without {_few(gone)}" if gone else ""]
    return " and ".join(part for part in parts if part)


def _few(words: list[str], most: int = 5) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def _stages(base: PackSide, head: PackSide) -> Iterator[Change]:
    old, new = base.pack.rollout, head.pack.rollout
    if old.pack != new.pack:
        yield Change(head.name, "", "stage", _stage(old.pack, new.pack), f"stage {old.pack} becomes {new.pack} for the pack")
    for name in sorted({*old.threats, *new.threats}):
        before, after = old.threats.get(name, old.pack), new.threats.get(name, new.pack)
        if before != after:
            yield Change(head.name, "", "stage", _stage(before, after), f"stage {before} becomes {after} for the threat layer {name}")
    for name in sorted({*old.policies, *new.policies} & head.policies.keys()):
        layer = head.policies[name].threat
        before = old.policies.get(name, old.threats.get(layer, old.pack))
        after = new.policies.get(name, new.threats.get(layer, new.pack))
        if before != after:
            yield Change(head.name, name, "stage", _stage(before, after), f"stage {before} becomes {after}")


def _policy(head: PackSide, old: Policy, new: Policy) -> Iterator[Change]:
    source = head.result.policies[new.id]

    def change(kind: str, direction: str, sentence: str, conditions: bool = False) -> Change:
        place = source.position(kind) if kind in source.data else source.position("id")
        return Change(head.name, new.id, kind, direction, sentence, head.shown(place), conditions)

    if old.outcome.mode != new.outcome.mode:
        direction = _by(old.outcome.mode, new.outcome.mode)
        yield change("then", direction, f"mode {old.outcome.mode} becomes {new.outcome.mode}")
    yield from _effects(change, old, new)
    if set(old.when) != set(new.when):
        yield change("when", NEUTRAL, f"looks at other families: {_entries(old.when, new.when)}", True)
    for kind, before, after in (("if", old.clauses, new.clauses), ("unless", old.exceptions, new.exceptions)):
        if repr(before) != repr(after):
            yield change(kind, NEUTRAL, f"`{kind}` changed: {_clauses(before, after)}", True)
    if repr(old.where) != repr(new.where):
        yield change("where", NEUTRAL, f"`where` changed: {_clauses((old.where,), (new.where,))}", True)
    for name in _TEXTS:
        if getattr(old, name) != getattr(new, name):
            values = f": {getattr(old, name)} becomes {getattr(new, name)}" if name in _SHORT else ""
            yield change(name, NEUTRAL, f"{name} changed{values}")


def _effects(change: Callable[..., Change], old: Policy, new: Policy) -> Iterator[Change]:
    for now, was, verb in ((new.outcome.redact, old.outcome.redact, "redacts"), (new.outcome.confirm, old.outcome.confirm, "asks first")):
        if now != was:
            yield change("then", TIGHTENED if now else LOOSENED, f"{verb} now" if now else f"{verb} no more")
    if old.outcome.alert != new.outcome.alert:
        less = set(old.outcome.alert) - set(new.outcome.alert)
        yield change("then", LOOSENED if less else TIGHTENED, f"alerts go elsewhere: {_entries(old.outcome.alert, new.outcome.alert)}")
    if old.outcome.approver != new.outcome.approver:
        nobody = "nobody in particular"
        yield change("then", NEUTRAL, f"approved by {new.outcome.approver or nobody}, was {old.outcome.approver or nobody}")
    before, after = (outcome.approval_minutes or APPROVAL_MINUTES for outcome in (old.outcome, new.outcome))
    if before != after:
        yield change("then", TIGHTENED if after < before else LOOSENED, f"an approval holds for {after} minutes, was {before}")


def _clauses(before: tuple[tuple[Condition, ...], ...], after: tuple[tuple[Condition, ...], ...]) -> str:
    """Two states of the alternatives of a key, by what went and what came."""
    old, new = [_clause(each) for each in before if each], [_clause(each) for each in after if each]
    gone, come = [each for each in old if each not in new], [each for each in new if each not in old]
    parts = [f"no longer ({each})" for each in gone] + [f"now ({each})" for each in come]
    return "; ".join(parts) if parts else "written differently"


def _clause(clause: tuple[Condition, ...]) -> str:
    return " and ".join(f"{each.field} is {condition_text(each)}" for each in clause)


def _by(before: str, after: str) -> str:
    return TIGHTENED if MODE_RANK[after] > MODE_RANK[before] else LOOSENED if MODE_RANK[after] < MODE_RANK[before] else NEUTRAL


def _stage(before: str, after: str) -> str:
    return TIGHTENED if STAGE_RANK[after] > STAGE_RANK[before] else LOOSENED
