"""`packgate report` on a real policy repository: what stands on the page, what it says is missing, and what never reaches it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from command_line import Done, packgate, program, write_pack
from policy_repository import ENVIRONMENT, PolicyRepository, event, stamp
from report_maker import CANARY, HOSTILE, TOKEN, make_repository, write_events

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-02-10"
VOID = frozenset(("meta", "link", "br", "img", "input", "hr", "rect", "line"))
# What does not run together for who reads it.
APART = frozenset(("dt", "dd", "div", "p", "li", "td", "th", "h2", "h3", "h4", "span", "summary", "caption", "a"))
CHILD = """\
version: "1.0.0"
name: child
title: A pack that extends
owners: [security]
extends: demo@1.0.0
"""
SECTIONS = ["summary", "ladder", "change", "review", "trends", "noisy", "heed", "normal", "scopes", "catalogue", "releases", "about"]


class Page(HTMLParser):
    """A page as its elements and texts. ``texts``: by the id of every element around them; ``tags``: all start tags with attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.rows: dict[str, list[list[str]]] = {}
        self.headings: list[int] = []
        self.own: dict[str, str] = {}
        self._open: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append((tag, found.get("id")))
        tables = [name for name in self._around() if name in self.rows or (tag == "table" and name == found.get("id"))]
        if tag == "table":
            self.rows[found["id"] or ""] = []
        elif tag == "tr" and tables:
            self.rows[tables[-1]].append([])
        elif tag in ("td", "th") and tables:
            self.rows[tables[-1]][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, tag
        assert self._open.pop()[0] == tag
        if tag in APART:
            for _, name in self._open:
                if name in self.texts:
                    self.texts[name] += " "

    def handle_data(self, data: str) -> None:
        for tag, name in self._open:
            if name is not None:
                self.texts[name] = self.texts.get(name, "") + data
            if tag in ("style", "script"):
                self.own[tag] = self.own.get(tag, "") + data
        tables = [name for name in self._around() if name in self.rows]
        if tables and self.rows[tables[-1]] and self.rows[tables[-1]][-1]:
            self.rows[tables[-1]][-1][-1] += data

    def _around(self) -> list[str]:
        return [name for _, name in self._open if name is not None]

    def text(self, name: str) -> str:
        """The text of an element, on one line."""
        return " ".join(self.texts[name].split())

    def table(self, name: str) -> dict[str, list[str]]:
        """The cells of a table's rows by the first one."""
        return {row[0].split()[0] if row[0].split() else "": [" ".join(cell.split()) for cell in row[1:]] for row in self.rows[name][1:]}


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[PolicyRepository, Path, Path]:
    """A repository with a past, 800 events, and a simulation of everything at block."""
    folder = tmp_path_factory.mktemp("report")
    repository = make_repository(folder / "policies")
    events = write_events(repository, folder / "events.jsonl", 800)
    simulation = folder / "simulation.json"
    simulation.write_text(packgate("simulate", "demo", "--events", str(events), "--at", AT, "--format", "json", cwd=repository.root).out)
    return repository, events, simulation


def report(repository: PolicyRepository, *arguments: str) -> tuple[Page, str, Done]:
    done = packgate("report", *arguments, "--at", AT, "--out", "-", cwd=repository.root)
    assert done.out.startswith("<!DOCTYPE html>"), done.all
    return Page(done.out), done.out, done


def full(made: tuple[PolicyRepository, Path, Path]) -> tuple[Page, str, Done]:
    repository, events, simulation = made
    return report(repository, "--events", str(events), "--simulation", str(simulation))


def test_the_parts_say_what_the_repository_says(made: tuple[PolicyRepository, Path, Path]) -> None:
    page, _, done = full(made)
    assert done.code == 0, done.err
    assert [found["id"] for tag, found in page.tags if tag == "section"] == SECTIONS
    ladder = page.text("ladder")
    assert "Block 1 Drop a table since 2026-01-10; block" in ladder
    assert "Audit 1 Force push since 2026-01-01; audit, meant to block" in ladder
    assert re.search(r"Warn 1 Send a file away .* since 2026-01-07; warn", ladder)
    scopes = page.table("scope-demo")
    assert [scopes["group"][0], scopes["everyone"][0]] == ["warn", "block"]
    assert scopes["everyone"][1].startswith("audit 2 warn 1 block 1 ")
    assert scopes["group"][1].startswith("audit 2 warn 2 ")
    policy = page.text("policy-demo--no-drop")
    assert "When database-admin, if operation is DROP* or TRUNCATE*, then block." in policy
    assert "2 fire and 2 stay silent as they must; 0 failing" in policy
    assert "psql -c 'SELECT 1'" in policy
    assert f"History 2026-01-10, Ana, {_commit(made[0], 'Rollout on day 9')}: from stage warn to block; 2026-01-04" in policy
    assert policy.count("from stage") == 2
    assert f"{_commit(made[0], 'Start')}: written" in policy
    assert "nightly, expired 2026-01-20, payments: The import job moves its own branch." in page.text("policy-demo--no-force")
    assert "Pack demo was never released." in page.text("releases")


def _commit(repository: PolicyRepository, subject: str) -> str:
    return repository.git("log", "--format=%H", f"--grep=^{subject}$").strip()[:7]


def test_what_happened_to_a_policy_is_told(tmp_path: Path) -> None:
    repository = PolicyRepository(tmp_path / "policies")
    text = repository.read("packs/demo/policies/all.yaml")
    repository.write("packs/demo/policies/all.yaml", text.replace("risk: 90", "risk: 95").replace("message: Ask the data team.", "message: Ask."))
    repository.commit("Riskier", 2)
    repository.write("packs/demo/policies/all.yaml", "policies: [\n")
    repository.commit("Broken", 3)
    # The same words elsewhere are no change, nor is what a comment says.
    moved = "# Moved.\n" + repository.read("packs/demo/policies/all.yaml").replace("policies: [\n", "") + text.replace("risk: 90", "risk: 95").replace(
        "message: Ask the data team.", "message: Ask.").replace("        - command: psql -c 'TRUNCATE users'\n", "")
    (repository.root / "packs/demo/policies/all.yaml").unlink()
    repository.write("packs/demo/policies/moved.yaml", moved)
    repository.commit("Moved", 4)
    repository.write("packs/child/pack.yaml", CHILD)
    repository.write("packs/child/rollout.yaml", "pack: warn\n")
    repository.write("packgate.yaml", "version: 1\npacks: [demo, child]\n")
    repository.commit("Extended", 5)
    page, _, _ = report(repository)
    names = [_commit(repository, each) for each in ("Moved", "Riskier", "Start")]
    for pack, stage in (("demo", ""), ("child", f"2026-01-06, Ana, {_commit(repository, 'Extended')}: from stage audit to warn; ")):
        policy = page.text(f"policy-{pack}--no-drop")
        assert (
            f"History {stage}2026-01-05, Ana, {names[0]}: cases changed; 2026-01-03, Ana, {names[1]}: risk and message changed; "
            f"2026-01-01, Ana, {names[2]}: written"
        ) in policy


def test_counts_are_those_of_the_events(made: tuple[PolicyRepository, Path, Path]) -> None:
    page, _, _ = full(made)
    data = [json.loads(line) for line in made[1].read_text().splitlines()]
    decisions = [each["decision"] for each in data if each["kind"] == "decision"]
    warned = [each for each in decisions if each["mode"] == "warn"]
    stopped = [each for each in decisions if each["decision"] == "deny"]
    assert min(len(warned), len(stopped)) > 5
    days = page.rows["days"]
    assert days[0][:6] == ["Day", "Passed", "Recorded by a policy", "Warned", "Stopped", "Imported, decided by nobody"]
    assert [sum(int(row[column]) for row in days[1:]) for column in (3, 4)] == [len(warned), len(stopped)]
    assert sum(int(cell) for row in days[1:] for cell in row[1:6]) == len(decisions)
    noisy = page.table("noisiest")
    assert noisy["no-drop"][:2] == [str(len(stopped)), str(sum("no-drop" in each["policy_ids"] for each in warned))]
    simulation = json.loads(made[2].read_text())
    assert f"Newly stopped {simulation['outcomes']['changes']['stopped']['count']} " in page.text("change")
    assert [page.text(f"cluster-{each['id']}").startswith("open stopped") for each in simulation["clusters"]] == [True] * len(simulation["clusters"])


def test_what_followed_warnings(made: tuple[PolicyRepository, Path, Path]) -> None:
    page, _, _ = full(made)
    data = [json.loads(line) for line in made[1].read_text().splitlines()]
    warned = {each["decision"]["decision_id"]: each for each in data if each["kind"] == "decision" and each["decision"]["mode"] == "warn"}
    followed = [each["outcome"] for each in data if each["kind"] == "outcome" and each["follows"] in warned]
    again = sum(each["repeated"] is True for each in followed)
    # Every session here tells of results.
    changed = sum(each["followed"] == "next" and not each["repeated"] for each in followed)
    went_on = sum(each["ran"] for each in followed)
    assert min(again, changed, went_on) > 0
    rows = page.table("heeded").values()
    assert [sum(int(row[place]) for row in rows) for place in (0, 4, 5, 6)] == [len(warned), changed, again, went_on]
    assert f"Of {len(warned) - len(followed)} warnings it is not known what followed; they don't count in the rate." in page.text("heed")


def test_without_evidence_nothing_is_pretended(made: tuple[PolicyRepository, Path, Path], tmp_path: Path) -> None:
    page, text, done = report(made[0])
    assert done.code == 0
    for part in ("trends", "noisy", "heed", "normal"):
        assert "No events were given (--events FILE): nothing is known of what agents did." in page.text(part)
    for part in ("change", "review"):
        assert "No simulation was given" in page.text(part)
    assert "figure\">0" not in text, "what is not known is no zero"
    decision = json.loads(made[1].read_text().splitlines()[0])
    warned = next(each for each in map(json.loads, made[1].read_text().splitlines()) if (each["decision"] or {}).get("mode") == "warn")
    log = tmp_path / "few.jsonl"
    later = {**decision, "time": "2027-01-01T00:00:00Z", "decision": {**decision["decision"], "decision_id": "later"}}
    gap = event(3, stamp(12), "gap", outcome={"failure": "time-out", "answer": "deny"})
    log.write_text("".join(json.dumps(each) + "\n" for each in (decision, warned, decision, later, gap)) + "no event\n")
    page, _, done = report(made[0], "--events", str(log))
    assert (done.code, f"{log}:6" in done.err) == (1, True)
    assert page.text("trends").endswith(
        "Lines that are no events, and count nowhere: 1. Lines that stood in the files before, and count once: 1. Events after the time of this page, "
        "which are left out: 1. Times that nothing could be decided or recorded: 1 (1 time-out)."
    )
    assert "Of no warning it is known what followed" in page.text("heed")
    assert "Changed course \u2013" in page.text("heed")


def test_events_of_strange_shapes_are_counted(made: tuple[PolicyRepository, Path, Path], tmp_path: Path) -> None:
    """A log may come from anywhere: what is no text where one is expected, and times of no calendar, must not end the page."""
    action = {"id": ["a"], "surface": "shell", "command": "ls", "actor": "nobody", "repo": []}
    odd = {"decision": ["deny"], "mode": {}, "decision_id": 7, "matches": [{"pack": [], "policy": {}, "effective": [], "waived": "x"}, 3], "bundles": None, "would": []}
    lines = [
        event(1, "0001-01-01T00:00:00Z", "decision", action=action, decision=odd), event(2, "yesterday", "decision", action=action, decision=odd),
        event(3, stamp(11), "outcome", outcome={"followed": "next", "said": [], "agent": {}}, follows="x"), event(4, stamp(11), "gap", outcome="full"),
        event(5, stamp(11), "outcome", outcome="false-positive", follows=[]), event(6, stamp(11), "imported", outcome={"reasons": "no"}, action=None),
        event(7, stamp(11), "decision", action={"surface": "none"}, decision={}),
    ]
    log = tmp_path / "odd.jsonl"
    log.write_text("".join(json.dumps(each) + "\n" for each in lines))
    page, _, done = report(made[0], "--events", str(log))
    assert done.code == 0, done.err
    assert "Made from 7 events (3 decision, 1 gap, 1 imported, 2 outcome)" in page.text("trends")


def test_an_agent_that_tells_no_results_is_not_said_to_have_heeded(made: tuple[PolicyRepository, Path, Path], tmp_path: Path) -> None:
    warned = next(each for each in map(json.loads, made[1].read_text().splitlines()) if (each["decision"] or {}).get("mode") == "warn")
    about = {"followed": "next", "said": "warn", "agent": warned["action"]["actor"]["agent"], "ran": False, "repeated": False, "decision": "allow", "mode": None}
    following = event(2, stamp(12), "outcome", follows=warned["decision"]["decision_id"], outcome=about)
    log = tmp_path / "one.jsonl"
    log.write_text(json.dumps(following) + "\n" + json.dumps(warned) + "\n")
    page = report(made[0], "--events", str(log))[0]
    assert page.rows["heeded"][0][1:6] == ["Warnings", "Shown", "Accepted", "Known", "Changed course"]
    assert [row[:5] for row in page.table("heeded").values()] == [["1", "1", "\u2013", "0", "0"]]
    result = event(3, stamp(12), "outcome", follows="another", outcome={**about, "followed": "result", "ran": True})
    log.write_text(json.dumps(following) + "\n" + json.dumps(warned) + "\n" + json.dumps(result) + "\n")
    assert [row[:5] for row in report(made[0], "--events", str(log))[0].table("heeded").values()] == [["1", "1", "\u2013", "1", "1"]]
    # Another session of the agent, whose hook may be set up otherwise, says nothing of this one.
    other = event(3, stamp(12), "outcome", follows="another", outcome={**result["outcome"], "session": "other"})
    log.write_text(json.dumps(following) + "\n" + json.dumps(warned) + "\n" + json.dumps(other) + "\n")
    assert [row[:5] for row in report(made[0], "--events", str(log))[0].table("heeded").values()] == [["1", "1", "\u2013", "0", "0"]]


def test_hostile_texts_stay_texts_and_secrets_stay_away(made: tuple[PolicyRepository, Path, Path]) -> None:
    page, text, _ = full(made)
    assert CANARY in made[1].read_text()
    assert TOKEN in made[1].read_text()
    for secret in (CANARY, TOKEN):
        assert secret not in text
    assert "onerror=alert(1)>" not in text
    assert HOSTILE in page.text("policy-demo--upload")
    names = [tag for tag, _ in page.tags]
    assert (names.count("script"), names.count("style")) == (1, 1)
    assert {"img", "iframe", "link", "object", "base", "form"}.isdisjoint(names)
    assert not [name for _, found in page.tags for name in found if name.startswith("on") or name == "style"]
    assert "\u202e" not in text
    assert "dee\\u202e" in text


def test_it_needs_nothing_else(made: tuple[PolicyRepository, Path, Path]) -> None:
    page, text, _ = full(made)
    policy = next(found["content"] or "" for tag, found in page.tags if found.get("http-equiv") == "Content-Security-Policy")
    hashes = {tag: "sha256-" + b64encode(sha256(page.own[tag].encode()).digest()).decode() for tag in ("style", "script")}
    assert policy.startswith(f"default-src 'none'; style-src '{hashes['style']}'; script-src '{hashes['script']}'; base-uri 'none'; form-action 'none'")
    for tag, found in page.tags:
        assert (found.get("href") or "#").startswith("#"), (tag, found)
        assert "src" not in found
    assert "@import" not in text
    assert set(re.findall(r"url\(([^)]*)\)", page.own["style"])) == {"#hatch-warn", "#hatch-stop", "#hatch-undecided"}


def test_it_is_built_to_be_read_aloud(made: tuple[PolicyRepository, Path, Path]) -> None:
    page, _, _ = full(made)
    assert dict(page.tags[0][1] if page.tags[0][0] == "html" else {}) == {"lang": "en"}
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    ids = [found["id"] for _, found in page.tags if "id" in found]
    assert len(ids) == len(set(ids))
    for _, found in page.tags:
        for key in ("aria-labelledby", "aria-describedby"):
            assert found.get(key) is None or found[key] in ids
        href = found.get("href") or ""
        assert not href.startswith("#") or href[1:] in ids
    assert [tag for tag, _ in page.tags].count("caption") == [tag for tag, _ in page.tags].count("table")


def test_the_same_input_gives_the_same_bytes(made: tuple[PolicyRepository, Path, Path]) -> None:
    repository, events, simulation = made
    arguments = ("report", "--events", str(events), "--simulation", str(simulation), "--at", AT)
    outputs = []
    for seed in ("1", "2"):
        done = program(*arguments, "--out", f"out-{seed}.html", cwd=repository.root, PYTHONHASHSEED=seed)
        assert done.code == 0, done.all
        path = repository.root / f"out-{seed}.html"
        outputs.append(path.read_bytes())
        path.unlink()
    assert outputs[0] == outputs[1] == full(made)[1].encode()


def test_reviews_and_releases_are_on_it(tmp_path: Path) -> None:
    repository = PolicyRepository(tmp_path / "policies")
    assert packgate("release", "demo", "--at", stamp(1), cwd=repository.root).code == 0
    events = repository.events(tmp_path / "events.jsonl", ["psql -c 'DROP TABLE users'", "git push --force origin main", "ls"], range(2, 4), user="cy")
    simulation = tmp_path / "simulation.json"
    simulation.write_text(packgate("simulate", "demo", "--events", str(events), "--format", "json", cwd=repository.root).out)
    drop = next(each["id"] for each in json.loads(simulation.read_text())["clusters"] if "DROP" in each["title"])
    done = packgate("review", "reject", drop, "--reason", "a table of tests", "--by", "ana@example.org", "--at", stamp(4), "--from", str(simulation), cwd=repository.root)
    assert done.code == 0, done.all
    page, _, _ = report(repository, "--simulation", str(simulation))
    assert "Reject by ana@example.org on 2026-01-05: a table of tests" in page.text(f"cluster-{drop}")
    assert "To review 1 of 2 clusters" in page.text("summary")
    assert page.table("releases-demo")["demo/v1.0.0-audit"][:3] == ["audit", "1", "2026-01-02"]
    assert "Released as demo/v1.0.0-audit on 2026-01-02, not signed." in page.text("ladder")
    text = repository.read("packs/demo/policies/all.yaml")
    repository.write("packs/demo/policies/all.yaml", text.replace("[DROP*, TRUNCATE*]", "[DROP*, TRUNCATE*, ALTER*]").replace("ALTER TABLE users ADD", "SELECT ADD"))
    page, _, _ = report(repository, "--simulation", str(simulation))
    assert "A policy says something else here than when this was simulated." in page.text(f"cluster-{drop}")
    assert "Clusters about policies that say something else here (simulate again): 1." in page.text("change")
    assert "packs/demo/policies/all.yaml" in page.text("ladder"), "what is not committed is told"


def test_outside_of_git_and_with_broken_packs(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "packs")
    done = packgate("report", "--at", AT, cwd=tmp_path)
    assert (done.code, "wrote report.html" in done.err) == (0, True), done.all
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "There is no git repository here" in page.text("ladder")
    assert "since when is unknown" in page.text("ladder")
    (folder / "pack.yaml").write_text("name: mine\n")
    before = (tmp_path / "report.html").read_bytes()
    done = packgate("report", "--at", AT, cwd=tmp_path)
    assert (done.code, "error" in done.err) == (1, True)
    assert (tmp_path / "report.html").read_bytes() == before
    assert packgate("report", "--simulation", str(tmp_path / "report.html"), "--pack", "recommended", cwd=tmp_path).code == 2
    done = packgate("report", "--pack", "recommended", "--out", "no/such/folder.html", cwd=tmp_path)
    assert (done.code, "can't be written" in done.err) == (2, True)
