"""`packgate review` on real policy repositories: what is decided is kept, comes back, and holds promotions up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from command_line import Done, packgate
from policy_repository import ENVIRONMENT, PolicyRepository

from packgate.source.files import read_checked

if TYPE_CHECKING:
    from pathlib import Path

DROP, OTHER_DROP, FORCE, OTHER_FORCE, LIST = (
    "psql -c 'DROP TABLE users'", "psql -c 'DROP TABLE orders'", "git push --force origin main", "git push -f origin import/x", "ls -la",
)
AT = ("--at", "2026-01-20T12:00:00Z", "--by", "ana@example.org")


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(tmp_path: Path) -> PolicyRepository:
    return PolicyRepository(tmp_path / "policies")


@pytest.fixture
def events(repository: PolicyRepository, tmp_path: Path) -> Path:
    return repository.events(tmp_path / "events.jsonl", [DROP, OTHER_DROP, OTHER_FORCE, FORCE, *[LIST] * 40], range(4), user="cy", session="s")


@pytest.fixture
def simulation(repository: PolicyRepository, events: Path, tmp_path: Path) -> Path:
    done = packgate("simulate", "demo", "--events", str(events), "--format", "json", cwd=repository.root)
    path = tmp_path / "simulation.json"
    path.write_text(done.out)
    return path


def review(repository: PolicyRepository, simulation: Path, *arguments: str) -> Done:
    return packgate("review", *arguments, "--from", str(simulation), cwd=repository.root)


def listed(repository: PolicyRepository, simulation: Path) -> dict[str, Any]:
    data = json.loads(review(repository, simulation, "list", "--all", "--format", "json").out)
    return {"reviewed": data["reviewed"], **{each["cluster"]["title"]: each for each in data["items"]}}


def ids(simulation: Path) -> dict[str, str]:
    return {each["title"]: each["id"] for each in json.loads(simulation.read_text())["clusters"]}


def test_the_queue_shrinks_as_it_is_reviewed(repository: PolicyRepository, simulation: Path) -> None:
    drop, force = ids(simulation)["psql DROP TABLE"], ids(simulation)["git push force-push"]
    shown = review(repository, simulation, "list")
    assert "2 of 2 clusters are open; reviewed 0 of 16 events (0.0%)" in shown.out
    assert f"shell: {DROP}" in shown.out
    assert review(repository, simulation, "list", "--fail-on-open").code == 1
    done = review(repository, simulation, "accept", drop, "--reason", "nobody drops tables by hand", *AT)
    assert done.code == 0, done.all
    assert review(repository, simulation, "reject", force[:8], "--reason", "the import job's own branch", *AT).code == 0
    now = listed(repository, simulation)
    assert (now["psql DROP TABLE"]["state"], now["git push force-push"]["state"]) == ("accepted", "rejected")
    assert now["reviewed"] == {"events": 16, "of": 16, "clusters": 2, "of_clusters": 2}
    assert review(repository, simulation, "list", "--fail-on-open").code == 0
    assert "the import job's own branch" in review(repository, simulation, "show", force).out
    source, problems = read_checked(str(repository.root / "reviews/demo.yaml"), "reviews")
    assert (problems, [each["decision"] for each in source.data["reviews"]]) == ([], ["accept", "reject"])  # type: ignore[union-attr]
    # What was said first stays, comments as well; the last word counts.
    kept = repository.read("reviews/demo.yaml") + "  # looked at with the data team\n"
    repository.write("reviews/demo.yaml", kept)
    assert review(repository, simulation, "accept", force, *AT).code == 0
    assert repository.read("reviews/demo.yaml").startswith(kept.replace("  # looked at with the data team\n", ""))
    assert "# looked at with the data team" in repository.read("reviews/demo.yaml")
    assert listed(repository, simulation)["git push force-push"]["state"] == "accepted"


def test_a_review_is_of_what_the_policy_said(repository: PolicyRepository, events: Path, simulation: Path) -> None:
    assert review(repository, simulation, "accept", ids(simulation)["psql DROP TABLE"], *AT).code == 0
    text = repository.read("packs/demo/policies/all.yaml")
    repository.write("packs/demo/policies/all.yaml", text.replace("[DROP*, TRUNCATE*]", "[DROP*, TRUNCATE*, ALTER*]"))
    fresh = packgate("review", "list", "--events", str(events), "--proposal", "demo", cwd=repository.root)
    assert "changed   stopped" in fresh.out
    repository.write("packs/demo/policies/all.yaml", text.replace("Ask the data team.", "Ask the team of the data."))
    assert "1 of 2 clusters" in packgate("review", "list", "--events", str(events), "--proposal", "demo", cwd=repository.root).out


def test_a_waiver_is_for_the_example_and_is_tried_first(repository: PolicyRepository, events: Path, simulation: Path) -> None:
    force = ids(simulation)["git push force-push"]
    repository.write("packs/demo/waivers.yaml", "# Who may what.\nwaivers: []   # nobody yet\n")
    terms = ("--owner", "payments", "--approver", "security", "--reason", "nightly import", *AT)
    late = review(repository, simulation, "waive", force, *terms, "--expires", "2026-01-19")
    assert late.code == 2, late.all
    wrong = review(repository, simulation, "waive", force, *terms, "--expires", "2026-06-30", "--if", "branch=release/*")
    assert (wrong.code, "would not let the example through" in wrong.err) == (2, True)
    assert repository.read("packs/demo/waivers.yaml") == "# Who may what.\nwaivers: []   # nobody yet\n"
    assert not (repository.root / "reviews").exists()
    done = review(repository, simulation, "waive", force, *terms, "--expires", "2026-06-30")
    assert done.code == 0, done.all
    text = repository.read("packs/demo/waivers.yaml")
    assert text.startswith("# Who may what.\nwaivers: [{")
    assert text.endswith("]   # nobody yet\n")
    assert "branch: import/x" in text
    assert listed(repository, simulation)["git push force-push"]["state"] == "waived"
    after = packgate("simulate", "demo", "--events", str(events), "--at", "2026-06-30", "--format", "json", cwd=repository.root)
    left = {each["title"]: each["events"] for each in json.loads(after.out)["clusters"]}
    assert left == {"psql DROP TABLE": 8, "git push force-push": 4}, "main is not waived"
    assert review(repository, simulation, "waive", force, *terms, "--expires", "2026-06-30", "--if", "branch=import/*").code == 0
    assert [each["id"][-2:] for each in json.loads(packgate("waivers", "--format", "json", cwd=repository.root).out)] == [force[-2:], "-2"]
    assert "PG242" not in packgate("lint", cwd=repository.root).out


def test_a_cluster_becomes_a_case_of_the_right_polarity(repository: PolicyRepository, simulation: Path) -> None:
    drop, force = ids(simulation)["psql DROP TABLE"], ids(simulation)["git push force-push"]
    before = repository.read("packs/demo/policies/all.yaml")
    undecided = review(repository, simulation, "test", drop, *AT)
    assert (undecided.code, "--polarity" in undecided.err) == (2, True)
    assert review(repository, simulation, "accept", drop, *AT).code == 0
    assert review(repository, simulation, "reject", force, "--reason", "r", *AT).code == 0
    assert review(repository, simulation, "test", drop, *AT).code == 0
    assert packgate("test", cwd=repository.root).code == 0
    fails = review(repository, simulation, "test", force, *AT)
    assert "fails until the policy is narrowed" in fails.out
    after = repository.read("packs/demo/policies/all.yaml")
    assert f"        - command: {DROP}\n          context: {{cwd: '/srv/app'}}\n      must_not_fire:\n" in after
    assert "        - command: git push -f origin import/x\n          context: {cwd: '/srv/app'}\n" in after
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    assert packgate("test", cwd=repository.root).code == 1
    repository.write("packs/demo/policies/all.yaml", after.replace("    if: {operation: force-push}\n", "    if: {operation: force-push}\n    unless: {branch: import/*}\n"))
    assert packgate("test", cwd=repository.root).code == 0
    again = review(repository, simulation, "test", force, "--polarity", "must_not_fire", *AT)
    assert (again.code, "has this case already" in again.err) == (2, True)


def promote(repository: PolicyRepository, events: Path, *arguments: str) -> Done:
    return packgate(
        "promote", *arguments, "--to", "warn", "--events", str(events), "--explain", "--dry-run", "--at", "2026-01-21", cwd=repository.root,
    )


def test_a_rejection_holds_the_promotion_until_the_policy_is_silent(repository: PolicyRepository, events: Path, simulation: Path) -> None:
    drop = ids(simulation)["psql DROP TABLE"]
    settings = repository.read("packgate.yaml").replace("min_events: 100, max_benign_rate: 0.05", "min_events: 10, max_benign_rate: 0.5")
    repository.write("packgate.yaml", settings)
    repository.commit("Gates", 5)
    assert promote(repository, events, "data").code == 0
    assert review(repository, simulation, "reject", drop, "--reason", "tables of tests", *AT).code == 0
    assert promote(repository, events, "data").code == 0, "what is not committed is not judged"
    repository.commit("Review", 6)
    held = promote(repository, events, "data")
    assert (held.code, "1 of 1 rejections in the review still stand: no-drop" in held.out) == (1, True)
    assert promote(repository, events, "history").code == 0, "another layer is not held"
    text = repository.read("packs/demo/policies/all.yaml")
    repository.write("packs/demo/policies/all.yaml", text.replace("if: {operation: [DROP*, TRUNCATE*]}", "if: {operation: [DROP*, TRUNCATE*], host: prod-db}")
                     .replace("psql -c 'DROP TABLE users'", "psql -h prod-db -c 'DROP TABLE users'").replace("psql -c 'TRUNCATE", "psql -h prod-db -c 'TRUNCATE"))
    repository.commit("Narrow", 6)
    silent = promote(repository, events, "data")
    assert (silent.code, "0 of 1 rejections in the review still stand" in silent.out) == (0, True), silent.all


def test_the_reviewed_share_is_a_gate_where_it_is_asked_for(repository: PolicyRepository, events: Path, simulation: Path) -> None:
    drop, force = ids(simulation)["psql DROP TABLE"], ids(simulation)["git push force-push"]
    settings = repository.read("packgate.yaml").replace("min_events: 100, max_benign_rate: 0.05", "min_events: 10, max_benign_rate: 0.5, min_reviewed: 1")
    repository.write("packgate.yaml", settings)
    repository.commit("Gates", 5)
    held = promote(repository, events, "data")
    assert (held.code, "NOT MET reviewed      0 of 8 actions" in held.out) == (1, True), held.all
    assert review(repository, simulation, "accept", force, *AT).code == 0
    repository.commit("Another", 5)
    assert promote(repository, events, "data").code == 1
    assert review(repository, simulation, "accept", drop, *AT).code == 0
    repository.commit("Reviewed", 5)
    met = promote(repository, events, "data")
    assert (met.code, "8 of 8 actions" in met.out) == (0, True), met.all


def test_mistakes_are_told(repository: PolicyRepository, events: Path, simulation: Path, tmp_path: Path) -> None:
    assert packgate("review", "list", cwd=repository.root).code == 2
    assert review(repository, simulation, "show", "c-ffff").code == 2
    assert review(repository, simulation, "show", "c-").code == 2
    other = tmp_path / "other.json"
    for text in ("{", "{}", "[]"):
        other.write_text(text)
        assert review(repository, other, "list").code == 2
    repository.write("reviews/demo.yaml", "reviews:\n  - {cluster: c-1}\n")
    broken = review(repository, simulation, "list")
    assert (broken.code, "reviews/demo.yaml" in broken.err) == (2, True)
    repository.write("packs/demo/policies/all.yaml", "policies: [\n")
    assert packgate("review", "list", "--events", str(events), cwd=repository.root).code == 2
