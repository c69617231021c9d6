"""The parts of the page that packs and git give: the ladder, effective policy by scope, the catalogue, the releases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from packgate.model.policy import MODES
from packgate.overview.catalogue import anchor, catalogue, releases
from packgate.overview.past import Past, newest_first
from packgate.overview.standing import Ladder

if TYPE_CHECKING:
    from packgate.gitio import Repository
    from packgate.overview.standing import Standing
    from packgate.release.history import History
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace

STAGES = ("audit", "warn", "block")
_NO_GIT = "There is no git repository here: since when a stage holds, and what was released, is not known."
_NO_COMMIT = "Nothing is committed yet: since when a stage holds is not known."


def policy_parts(space: Workspace, repository: Repository | None, history: History | None, now: str) -> dict[str, Any]:
    """The four parts, by name: ``ladder``, ``scopes``, ``catalogue``, ``releases``."""
    ladder = Ladder(space, repository, history)
    results = [result for result in space.results if result.pack is not None]
    standings = {result.path: ladder.standings(result) for result in results}
    missing = _unknown(repository)
    sources = [f"the packs in the working tree ({', '.join(_named(each) for each in results)})"]
    if repository is not None:
        sources.append("the commits of rollout.yaml, and the release tags")
    return {
        "ladder": {"sources": sources, "missing": [*missing, *_uncommitted(repository, results, ladder)],
                   "packs": [_ladder(result, standings[result.path], ladder) for result in results]},
        "scopes": {"sources": ["assignments.yaml and packgate.yaml" if space.settings or space.assignments else "the packs alone"],
                   "missing": [] if space.assignments else ["There is no assignments.yaml: every pack holds for everyone."],
                   "packs": [_scopes(result, standings[result.path], ladder) for result in results]},
        "catalogue": {"sources": ["the packs in the working tree; their cases were run when this page was made",
                                  *(["the commits of their policies and of rollout.yaml"] if repository is not None else [])],
                      "missing": missing and ["What happened to each policy is not known without commits."],
                      "policies": [
                          entry for result in results
                          for entry in catalogue(result, space, standings[result.path], now, _past(result, repository, ladder))]},
        "releases": _releases(results, history),
    }


def _past(result: LoadResult, repository: Repository | None, ladder: Ladder) -> dict[str, list[dict[str, str]]]:
    """What happened to the policies of a pack: in the files that they stand in, be it those of another pack that it extends, and in its own
    rollout.yaml. It lacks those that are not in the repository."""
    found: dict[str, list[dict[str, str]]] = {}
    if repository is None:
        return found
    past, folder = Past(repository), ladder.folder(result)
    threats = {policy.id: policy.threat for policy in result.pack.policies} if result.pack is not None else {}
    level: LoadResult | None = result
    stages = past.staged(folder, threats) if folder is not None else {}
    while level is not None:
        folder = ladder.folder(level)
        if folder is not None:
            found |= past.written(folder, [policy.id for policy in level.own_policies])
        level = level.base
    return {name: newest_first([*rows, *stages.get(name, [])]) for name, rows in found.items()}


def _named(result: LoadResult) -> str:
    assert result.pack is not None
    return f"{result.pack.name} {result.pack.version}"


def _unknown(repository: Repository | None) -> list[str]:
    if repository is None:
        return [_NO_GIT]
    return [] if repository.knows("HEAD") else [_NO_COMMIT]


def _uncommitted(repository: Repository | None, results: list[LoadResult], ladder: Ladder) -> list[str]:
    if repository is None or not repository.knows("HEAD"):
        return []
    folders = {result.path: ladder.folder(result) for result in results}
    changed = repository.changed_files(sorted(folder for folder in folders.values() if folder is not None))
    found = [f"{_named(result)} does not lie in this git repository: since when its stages hold is not known."
             for result in results if folders[result.path] is None]
    if changed:
        found.append(f"Files of the packs that are not committed count as they are: {', '.join(sorted(changed))}.")
    return found


def _ladder(result: LoadResult, standings: list[Standing], ladder: Ladder) -> dict[str, Any]:
    pack = result.pack
    assert pack is not None
    release = ladder.release(pack.name)
    layers = []
    for threat in dict.fromkeys(each.policy.threat for each in standings):
        mine = [each for each in standings if each.policy.threat == threat]
        words = result.threats.get(threat, {})
        layers.append({
            "title": words.get("title", threat), "description": words.get("description", ""), "count": len(mine),
            "rungs": [{"stage": stage, "policies": [_rung(pack.name, each) for each in mine if each.rung == stage]} for stage in STAGES],
        })
    return {
        "name": pack.name, "title": pack.title, "version": pack.version, "default": str(pack.default), "layers": layers,
        "counts": {stage: sum(each.rung == stage for each in standings) for stage in STAGES},
        "release": None if release is None else {
            "tag": release.tag, "stage": release.name.stage, "time": release.time, "signed": release.signed,
        },
    }


def _rung(pack: str, standing: Standing) -> dict[str, Any]:
    policy = standing.policy
    return {
        "id": policy.id, "title": policy.title, "anchor": anchor(pack, policy.id), "mode": standing.mode, "own": policy.outcome.mode,
        "since": standing.since, "binds": standing.binds,
    }


def _scopes(result: LoadResult, standings: list[Standing], ladder: Ladder) -> dict[str, Any]:
    pack = result.pack
    assert pack is not None
    rows = []
    for scope in ladder.scopes(pack, standings):
        counts = Counter(scope.modes.values())
        lowered = [each.policy.id for each in standings if scope.modes[each.policy.id] != each.mode]
        rows.append({
            "name": scope.name, "whom": scope.whom, "stage": scope.stage, "counts": {mode: counts[mode] for mode in MODES if counts[mode]},
            "lowered": lowered,
            "modes": [{"id": name, "anchor": anchor(pack.name, name), "mode": mode} for name, mode in sorted(scope.modes.items())],
        })
    nobody = bool(rows) and all(row["whom"] != "everyone" and row["whom"] != "everyone else" for row in rows)
    return {"name": pack.name, "version": pack.version, "rows": rows, "nobody": nobody}


def _releases(results: list[LoadResult], history: History | None) -> dict[str, Any]:
    if history is None:
        return {"sources": [], "missing": [_NO_GIT], "packs": []}
    names = [result.pack.name for result in results if result.pack is not None]
    packs = [{"name": name, **releases(history, name)} for name in names]
    missing = [f"Pack {each['name']} was never released." for each in packs if not each["rows"]]
    missing += [f"{tag.tag} follows {before}, which is not here." for tag, before in history.missing()]
    if history.shallow:
        missing.append("This clone is shallow: older tags and commits may be missing (git fetch --tags --unshallow).")
    return {"sources": ["the release tags of this repository"], "missing": missing, "packs": packs}
