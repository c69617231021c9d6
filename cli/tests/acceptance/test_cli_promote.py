"""`packgate promote` on real repositories, with events that the real engine decided."""

from __future__ import annotations

import json
from contextlib import ExitStack, chdir
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import packgate
from policy_repository import ENVIRONMENT, PolicyRepository, event, stamp

from packgate.commands.committed import open_committed
from packgate.gitio import Repository
from packgate.release.history import History, read_history
from packgate.release.judging import verify_promotion
from packgate.release.pack_promotion import at_release
from packgate.release.promotion import find_subject, settings_data
from packgate.release.record import Record
from packgate.release.tagging import Draft, make_release
from packgate.release.tags import TagName

if TYPE_CHECKING:
    from command_line import Done

HARMLESS = ["ls", "git status", "git push origin feature/x", "psql -c 'SELECT 1'"]
NOW = "2026-02-01T00:00:00Z"
SECRET = "ghp_" + "x7Kq2LmN9pRsT4vWyZ1aB3cD5eF6gH8iJ0kL"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PolicyRepository:
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    return PolicyRepository(tmp_path / "repository")


@pytest.fixture
def good(repository: PolicyRepository, tmp_path: Path) -> str:
    """Four days of harmless work."""
    return str(repository.events(tmp_path / "good.jsonl", HARMLESS * 10, range(1, 5)))


def promote(repository: PolicyRepository, *arguments: str) -> Done:
    return packgate("promote", *arguments, "--at", NOW, cwd=repository.root)


def gates(done: Done) -> dict[str, str]:
    return {gate["gate"]: gate["state"] for gate in json.loads(done.out)["gates"]}


def test_a_layer_is_promoted_on_a_branch(repository: PolicyRepository, good: str) -> None:
    before = repository.read("packs/demo/rollout.yaml")
    # Work in progress is neither judged nor disturbed.
    repository.write("packs/demo/rollout.yaml", "pack: block\n")
    repository.write("notes.txt", "mine")
    done = promote(repository, "data", "--to", "warn", "--events", good, "--explain")
    assert done.code == 0, done.all
    assert "promote threat layer data of pack demo from audit to warn" in done.out
    assert "0 % (0 of 160; 95 % interval 0 % to 2.345 %)" in done.out
    assert "made the branch promote/demo/threat-data-warn" in done.out
    assert repository.git("show", "promote/demo/threat-data-warn:packs/demo/rollout.yaml") == before.replace("data: 'audit'", "data: 'warn'")
    assert repository.git("diff", "--name-only", "main", "promote/demo/threat-data-warn").split() == ["packs/demo/rollout.yaml"]
    assert repository.git("rev-parse", "promote/demo/threat-data-warn~1") == repository.git("rev-parse", "main")
    assert repository.git("log", "-1", "--format=%an <%ae>", "promote/demo/threat-data-warn") == "Ana <ana@example.org>\n"
    assert repository.git("branch", "--show-current") == "main\n"
    assert repository.git("status", "--porcelain").split("\n")[:2] == [" M packs/demo/rollout.yaml", "?? notes.txt"]
    message = repository.git("log", "-1", "--format=%B", "promote/demo/threat-data-warn")
    record = json.loads(message.split("Packgate-Promotion: ")[1])
    assert (record["subject"]["name"], record["from"], record["to"], record["allowed"]) == ("data", "audit", "warn", True)
    again = promote(repository, "data", "--to", "warn", "--events", good)
    assert again.code == 2
    assert "there is a branch" in again.err


def test_without_evidence_it_is_refused(repository: PolicyRepository) -> None:
    done = promote(repository, "data", "--to", "warn")
    assert done.code == 1
    assert "UNKNOWN benign rate" in done.out
    assert "refused; nothing was changed" in done.out
    assert repository.git("branch", "--format=%(refname:short)") == "main\n"


def test_a_policy_that_fires_on_harmless_work_is_refused(repository: PolicyRepository, tmp_path: Path) -> None:
    loud = str(repository.events(tmp_path / "loud.jsonl", [*HARMLESS * 10, *["git push --force origin main"] * 3], range(1, 5)))
    done = promote(repository, "no-force", "--to", "warn", "--events", loud, "--format", "json")
    assert done.code == 1
    assert gates(done)["benign rate"] == "not met"
    rate = next(gate for gate in json.loads(done.out)["gates"] if gate["gate"] == "benign rate")
    assert (rate["count"], rate["total"]) == (12, 172)
    # The other layer is not to blame.
    assert promote(repository, "data", "--to", "warn", "--events", loud, "--dry-run").code == 0


