"""The risk score by its parts, the signals, and what hook and server remember between decisions."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from approval_maker import CONTEXT, PACK, POLICY, Asking, make_gate

from packgate.commands.explaining import Explanation
from packgate.engine import risk
from packgate.engine.risk import History, touched
from packgate.model.action import parse_action
from packgate.serve.past import Past
from packgate.serve.sessions import Sessions

if TYPE_CHECKING:
    from packgate.engine.gate import Gate
    from packgate.model.decision import Decision

_DOC = Path(__file__).resolve().parents[3] / "docs" / "risk.md"
_POLICIES = "policies:\n" + "".join([
    POLICY.format(id="write", when="modify-file", more="", then="audit\n    risk: 30", fires="touch a", impact="routine", message="No."),
    POLICY.format(id="drop", when="database-admin", more="if: {operation: DROP*}", then="block\n    risk: 60", fires="psql -c 'DROP TABLE a'", impact="one-way", message="No."),
    POLICY.format(id="new-host", when="web-request", more="where: {risk_signals: first-seen-host}", then="{mode: audit, alert: [security]}",
                  fires="curl https://h.example\n          context: {risk_signals: [first-seen-host]}", impact="routine", message="No."),
    POLICY.format(id="again", when="command", more="where: {risk_signals: repeated-denials}", then="{mode: warn, alert: [security]}",
                  fires="ls\n          context: {risk_signals: [repeated-denials]}", impact="risky", message="No."),
])
_PLACES = CONTEXT + """
repositories:
  - {match: acme/app, data_classification: confidential, environment: staging, paths: [{match: pay/**, data_classification: Restricted, environment: production}]}
"""


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    folder = tmp_path_factory.mktemp("repository")
    (folder / "packs" / "guarded" / "policies").mkdir(parents=True)
    (folder / "context").mkdir()
    (folder / "packgate.yaml").write_text("version: 1\n")
    (folder / "packs" / "guarded" / "pack.yaml").write_text(PACK)
    (folder / "packs" / "guarded" / "rollout.yaml").write_text("pack: block\n")
    (folder / "packs" / "guarded" / "policies" / "all.yaml").write_text(_POLICIES)
    (folder / "context" / "all.yaml").write_text(_PLACES)
    return make_gate(folder)


def _action(command: str, repo: str | None = None, **more: Any) -> dict[str, Any]:
    return {"surface": "shell", "command": command, "cwd": "/srv/app", "repo": {"name": repo, "root": "/srv/app"}, **more}


def _decide(gate: Gate, command: str, history: History | None = None, repo: str | None = None, **more: Any) -> Decision:
    return gate.decide(parse_action(_action(command, repo, **more)), history=history)


@pytest.mark.parametrize(("command", "repo", "more", "expected"), [
    ("ls", None, {}, 0), ("touch a", None, {}, 30), ("psql -c 'DROP TABLE a'", None, {}, 60),
    ("touch a", "acme/app", {}, 30 + 10 + 5), ("touch pay/a", "acme/app", {}, 30 + 20 + 10), ("touch a pay/a", "acme/app", {}, 30 + 20 + 10),
    ("touch a", None, {"data_classification": "internal", "environment": "production"}, 30 + 5 + 10),
    ("touch a", None, {"data_classification": "public", "environment": "dev"}, 30), ("ls", "acme/app", {}, 15),
])
def test_policies_data_and_environment(gate: Gate, command: str, repo: str | None, more: dict[str, Any], expected: int) -> None:
    assert _decide(gate, command, None, repo, **more).risk_score == expected


@pytest.mark.parametrize(("history", "expected"), [
    (History(), 30), (History(1), 35), (History(4), 50), (History(9), 50), (History(0, set()), 40), (History(0, {"family:modify-file"}), 30),
    (History(2, set()), 50),
])
def test_denials_and_what_is_unusual(gate: Gate, history: History, expected: int) -> None:
    # From three denials on another policy matches, of more risk.
    found = _decide(gate, "touch a", history)
    assert found.risk_score == expected + (20 if history.denials >= 3 else 0)


def test_at_most_100(gate: Gate) -> None:
    found = _decide(gate, "psql -c 'DROP TABLE a' > pay/x", History(9, set()), "acme/app")
    assert found.risk_score == 100
    assert sum(points for _, points in found.risk_parts) > 100


def test_the_documented_points_are_those_of_the_engine() -> None:
    text = _DOC.read_text()
    said = {word: int(points) for word, points in re.findall(r"`(\w+)`: (\d+)", text)}
    assert said == {**risk.DATA, **risk.ENVIRONMENT}
    denials = re.search(r"\| denials \| (\d+) .* last (\d+) minutes, at most (\d+)", text)
    unusual = re.search(r"\| unusual \| (\d+) .*at most (\d+)", text)
    assert denials is not None
    assert unusual is not None
    assert [int(each) for each in denials.groups()] == [risk.DENIAL, risk.DENIAL_SECONDS // 60, risk.MOST_FOR_DENIALS]
    assert [int(each) for each in unusual.groups()] == [risk.UNUSUAL, risk.MOST_FOR_UNUSUAL]
    assert f"something {risk.REPEATED} times" in text
    assert f"before {risk.LEARNING} actions" in text
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.M)) == {risk.REPEATED_DENIALS, *risk.FIRST_SEEN.values()}


def test_signals_are_compared_and_alert(gate: Gate) -> None:
    fetch = "curl https://New.example/x"
    found = _decide(gate, fetch, History(0, {"family:web-request"}))
    assert (found.decision, found.alerts, found.policy_ids) == ("alert", ["security"], ["new-host"])
    assert _decide(gate, fetch, History(0, {"family:web-request", "host:new.example"})).decision == "allow"
    assert _decide(gate, fetch, History(0, None)).decision == "allow"
    assert _decide(gate, "ls", History(3)).policy_ids == ["again"]
    assert _decide(gate, "ls", History(2)).policy_ids == []


def test_what_an_action_touches(gate: Gate) -> None:
    action = parse_action(_action("curl https://A.example | tee x", "acme/app"))
    names = touched(action, gate.analyze(action))
    assert {"family:web-request", "family:modify-file", "repository:acme/app", "host:a.example"} <= set(names)
    assert "family:command" not in names


def test_the_same_history_gives_the_same_decision(gate: Gate) -> None:
    one, two = (_decide(gate, "touch pay/a", History(2, {"family:modify-file"}), "acme/app") for _ in range(2))
    assert (one.decision_id, one.risk_score, one.risk_parts) == (two.decision_id, two.risk_score, two.risk_parts)


def test_explain_shows_the_parts(gate: Gate) -> None:
    command = "touch pay/a"
    action = gate.complete(parse_action(_action(command, "acme/app")))
    text = Explanation(command, action, gate, gate.decide(action), str).text()
    assert "risk 60: 30 policies + 20 restricted data + 10 production" in text


def test_the_hook_remembers_between_processes(gate: Gate, tmp_path: Path) -> None:
    agent = Asking(tmp_path / "state", gate)

    def risk_of(command: str, **more: Any) -> tuple[int, list[str]]:
        decision = agent.ask(command, **more).events[0]["decision"]
        return decision["risk_score"], decision["policy_ids"]

    assert risk_of("curl https://a.example") == (0, [])
    for number in range(risk.LEARNING):
        agent.ask("ls", seconds=1000 + number)
    assert risk_of("curl https://a.example", seconds=2000) == (0, [])
    assert risk_of("curl https://b.example", seconds=2001) == (20 + 10, ["new-host"])
    assert risk_of("curl https://b.example", seconds=2002) == (0, [])
    # What is denied is not remembered.
    drop = "psql -h c.example -c 'DROP TABLE a'"
    assert [risk_of(drop, seconds=3000 + number)[0] for number in range(3)] == [60 + 20, 60 + 5 + 20, 60 + 10 + 20]
    assert risk_of("ls", seconds=3010) == (50 + 15, ["again"])
    assert risk_of("ls", seconds=3010, session="s-2") == (0, [])
    assert risk_of("ls", seconds=3010 + risk.DENIAL_SECONDS) == (0, [])
    (path,) = (tmp_path / "state" / "seen").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "a.example" not in path.read_text()


def test_the_server_remembers(gate: Gate) -> None:
    past = Past(Sessions())
    action = parse_action(_action("curl https://a.example", actor={"user": "dev"}))
    for _ in range(risk.LEARNING):
        assert past.history(action).seen is None
        past.note(action, gate.decide(action))
    other = parse_action(_action("curl https://b.example", actor={"user": "dev"}))
    assert gate.decide(other, history=past.history(other)).policy_ids == ["new-host"]
    assert gate.decide(action, history=past.history(action)).policy_ids == []
    stranger = parse_action(_action("curl https://b.example", actor={"user": "eve"}))
    assert past.history(stranger).seen is None
