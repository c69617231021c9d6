"""A simulation for readers: outcomes before and after, clusters, who is touched; and the queue of its review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.impact.clusters import CHANGES, OUTCOMES, conditions_digest
from packgate.impact.simulation.replay import REASONS
from packgate.impact.simulation.shown import one_line
from packgate.review.queue import queue, reviewed_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.review.queue import Entry
    from packgate.review.store import Review
    from packgate.source.workspace import Workspace

# Clusters, and names of each kind, that the page holds.
MOST_CLUSTERS, MOST_NAMES = 200, 100
_KINDS = ("users", "groups", "repositories", "agents", "surfaces")


def change_view(simulation: Mapping[str, Any], reviews: Sequence[Review], space: Workspace) -> dict[str, Any]:
    """What the page says of a simulation, given as JSON."""
    entries = queue(simulation, reviews)
    known = {f"{pack.name}/{policy.id}": conditions_digest(policy) for pack in space.packs for policy in pack.policies}
    reviewed, total = reviewed_share(entries)
    return {
        "before": simulation["before"], "after": simulation["after"], "files": simulation["files"],
        "replayed": simulation["replayed"], "read": simulation["read"],
        "lost": [{**each, "words": REASONS.get(each["reason"], "")} for each in simulation["not_replayed"]["reasons"]],
        "unreplayed": simulation["not_replayed"]["events"],
        "outcomes": [
            {"name": each, "before": simulation["outcomes"]["before"][each], "after": simulation["outcomes"]["after"][each]}
            for each in OUTCOMES
        ],
        "changes": {each: simulation["outcomes"]["changes"][each] for each in CHANGES},
        "sessions": simulation["sessions"], "friction": simulation["friction"],
        "clusters": [_cluster(each, known) for each in entries[:MOST_CLUSTERS]], "more": max(len(entries) - MOST_CLUSTERS, 0),
        "all": len(entries), "open": sum(each.is_open for each in entries), "open_events": total - reviewed, "events": total,
        "names": [_names(simulation["impact"][kind], kind) for kind in _KINDS],
        "older": sum(_is_older(each.item, known) for each in entries),
    }


def _cluster(entry: Entry, known: Mapping[str, str]) -> dict[str, Any]:
    item, review = entry.item, entry.review
    said = item["before"] if item["change"] == "freed" else item["after"]
    return {
        "id": entry.id, "change": item["change"], "title": item["title"] or item["family"] or "(no operation)", "because": entry.because,
        "events": item["events"], "actions": item["actions"], "sessions": item["sessions"], "users": item["users"]["all"],
        "groups": item["groups"]["all"], "repositories": item["repositories"]["all"], "agents": item["agents"]["all"],
        "who": item["users"]["names"][:_FEW], "example": one_line(item["example"]), "place": item["place"], "reason": said["reason"],
        "message": said["message"], "mode": said["mode"], "state": entry.state, "open": entry.is_open, "older": _is_older(item, known),
        "review": None if review is None else {
            "decision": review.decision, "by": review.by, "at": review.at, "reason": review.reason, "result": review.result,
        },
    }


_FEW = 5


def _is_older(item: Mapping[str, Any], known: Mapping[str, str]) -> bool:
    """Whether a policy says something else here than when the simulation was made."""
    return any(name in known and known[name] != digest for name, digest in item["conditions"].items())


def _names(found: Mapping[str, Any], kind: str) -> dict[str, Any]:
    rows = [row for row in found["rows"] if row["stopped"] + row["warned"] + row["freed"]]
    return {"kind": kind, "all": found["all"], "touched": found["touched"], "rows": rows[:MOST_NAMES]}
