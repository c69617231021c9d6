"""A simulation says what deciding every event in turn says, however its input is cut, and however many processes do it."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packgate.engine.waivers import utc_day
from packgate.impact.clusters import change_of, cluster_of, outcome_of
from packgate.impact.simulation.as_json import as_json
from packgate.impact.simulation.pair import Policies, policies_of
from packgate.impact.simulation.result import result_of
from packgate.impact.simulation.running import Plan, simulate
from packgate.model.action import ActionError, parse_action
from packgate.source.workspace import load_workspace

NOW = "2026-03-01T00:00:00Z"
HEADER = "name: demo\ntitle: D\nversion: 1.0.0\nowners: [a]\nthreats: {t: {title: T, description: D.}}\n"
POLICY = """\
  - id: {id}
    title: T
    threat: t
    impact: one-way
    rationale: R.
    when: [{family}]
    if: {condition}
    {where}
    then: {mode}
    message: M.
    tests:
      must_fire: [{{prompt: a, command: b}}]
      must_not_fire: [{{prompt: a, command: b}}]
"""
RULES = (
    ("force", "git-action", "{operation: force-push}", "where: {user: [ana, bo]}", "block"),
    ("drop", "database-admin", "{operation: DROP*}", "where: {group: web}", "warn"),
    ("remove", "delete-file", "{path: ./src/**}", "", "require-approval"),
    ("write", "modify-file", "{path: '*.env'}", "", "block"),
)


@cache
def sides() -> tuple[Policies, Policies]:
    """A pack at stage audit, and at stage block."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "packs/demo/policies").mkdir(parents=True)
        (root / "packs/demo/pack.yaml").write_text(HEADER)
        (root / "packs/demo/policies/t.yaml").write_text("policies:\n" + "".join(
            POLICY.format(id=name, family=family, condition=condition, where=where or "risk: 50", mode=mode)
            for name, family, condition, where, mode in RULES
        ))
        (root / "packs/demo/rollout.yaml").write_text("pack: audit\n")
        (root / "context").mkdir()
        (root / "context/c.yaml").write_text("groups: {web: [cy]}\n")
        space = load_workspace(folder)
        assert space.ok, space.diagnostics
        return policies_of("now", space), policies_of("then", space, stage="block")


COMMANDS = (
    "git push --force origin main", "git push -f origin dev", "psql -c 'DROP TABLE a'", "psql -c 'DROP TABLE b'", "rm src/a.c", "rm -r src/x src/y",
    "ls", "git status", "echo x > a.env", "é ü", "", "rm 'src/ b'",
)
texts = st.none() | st.sampled_from(["ana", "bo", "cy", "ünï"])
actions = st.one_of(
    st.fixed_dictionaries({"surface": st.just("shell"), "command": st.sampled_from(COMMANDS), "cwd": st.just("/w"),
                           "repo": st.fixed_dictionaries({"name": texts, "root": st.just("/w")})}),
    st.fixed_dictionaries({"surface": st.just("file"), "operation": st.sampled_from(["write", "read"]), "path": st.sampled_from(["/w/a.env", "/w/b"])}),
    st.sampled_from([{"surface": "file"}, {"surface": "web", "url": "https://example.com"}, {"surface": "shell", "command": 7}]),
)
actors = st.none() | st.fixed_dictionaries({
    "agent": texts, "user": texts | st.just(5), "session": texts, "groups": st.sampled_from([[], ["web"], ["web", "ops"], "web"]),
})


@st.composite
def lines(draw: st.DrawFn) -> str:
    action = dict(draw(actions))
    actor = draw(actors)
    if actor is not None:
        action["actor"] = actor
    kind = draw(st.sampled_from(["decision"] * 6 + ["bare", "bare", "gap", "gap without", "outcome", "damaged", "blank"]))
    if kind in ("damaged", "blank"):
        return draw(st.sampled_from(["{", "[1]", '{"v": 2, "kind": "decision"}', "nöt json"])) if kind == "damaged" else "  "
    if kind == "bare":
        return json.dumps(action, ensure_ascii=False)
    data: dict[str, Any] = {"v": 1, "kind": kind.split()[0], "time": draw(st.sampled_from([None, "2026-01-01T10:00:00Z", "2026-01-02T23:00:00-05:00", "x"]))}
    if kind != "gap without":
        data["action"] = action
    if kind == "decision":
        data["decision"] = draw(st.none() | st.fixed_dictionaries({"decision_id": st.sampled_from(["d-1", "d-2", "d-3", "d-4"])}))
    return json.dumps(data, ensure_ascii=False)


