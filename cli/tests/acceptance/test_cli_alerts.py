"""Alerts from the real hook and server to real sinks: a web server, a syslog socket, a file, a program."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from approval_maker import Asking, make_gate, write_repository
from command_line import packgate
from installed_folder import install
from serve_host import serving

from packgate.alerts.attempts import Attempts
from packgate.alerts.config import Config, make_config, read_config
from packgate.alerts.deliver import Delivery
from packgate.alerts.sinks import send
from packgate.bundle.build import Facts, build
from packgate.errors import UserError
from packgate.eventlog import spool as eventlog_spool
from packgate.eventlog.losses import lost
from packgate.eventlog.spool import spool_of
from packgate.hook.recording import record
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.engine.gate import Gate

_DROP = "psql -c 'DROP TABLE a'"
_SECRET = "ghp_" + "a1B2" * 10


class Web:
    """A web server that takes alerts, or answers with another status."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []
        self.status = 200
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if web.status == 200:
                    web.bodies.append(body)
                self.send_response(web.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def web() -> Iterator[Web]:
    found = Web()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    return make_gate(write_repository(tmp_path_factory.mktemp("repository")))


class Agent(Asking):
    """Asks, and has the answer recorded, as the hook does."""

    @property
    def log(self) -> str:
        assert self.settings.log is not None
        return self.settings.log

    def act(self, command: str, **more: Any) -> None:
        record(self.ask(command, **more), self.settings, 1)

    def spooled(self) -> list[dict[str, Any]]:
        path = Path(spool_of(self.log))
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def events(self) -> list[dict[str, Any]]:
        return [event for event in map(json.loads, Path(self.log).read_text().splitlines()) if event["kind"] == "alert"]


@pytest.fixture
def agent(tmp_path: Path, gate: Gate) -> Agent:
    return Agent(tmp_path / "state", gate)


def _config(sinks: dict[str, dict[str, Any]], **limits: int) -> Config:
    return make_config({"sinks": sinks, **limits})


def _web(web: Web, *receives: str, **more: Any) -> dict[str, Any]:
    return {"type": "webhook", "url": web.url, "receives": list(receives) or ["*"], **more}


def test_a_decision_is_spooled_and_nothing_else(agent: Agent) -> None:
    for command in (_DROP, "git status", "touch pay/a"):
        agent.act(command)
    first, second = agent.spooled()
    assert (first["targets"], first["policies"], first["decision"], first["action"], first["user"]) == (["security"], ["drop"], "deny", _DROP, "dev")
    assert (second["kind"], second["targets"], second["decision"]) == ("approval", ["approvals", "pay-leads"], "require_approval")


def test_no_secret_is_spooled_or_sent(agent: Agent, web: Web) -> None:
    agent.act(f"{_DROP} # {_SECRET}")
    agent.act(f"echo {_SECRET} > pay/a")
    assert len(agent.spooled()) == 2
    config = _config({"slack": _web(web, format="slack"), "plain": _web(web), "own": {"type": "file", "path": str(agent.state / "f"), "receives": ["*"]}})
    done = Delivery(agent.log, config).run(1000)
    assert done is not None
    assert done.sent == 6
    kept = json.dumps(web.bodies) + "".join(path.read_text() for path in agent.state.rglob("*") if path.is_file())
    assert _SECRET not in kept
    assert _SECRET[:20] not in kept


def test_each_sink_gets_what_it_receives(agent: Agent, web: Web, tmp_path: Path) -> None:
    syslog = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    syslog.bind(("127.0.0.1", 0))
    syslog.settimeout(30)
    program = tmp_path / "take"
    program.write_text(f"#!/bin/sh\ncat >> {tmp_path}/taken\n")
    program.chmod(0o700)
    config = _config({
        "web": _web(web, "security", format="slack"), "people": {"type": "file", "path": str(tmp_path / "people"), "receives": ["approvals"]},
        "log": {"type": "syslog", "address": f"udp://127.0.0.1:{syslog.getsockname()[1]}", "receives": ["*"]},
        "own": {"type": "command", "command": [str(program)], "receives": ["pay-leads"]},
        "none": {"type": "file", "path": str(tmp_path / "none"), "receives": ["other"]},
    })
    agent.act(_DROP)
    agent.act("touch pay/a")
    done = Delivery(agent.log, config).run(1000)
    assert done is not None
    assert (done.sent, done.failed, done.waiting) == (5, 0, 0)
    (slack,) = web.bodies
    assert "deny by drop: claude-code of dev" in slack["text"]
    assert slack["blocks"][0]["text"]["type"] == "plain_text"
    lines = [syslog.recv(8192) for _ in range(2)]
    syslog.close()
    assert all(line.startswith(b"<84>packgate: {") for line in lines)
    for path in (tmp_path / "people", tmp_path / "taken"):
        assert json.loads(path.read_text())["kind"] == "approval"
    assert not (tmp_path / "none").exists()
    assert sorted((event["outcome"]["sink"], event["outcome"]["state"]) for event in agent.events()) == [
        ("log", "delivered"), ("log", "delivered"), ("own", "delivered"), ("people", "delivered"), ("web", "delivered"),
    ]
    assert {event["follows"] for event in agent.events()} >= {agent.requests()[0]["id"]}


def test_what_is_alike_is_counted(agent: Agent, web: Web) -> None:
    delivery = Delivery(agent.log, _config({"web": _web(web)}))
    for _ in range(3):
        agent.act(_DROP)
    assert delivery.run(1000).sent == 1  # type: ignore[union-attr]
    agent.act(_DROP)
    assert delivery.run(1300).repeated == 1  # type: ignore[union-attr]
    agent.act("psql -c 'DROP TABLE b'")
    assert delivery.run(1301).sent == 1  # type: ignore[union-attr]
    agent.act(_DROP)
    assert delivery.run(1601).sent == 1  # type: ignore[union-attr]
    assert [body.get("repeated") for body in web.bodies] == [None, None, 3]


def test_a_failing_sink_is_tried_again_and_holds_up_no_other(agent: Agent, web: Web, tmp_path: Path) -> None:
    config = _config({"web": _web(web), "kept": {"type": "file", "path": str(tmp_path / "kept"), "receives": ["*"]}}, attempts=3)
    delivery = Delivery(agent.log, config)
    web.status = 503
    agent.act(_DROP)
    agent.act("psql -c 'DROP TABLE b'")
    first = delivery.run(1000)
    assert first is not None
    assert (first.sent, first.failed, first.waiting) == (2, 1, 2)
    assert delivery.run(1001).failed == 1  # type: ignore[union-attr]
    # The pause of the first is not over.
    assert delivery.run(1002).failed == 0  # type: ignore[union-attr]
    web.status = 200
    last = Delivery(agent.log, config).run(1100)
    assert last is not None
    assert (last.sent, last.waiting, len(web.bodies)) == (2, 0, 2)
    assert {event["outcome"]["attempts"] for event in agent.events() if event["outcome"]["sink"] == "web"} == {2}


def test_it_is_given_up_in_the_end_and_recorded(agent: Agent, web: Web) -> None:
    delivery = Delivery(agent.log, _config({"web": _web(web)}, attempts=2))
    web.status = 307
    agent.act(_DROP)
    delivery.run(1000)
    assert delivery.run(2000).given_up == 1  # type: ignore[union-attr]
    (event,) = agent.events()
    assert (event["outcome"]["state"], event["outcome"]["error"], event["outcome"]["attempts"]) == ("given up", "HTTP status 307", 2)
    assert web.url not in json.dumps(event)


def test_a_sink_gets_so_many_a_minute(agent: Agent, web: Web) -> None:
    delivery = Delivery(agent.log, _config({"web": _web(web)}, per_minute=2))
    for number in range(5):
        agent.act(f"psql -c 'DROP TABLE t{number}'")
    assert [(done.sent, done.waiting) for done in (delivery.run(now) for now in (1000, 1030, 1061, 1122)) if done] == [(2, 3), (0, 3), (2, 1), (1, 0)]


def test_an_end_in_the_middle_loses_nothing(agent: Agent, web: Web) -> None:
    agent.act(_DROP)

    def dies(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    config = _config({"web": _web(web)})
    killed = multiprocessing.get_context("fork").Process(target=lambda: Delivery(agent.log, config, dies).run(1000))
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    assert agent.spooled() == []
    assert Delivery(agent.log, config).run(1001).sent == 1  # type: ignore[union-attr]
    assert len(web.bodies) == 1


def test_lines_that_are_none_are_passed_over(agent: Agent, web: Web) -> None:
    agent.act(_DROP)
    with open(spool_of(agent.log), "a") as spool:
        spool.write('{"v":1}\nnonsense\n{"cut')
    done = Delivery(agent.log, _config({"web": _web(web)})).run(1000)
    assert done is not None
    assert (done.sent, done.unreadable) == (1, 2)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    yield listener
    listener.close()


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/hook"


def test_a_sink_that_hangs_holds_up_no_other(agent: Agent, web: Web, silent: socket.socket) -> None:
    config = _config({"a-silent": {"type": "webhook", "url": _url(silent), "receives": ["*"]}, "web": _web(web)})
    attempts = Attempts(send, seconds=0.5)
    delivery = Delivery(agent.log, config, attempts=attempts)
    agent.act(_DROP)
    done = delivery.run(1000)
    assert done is not None
    assert (done.sent, done.failed, done.waiting, len(web.bodies)) == (1, 1, 1, 1)
    assert [item["error"] for item in delivery.waiting()] == ["it did not end in time"]
    # Its thread has not ended, so it gets no second one; the others go on.
    assert attempts.is_busy("a-silent")
    agent.act("psql -c 'DROP TABLE b'")
    again = delivery.run(2000)
    assert again is not None
    assert (again.sent, again.failed, again.waiting, len(web.bodies)) == (1, 0, 2, 2)


def test_a_sink_that_answers_nonsense_holds_up_no_other(agent: Agent, web: Web, silent: socket.socket) -> None:
    def answer() -> None:
        connection, _ = silent.accept()
        connection.recv(65536)
        connection.sendall(b"nonsense\r\n\r\n")
        connection.close()

    threading.Thread(target=answer, daemon=True).start()
    config = _config({"a-broken": {"type": "webhook", "url": _url(silent), "receives": ["*"]}, "web": _web(web)})
    agent.act(_DROP)
    done = Delivery(agent.log, config).run(1000)
    assert done is not None
    assert (done.sent, done.failed) == (1, 1)


@pytest.mark.parametrize("error", [RuntimeError("https://secret.example"), UserError("a sink"), OSError(5, "https://secret.example")])
def test_whatever_a_sink_raises_is_a_failure(agent: Agent, error: Exception) -> None:
    def fails(*_: object) -> None:
        raise error

    agent.act(_DROP)
    delivery = Delivery(agent.log, _config({"own": {"type": "file", "path": "/x", "receives": ["*"]}}), fails)
    assert delivery.run(1000).failed == 1  # type: ignore[union-attr]
    assert delivery.waiting()[0]["error"] == type(error).__name__


def test_syslog_over_tcp_and_a_local_socket(agent: Agent, tmp_path: Path) -> None:
    stream = socket.create_server(("127.0.0.1", 0))
    local = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    local.bind(str(tmp_path / "log"))
    local.settimeout(30)
    lines: list[bytes] = []

    def take() -> None:
        with stream.accept()[0] as connection, connection.makefile("rb") as file:
            lines.extend(file)

    taking = threading.Thread(target=take, daemon=True)
    taking.start()
    agent.act(_DROP)
    config = _config({
        "tcp": {"type": "syslog", "address": f"tcp://127.0.0.1:{stream.getsockname()[1]}", "receives": ["*"]},
        "unix": {"type": "syslog", "address": f"unix://{tmp_path}/log", "receives": ["*"]},
        "gone": {"type": "syslog", "address": f"unix://{tmp_path}/gone", "receives": ["*"]},
    })
    done = Delivery(agent.log, config).run(1000)
    taking.join(30)
    assert done is not None
    assert (done.sent, done.failed) == (2, 1)
    lines.append(local.recv(8192))
    stream.close()
    local.close()
    assert [json.loads(line.removeprefix(b"<84>packgate: "))["policies"] for line in lines] == [["drop"], ["drop"]]


def test_a_spool_that_nobody_reads_stays_small(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eventlog_spool, "LARGEST", 1000)
    found = [record(agent.ask(f"psql -c 'DROP TABLE t{number}'"), agent.settings, 1).outcome for number in range(20)]
    assert set(found) == {"deny"}
    assert os.path.getsize(spool_of(agent.log)) < 2000
    assert lost(spool_of(agent.log)) + len(agent.spooled()) == 20


@pytest.mark.parametrize("unsafe", ["mode", "link", "pipe"])
def test_a_spool_that_others_could_have_written_is_not_sent(agent: Agent, web: Web, unsafe: str) -> None:
    agent.act(_DROP)
    path = Path(spool_of(agent.log))
    if unsafe == "mode":
        path.chmod(0o666)
    else:
        path.rename(agent.state / "elsewhere")
        if unsafe == "link":
            path.symlink_to(agent.state / "elsewhere")
        else:
            os.mkfifo(path)
    with pytest.raises(OSError, match=r"others can write|symbolic|seek"):
        Delivery(agent.log, _config({"web": _web(web)})).run(1000)
    assert web.bodies == []


def test_a_clock_that_was_set_back_holds_nothing_up(agent: Agent, web: Web) -> None:
    delivery = Delivery(agent.log, _config({"web": _web(web)}))
    agent.act(_DROP)
    delivery.run(1_000_000)
    agent.act(_DROP)
    assert delivery.run(1000).sent == 1  # type: ignore[union-attr]
    web.status = 500
    agent.act("psql -c 'DROP TABLE b'")
    delivery.run(1_000_000)
    web.status = 200
    assert delivery.run(1000).sent == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"offset": "x", "held": [], "sent": {}, "times": {}}', '{"offset": 0, "held": [{"alert": 1}, {"alert": {}, "sink": 7}], "sent": {}, "times": {}}'])
def test_a_broken_state_stops_nothing(agent: Agent, web: Web, text: str) -> None:
    agent.act(_DROP)
    (agent.state / "alerts.state").write_text(text)
    assert Delivery(agent.log, _config({"web": _web(web)})).run(1000).sent == 1  # type: ignore[union-attr]


def test_the_hook_never_waits_for_a_sink(agent: Agent, tmp_path: Path) -> None:
    """The spool is a file; where it can't be written, the decision stands and the loss is counted."""
    agent.act("git status")
    Path(spool_of(agent.log)).mkdir()
    answer = agent.ask(_DROP)
    lost: list[int] = []
    assert record(answer, agent.settings, 1, lambda: lost.append(1)).outcome == "deny"
    assert lost == [1]


def _settings(folder: Path, web: Web) -> Path:
    address = folder / "address"
    address.write_text(web.url + "\n")
    path = folder / "packgate.yaml"
    path.write_text(f"version: 1\nalerts:\n  sinks:\n    chat: {{type: webhook, url_file: {address}, format: slack, receives: [security, approvals]}}\n")
    return path


def test_verbs(agent: Agent, web: Web, tmp_path: Path) -> None:
    config = str(_settings(tmp_path, web))
    agent.act(_DROP)
    place = ("--log", agent.log)
    assert packgate("alerts", "test", "chat", "--config", config).out == "chat: taken\n"
    assert packgate("alerts", "test", "nope", "--config", config).code == 2
    web.status = 500
    done = packgate("alerts", "deliver", "--config", config, *place)
    assert (done.code, done.out) == (1, "0 sent, 0 repeated, 1 failed, 1 waiting\n")
    assert "for chat: 1 attempts, HTTP status 500" in packgate("alerts", "status", *place).out
    assert packgate("alerts", "test", "chat", "--config", config).code == 1
    assert json.loads(packgate("alerts", "status", "--format", "json", *place).out)["waiting"][0]["sink"] == "chat"


@pytest.mark.parametrize("text", ["version: 1\n", "version: 1\nalerts: {sinks: {}}\n", "version: 1\nalerts: {sinks: {a: {type: webhook, receives: [x]}}}\n"])
def test_settings_without_a_usable_sink(tmp_path: Path, text: str) -> None:
    path = tmp_path / "packgate.yaml"
    path.write_text(text)
    with pytest.raises(UserError):
        read_config(str(path))


def test_the_server_decides_while_a_sink_hangs(tmp_path: Path, silent: socket.socket) -> None:
    repository = write_repository(tmp_path / "policies")
    space = load_workspace(str(repository))
    bundle = build(space, space.results[0], Facts("block", 1, "2026-01-01T00:00:00Z", days=20_000))
    install(tmp_path / "bundles", [(bundle.name, bundle.data)])
    log = tmp_path / "log" / "events.jsonl"
    config = tmp_path / "packgate.yaml"
    config.write_text(f'version: 1\nalerts: {{sinks: {{silent: {{type: webhook, url: "{_url(silent)}", receives: ["*"]}}}}}}\n')
    silent.settimeout(60)
    with serving(tmp_path, "--bundles", str(tmp_path / "bundles"), "--log", str(log), "--alerts", str(config)) as server:
        action = {"surface": "shell", "cwd": "/srv", "home": "/home/dev", "actor": {"user": "dev", "agent": "own"}}
        server.decide({**action, "command": _DROP})
        connection, _ = silent.accept()
        # The sink has the alert and does not answer; decisions go on.
        assert {server.decide({**action, "command": f"psql -c 'DROP TABLE t{number}'"})["decision"] for number in range(50)} == {"deny"}
        connection.close()


def test_the_server_delivers(tmp_path: Path, web: Web) -> None:
    repository = write_repository(tmp_path / "policies")
    space = load_workspace(str(repository))
    bundle = build(space, space.results[0], Facts("block", 1, "2026-01-01T00:00:00Z", days=20_000))
    install(tmp_path / "bundles", [(bundle.name, bundle.data)])
    log = tmp_path / "log" / "events.jsonl"
    config = _settings(tmp_path, web)
    with serving(tmp_path, "--bundles", str(tmp_path / "bundles"), "--log", str(log), "--alerts", str(config)) as server:
        action = {"surface": "shell", "cwd": "/srv", "home": "/home/dev", "actor": {"user": "dev", "agent": "own"}}
        assert server.decide({**action, "command": _DROP})["alerts"] == ["security"]
        assert server.decide({**action, "command": "touch pay/a"})["decision"] == "require_approval"
        server.wait(lambda _: len(web.bodies) == 2)
    assert "waits for pay-leads" in web.bodies[1]["text"]
