"""`packgate serve` as a process: who may ask, what is answered, bundles that change, sessions, and its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from bundle_maker import make_bundle
from click.testing import CliRunner
from command_line import packgate
from installed_folder import install
from serve_host import free_port, serving

from packgate.cli import group
from packgate.serve.listening import listen_tcp

PACKGATE = [sys.executable, "-m", "packgate"]
FORCE = {"surface": "shell", "command": "git push --force origin main", "cwd": "/home/dev/proj", "home": "/home/dev"}


@pytest.fixture
def bundles(tmp_path):
    into = tmp_path / "bundles"
    install(into, [make_bundle(tmp_path / "one", 1)])
    return into


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    place = tmp_path_factory.mktemp("served")
    into = place / "bundles"
    install(into, [make_bundle(place / "one", 1)])
    with serving(place, "--bundles", str(into)) as server:
        yield server


def test_a_decision_is_that_of_decide(running, tmp_path):
    answer = running.decide({**FORCE, "id": "a-1"})
    into = os.path.dirname(str(running.errors)) + "/bundles"
    result = CliRunner().invoke(
        group, ["decide", "--bundles", into, "--jsonl", "--at", str(answer["timestamp"])], input=json.dumps({**FORCE, "id": "a-1"}),
        standalone_mode=False, catch_exceptions=False,
    )
    assert json.loads(result.output) == answer
    assert (answer["decision"], answer["policy_ids"], answer["bundles"][0]["revision"]) == ("deny", ["demo-force"], 1)


@pytest.mark.parametrize(("headers", "status"), [
    ({"Authorization": "Bearer wrong"}, 401), ({"Authorization": ""}, 401), ({"Host": "packgate.evil.example"}, 421), ({"Host": "127.0.0.1.evil.example:1"}, 421),
    ({"Origin": "https://evil.example"}, 403), ({"Content-Type": "text/plain"}, 415), ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ({"Host": "LOCALHOST:1"}, 200), ({"Content-Type": "application/json; charset=utf-8"}, 200),
])
def test_who_may_ask(running, headers, status):
    answer = running.client.post("/v1/decide", content=json.dumps(FORCE), headers={"Content-Type": "application/json", **headers})
    assert answer.status_code == status
    if status != 200:
        assert list(answer.json()) == ["error"]


@pytest.mark.parametrize("path", ["/v1/status", "/metrics", "/openapi.json", "/nothing"])
def test_nothing_is_told_without_the_token(running, path):
    assert httpx.get(running.url + path).status_code == 401


@pytest.mark.parametrize(("body", "message"), [
    (b"", "not JSON"), (b"[]", "an action is a JSON object"), (b'{"surface": "shell"}', "command"), (b"\xff", "UTF-8"), (b'{"a":1,"a":2}', "twice"),
    (b"[" * 100_000, "nested"), (b'{"command": NaN}', "NaN"), (b'{"command": "ls", "shell": "ghp_0123456789abcdefghijklmnopqrstuvwxyzAB"}', "shell"),
])
def test_what_is_no_action_is_not_decided(running, body, message):
    answer = running.client.post("/v1/decide", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert message in answer.json()["error"]
    assert "ghp_0123456789" not in answer.text


def test_a_body_without_end_is_refused(running):
    def endless():
        for _ in range(20):
            yield b" " * 1024 * 1024

    answer = running.client.post("/v1/decide", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    host, port = running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST /v1/decide HTTP/1.1\r\nHost: {host}\r\nAuthorization: {running.client.headers['authorization']}\r\nContent-Length: 99999999\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_answers_do_not_wait_for_more():
    """Nagle's algorithm is off on connections, which asyncio sees to only where a listening socket names its protocol."""
    with listen_tcp("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_what_is_in_use_is_told(running):
    status = running.client.get("/v1/status").json()
    assert [(each["pack"], each["version"], each["revision"]) for each in status["bundles"]] == [("demo", "1.0.0", 1)]
    assert status["refused"] is None
    running.decide(FORCE)
    assert httpx.get(running.url + "/v1/status").status_code == 401
    text = running.client.get("/metrics").text
    assert 'packgate_pack_info{digest="sha256:' in text
    assert 'packgate_refused_requests_total{status="401"}' in text
    (denied,) = (line for line in text.splitlines() if line.startswith('packgate_decisions_total{decision="deny"}'))
    assert float(denied.split()[1]) >= 1


def test_other_methods_and_paths(running):
    assert running.client.get("/v1/decide").status_code == 405
    assert running.client.get("/v2/decide").status_code == 404
    assert httpx.get(running.url + "/healthz").status_code == 204


def test_bundles_are_taken_over_and_the_last_good_one_is_kept(tmp_path, bundles):
    release = {**FORCE, "command": "git push --force origin release"}
    with serving(tmp_path, "--bundles", str(bundles), "--reload-every", "0.1") as server:
        assert [server.decide(each)["decision"] for each in (FORCE, release)] == ["deny", "allow"]
        install(bundles, [make_bundle(tmp_path / "two", 2, branch="release")])
        server.wait(lambda status: status["bundles"][0]["revision"] == 2)
        assert [server.decide(each)["decision"] for each in (FORCE, release)] == ["allow", "deny"]
        name, data = make_bundle(tmp_path / "three", 3, branch="other")
        install(bundles, [(name, data)])
        server.wait(lambda status: status["bundles"][0]["revision"] == 3)
        active = json.loads((bundles / "active.json").read_text())
        file = bundles / "snapshots" / active["snapshot"] / name
        file.write_bytes(data[:-600] + b"x" + data[-599:])
        os.utime(bundles / "active.json")
        server.wait(lambda status: status["refused"] is not None)
        assert server.client.get("/v1/status").json()["bundles"][0]["revision"] == 3
        assert 'packgate_reloads_total{result="kept"} 1.0' in server.client.get("/metrics").text
        assert server.stop() == 0
    assert "what was held stays in use" in server.errors.read_text()


def test_no_request_fails_while_bundles_change(tmp_path, bundles):
    failures: list[object] = []
    with serving(tmp_path, "--bundles", str(bundles), "--reload-every", "0.1") as server:
        ended = threading.Event()

        def ask() -> None:
            while not ended.is_set():
                answer = server.client.post("/v1/decide", json=FORCE)
                if answer.status_code != 200 or answer.json()["decision"] != "deny":
                    failures.append(answer.text)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for revision in (2, 3, 4):
            install(bundles, [make_bundle(tmp_path / "next", revision)])
            server.wait(lambda status, wanted=revision: status["bundles"][0]["revision"] == wanted)
        ended.set()
        for thread in threads:
            thread.join()
    assert failures == []


def test_sighup_loads_at_once(tmp_path, bundles):
    with serving(tmp_path, "--bundles", str(bundles), "--reload-every", "3600") as server:
        server.client.get("/v1/status")
        install(bundles, [make_bundle(tmp_path / "two", 2)])
        server.process.send_signal(signal.SIGHUP)
        server.wait(lambda status: status["bundles"][0]["revision"] == 2)


def test_repeated_denials_end_a_session(tmp_path):
    pack = tmp_path / "source"
    make_bundle(pack, 1)
    header = pack / "packs/demo/pack.yaml"
    header.write_text(header.read_text() + "terminate_after: {denials: 3, minutes: 5}\n")
    with serving(tmp_path, "--pack", str(pack / "packs/demo")) as server:
        told = [server.decide({**FORCE, "actor": {"session": "one"}})["decision"] for _ in range(4)]
        assert told == ["deny", "deny", "terminate", "terminate"]
        other = [server.decide({**FORCE, "actor": {"session": "two"}})["decision"] for _ in range(2)]
        unnamed = [server.decide(FORCE)["decision"] for _ in range(4)]
        assert {*other, *unnamed} == {"deny"}
        assert server.decide({**FORCE, "command": "ls", "actor": {"session": "one"}})["decision"] == "allow"
        assert server.client.get("/v1/status").json()["sessions"] == 2


def test_a_request_on_its_way_is_answered_at_the_end(tmp_path, bundles):
    with serving(tmp_path, "--bundles", str(bundles)) as server:
        server.client.get("/v1/status")
        host, port = server.url.removeprefix("http://").split(":")
        token = (tmp_path / "token").read_text().strip()
        body = json.dumps(FORCE).encode()
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(
                f"POST /v1/decide HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:10]
            )
            time.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            connection.sendall(body[10:])
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert server.process.wait(timeout=60) == 0


def test_on_a_unix_socket(tmp_path, bundles, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path, "--bundles", str(bundles), unix=True) as server:
        assert server.decide(FORCE)["decision"] == "deny"
        assert stat.S_IMODE(os.stat("s").st_mode) == 0o600
        second = subprocess.run(
            [*PACKGATE, "serve", "--bundles", str(bundles), "--socket", "s"], capture_output=True, text=True, check=False, env=os.environ,
        )
        assert (second.returncode, "another server listens there" in second.stderr) == (2, True)
        server.process.kill()
        server.process.wait()
    with serving(tmp_path, "--bundles", str(bundles), unix=True) as server:
        assert server.decide(FORCE)["decision"] == "deny"
        assert server.stop() == 0
    assert not os.path.exists("s")


@pytest.mark.parametrize(("arguments", "message"), [
    (["--port", "1"], "give --token-file FILE, or --socket PATH"),
    (["--host", "0.0.0.0", "--token-file", "t"], "loopback only"),
    (["--host", "example.com", "--token-file", "t"], "expected 127.0.0.1"),
    (["--bundles", "b", "--pack", "p", "--socket", "s"], "exclude each other"),
    (["--bundles", "nowhere", "--socket", "s"], "no bundle is installed here"),
    (["--dry-run", "--socket", "s"], "belong to --install"),
    (["--pack", "recommended", "--socket", "s", "--checkpoint-passphrase-env", "HOME"], "a passphrase is for a key"),
    (["--install", "systemd", "--socket", "s", "--pack", "recommended"], "decides with bundles"),
    (["--install", "systemd", "--socket", "s"], "give --bundles DIR or --settings FILE"),
    (["--settings", "nowhere", "--socket", "s"], "settings of the hook are missing"),
])
def test_wrong_calls(tmp_path, arguments, message):
    done = subprocess.run([*PACKGATE, "serve", *arguments], capture_output=True, text=True, check=False, cwd=tmp_path, env=os.environ)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("spoil", ["others", "short", "link", "folder"])
def test_a_token_that_others_know_is_refused(tmp_path, bundles, spoil):
    token = tmp_path / "t"
    if spoil == "folder":
        token.mkdir()
    else:
        file = tmp_path / "real" if spoil == "link" else token
        file.write_text("x" * (5 if spoil == "short" else 40))
        file.chmod(0o644 if spoil == "others" else 0o600)
        if spoil == "link":
            token.symlink_to(file)
    arguments = ["--bundles", str(bundles), "--port", str(free_port()), "--token-file", str(token)]
    done = subprocess.run([*PACKGATE, "serve", *arguments], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("supervisor", ["systemd", "launchd"])
def test_units(tmp_path, supervisor):
    arguments = ["serve", "--bundles", "b 1", "--token-file", "tok%en", "--reload-every", "5", "--install", supervisor]
    environment = {**os.environ, "HOME": str(tmp_path)}
    shown = subprocess.run([*PACKGATE, *arguments, "--dry-run"], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment).stdout
    assert str(tmp_path / "b 1") in shown
    written = subprocess.run([*PACKGATE, *arguments], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment).stdout
    path, start, stop = written.splitlines()
    with open(path, encoding="utf-8") as file:
        assert file.read() == shown
    assert start.startswith("to start:")
    assert stop.startswith("to stop:")
    if supervisor == "systemd":
        assert f'--bundles "{tmp_path}/b 1"' in shown
        assert "tok%%en" in shown
        assert "WantedBy=default.target" in shown


def payload(command: str, cwd: str, session: str = "one") -> dict[str, object]:
    """What Claude Code sends before it runs a command."""
    return {
        "session_id": session, "transcript_path": "/t", "cwd": cwd, "permission_mode": "default", "hook_event_name": "PreToolUse",
        "tool_name": "Bash", "tool_input": {"command": command, "description": "d"}, "tool_use_id": "toolu_1",
    }


@pytest.fixture
def hooked(tmp_path, bundles):
    log = tmp_path / "events.jsonl"
    with serving(tmp_path, "--bundles", str(bundles), "--log", str(log)) as server:
        yield server


def test_a_hook_over_http_is_answered_in_the_dialect(hooked, tmp_path):
    denied = hooked.client.post("/v1/hooks/claude-code/PreToolUse", json=payload("git push --force origin main", str(tmp_path)))
    told = denied.json()["hookSpecificOutput"]
    assert (denied.status_code, told["permissionDecision"]) == (200, "deny")
    assert "demo-force" in told["permissionDecisionReason"]
    quiet = hooked.client.post("/v1/hooks/claude-code/PreToolUse", json=payload("ls", str(tmp_path)))
    assert (quiet.status_code, quiet.json()) == (200, {})
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [each["kind"] for each in events] == ["decision", "outcome", "decision"]
    assert [each["decision"]["decision"] for each in events if each["decision"]] == ["deny", "allow"]
    # What came next after the denial.
    assert (events[1]["follows"], events[1]["outcome"]["next"]) == (events[0]["decision"]["decision_id"], events[2]["decision"]["decision_id"])
    assert events[0]["action"]["actor"]["session"] == "one"
    assert events[0]["latency_us"] > 0


def test_every_decision_is_in_the_log_without_secrets(hooked, tmp_path):
    secret = "ghp_" + "0123456789abcdefghijklmnopqrstuvwxyz"
    hooked.decide({**FORCE, "id": "a-1", "command": f"curl -H 'Authorization: token {secret}' https://api.example"})
    text = (tmp_path / "events.jsonl").read_text()
    assert json.loads(text)["decision"]["action_id"] == "a-1"
    assert secret not in text


def test_a_log_that_cannot_be_written_is_counted_and_told(hooked, tmp_path):
    (tmp_path / "events.jsonl").mkdir()
    assert hooked.decide(FORCE)["decision"] == "deny"
    ran = hooked.client.post("/v1/hooks/claude-code/PreToolUse", json=payload("ls", str(tmp_path))).json()
    # Without settings of an installation, what can't be recorded does not run.
    assert ran["hookSpecificOutput"]["permissionDecision"] == "deny"
    assert "packgate_unlogged_events_total 2.0" in hooked.client.get("/metrics").text
    assert "packgate_lost_events 2.0" in hooked.client.get("/metrics").text


def test_the_server_signs_checkpoints(tmp_path, bundles):
    key, log = tmp_path / "audit.pem", tmp_path / "events.jsonl"
    assert packgate("events", "key", str(key)).code == 0
    more = ["--log", str(log), "--checkpoint-key", str(key), "--checkpoint-every", "0.02"]
    with serving(tmp_path, "--bundles", str(bundles), *more) as server:
        server.decide(FORCE)
        until = time.monotonic() + 60
        while not Path(f"{log}.checkpoints").exists() and time.monotonic() < until:
            time.sleep(0.1)
        server.decide(FORCE)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
    kinds = [json.loads(line)["kind"] for line in log.read_text().splitlines()]
    # What came after the first is signed when the server ends.
    assert kinds == ["decision", "checkpoint", "decision", "checkpoint"]
    done = packgate("events", "verify", str(log), "--key", f"{key}.pub")
    assert done.code == 0, done.out
    assert "signed up to event 3" in done.out


@pytest.mark.parametrize("source", ["env", "file"])
def test_the_key_that_signs_checkpoints_can_be_encrypted(tmp_path, bundles, monkeypatch, source):
    key, log, secret = tmp_path / "audit.pem", tmp_path / "events.jsonl", tmp_path / "passphrase"
    secret.write_text("correct horse\n")
    secret.chmod(0o600)
    monkeypatch.setenv("AUDIT", "correct horse")
    assert packgate("events", "key", str(key), "--passphrase-env", "AUDIT").code == 0
    given = {"env": ["--checkpoint-passphrase-env", "AUDIT"], "file": ["--checkpoint-passphrase-file", str(secret)]}[source]
    with serving(tmp_path, "--bundles", str(bundles), "--log", str(log), "--checkpoint-key", str(key), *given) as server:
        server.decide(FORCE)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
    done = packgate("events", "verify", str(log), "--key", f"{key}.pub")
    assert (done.code, "signed up to event 1" in done.out) == (0, True), done.out
    start = ["serve", "--bundles", str(bundles), "--token-file", str(tmp_path / "token"), "--log", str(log), "--checkpoint-key", str(key)]
    locked = packgate(*start)
    assert (locked.code, "is encrypted" in locked.err, "--checkpoint-passphrase-env" in locked.err) == (2, True, True)
    unit = packgate(*start, *given, "--checkpoint-every", "5", "--install", "systemd", "--dry-run")
    if source == "env":
        assert (unit.code, "give --checkpoint-passphrase-file" in unit.err) == (2, True)
    else:
        assert f"--checkpoint-passphrase-file {secret}" in unit.out
        assert "--checkpoint-every 5.0" in unit.out
        assert "correct horse" not in unit.all


@pytest.mark.parametrize(("path", "body", "status"), [
    ("/v1/hooks/nobody/PreToolUse", "{}", 404), ("/v1/hooks/claude-code/Nothing", "{}", 404), ("/v1/hooks/claude-code/PreToolUse", "{", 200),
    ("/v1/hooks/claude-code/PreToolUse", "[]", 200), ("/v1/hooks/claude-code/PreToolUse", '{"tool_name": "Bash"}', 200),
])
def test_hooks_that_ask_wrongly(hooked, path, body, status):
    answer = hooked.client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["hookSpecificOutput"]["permissionDecision"] == "deny"


def test_a_session_is_ended_over_hooks_too(tmp_path):
    pack = tmp_path / "source"
    make_bundle(pack, 1)
    header = pack / "packs/demo/pack.yaml"
    header.write_text(header.read_text() + "terminate_after: {denials: 2, minutes: 5}\n")
    with serving(tmp_path, "--pack", str(pack / "packs/demo")) as server:
        told = [server.client.post("/v1/hooks/claude-code/PreToolUse", json=payload("git push -f origin main", "/srv")).json() for _ in range(2)]
    assert [each.get("continue") for each in told] == [None, False]


def test_a_level_is_simulated_and_nothing_changes(tmp_path):
    into = tmp_path / "bundles"
    install(into, [make_bundle(tmp_path / "one", 1)])
    member = tmp_path / "member"
    log = tmp_path / "events.jsonl"
    with serving(tmp_path, "--bundles", str(into), "--member-token-file", str(member), "--log", str(log)) as server:
        server.decide({"surface": "shell", "command": "kubectl get pods", "cwd": "/w", "home": "/home/dev"})
        active = (into / "active.json").read_bytes()
        found = server.client.get("/v1/simulate", params={"level": "tight"}).json()
        assert (found["level"], found["before"]) == ("tight", None)
        assert {"pack": "tight", "kind": "pack-added"}.items() <= next(each for each in found["changes"] if each["pack"] == "tight").items()
        assert [each["action"]["command"] for each in found["stopped"] if each["source"] == "event"] == ["kubectl get pods"]
        assert server.client.get("/v1/simulate", params={"level": "permissive"}).json()["default"] == "audit for shell, file, mcp and web"
        assert server.decide(FORCE)["decision"] == "deny"
        assert (into / "active.json").read_bytes() == active
        for query in ("", "?level=loose", "?level=tight&level=balanced", "?level="):
            answer = server.client.get(f"/v1/simulate{query}")
            assert (answer.status_code, "level is one of" in answer.text) == (422, True)
        assert server.client.post("/v1/simulate").status_code == 405
        looks = {"Authorization": f"Bearer {member.read_text().strip()}"}
        wanted = {"/v1/simulate?level=tight": 200, "/v1/status": 200, "/openapi.json": 200, "/metrics": 403, "/v1/decide": 403, "/nothing": 403}
        assert {path: httpx.get(server.url + path, headers=looks, timeout=60).status_code for path in wanted} == wanted
        assert httpx.post(server.url + "/v1/decide", headers=looks, json=FORCE).status_code == 403
        assert httpx.get(server.url + "/v1/simulate?level=tight").status_code == 401


def test_two_roles_have_two_tokens(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments, told in ((["--socket", "s"], "goes with --token-file"), (["--token-file", "m"], "the two tokens are the same")):
        result = CliRunner().invoke(group, ["serve", "--pack", "recommended", "--member-token-file", "m", *arguments], standalone_mode=False)
        assert told in str(result.exception)


def test_a_level_is_simulated_on_packs_from_sources(tmp_path):
    with serving(tmp_path, "--pack", "recommended") as server:
        found = server.client.get("/v1/simulate", params={"level": "balanced"}, timeout=120).json()
        assert any(each["action"].get("command") == "rm -rf ~" for each in found["stopped"]) is False
        # The server decides at stage block, and so do the packs that the level is compared with.
        assert found["counts"]["case"]["stopped"] >= found["counts"]["case"]["stopped_now"] > 100