def in_turn(text: list[str]) -> dict[str, Any]:
    """The figures, by deciding every line in turn with the gates alone."""
    before, after = (side.gate() for side in sides())
    outcomes: Counter[tuple[str, str]] = Counter()
    clusters: Counter[str] = Counter()
    users: Counter[tuple[str | None, str | None]] = Counter()
    days: Counter[tuple[str, str]] = Counter()
    lost = damaged = repeated = 0
    seen: set[str] = set()
    for line in text:
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            data = None
        if not isinstance(data, dict) or data.get("v", 1) != 1:
            damaged += 1
            continue
        action = data.get("action") if "kind" in data else data
        if data.get("kind") == "outcome" or action is None:
            lost += data.get("kind") == "gap"
            continue
        known = (data.get("decision") or {}).get("decision_id")
        name = json.dumps([{key: value for key, value in action.items() if key != "actor"}, relevant(action), known], sort_keys=True)
        if known is not None and name in seen:
            repeated += 1
            continue
        seen.add(name)
        try:
            parsed = parse_action(action)
        except ActionError:
            lost += 1
            continue
        decisions = before.decide(parsed, stage=None, now=NOW), after.decide(parsed, stage="block", now=NOW)
        pair = outcome_of(decisions[0]), outcome_of(decisions[1])
        outcomes[pair] += 1
        change = change_of(*pair)
        actor = action.get("actor") or {}
        users[(actor.get("user"), change)] += 1
        if change is not None:
            clusters[cluster_of(change, decisions[1], parsed.surface, {}).id] += 1
        day = utc_day(data.get("time") or "") if "kind" in data else None
        if day is not None and actor.get("user") is not None and pair[1] == "block":
            days[(actor["user"], f"{day[0]:04}-{day[1]:02}-{day[2]:02}")] += 1
    return {
        "outcomes": {pair: count for pair, count in outcomes.items() if count}, "clusters": dict(clusters), "lost": lost, "damaged": damaged,
        "repeated": repeated, "most": max(days.values(), default=0),
        "stopped": {user: count for (user, change), count in users.items() if change == "stopped"},
    }


def relevant(action: dict[str, Any]) -> Any:
    """What of an actor the policies look at, and what makes the action one that can't be decided."""
    actor = action.get("actor") or {}
    kept = {key: actor.get(key) for key in ("user", "groups") if key in actor}
    return kept if kept else None


def figures(data: dict[str, Any]) -> dict[str, Any]:
    """The same of a simulation's JSON."""
    return {
        "outcomes": {(each["before"], each["after"]): each["events"] for each in data["outcomes"]["table"] if each["events"]},
        "clusters": {each["id"]: each["events"] for each in data["clusters"]}, "lost": data["not_replayed"]["events"],
        "damaged": data["read"]["damaged"], "repeated": data["read"]["repeated"], "most": data["friction"]["interruptions_after"]["most"] or 0,
        "stopped": {row["name"]: row["stopped"] for row in data["impact"]["users"]["rows"] if row["stopped"]},
    }


def run(paths: tuple[Path, ...], **cut: Any) -> dict[str, Any]:
    return as_json(result_of(simulate(Plan(*sides(), paths, NOW), **cut)))


def write(folder: str, text: list[str], split: int) -> tuple[Path, ...]:
    """The lines in two files, of which the second does not end its last line."""
    paths = Path(folder, "a"), Path(folder, "b")
    paths[0].write_text("".join(f"{line}\n" for line in text[:split]), encoding="utf-8")
    paths[1].write_text("\n".join(text[split:]), encoding="utf-8")
    return paths


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(lines(), max_size=40), st.integers(0, 40), st.integers(60, 900), st.integers(300, 4000))
def test_every_way_to_cut_gives_what_deciding_in_turn_gives(text: list[str], split: int, size: int, share: int) -> None:
    with TemporaryDirectory() as folder:
        paths = write(folder, text, split)
        whole = run(paths, workers=1)
        assert figures(whole) == in_turn(text)
        assert run(paths, workers=1, range_bytes=size, share_bytes=share) == whole


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(lines(), min_size=30, max_size=60))
def test_processes_give_what_one_gives(text: list[str]) -> None:
    with TemporaryDirectory() as folder:
        paths = write(folder, text, len(text) // 2)
        assert run(paths, workers=3, range_bytes=400, share_bytes=500) == run(paths, workers=1)