def test_open_reports_and_approvals(repository: PolicyRepository, good: str, tmp_path: Path) -> None:
    repository.write("packs/demo/rollout.yaml", repository.read("packs/demo/rollout.yaml").replace("'audit'", "'warn'"))
    repository.commit("Warn", 10)
    events = repository.events(tmp_path / "warn.jsonl", [*HARMLESS * 10, "psql -c 'DROP TABLE t'"], range(11, 15))
    judged = [json.loads(line)["decision"] for line in events.read_text().splitlines()]
    hits = [each["decision_id"] for each in judged if each["policy_ids"]]
    # What was recorded before the layer stood at warn counts no more.
    stale = promote(repository, "data", "--to", "block", "--events", good, "--format", "json")
    assert gates(stale)["events"] == "not met"
    with events.open("a") as file:
        file.write(json.dumps(event(900, stamp(20), "outcome", follows=hits[0], outcome={"judgement": "false-positive", "by": "cy"})) + "\n")
    done = promote(repository, "data", "--to", "block", "--events", str(events), "--format", "json", "--approved-by", "ana@example.org")
    assert gates(done) == {
        "polarities": "met", "coverage": "met", "days": "met", "events": "met", "benign rate": "not met", "open reports": "not met",
        "approvals": "not met"}
    with events.open("a") as file:
        file.write(json.dumps(event(901, stamp(21), "outcome", follows=hits[0], outcome="resolved")) + "\n")
        file.writelines(json.dumps(event(902 + i, stamp(22), "outcome", follows=hit, outcome="harmful")) + "\n" for i, hit in enumerate(hits))
    done = promote(repository, "data", "--to", "block", "--events", str(events), "--approved-by", "bo@example.org")
    assert done.code == 0, done.all


def test_skipping_a_stage_needs_a_reason(repository: PolicyRepository, good: str) -> None:
    arguments = ["no-force", "--to", "block", "--events", good, "--approved-by", "bo"]
    done = promote(repository, *arguments)
    assert done.code == 1
    assert "skips a stage, which needs --override" in done.out
    assert promote(repository, *arguments, "--override", " ").code == 2
    done = promote(repository, *arguments, "--override", f"An incident last night. {SECRET}", "--branch", "quick")
    assert done.code == 0, done.all
    message = repository.git("log", "-1", "--format=%B", "quick")
    assert "A stage is skipped: An incident last night." in message
    assert SECRET not in message + done.all
    assert "\npolicies:\n    no-force: block\n" in repository.git("show", "quick:packs/demo/rollout.yaml")
    # A reason does not stand in for evidence.
    assert promote(repository, "no-force", "--to", "block", "--override", "An incident.").code == 1


def test_what_can_not_be_promoted(repository: PolicyRepository) -> None:
    for arguments, text in (
        (["dato", "--to", "warn"], "did you mean 'data'"), (["data", "--to", "audit"], "stands at audit already"), (["--to", "warn"], "name what to promote"),
        (["--assignment", "x", "--to", "warn"], "no assignment 'x'"), (["data", "--assignment", "x", "--to", "warn"], "name what to promote"),
    ):
        done = promote(repository, *arguments)
        assert (done.code, text in done.err) == (2, True), done.all


def test_damaged_lines_are_told(repository: PolicyRepository, good: str) -> None:
    with open(good, "a", encoding="utf-8") as file:
        file.write('{"v": 1, "kind": "decision", "seq"\n')
    done = promote(repository, "data", "--to", "warn", "--events", good, "--dry-run")
    assert done.code == 0
    assert "PG850" in done.err
    assert ":161:" in done.err


ASSIGNMENTS = """\
assignments:
  - name: pilot
    pack: demo
    for: {user: ana}   # first
    stage: audit
  - {pack: demo, stage: audit}
"""


def test_an_assignment_alone(repository: PolicyRepository, tmp_path: Path) -> None:
    repository.write("assignments.yaml", ASSIGNMENTS)
    repository.commit("Assign", 1)
    others = str(repository.events(tmp_path / "others.jsonl", HARMLESS * 10, range(2, 6), user="bo"))
    done = promote(repository, "--assignment", "pilot", "--to", "warn", "--events", others, "--format", "json")
    assert (done.code, gates(done)["events"]) == (1, "not met")
    mine = str(repository.events(tmp_path / "mine.jsonl", HARMLESS * 10, range(2, 6), user="ana"))
    done = promote(repository, "--assignment", "pilot", "--to", "warn", "--events", others, "--events", mine)
    assert done.code == 0, done.all
    branch = "promote/demo/assignment-pilot-warn"
    assert repository.git("show", f"{branch}:assignments.yaml") == ASSIGNMENTS.replace("# first\n    stage: audit", "# first\n    stage: warn")
    repository.git("merge", "-q", branch)
    back = promote(repository, "--assignment", "pilot", "--to", "audit")
    assert back.code == 0, back.all
    assert "take back assignment pilot of pack demo from warn to audit" in back.out


def test_markdown_is_a_table(repository: PolicyRepository, good: str) -> None:
    done = promote(repository, "data", "--to", "warn", "--events", good, "--format", "markdown", "--dry-run")
    assert "### Promote threat layer data of pack demo from audit to warn" in done.out
    assert "| benign rate | met | 95 % upper bound below 5 % | 0 % (0 of 160; 95 % interval 0 % to 2.345 %) |" in done.out


