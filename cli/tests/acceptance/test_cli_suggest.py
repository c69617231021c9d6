"""`packgate suggest` on real repositories, with events that the real engine decided and real imported sessions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from command_line import packgate
from policy_repository import ENVIRONMENT, PolicyRepository

from packgate.source.schema import schema_errors

if TYPE_CHECKING:
    from command_line import Done

TRANSCRIPTS = Path(__file__).resolve().parents[3] / "testcases" / "transcripts"
NOW = "2026-02-15T00:00:00Z"
HARMLESS = ["ls", "git status", "git push origin feature/x", "psql -c 'SELECT 1'"]
FORCE, OTHER_FORCE = "git push --force origin main", "git push -f origin import/x"
# What no policy of the pack is about.
NOVEL = ["kubectl delete namespace shop", "kubectl delete namespace cart", "kubectl get pods"]


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(tmp_path: Path) -> PolicyRepository:
    return PolicyRepository(tmp_path / "repository")


@pytest.fixture
def events(repository: PolicyRepository, tmp_path: Path) -> Path:
    """Forty days of work of two people."""
    path = tmp_path / "events.jsonl"
    for user in ("ana", "bo"):
        repository.events(path, [*HARMLESS, *NOVEL], range(1, 42, 2), user=user)
    # Two logs in one file: sequence numbers begin again.
    return path


def suggest(repository: PolicyRepository, events: Path, *arguments: str) -> Done:
    return packgate("suggest", "--events", str(events), "--at", NOW, *arguments, cwd=repository.root)


def found(done: Done) -> dict[str, dict[str, Any]]:
    assert done.code == 0, done.all
    data = json.loads(done.out)
    assert [error.message for error in schema_errors(data, "suggestions")] == []
    return {f"{each['kind']} {each['subject']}": each for each in data["suggestions"]}


def test_what_the_gates_allow_is_suggested(repository: PolicyRepository, events: Path) -> None:
    items = found(suggest(repository, events, "--kind", "promotion", "--format", "json"))
    assert sorted(items) == ["promotion demo/data", "promotion demo/history"]
    layer = items["promotion demo/data"]
    assert (layer["ready"], layer["numbers"]["from"], layer["numbers"]["to"]) == (True, "audit", "warn")
    assert layer["numbers"]["gates"]["events"]["count"] == 294
    assert layer["numbers"]["matches"] == {"no-drop": 0}
    assert "0 of 1 policies match anything in these events" in layer["reason"]
    # What `promote` says of the same.
    plan = packgate("promote", "data", "--to", "warn", "--events", str(events), "--at", NOW, "--dry-run", "--format", "json", cwd=repository.root)
    assert {each["gate"]: each for each in json.loads(plan.out)["gates"]} == layer["numbers"]["gates"]


def test_a_layer_that_interrupts_stays_and_its_policy_goes(repository: PolicyRepository, events: Path) -> None:
    text = repository.read("packs/demo/policies/all.yaml")
    repository.write("packs/demo/policies/all.yaml", text.replace("threat: history", "threat: data"))
    repository.write("packs/demo/pack.yaml", repository.read("packs/demo/pack.yaml").replace("  history: {title: History, description: Work is lost.}\n", ""))
    repository.commit("One layer", 0)
    repository.events(events, [FORCE] * 5, range(1, 21), user="cy")
    items = found(suggest(repository, events, "--kind", "promotion", "--format", "json"))
    assert sorted(items) == ["promotion demo/no-drop"]


def test_a_promotion_that_waits_for_approvals_is_told_and_not_made(repository: PolicyRepository, events: Path) -> None:
    settings = repository.read("packgate.yaml")
    repository.write("packgate.yaml", settings.replace("warn: {", "warn: {min_approvals: 1, "))
    repository.commit("Somebody has to approve", 0)
    item = found(suggest(repository, events, "--kind", "promotion", "--format", "json"))["promotion demo/data"]
    assert (item["ready"], item["refused"].startswith("it waits for approvals")) == (False, True)
    done = suggest(repository, events, "--kind", "promotion", "--branch", "next", "--approved-by", "bo@example.org")
    assert "made the branch next" in done.out
    assert 'data: \'warn\'' in repository.git("show", "next:packs/demo/rollout.yaml")


def test_a_draft_of_what_no_policy_covers(repository: PolicyRepository, events: Path) -> None:
    before = repository.git("rev-parse", "main")
    repository.write("packs/demo/rollout.yaml", "pack: block\n")
    repository.write("notes.txt", "mine")
    done = suggest(repository, events, "--kind", "draft", "--branch", "drafts")
    assert done.code == 0, done.all
    assert "no policy covers `kubectl delete`" in done.out
    assert "84 events of 2 users on 21 days" in done.out
    assert repository.git("rev-parse", "main", "drafts~1").split() == [before.strip()] * 2
    assert repository.git("status", "--porcelain").split("\n")[:2] == [" M packs/demo/rollout.yaml", "?? notes.txt"]
    assert repository.git("branch", "--show-current") == "main\n"
    path = "packs/demo/policies/draft-kubectl-delete.yaml"
    assert repository.git("diff", "--name-only", "main", "drafts").split() == ["packs/demo/policies/draft-git-push.yaml", path]
    text = repository.git("show", f"drafts:{path}")
    assert "# A draft by `packgate suggest`" in text
    assert "then: audit" in text
    repository.git("checkout", "-q", "-f", "drafts")
    assert packgate("lint", "--strict", path, "--at", "2026-02-15", cwd=repository.root).code == 0
    tested = packgate("test", cwd=repository.root)
    assert tested.code == 0, tested.all
    decided = json.loads(packgate("decide", "kubectl delete namespace other", cwd=repository.root).out)
    assert (decided["policy_ids"], decided["decision"]) == (["draft-kubectl-delete"], "allow")
    assert json.loads(packgate("decide", "kubectl get pods", cwd=repository.root).out)["policy_ids"] == []
    again = suggest(repository, events, "--kind", "draft", "--format", "json")
    assert found(again) == {}, "it is covered now"
    assert suggest(repository, events, "--kind", "draft", "--branch", "drafts").code == 0, "nothing to commit"


def _review(repository: PolicyRepository, events: Path, tmp_path: Path, *answers: tuple[str, str]) -> None:
    simulation = tmp_path / "simulation.json"
    simulation.write_text(packgate("simulate", "demo", "--events", str(events), "--format", "json", cwd=repository.root).out)
    ids = {each["title"]: each["id"] for each in json.loads(simulation.read_text())["clusters"]}
    for title, answer in answers:
        done = packgate(
            "review", answer, ids[title], "--reason", "the import job", "--by", "ana@example.org", "--at", "2026-02-01T00:00:00Z", "--from",
            str(simulation), cwd=repository.root)
        assert done.code == 0, done.all
    repository.commit("Reviewed", 35)


def test_a_false_positive_narrows_the_policy(repository: PolicyRepository, events: Path, tmp_path: Path) -> None:
    forced = repository.events(tmp_path / "forced.jsonl", [OTHER_FORCE], range(1, 21), user="cy")
    _review(repository, forced, tmp_path, ("git push force-push", "reject"))
    before = repository.read("packs/demo/policies/all.yaml")
    done = suggest(repository, forced, "--kind", "narrowing", "--kind", "waiver", "--branch", "narrow")
    assert "narrow no-force" in done.out, done.all
    item = found(suggest(repository, forced, "--kind", "narrowing", "--format", "json"))["narrowing demo/no-force"]
    assert (item["numbers"]["unless"], item["numbers"]["events"], item["numbers"]["users"]) == ({"branch": ["import/x"]}, 20, 1)
    after = repository.git("show", "narrow:packs/demo/policies/all.yaml")
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert after.replace("".join(f"{line}\n" for line in added[:1]), "", 1).startswith(before)
    assert added[:2] == ["    unless: {branch: import/x}", "        - command: git push -f origin import/x"]
    repository.git("checkout", "-q", "narrow")
    assert packgate("test", cwd=repository.root).code == 0
    assert json.loads(packgate("decide", OTHER_FORCE, cwd=repository.root).out)["decision"] == "allow"
    assert json.loads(packgate("decide", FORCE, cwd=repository.root).out)["decision"] == "deny"
    assert found(suggest(repository, forced, "--kind", "narrowing", "--format", "json")) == {}


CLUSTER = """\
policies:
  - id: prod-cluster
    title: Change a production cluster
    threat: data
    impact: one-way
    rationale: It is live at once.
    when: [cluster-change]
    if: {environment: production}
    then: block
    risk: 80
    message: Ask the platform team.
    tests:
      must_fire:
        - prompt: Delete the api deployment in production.
          command: kubectl --context prod delete deployment api
      must_not_fire:
        - prompt: Show the pods.
          command: kubectl --context prod get pods
