"""Approvals by the hook: asked for once, bound to the exact action, used once, and never believed from where others can write."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from typing import TYPE_CHECKING

import pytest
from approval_maker import Asking, make_gate, write_repository

from packgate.approvals.store import MOST, Store, StoreError
from packgate.approvals.text import request_text
from packgate.model.policy import APPROVAL_MINUTES, MOST_APPROVAL_MINUTES

if TYPE_CHECKING:
    from pathlib import Path

    from packgate.engine.gate import Gate

SECONDS = 60 * APPROVAL_MINUTES
_EDIT = "touch pay/a.py"
_SECRET = "ghp_" + "a1B2" * 10


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    return make_gate(write_repository(tmp_path_factory.mktemp("repository")))


@pytest.fixture
def agent(tmp_path: Path, gate: Gate) -> Asking:
    return Asking(tmp_path / "state", gate)


def _approve(agent: Asking, by: str = "ana", roles: tuple[str, ...] = ("pay-leads",), now: float = 1010, state: str = "approved") -> None:
    (request,) = [each for each in agent.requests() if each["state"] == "pending"]
    Store(str(agent.state / "approvals")).answer(request["id"], state, roles, by, now)


def test_it_is_asked_for_and_the_agent_is_told(agent: Asking) -> None:
    answer = agent.ask(_EDIT)
    (request,) = agent.requests()
    assert (request["state"], request["roles"], request["policies"]) == ("pending", ["pay-leads"], ["payment-edit"])
    assert request["requester"] == {"user": "dev", "agent": "claude-code", "session": "s-1"}
    assert request["expires"] - request["created"] == SECONDS
    assert answer.verdict.outcome == "deny"
    assert request["id"] in answer.verdict.for_agent
    assert "pay-leads" in answer.verdict.for_agent
    assert "do exactly the same again" in answer.verdict.for_agent
    decision, asked = answer.events
    assert (decision["decision"]["decision"], decision["decision"]["approver_role"]) == ("require_approval", "pay-leads")
    assert (asked["kind"], asked["outcome"]["state"], asked["follows"]) == ("approval", "requested", decision["decision"]["decision_id"])


def test_asking_again_opens_no_second_request(agent: Asking) -> None:
    agent.ask(_EDIT)
    again = agent.ask(_EDIT, seconds=1005)
    assert again.verdict.outcome == "deny"
    assert [event["kind"] for event in again.events] == ["decision"]
    assert len(agent.requests()) == 1


def test_an_approval_lets_it_run_once(agent: Asking) -> None:
    agent.ask(_EDIT)
    _approve(agent)
    ran = agent.ask(_EDIT, seconds=1020)
    assert ran.verdict.outcome == "allow"
    decision, used = ran.events
    assert (decision["decision"]["decision"], decision["decision"]["mode"]) == ("allow", "require-approval")
    assert "approved by ana (ap-" in decision["decision"]["reason"]
    assert (used["outcome"]["state"], used["outcome"]["answers"]) == ("used", {"pay-leads": "ana"})
    assert agent.ask(_EDIT, seconds=1021).verdict.outcome == "deny"
    assert [request["state"] for request in agent.requests()] == ["pending"]


@pytest.mark.parametrize("change", [
    {"commands": ("touch pay/b.py",)}, {"commands": ("touch pay/a.py ",)}, {"session": "s-2"}, {"agent": "codex"},
])
def test_it_is_bound_to_the_exact_action(agent: Asking, change: dict[str, object]) -> None:
    agent.ask(_EDIT)
    _approve(agent)
    commands = change.pop("commands", (_EDIT,))
    assert agent.ask(*commands, seconds=1020, **change).verdict.outcome == "deny"  # type: ignore[misc,arg-type]
    assert agent.ask(_EDIT, seconds=1021).verdict.outcome == "allow"


def test_no_answer_means_no(agent: Asking) -> None:
    agent.ask(_EDIT)
    late = agent.ask(_EDIT, seconds=1000 + SECONDS)
    assert late.verdict.outcome == "deny"
    assert len(late.events) == 2  # A new request.


def test_an_approval_that_came_too_late_does_not_count(agent: Asking) -> None:
    agent.ask(_EDIT)
    _approve(agent)
    assert agent.ask(_EDIT, seconds=1000 + SECONDS).verdict.outcome == "deny"
    with pytest.raises(StoreError, match="there is no request"):
        Store(str(agent.state / "approvals")).answer("ap-none", "approved", ("pay-leads",), "ana", 1)


def test_a_denial_is_told_and_compared(agent: Asking) -> None:
    agent.ask(_EDIT)
    _approve(agent, state="denied")
    answer = agent.ask(_EDIT, seconds=1020)
    assert answer.verdict.outcome == "deny"
    assert "was denied by ana" in answer.verdict.for_agent
    assert answer.events[0]["decision"]["policy_ids"] == ["payment-edit", "was-denied"]


def test_whoever_has_the_role_no_more_does_not_count(agent: Asking) -> None:
    agent.ask(_EDIT)
    _approve(agent, by="mallory")
    answer = agent.ask(_EDIT, seconds=1020)
    assert answer.verdict.outcome == "deny"
    assert [request["state"] for request in agent.requests()] == ["pending"]


def test_several_roles_all_have_to_approve(agent: Asking) -> None:
    both = "touch pay/a auth/b"
    agent.ask(both)
    assert agent.requests()[0]["roles"] == ["pay-leads", "auth-leads"]
    _approve(agent)
    assert agent.ask(both, seconds=1011).verdict.outcome == "deny"
    _approve(agent, by="ben", roles=("auth-leads",))
    assert agent.ask(both, seconds=1020).verdict.outcome == "allow"


def test_a_call_runs_with_all_of_its_actions_or_not_at_all(agent: Asking) -> None:
    agent.ask(_EDIT)
    _approve(agent)
    assert agent.ask(_EDIT, "psql -c 'DROP TABLE a'", seconds=1020).verdict.outcome == "deny"
    assert [request["state"] for request in agent.requests()] == ["approved"]
    assert agent.ask(_EDIT, "git status", seconds=1021).verdict.outcome == "allow"


def test_a_role_that_nobody_has_is_a_question_to_the_person(agent: Asking) -> None:
    assert agent.ask("touch misc/a").verdict.outcome == "ask"
    assert not (agent.state / "approvals").exists()


def test_nothing_is_asked_for_without_need(agent: Asking) -> None:
    assert agent.ask("git status").verdict.outcome == "allow"
    assert agent.ask("psql -c 'DROP TABLE a'").verdict.outcome == "deny"
    assert not (agent.state / "approvals").exists()


def test_no_secret_is_kept(agent: Asking) -> None:
    answer = agent.ask(f"echo {_SECRET} > pay/a.py")
    kept = "".join(path.read_text() for path in (agent.state / "approvals").glob("*.json"))
    assert agent.requests()
    assert _SECRET not in kept + json.dumps(answer.events) + answer.verdict.for_agent + answer.verdict.for_user


def test_files_are_the_owners_alone(agent: Asking) -> None:
    os.umask(0o000)
    try:
        agent.ask(_EDIT)
    finally:
        os.umask(0o022)
    folder = agent.state / "approvals"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("unsafe", ["folder", "file", "link", "garbage", "other-name"])
def test_what_others_could_have_written_is_not_believed(agent: Asking, unsafe: str) -> None:
    agent.ask(_EDIT)
    _approve(agent)
    folder = agent.state / "approvals"
    (path,) = folder.glob("*.json")
    if unsafe == "folder":
        folder.chmod(0o777)
    elif unsafe == "file":
        path.chmod(0o666)
    elif unsafe == "link":
        path.rename(agent.state / "elsewhere")
        path.symlink_to(agent.state / "elsewhere")
    elif unsafe == "garbage":
        path.write_text("{")
    else:
        path.write_text(path.read_text().replace(path.stem, "0" * 64))
    answer = agent.ask(_EDIT, seconds=1020)
    assert answer.verdict.outcome == "deny"
    assert "can't be kept" in answer.verdict.for_agent


def _use(folder: str, requests: list[dict[str, object]], barrier: object, results: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    results.put(Store(folder).use(requests, 1020))  # type: ignore[attr-defined]


def test_of_two_processes_one_uses_it(agent: Asking) -> None:
    for command in (_EDIT, "touch pay/b.py"):
        agent.ask(command)
        _approve(agent)
    requests = agent.requests()
    fork = multiprocessing.get_context("fork")
    barrier, results = fork.Barrier(6), fork.Queue()
    runs = [fork.Process(target=_use, args=(str(agent.state / "approvals"), requests[:number % 2 + 1], barrier, results)) for number in range(6)]
    for run in runs:
        run.start()
    found = [results.get(timeout=60) for _ in runs]
    for run in runs:
        run.join()
    assert sorted(found) == [False] * 5 + [True]


def test_an_answered_request_is_not_answered_again(agent: Asking) -> None:
    agent.ask(_EDIT)
    (request,) = agent.requests()
    _approve(agent)
    with pytest.raises(StoreError, match="is approved, not pending"):
        Store(str(agent.state / "approvals")).answer(request["id"], "denied", ("pay-leads",), "ben", 1011)


def test_all_approvals_of_a_call_are_used_or_none(agent: Asking) -> None:
    commands = (_EDIT, "touch pay/b.py")
    agent.ask(*commands)
    _approve_all(agent)
    store, requests = Store(str(agent.state / "approvals")), agent.requests()
    # Another process drops the second between finding and using.
    store.drop(requests[1]["digest"])
    assert not store.use(requests, 1020)
    assert [each["state"] for each in agent.requests()] == ["approved"]
    answer = agent.ask(*commands, seconds=1021)
    assert answer.verdict.outcome == "deny"
    assert "another part of the same call is not yet" in answer.verdict.for_agent
    _approve_all(agent)
    ran = agent.ask(*commands, seconds=1022)
    assert (ran.verdict.outcome, [event["kind"] for event in ran.events]) == ("allow", ["decision", "decision", "approval", "approval"])


def _approve_all(agent: Asking) -> None:
    for request in agent.requests():
        if request["state"] == "pending":
            Store(str(agent.state / "approvals")).answer(request["id"], "approved", ("pay-leads",), "ana", 1010)


def test_what_a_call_does_twice_is_asked_for_once(agent: Asking) -> None:
    agent.ask(_EDIT, _EDIT)
    _approve(agent)
    ran = agent.ask(_EDIT, _EDIT, seconds=1020)
    assert (ran.verdict.outcome, [event["kind"] for event in ran.events]) == ("allow", ["decision", "decision", "approval"])
    assert agent.ask(_EDIT, seconds=1021).verdict.outcome == "deny"


@pytest.mark.parametrize("change", [
    {"expires": 1000 + 60 * MOST_APPROVAL_MINUTES + 1}, {"created": 5000, "expires": 6000}, {"state": "used"}, {"expires": 1015}, {"roles": []},
])
def test_a_forged_time_or_state_is_not_believed(agent: Asking, change: dict[str, object]) -> None:
    agent.ask(_EDIT)
    _approve(agent)
    (path,) = (agent.state / "approvals").glob("*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **change, "answers": {}}))
    assert agent.ask(_EDIT, seconds=1020).verdict.outcome == "deny"


def test_a_clock_that_was_set_back_gives_no_more_time(agent: Asking) -> None:
    agent.ask(_EDIT, seconds=100_000)
    (request,) = agent.requests()
    assert agent.ask(_EDIT, seconds=99_970).verdict.outcome == "deny"
    assert agent.requests() == [request]
    assert len(agent.ask(_EDIT, seconds=50_000).events) == 2  # A new request.


def test_the_policy_says_how_long_it_holds(agent: Asking) -> None:
    assert "for 5 more minutes" in agent.ask("touch quick/a").verdict.for_agent
    (request,) = agent.requests()
    assert request["expires"] - request["created"] == 300
    _approve(agent)
    assert agent.ask("touch quick/a", seconds=1299).verdict.outcome == "allow"
    # Of several policies the shortest counts.
    agent.ask("touch quick/b pay/b", seconds=2000)
    assert agent.requests()[-1]["expires"] == 2300 or agent.requests()[0]["expires"] == 2300


def test_a_killed_process_leaves_it_used(agent: Asking) -> None:
    agent.ask(_EDIT)
    _approve(agent)
    folder = agent.state / "approvals"
    (path,) = folder.glob("*.json")
    (request,) = agent.requests()
    # As after the first half of `use`.
    path.rename(folder / f"{request['id']}.used")
    assert agent.ask(_EDIT, seconds=1020).verdict.outcome == "deny"
    assert sorted(each["state"] for each in Store(str(folder)).all(1020)) == ["pending", "used"]


def test_somebody_who_holds_the_lock_lets_nothing_run(agent: Asking) -> None:
    agent.ask(_EDIT)
    _approve(agent)
    fork = multiprocessing.get_context("fork")
    held, done = fork.Event(), fork.Event()
    holder = fork.Process(target=_hold, args=(str(agent.state / "approvals" / "lock"), held, done))
    holder.start()
    assert held.wait(60)
    answer = agent.ask(_EDIT, seconds=1020)
    done.set()
    holder.join()
    assert (answer.verdict.outcome, "held by another process" in answer.verdict.for_agent) == ("deny", True)
    assert agent.ask(_EDIT, seconds=1021).verdict.outcome == "allow"


def _hold(path: str, held: object, done: object) -> None:
    with open(path, "r+") as file:
        os.lockf(file.fileno(), os.F_LOCK, 0)
        held.set()  # type: ignore[attr-defined]
        done.wait(60)  # type: ignore[attr-defined]


def test_too_many_requests_and_what_is_over(agent: Asking) -> None:
    agent.ask(_EDIT)
    folder = agent.state / "approvals"
    (path,) = folder.glob("*.json")
    for number in range(MOST):
        os.link(path, folder / f"{number}.used")
    answer = agent.ask("touch pay/b.py")
    assert (answer.verdict.outcome, "no more are taken" in answer.verdict.for_agent) == ("deny", True)
    leftover = folder / ".0123456789abcdef"
    leftover.write_text("x")
    day = 25 * 60 * 60
    for each in (path, leftover):
        os.utime(each, (each.stat().st_mtime - day,) * 2)
    assert "waits for an approval" in agent.ask("touch pay/b.py").verdict.for_agent
    assert len(list(folder.iterdir())) == 2


def test_an_action_too_large_to_be_kept_is_refused_and_blocks_no_other(agent: Asking) -> None:
    parts = " ".join(f"pay/{number}/{'x' * 200}" for number in range(20))
    large = {"surface": "mcp", "server": "s", "tool": "t", "arguments": {str(number): "y" * 16_000 for number in range(40)}}
    answer = agent.ask_about(large)
    assert (answer.verdict.outcome, "too large" in answer.verdict.for_agent) == ("deny", True)
    agent.ask(f"touch {parts}")
    assert len(agent.requests()) == 1


def test_whoever_answers_sees_what_is_written_and_what_is_left_out(agent: Asking) -> None:
    agent.ask_about({"surface": "file", "operation": "write", "path": "/srv/app/pay/a.py", "content": "fee = 0\n\x1b[2J" + "x" * 3000})
    (request,) = agent.requests()
    shown = request_text(request)
    assert "content   fee = 0 ⏎ \\x1b[2Jx" in shown
    assert "more characters: packgate approvals list --format json)" in shown
    assert "\x1b" not in shown