def released(repository: PolicyRepository) -> None:
    """The pack, uncapped by rollout.yaml, released at audit by a tag."""
    repository.write("packs/demo/rollout.yaml", "pack: block\n")
    repository.commit("Open", 0)
    git = Repository(str(repository.root))
    commit = git.commit("HEAD")
    record = Record("demo", "1.0.0", "audit", 1, commit, "sha256:" + "a" * 64, stamp(0), "0.1.0", evidence={"cases": {}})
    make_release(git, Draft(TagName("demo", "1.0.0", "audit"), "demo 1.0.0", (), record), sign=False, signers=None)


def test_a_pack_is_promoted_by_a_tag_on_the_same_commit(repository: PolicyRepository, tmp_path: Path) -> None:
    assert "was never released" in promote(repository, "demo", "--to", "warn").err
    released(repository)
    events = str(repository.events(tmp_path / "audit.jsonl", HARMLESS * 10, range(1, 5), releases={"demo": "audit"}))
    wrong = str(repository.events(tmp_path / "block.jsonl", HARMLESS * 10, range(1, 5)))
    repository.write("notes.txt", "later work")
    repository.commit("Later", 9)
    refused = promote(repository, "demo", "--to", "warn", "--events", wrong, "--format", "json")
    assert (refused.code, gates(refused)["events"]) == (1, "not met")
    assert repository.git("tag").split() == ["demo/v1.0.0-audit"]
    assert promote(repository, "demo", "--to", "warn", "--events", events, "--branch", "x").code == 2
    done = promote(repository, "demo", "--to", "warn", "--events", events)
    assert done.code == 0, done.all
    assert "made the tag demo/v1.0.0-warn" in done.out
    history = read_history(Repository(str(repository.root)), "demo")
    old, new = history.of("demo")
    assert (new.commit, new.record.digest, new.revision, new.record.previous) == (old.commit, old.record.digest, 2, old.tag)
    assert new.record.gates is not None
    assert {gate["gate"]: gate["state"] for gate in new.record.gates}["benign rate"] == "met"
    # Publishing asks again, whatever the record says: with these events it holds, with the others it does not.
    with ExitStack() as stack:
        stack.enter_context(chdir(repository.root))
        git = Repository()
        side, prefix = open_committed(stack, git, old.commit)
        subject, place = find_subject(git, side, prefix, "demo")
        subject = at_release(subject, old, History((old,), (), {}))
        for path, met in ((events, True), (wrong, False)):
            verdict = verify_promotion(
                git, side, subject, place, "warn", [Path(path)], NOW, settings=settings_data(side), claimed=new.record.gates
            )
            assert (verdict.met, verdict.differences == ()) == (met, met)
    # Evidence from audit is none for what stands at warn.
    again = promote(repository, "demo", "--to", "block", "--events", events, "--approved-by", "bo", "--format", "json")
    assert (again.code, gates(again)["days"]) == (1, "not met")


def test_rollout_tightens_the_gates_of_a_policy_its_layer_and_its_pack(repository: PolicyRepository, good: str) -> None:
    rollout = repository.read("packs/demo/rollout.yaml") + "gates:\n  policies: {no-drop: {warn: {min_users: 2, min_events: 1}}}\n"
    repository.write("packs/demo/rollout.yaml", rollout)
    repository.commit("Two people at least", 0)
    assert packgate("lint", cwd=repository.root).code == 0
    for name in ("data", "no-drop"):
        done = promote(repository, name, "--to", "warn", "--events", good, "--format", "json", "--dry-run")
        plan = json.loads(done.out)
        assert (done.code, gates(done)["users"], plan["limits"]["min_users"]) == (1, "not met", 2)
        assert plan["limits"]["min_events"] == 100, "it tightens alone"
    assert "users" not in gates(promote(repository, "no-force", "--to", "warn", "--events", good, "--format", "json", "--dry-run"))
    for user in ("ana", "bo"):
        repository.events(Path(good), HARMLESS, [5], user=user, session=user)
    done = promote(repository, "data", "--to", "warn", "--events", good)
    assert done.code == 0, done.all
    assert repository.git("show", "promote/demo/threat-data-warn:packs/demo/rollout.yaml") == rollout.replace("data: 'audit'", "data: 'warn'")


def test_gates_of_what_is_not_there_are_told(repository: PolicyRepository) -> None:
    repository.write("packs/demo/rollout.yaml", "pack: audit\ngates: {policies: {no-drip: {warn: {min_users: 2}}}, threats: {dat: {block: {min_days: 9}}}}\n")
    done = packgate("lint", cwd=repository.root)
    assert done.code == 1
    assert "'no-drip'" in done.out
    assert "'dat'" in done.out
