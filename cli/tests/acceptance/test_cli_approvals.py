"""`packgate approvals` at a real terminal, and `/v1/approvals` of a real server: who may answer, and what an answer lets run."""

from __future__ import annotations

import json
import os
import pty
import pwd
import secrets
import select
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from approval_maker import Asking, make_gate, write_repository
from command_line import ROOT, Done, packgate, program
from hook_installed import Installed
from installed_folder import install
from serve_host import serving

from packgate.bundle.build import Facts, build
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_ME = pwd.getpwuid(os.getuid()).pw_name
_EDIT = "touch pay/a.py"
_ACTION = {"surface": "shell", "command": _EDIT, "cwd": "/srv/app", "home": "/home/dev", "actor": {"user": "dev", "agent": "own", "session": "s"}}


class Machine:
    """An installation whose approvers are this user and others."""

    def __init__(self, place: Path, members: str) -> None:
        self.place = place
        repository = write_repository(place / "policies")
        (repository / "context" / "people.yaml").write_text(f"groups: {{pay-leads: [{members}], auth-leads: [ben]}}\n")
        space = load_workspace(str(repository))
        bundle = build(space, space.results[0], Facts("block", 1, "2026-01-01T00:00:00Z", days=20_000))
        install(place / "bundles", [(bundle.name, bundle.data)])
        self.agent = Asking(place / "state", make_gate(repository))
        self.options = ("--log", str(place / "state" / "events.jsonl"), "--bundles", str(place / "bundles"))

    def ask(self) -> str:
        """Ask for the edit now; what the agent is answered."""
        return self.agent.ask(_EDIT, seconds=time.time()).verdict.outcome

    @property
    def id(self) -> str:
        (request,) = self.agent.requests()
        return str(request["id"])

    def run(self, *arguments: str) -> Done:
        return packgate("approvals", *arguments, *self.options)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, f"ana, {_ME}")


