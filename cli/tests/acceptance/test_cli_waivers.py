"""`packgate waivers`, and the four caps of a policy as `packgate explain` tells them, on real repositories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from command_line import packgate
from policy_repository import ENVIRONMENT, PolicyRepository

if TYPE_CHECKING:
    from pathlib import Path

WAIVERS = """\
waivers:
  - id: import-rebase
    policy: no-force
    reason: The import job rewrites its branch.
    owner: payments
    approver: security
    expires: 2026-01-10
    if: {branch: import/*}
  - id: night-rebase
    policy: no-force
    reason: The nightly job rewrites its branch.
    owner: nights
    approver: security
    expires: 2026-12-31
    if: {branch: nightly}
"""
SECRET = "ghp_" + "x7Kq2LmN9pRsT4vWyZ1aB3cD5eF6gH8iJ0kL"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PolicyRepository:
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    return PolicyRepository(tmp_path / "repository")


@pytest.fixture
def waived(repository: PolicyRepository) -> PolicyRepository:
    repository.write("packs/demo/waivers.yaml", WAIVERS)
    return repository


def listed(repository: PolicyRepository, *arguments: str, at: str = "2026-01-05T00:00:00Z") -> dict[str, dict[str, object]]:
    done = packgate("waivers", *arguments, "--at", at, "--format", "json", cwd=repository.root)
    assert done.code == 0, done.all
    return {each["id"]: each for each in json.loads(done.out)}


@pytest.mark.parametrize(("at", "state", "left"), [
    ("2025-12-26T00:00:00Z", "active", 15), ("2025-12-27T00:00:00Z", "expires soon", 14), ("2026-01-10T23:59:59Z", "expires soon", 0),
    ("2026-01-11T00:00:00Z", "expired", -1), ("2026-01-11T00:30:00+01:00", "expires soon", 0), ("2026-01-10T23:30:00-01:00", "expired", -1),
])
def test_states_by_the_day_in_utc(waived: PolicyRepository, at: str, state: str, left: int) -> None:
    found = listed(waived, at=at)["import-rebase"]
    assert (found["state"], found["left"]) == (state, left)
    # Deciding agrees, by the same function.
    done = packgate("decide", "git push --force origin HEAD:import/x", "--at", at, cwd=waived.root)
    assert json.loads(done.out)["matches"][0]["waived"] == (state != "expired")
    lint = packgate("lint", "--at", at, cwd=waived.root)
    assert ("PG240" in lint.all) == (state == "expired")


def test_a_malformed_date_is_listed_and_waives_nothing(waived: PolicyRepository) -> None:
    waived.write("packs/demo/waivers.yaml", WAIVERS.replace("2026-01-10", "2026-02-30"))
    assert listed(waived)["import-rebase"]["state"] == "malformed"
    assert listed(waived)["night-rebase"]["state"] == "active"
    waived.write("packs/demo/waivers.yaml", WAIVERS.replace("2026-01-10", "soon"))
    done = packgate("waivers", "--at", "2026-01-05", cwd=waived.root)
    assert "import-rebase: malformed; 'soon' is not a day" in done.out


def test_what_each_let_through(waived: PolicyRepository, tmp_path: Path) -> None:
    commands = ["git push --force origin HEAD:import/x", f"GH_TOKEN={SECRET} git push --force origin HEAD:nightly", "git push --force origin HEAD:other"]
    events = str(waived.events(tmp_path / "events.jsonl", commands, range(1, 4)))
    found = listed(waived, "--events", events, "--events", events)
    assert {name: (each["count"], each["last"]) for name, each in found.items()} == {
        "import-rebase": (3, "2026-01-04T01:00:06Z"), "night-rebase": (3, "2026-01-04T01:00:07Z")}
    assert found["import-rebase"]["examples"] == commands[:1]
    assert SECRET not in json.dumps(found)
    text = packgate("waivers", "demo", "--events", events, "--at", "2026-01-05", cwd=waived.root)
    assert "let through 3, the last at 2026-01-04T01:00:06Z" in text.out
    assert SECRET not in text.all
    table = packgate("waivers", "--events", events, "--at", "2026-01-05", "--format", "markdown", cwd=waived.root)
    assert "| import-rebase | demo/no-force | expires soon | 2026-01-10 | payments | security | 3 | 2026-01-04T01:00:06Z |" in table.out


def test_a_log_from_before_remarks_counts_where_it_is_certain(waived: PolicyRepository, tmp_path: Path) -> None:
    events = waived.events(tmp_path / "events.jsonl", ["git push --force origin HEAD:import/x"], [1])
    data = json.loads(events.read_text())
    data["decision"]["analysis"]["notes"] = []
    events.write_text(json.dumps(data) + "\n")
    assert listed(waived, "--events", str(events))["import-rebase"]["count"] == 0
    waived.write("packs/demo/waivers.yaml", WAIVERS.split("  - id: night")[0])
    assert listed(waived, "--events", str(events))["import-rebase"]["count"] == 1


def test_no_waivers(repository: PolicyRepository) -> None:
    assert packgate("waivers", cwd=repository.root).out == "no waivers\n"
    assert packgate("waivers", "nope", cwd=repository.root).code == 2


ASSIGNMENTS = """\
assignments:
  - name: pilot
    pack: demo
    for: {group: payments}
    stage: warn
  - pack: demo
    for: {repo: acme/*}
    stage: audit
"""


def explain(repository: PolicyRepository, *arguments: str) -> str:
    done = packgate("explain", *arguments, cwd=repository.root)
    assert done.code == 0, done.all
    return done.out


def test_the_four_caps_of_a_policy(repository: PolicyRepository) -> None:
    out = explain(repository, "--stage", "no-drop")
    assert "no-drop (pack demo 1.0.0): audit in effect" in out
    assert "rollout    audit            packs/demo/rollout.yaml:5  <- binds" in out
    repository.write("packs/demo/rollout.yaml", "pack: block\n")
    assert "mode       block            packs/demo/policies/all.yaml:9  <- binds" in explain(repository, "--stage", "no-drop")
    repository.write("assignments.yaml", ASSIGNMENTS)
    assert "no-drop (pack demo 1.0.0): does not hold" in explain(repository, "--stage", "no-drop")
    out = explain(repository, "--stage", "no-drop", "--for", "group=payments", "repo=acme/app")
    assert "warn in effect" in out
    assert "assignment warn             assignment 'pilot' at assignments.yaml:2  <- binds" in out


@pytest.mark.parametrize("whom", ["{repo: {list: nowhere}}", '{repo: {regex: "(a"}}'])
def test_an_assignment_that_can_not_be_compiled_is_a_finding(repository: PolicyRepository, whom: str) -> None:
    repository.write("assignments.yaml", f"assignments:\n  - {{pack: demo, for: {whom}, stage: warn}}\n")
    for verb in (("decide", "ls"), ("explain", "--stage", "no-drop"), ("lint",)):
        done = packgate(*verb, cwd=repository.root)
        assert (done.code, "assignments.yaml:2:" in done.all) == (1, True), done.all


def test_the_effective_policy_of_somebody(repository: PolicyRepository) -> None:
    repository.write("assignments.yaml", ASSIGNMENTS)
    repository.write("context/groups.yaml", "groups:\n  payments: [ana]\n")
    repository.write("packs/demo/rollout.yaml", "pack: block\n")
    out = explain(repository, "--for", "user=ana", "repo=acme/app")
    assert "pack demo 1.0.0: warn by assignment 'pilot' at assignments.yaml:2" in out
    assert "warn             no-drop   packs/demo/policies/all.yaml:2; block capped by the assignment" in out
    assert "pack demo 1.0.0: no assignment of the pack is for this actor" in explain(repository, "--for", "user=bo", "repo=other/app")
    decided = explain(repository, "psql -c 'DROP TABLE t'", "--for", "user=bo", "repo=acme/app")
    assert "decision: allow (audit)" in decided
    assert "decision: allow (warn)" in explain(repository, "psql -c 'DROP TABLE t'", "--for", "user=ana")
    assert "no policy" in explain(repository, "psql -c 'DROP TABLE t'", "--for", "user=bo").lower()


def test_inherited_and_overridden_rules_say_so(repository: PolicyRepository) -> None:
    repository.write("packs/own/pack.yaml", (
        "name: own\ntitle: Ours\nversion: 2.0.0\nowners: [security]\nextends: demo@1.0.0\noverride:\n  no-force: {then: terminate}\n"))
    repository.write("packgate.yaml", "version: 1\npacks: [own]\n")
    out = explain(repository, "--for", "user=ana")
    assert "no-drop   packs/demo/policies/all.yaml:2; inherited from demo 1.0.0; block capped by the rollout" in out
    assert "inherited from demo 1.0.0; overridden at packs/own/pack.yaml:7" in out


@pytest.mark.parametrize("arguments", [
    ["--stage", "no-dro"], ["--for", "who=ana"], ["--for", "user="], ["--for", "user=a", "user=b"], ["ls", "--stage", "no-drop"], ["ls", "pwd"],
    ["--stage", "warn"], ["--for", "surface=moon"],
])
def test_what_is_asked_wrongly(repository: PolicyRepository, arguments: list[str]) -> None:
    assert packgate("explain", *arguments, cwd=repository.root).code == 2