"""


def test_an_exception_names_one_thing_and_no_whole_kind_of_service(repository: PolicyRepository, tmp_path: Path) -> None:
    repository.write("packs/demo/policies/cluster.yaml", CLUSTER)
    repository.commit("A cluster", 0)
    log = repository.events(tmp_path / "cluster.jsonl", ["kubectl --context prod delete namespace scratch"], range(1, 21), user="cy")
    _review(repository, log, tmp_path, ("kubectl delete", "reject"))
    items = found(suggest(repository, log, "--kind", "narrowing", "--kind", "waiver", "--format", "json"))
    # No case deletes a namespace: an exception for all of them would have passed every test.
    assert [(name, each["numbers"]["unless"]) for name, each in items.items()] == [("narrowing demo/prod-cluster", {"target": ["scratch"]})]


def test_what_only_records_is_not_promoted(repository: PolicyRepository, events: Path) -> None:
    text = repository.read("packs/demo/policies/all.yaml")
    repository.write("packs/demo/policies/all.yaml", text.replace("impact: one-way\n    rationale: Work", "impact: routine\n    rationale: Work").replace(
        "if: {operation: force-push}\n    then: block\n    risk: 50", "if: {operation: force-push}\n    then: audit\n    risk: 20"))
    repository.commit("Only record it", 0)
    assert sorted(found(suggest(repository, events, "--kind", "promotion", "--format", "json"))) == ["promotion demo/data"]


def test_the_figures_of_all_gates_that_are_asked_for_are_shown(repository: PolicyRepository, events: Path) -> None:
    repository.write("packgate.yaml", repository.read("packgate.yaml").replace("warn: {", "warn: {min_users: 2, max_would_block_rate: 0.1, min_reviewed: 0.5, "))
    repository.commit("More is asked for", 0)
    text = suggest(repository, events, "--kind", "promotion").out
    assert "2 users at this stage and version" in text
    assert "0 of 294 actions would be stopped at stage block: 0 % (0 of 294; 95 % interval 0 % to" in text
    assert "0 of 0 actions that would be warned about or stopped anew are of clusters that were reviewed" in text


def test_a_false_positive_that_no_exception_tells_apart_is_waived(repository: PolicyRepository, events: Path, tmp_path: Path) -> None:
    # The policy's own case must fire for it.
    forced = repository.events(tmp_path / "forced.jsonl", [FORCE], range(1, 21), user="cy")
    _review(repository, forced, tmp_path, ("git push force-push", "reject"))
    items = found(suggest(repository, forced, "--kind", "narrowing", "--kind", "waiver", "--format", "json"))
    assert sorted(items) == ["waiver demo/no-force"]
    assert "--approver WHO" in items["waiver demo/no-force"]["refused"]
    assert suggest(repository, forced, "--kind", "waiver", "--branch", "none").code == 0
    assert "none" not in repository.git("branch")
    foreign = suggest(repository, forced, "--kind", "waiver", "--approver", "nobody", "--expires", "2026-03-01", "--format", "json")
    assert "PG245" in found(foreign)["waiver demo/no-force"]["refused"]
    done = suggest(repository, forced, "--kind", "waiver", "--approver", "security", "--expires", "2026-03-01", "--branch", "waived")
    assert "made the branch waived" in done.out, done.all
    repository.git("checkout", "-q", "waived")
    assert packgate("lint", "--at", "2026-02-15", cwd=repository.root).code == 0
    assert "the import job" in repository.read("packs/demo/waivers.yaml")


def test_policies_that_match_nothing_and_families_without_a_policy(repository: PolicyRepository, events: Path) -> None:
    repository.events(events, [FORCE], [39], user="cy")
    items = found(suggest(repository, events, "--format", "json"))
    dead = {name: each for name, each in items.items() if name.startswith("dead-policy")}
    assert sorted(dead) == ["dead-policy demo/no-drop"]
    assert dead["dead-policy demo/no-drop"]["numbers"]["matched"] == 0
    assert not dead["dead-policy demo/no-drop"]["ready"]
    assert items["uncovered-family cluster-change"]["numbers"]["users"] == 2
    assert "uncovered-family git-action" not in items
    assert not any(name.startswith("dead") for name in found(suggest(repository, events, "--days", "60", "--format", "json")))


def test_all_of_it_on_one_branch_and_the_same_bytes_again(repository: PolicyRepository, events: Path) -> None:
    one, two = (suggest(repository, events, "--format", "json") for _ in range(2))
    assert one.out == two.out
    done = suggest(repository, events, "--branch", "all")
    assert "made the branch all" in done.out, done.all
    assert repository.git("diff", "--name-only", "main", "all").split() == [
        "packs/demo/policies/draft-git-push.yaml", "packs/demo/policies/draft-kubectl-delete.yaml", "packs/demo/rollout.yaml"]
    message = repository.git("log", "-1", "--format=%B", "all")
    records = [json.loads(line.partition(": ")[2]) for line in message.splitlines() if line.startswith("Packgate-Promotion: ")]
    assert [each["subject"]["name"] for each in records] == ["data", "history"]
    assert suggest(repository, events, "--branch", "all").code == 2, "there is such a branch"


def test_imported_sessions_suggest_drafts_and_promote_nothing(repository: PolicyRepository, tmp_path: Path) -> None:
    imported = tmp_path / "imported.jsonl"
    done = packgate("events", "import", str(TRANSCRIPTS / "claude-code"), "--out", str(imported))
    assert done.code in (0, 1), done.all
    items = found(suggest(repository, imported, "--least", "1", "--format", "json"))
    assert items
    assert not any(each["kind"] == "promotion" for each in items.values())
    drafts = [each for each in items.values() if each["kind"] == "draft"]
    assert all(each["ready"] or each["refused"] for each in drafts)


def test_a_policy_repository_in_a_folder_of_another(repository: PolicyRepository, events: Path) -> None:
    (repository.root / "policies").mkdir()
    repository.git("mv", "packgate.yaml", "packs", "policies/")
    repository.commit("Into a folder", 0)
    done = packgate(
        "suggest", "--events", str(events), "--at", NOW, "--kind", "promotion", "--kind", "draft", "--branch", "next", cwd=repository.root / "policies")
    assert done.code == 0, done.all
    assert repository.git("diff", "--name-only", "main", "next").split() == [
        f"policies/packs/demo/{name}" for name in ("policies/draft-git-push.yaml", "policies/draft-kubectl-delete.yaml", "rollout.yaml")]


def test_damaged_lines_are_told(repository: PolicyRepository, events: Path) -> None:
    with events.open("a") as file:
        file.write('{"v": 1, "kind"\n')
    done = suggest(repository, events, "--kind", "promotion")
    assert done.code == 1
    assert "promote threat layer data" in done.out
    assert done.err.count("events.jsonl:295") == 1


def test_mistakes_in_arguments_are_told(repository: PolicyRepository, events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = suggest(repository, events, "--approver", "security", "--expires", "next week")
    assert (day.code, "expected a day such as 2026-06-30" in day.err) == (2, True)
    branch = suggest(repository, events, "--kind", "draft", "--branch", "not a name")
    assert (branch.code, branch.err) == (
        2, "packgate: git allows no branch of the name 'not a name'\n  hint: name another with --branch\n")
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    nothing = packgate("suggest", cwd=repository.root)
    assert (nothing.code, nothing.err.splitlines()[-1]) == (2, "  hint: name a file: --events FILE")
    outside = packgate("suggest", "--events", str(events), cwd=tmp_path)
    assert (outside.code, "git init" in outside.err) == (2, True)


def test_every_kind_can_be_asked_for() -> None:
    from packgate.commands.suggest import _KINDS
    from packgate.suggest.suggestion import KINDS

    assert _KINDS == KINDS


def test_without_a_repository_or_events_it_says_so(repository: PolicyRepository, tmp_path: Path) -> None:
    assert packgate("suggest", "--events", str(tmp_path / "none.jsonl"), cwd=repository.root).code == 2
    (tmp_path / "empty.jsonl").write_text("")
    done = suggest(repository, tmp_path / "empty.jsonl")
    assert (done.code, done.out) == (0, "0 events of 0 users on 0 days\nnothing is suggested\n")
    repository.write("packs/demo/pack.yaml", "name: [\n")
    repository.commit("Broken", 1)
    assert suggest(repository, tmp_path / "empty.jsonl").code == 1