def _at_terminal(arguments: list[str], typed: Callable[[str], str], environ: dict[str, str] | None = None) -> tuple[int, str]:
    """Run packgate with a terminal of its own; ``typed`` gives what is typed once it asks. Its exit code, and all that it wrote."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "packgate", *arguments], {**_plain(), "PYTHONPATH": str(ROOT / "cli"), **(environ or {})})
    shown, answered, until = "", False, time.monotonic() + 60
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data.decode()
        if not answered and ", type " in shown and shown.rstrip().endswith(":"):
            os.write(terminal, typed(shown).encode() + b"\n")
            answered = True
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown


def _plain() -> dict[str, str]:
    from packgate.commands.approval_place import AGENTS

    return {name: value for name, value in os.environ.items() if name not in AGENTS}


def _events(machine: Machine) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (machine.place / "state" / "events.jsonl").read_text().splitlines()]


def test_a_person_approves_at_the_terminal(machine: Machine) -> None:
    assert machine.ask() == "deny"
    code, shown = _at_terminal(["approvals", "approve", machine.id, "--note", "fine", *machine.options], lambda _: machine.id[-4:])
    assert (code, "touch pay/a.py" in shown) == (0, True), shown
    assert f"{machine.id} is approved" in shown
    (event,) = _events(machine)
    assert (event["kind"], event["outcome"]["state"], event["outcome"]["answers"], event["outcome"]["note"]) == (
        "approval", "approved", {"pay-leads": _ME}, "fine",
    )
    assert machine.ask() == "allow"
    assert machine.ask() == "deny"


def test_a_person_denies(machine: Machine) -> None:
    machine.ask()
    code, _ = _at_terminal(["approvals", "deny", machine.id, "--note", "use the form", *machine.options], lambda _: machine.id[-4:])
    assert code == 0
    assert "use the form" in machine.agent.ask(_EDIT, seconds=time.time()).verdict.for_agent


def test_something_else_typed_answers_nothing(machine: Machine) -> None:
    machine.ask()
    code, shown = _at_terminal(["approvals", "approve", machine.id, *machine.options], lambda _: "yes")
    assert (code, "nothing was answered" in shown) == (2, True)
    assert machine.ask() == "deny"


def test_an_agent_cannot_answer(machine: Machine) -> None:
    machine.ask()
    code, shown = _at_terminal(["approvals", "approve", machine.id, *machine.options], lambda _: machine.id[-4:], {"CLAUDECODE": "1"})
    assert (code, "an agent can't answer" in shown) == (2, True)
    # Without a terminal nobody is there.
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "packgate", "approvals", "approve", machine.id, *machine.options], input=machine.id[-4:], text=True,
        capture_output=True, check=False, start_new_session=True, env={**_plain(), "PYTHONPATH": str(ROOT / "cli")},
    )
    assert (done.returncode, "at a terminal, by a person" in done.stderr) == (2, True)
    assert machine.ask() == "deny"


def test_who_has_not_the_role_cannot_answer(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "ana")
    machine.ask()
    done = machine.run("approve", machine.id)
    assert (done.code, f"{_ME} is in none of pay-leads" in done.err) == (2, True)


def test_the_real_hook_asks_and_runs_once(tmp_path: Path) -> None:
    """The launcher with its image, as an agent starts it, and a person at a terminal."""
    (tmp_path / "hooked").mkdir()
    hook = Installed(tmp_path / "hooked")
    shutil.rmtree(hook.bundles)
    Machine(tmp_path, f"ana, {_ME}")
    shutil.copytree(tmp_path / "bundles", hook.bundles)
    hook.bundles.chmod(0o700)
    hook.prepare()
    asked = hook.run(hook.payload(_EDIT))
    assert (asked.decision, "waits for an approval by pay-leads" in asked.out.decode()) == ("deny", True), asked
    options = ["--settings", str(hook.file)]
    (request,) = json.loads(program("approvals", "list", "--format", "json", *options).out)
    code, shown = _at_terminal(["approvals", "approve", request["id"], *options], lambda _: request["id"][-4:])
    assert code == 0, shown
    # The name of the call is another one each time.
    assert hook.run(hook.payload(_EDIT, tool_use_id="toolu_2")).decision is None
    assert hook.run(hook.payload(_EDIT, tool_use_id="toolu_3")).decision == "deny"
    kinds = [(event["kind"], (event["outcome"] or {}).get("state")) for event in hook.events() if event["kind"] != "outcome"]
    assert kinds == [
        ("decision", None), ("approval", "requested"), ("approval", "approved"), ("decision", None), ("approval", "used"), ("decision", None),
        ("approval", "requested"),
    ]


def test_list_and_show(machine: Machine) -> None:
    assert machine.run("list").out == "nothing waits for an approval\n"
    machine.ask()
    text, shown = machine.run("list").out, machine.run("show", machine.id).out
    assert text == shown
    assert "by pay-leads" in text
    (request,) = json.loads(machine.run("list", "--format", "json").out)
    assert (request["id"], request["state"]) == (machine.id, "pending")
    assert machine.run("show", "ap-none").code == 2
    assert machine.run("approve", "ap-none").code == 2


def test_no_installation_is_said(tmp_path: Path) -> None:
    done = program("approvals", "list", HOME=str(tmp_path), XDG_DATA_HOME="")
    assert (done.code, "settings of the hook are missing" in done.err) == (2, True)


def test_over_the_server(tmp_path: Path) -> None:
    Machine(tmp_path, "ana, dev")
    tokens = {name: secrets.token_hex(32) for name in ("ana", "dev", "eve")}
    approvers = tmp_path / "approvers"
    approvers.write_text("".join(f"{user} {token}\n" for user, token in tokens.items()))
    approvers.chmod(0o600)
    log = tmp_path / "served" / "events.jsonl"
    with serving(tmp_path, "--bundles", str(tmp_path / "bundles"), "--log", str(log), "--approvers", str(approvers)) as server:
        first = server.decide(_ACTION)
        assert (first["decision"], first["approver_role"]) == ("require_approval", "pay-leads")

        def call(user: str | None, method: str, path: str, **more: Any) -> httpx.Response:
            headers = dict(server.client.headers) if user is None else {"Authorization": f"Bearer {tokens[user]}"}
            return httpx.request(method, server.url + path, headers=headers, timeout=60, **more)

        assert [call(user, "GET", "/v1/approvals").status_code for user in (None, "ana")] == [401, 200]
        (request,) = call("ana", "GET", "/v1/approvals").json()["requests"]
        path, yes = f"/v1/approvals/{request['id']}", {"answer": "approve"}
        assert request["id"] in first["message"]
        # The agents' token, somebody without the role, and whose agent asks.
        assert [call(user, "POST", path, json=yes).status_code for user in (None, "eve", "dev")] == [401, 403, 403]
        assert [call("ana", "POST", path, json=each).status_code for each in ({}, {"answer": "maybe"}, [])] == [422] * 3
        assert call("ana", "POST", "/v1/approvals/ap-none", json=yes).status_code == 404
        assert server.decide(_ACTION)["decision"] == "require_approval"
        answered = call("ana", "POST", path, json={**yes, "note": "once"})
        assert (answered.status_code, answered.json()["state"]) == (200, "approved")
        assert call("ana", "POST", path, json=yes).status_code == 409
        # An approval's token decides nothing.
        assert call("ana", "POST", "/v1/decide", json=_ACTION).status_code == 401
        ran = server.decide(_ACTION)
        assert (ran["decision"], "approved by ana" in str(ran["reason"])) == ("allow", True)
        assert server.decide(_ACTION)["decision"] == "require_approval"
        hooked = server.client.post("/v1/hooks/claude-code/PreToolUse", json={
            "session_id": "s-1", "cwd": "/srv/app", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": _EDIT},
        }).json()["hookSpecificOutput"]
        assert (hooked["permissionDecision"], "waits for an approval" in hooked["permissionDecisionReason"]) == ("deny", True)
    states = [event["outcome"]["state"] for event in map(json.loads, log.read_text().splitlines()) if event["kind"] == "approval"]
    assert states == ["requested", "approved", "used", "requested", "requested"]


@pytest.mark.parametrize(("text", "mode"), [("ana short\n", 0o600), ("ana\n", 0o600), (f"ana {'a' * 40}\n", 0o644), (f"a {'a' * 40}\nb {'a' * 40}\n", 0o600)])
def test_tokens_of_approvers_are_checked(tmp_path: Path, text: str, mode: int) -> None:
    machine = Machine(tmp_path, "ana")
    approvers = tmp_path / "approvers"
    approvers.write_text(text)
    approvers.chmod(mode)
    done = packgate("serve", "--bundles", str(machine.place / "bundles"), "--token-file", str(tmp_path / "t"), "--log", str(tmp_path / "l"), "--approvers", str(approvers))
    assert (done.code, str(approvers) in done.err) == (2, True)
