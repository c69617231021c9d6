"""The policies for readers: each as a sentence, with its reasons, its cases and what running them says, and the releases of its pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.engine.gate import build_gate
from packgate.engine.sentence import policy_sentence
from packgate.engine.waivers import is_expired
from packgate.release.casework import case_evidence
from packgate.testing.cases import MUST_FIRE, collect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.overview.standing import Standing
    from packgate.release.gates import PolicyCases
    from packgate.release.history import History
    from packgate.release.tags import Release
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace
    from packgate.testing.cases import Case

# Cases of each polarity that are quoted, changes of a policy and releases that are listed.
MOST_CASES, MOST_CHANGES, MOST_RELEASES = 6, 5, 30


def catalogue(
    result: LoadResult, space: Workspace, standings: Sequence[Standing], now: str, past: Mapping[str, list[dict[str, str]]],
) -> list[dict[str, Any]]:
    """The policies of a pack, in the order of the standings. ``past``: what happened to each (see `Past`); it lacks those of which nothing
    is known."""
    pack = result.pack
    assert pack is not None
    gate = build_gate([pack], result.vocabulary, lists=space.lists, surroundings=space.surroundings)
    ran = case_evidence(result, gate, frozenset(policy.id for policy in pack.policies))
    cases: dict[str, list[Case]] = {}
    level: LoadResult | None = result
    while level is not None:
        for case in collect([level]):
            cases.setdefault(case.policy, []).append(case)
        level = level.base
    names = [each.policy.id for each in standings]
    return [
        _entry(result, each, cases.get(name, []), ran.get(name), now, past.get(name)) for name, each in zip(names, standings, strict=True)
    ]


def _entry(
    result: LoadResult, standing: Standing, cases: Sequence[Case], ran: PolicyCases | None, now: str,
    past: list[dict[str, str]] | None,
) -> dict[str, Any]:
    policy, pack = standing.policy, result.pack
    assert pack is not None
    fires = [case for case in cases if case.polarity == MUST_FIRE]
    silent = [case for case in cases if case.polarity != MUST_FIRE]
    waivers = [each for each in pack.waivers if each.policy == policy.id]
    return {
        "anchor": anchor(pack.name, policy.id), "pack": pack.name, "id": policy.id, "title": policy.title,
        "threat": result.threats.get(policy.threat, {}).get("title", policy.threat), "impact": policy.impact, "risk": policy.risk,
        "own_mode": policy.outcome.mode, "rung": standing.rung, "mode": standing.mode, "sentence": policy_sentence(policy),
        "rationale": policy.rationale, "message": policy.message, "source": str(result.policies[policy.id].position()).rpartition(":")[0],
        "alert": list(policy.outcome.alert), "approver": policy.outcome.approver,
        "fires": [_case(case) for case in fires[:MOST_CASES]], "more_fires": max(len(fires) - MOST_CASES, 0),
        "silent": [_case(case) for case in silent[:MOST_CASES]], "more_silent": max(len(silent) - MOST_CASES, 0),
        "todo": sum(case.todo is not None for case in cases),
        "ran": None if ran is None else {
            "fire": ran.fire, "silent": ran.silent, "failed": ran.failed, "branches": ran.branches, "reached": ran.reached,
        },
        "waivers": [
            {"id": each.id, "expires": each.expires, "owner": each.owner, "reason": each.reason, "expired": is_expired(each.expires, now)}
            for each in waivers
        ],
        "past": None if past is None else past[:MOST_CHANGES], "more_past": max(len(past or ()) - MOST_CHANGES, 0),
    }


def _case(case: Case) -> dict[str, Any]:
    return {"label": case.label, "prompt": case.prompt if case.action is not None else None, "todo": case.todo}


def anchor(pack: str, policy: str) -> str:
    """The place of a policy on the page: no two are the same, since no name holds two hyphens in a row."""
    return f"policy-{pack}--{policy}"


def releases(history: History, pack: str) -> dict[str, Any]:
    """The releases of a pack, newest first, and the tags that look like some and can't be trusted."""
    found = list(reversed(history.of(pack)))
    return {
        "rows": [_release(each) for each in found[:MOST_RELEASES]], "more": max(len(found) - MOST_RELEASES, 0),
        "invalid": [{"tag": each.name, "reason": each.reason} for each in history.invalid if each.pack == pack],
    }


def _release(release: Release) -> dict[str, Any]:
    record = release.record
    change = record.change or {}
    what = "first release" if record.previous is None else str(change.get("direction") or "no change recorded")
    if record.rollback_of is not None:
        what = f"takes {record.rollback_of} back, restores {record.restores}" + (f": {record.reason}" if record.reason else "")
    gates = record.gates or []
    return {
        "tag": release.tag, "stage": release.name.stage, "revision": release.revision, "time": release.time, "commit": release.commit[:7],
        "by": release.tagger, "signed": release.signed, "what": what, "gates": len(gates),
        "met": sum(gate.get("state") == "met" for gate in gates if isinstance(gate, dict)), "override": record.override,
    }
