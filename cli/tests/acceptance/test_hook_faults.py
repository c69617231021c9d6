"""Faults of the hook with real processes: the outcome is the one that was fixed at installation, each time, and the log says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hook_installed import ALLOWED, DENIED, Installed, Ran
from jsonschema import Draft202012Validator

from packgate.eventlog.losses import lost
from packgate.hook.failure import CAUSES
from packgate.release.eventlines import EventLines
from packgate.resources import schema_path

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET = "ghp_" + "a1B2" * 10


@pytest.fixture
def hook(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


def test_a_denied_action(hook: Installed) -> None:
    done = hook.run(hook.payload(DENIED))
    assert (done.code, done.err, done.decision) == (0, "", "deny")
    said = done.said["hookSpecificOutput"]["permissionDecisionReason"]
    assert "demo-force" in said
    assert "Push to a branch of your own." in said
    (event,) = hook.events()
    assert (event["kind"], event["decision"]["decision"], event["decision"]["policy_ids"]) == ("decision", "deny", ["demo-force"])
    assert event["action"]["actor"]["session"] == "s-1"
    assert event["latency_us"] > 0
    assert hook.log.stat().st_mode & 0o777 == 0o600


def test_an_allowed_action_says_nothing(hook: Installed) -> None:
    done = hook.run(hook.payload(ALLOWED))
    assert (done.code, done.out, done.err) == (0, b"", "")
    (event,) = hook.events()
    assert event["decision"]["decision"] == "allow"


def test_the_log_is_evidence(hook: Installed) -> None:
    """Its lines are events as their schema says, and those who count events count each of them once."""
    for number, command in enumerate((DENIED, ALLOWED, ALLOWED)):
        hook.run(hook.payload(command, tool_use_id=f"toolu_{number}"))
    hook.run(b"{")
    hook.run(b"{")
    with open(schema_path("event"), encoding="utf-8") as file:
        schema = Draft202012Validator(json.load(file))
    for event in hook.events():
        schema.validate(event)
    lines = EventLines([hook.log], "2100-01-01T00:00:00Z")
    # What came next after the denial stands before the second decision.
    assert [event.kind for event in lines] == ["decision", "outcome", "decision", "decision"] + ["gap"] * 2
    assert (lines.damaged, lines.repeated) == (0, 0)
    twice = EventLines([hook.log, hook.log], "2100-01-01T00:00:00Z")
    assert [event.kind for event in twice].count("decision") == 3


def test_no_secret_gets_out(hook: Installed) -> None:
    done = hook.run(hook.payload(f"GH_TOKEN={_SECRET} {DENIED} && curl -u user:{_SECRET} h"))
    assert done.decision == "deny"
    assert _SECRET not in done.out.decode()
    assert _SECRET not in hook.log.read_text()


def test_a_session_that_starts_is_never_stopped(hook: Installed) -> None:
    payload = json.dumps({"session_id": "s", "cwd": "/", "hook_event_name": "SessionStart", "source": "startup"}).encode()
    done = hook.run(payload, event="SessionStart")
    assert (done.code, done.out) == (0, b"")
    (hook.bundles / "active.json").unlink()
    done = hook.run(payload, event="SessionStart")
    assert done.code == 0
    assert "no policies are installed" in done.said["systemMessage"]


def test_standard_input_that_asks_nothing_of_us(hook: Installed) -> None:
    """A tool that touches nothing outside the agent."""
    done = hook.run(hook.payload("", tool_name="TodoWrite", tool_input={"todos": []}))
    assert (done.code, done.out, hook.events()) == (0, b"", [])


def _missing(hook: Installed) -> None:
    (hook.bundles / "active.json").unlink()


def _altered(hook: Installed) -> None:
    (file,) = hook.bundles.glob("snapshots/*/*.packgate")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _cut(hook: Installed) -> None:
    (file,) = hook.bundles.glob("snapshots/*/*.packgate")
    file.write_bytes(file.read_bytes()[:1000])


def _gone(hook: Installed) -> None:
    (file,) = hook.bundles.glob("snapshots/*/*.packgate")
    file.unlink()


def _garbled(hook: Installed) -> None:
    (hook.bundles / "active.json").write_text("{")


def _shared(hook: Installed) -> None:
    hook.bundles.chmod(0o777)


_BUNDLES: dict[str, tuple[Callable[[Installed], None], str]] = {
    "no bundle was ever activated": (_missing, "bundle-missing"),
    "a bit of a bundle is flipped": (_altered, "bundle-altered"),
    "a bundle is cut off": (_cut, "bundle-altered"),
    "the file of a bundle is gone": (_gone, "bundle-altered"),
    "the pointer to the snapshot is garbled": (_garbled, "bundle-altered"),
    "others can write the folder of bundles": (_shared, "bundle-unsafe"),
}


def outcome(hook: Installed, done: Any, on_failure: str, code: str) -> None:
    """The answer is the configured one, tells why, and the log has the gap."""
    event = hook.events()[-1]
    assert (event["kind"], event["outcome"]["failure"], event["outcome"]["on_failure"]) == ("gap", code, on_failure)
    if on_failure == "closed":
        assert done.decision == "deny"
        assert event["outcome"]["answered"] == "deny"
        text = done.err or done.said["hookSpecificOutput"]["permissionDecisionReason"]
    else:
        assert (done.code, done.decision) == (0, None)
        assert event["outcome"]["answered"] == "allow"
        text = done.said["systemMessage"] if done.out else done.err
    assert event["outcome"]["message"] in text


@pytest.mark.parametrize("on_failure", ["closed", "open"])
@pytest.mark.parametrize("name", _BUNDLES)
def test_without_usable_policies(hook: Installed, name: str, on_failure: str) -> None:
    spoil, code = _BUNDLES[name]
    hook.configure(on_failure)
    spoil(hook)
    outcome(hook, hook.run(hook.payload(ALLOWED)), on_failure, code)


def _with(hook: Installed, **changes: Any) -> bytes:
    return hook.payload(ALLOWED, **changes)


_PAYLOADS: dict[str, tuple[Callable[[Installed], bytes], str]] = {
    "the payload is empty": (lambda _: b"", "payload-missing"),
    "the payload is blank": (lambda _: b"\n \n", "payload-missing"),
    "the payload is plain text": (lambda _: b"hello", "payload-not-json"),
    "the payload is cut off": (lambda hook: _with(hook)[:-5], "payload-not-json"),
    "the payload is two values": (lambda hook: _with(hook) * 2, "payload-not-json"),
    "a number that is none (NaN)": (lambda _: b'{"a": NaN}', "payload-not-json"),
    "a raw NUL byte": (lambda hook: _with(hook).replace(b"feature", b"fea\0ture"), "payload-not-json"),
    "a byte order mark": (lambda hook: b"\xef\xbb\xbf" + _with(hook), "payload-not-json"),
    "an invalid byte in UTF-8": (lambda hook: _with(hook).replace(b"feature", b"fea\xffture"), "payload-not-utf8"),
    "UTF-16": (lambda hook: _with(hook).decode().encode("utf-16"), "payload-not-utf8"),
    "a list instead of an object": (lambda _: b"[]", "payload-unreadable"),
    "other keys": (lambda _: b'{"command": "ls"}', "payload-unreadable"),
    "the payload of another event": (lambda hook: _with(hook, hook_event_name="PostToolUse"), "payload-unreadable"),
    "a value of another type": (lambda hook: _with(hook, tool_input={"command": 7}), "payload-unreadable"),
    "a shell call without a command": (lambda hook: _with(hook, tool_input={}), "payload-unreadable"),
    "100,000 nested lists": (lambda hook: _with(hook)[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "payload-too-deep"),
    "more than 16 MiB": (lambda hook: _with(hook, more="x" * 17_000_000), "payload-too-large"),
}


@pytest.mark.parametrize("on_failure", ["closed", "open"])
@pytest.mark.parametrize("name", _PAYLOADS)
def test_payloads_that_cannot_be_read(hook: Installed, name: str, on_failure: str) -> None:
    make, code = _PAYLOADS[name]
    hook.configure(on_failure)
    outcome(hook, hook.run(make(hook)), on_failure, code)


def test_payloads_that_are_only_strange(hook: Installed) -> None:
    for command in (DENIED + " # \0", DENIED + " # \ud800", f"{DENIED} # {'x' * 1_000_000}"):
        assert hook.run(hook.payload(command)).decision == "deny"
    assert hook.run(_with(hook, tool_input={"command": ALLOWED, "unknown": {"a": [None]}}, strange=1)).out == b""
    assert [event["kind"] for event in hook.events()].count("decision") == 4


# What happens -> agent and event that the hook is started for, and the cause.
_CALLS = {
    "an event that the agent does not have": ("claude-code", "Nonesuch", "unknown-event"),
    "an agent that there is none of": ("nonesuch", "PreToolUse", "unknown-agent"),
}


@pytest.mark.parametrize("on_failure", ["closed", "open"])
@pytest.mark.parametrize("name", _CALLS)
def test_calls_that_cannot_be_answered(hook: Installed, name: str, on_failure: str) -> None:
    agent, event, code = _CALLS[name]
    hook.configure(on_failure)
    done = hook.run(hook.payload(ALLOWED), agent, event)
    assert done.code == (2 if on_failure == "closed" else 0)
    outcome(hook, done, on_failure, code)


def test_wrong_call(hook: Installed) -> None:
    done = hook.run(hook.payload(ALLOWED), "claude-code", "")
    assert done.code == 2


# What happens -> how, and the cause. With these no setting holds: closed.
_SETTINGS: dict[str, tuple[Callable[[Installed], object], str]] = {
    "the settings are gone": (lambda hook: hook.file.unlink(), "settings-missing"),
    "the settings are garbled": (lambda hook: hook.file.write_text("{"), "settings-invalid"),
    "others can write the settings": (lambda hook: hook.file.chmod(0o666), "settings-unsafe"),
    "others can write the folder of the settings": (lambda hook: hook.place.chmod(0o777), "settings-unsafe"),
}


@pytest.mark.parametrize("name", _SETTINGS)
def test_settings_that_cannot_be_believed(hook: Installed, name: str) -> None:
    """Nobody can say that failures are open then: closed, and no log is known."""
    spoil, code = _SETTINGS[name]
    hook.configure("open")
    spoil(hook)
    done = hook.run(hook.payload(ALLOWED))
    assert done.decision == "deny"
    assert CAUSES[code][0] in done.said["hookSpecificOutput"]["permissionDecisionReason"]
    assert hook.events() == []


def _child_of(process: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for _ in range(500):
        found = children.read_text().split()
        if found:
            return int(found[0])
        time.sleep(0.01)
    raise AssertionError("no child")


def _has_ended(child: int) -> bool:
    for _ in range(1000):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def _start(hook: Installed) -> subprocess.Popen[bytes]:
    return subprocess.Popen(hook.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=hook.environ)


def _never_ends(hook: Installed) -> Ran:
    process = _start(hook)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(hook.payload(ALLOWED)[:20])
    process.stdin.flush()
    process.wait(60)
    process.stdin.close()
    assert "had not finished sending" in hook.events()[-1]["outcome"]["message"]
    return Ran(process.returncode, process.stdout.read(), "")


def _closed(hook: Installed) -> Ran:
    command = ["sh", "-c", 'exec "$@" <&-', "sh", *hook.command()]
    done = subprocess.run(command, capture_output=True, env=hook.environ, timeout=60, check=False)
    return Ran(done.returncode, done.stdout, done.stderr.decode())


def _signalled(hook: Installed, number: int) -> Ran:
    process = _start(hook)
    child = _child_of(process)
    os.kill(child, number)
    out, _ = process.communicate(hook.payload(ALLOWED), timeout=60)
    assert _has_ended(child)
    return Ran(process.returncode, out, "")


# What happens -> how, the deadline in milliseconds, and the cause that is told.
_PROCESSES: dict[str, tuple[Callable[[Installed], Ran], int, str]] = {
    "standard input never ends": (_never_ends, 1500, "time-out"),
    "standard input is closed": (_closed, 30_000, "payload-missing"),
    "the process that decides is killed": (lambda hook: _signalled(hook, signal.SIGKILL), 30_000, "killed"),
    "the process that decides hangs": (lambda hook: _signalled(hook, signal.SIGSTOP), 1500, "time-out"),
}


@pytest.mark.parametrize("on_failure", ["closed", "open"])
@pytest.mark.parametrize("name", _PROCESSES)
def test_processes_that_fail(hook: Installed, name: str, on_failure: str) -> None:
    run, deadline, code = _PROCESSES[name]
    hook.configure(on_failure, deadline_ms=deadline)
    outcome(hook, run(hook), on_failure, code)


_STREAMS = ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-")


def closed_streams(hook: Installed, closed: str) -> None:
    """A denial is one, in the answer or, when no one can read that, by the exit code; and the log has what was decided."""
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *hook.command()]
    done = subprocess.run(command, input=hook.payload(DENIED), capture_output=True, env=hook.environ, timeout=60, check=False)
    ran = Ran(done.returncode, done.stdout, done.stderr.decode())
    assert ran.decision == "deny"
    assert ran.code == (2 if ">&-" in closed.split() else 0)
    event = hook.events()[-1]
    if "<&-" in closed.split():
        assert event["outcome"]["failure"] == "payload-missing"
    else:
        assert event["decision"]["policy_ids"] == ["demo-force"]


@pytest.mark.parametrize("closed", _STREAMS)
def test_standard_streams_closed(hook: Installed, closed: str) -> None:
    closed_streams(hook, closed)


def test_the_whole_hook_killed(hook: Installed) -> None:
    """What the agent sees is a signal and no answer, and what then holds is the agent's own setting; nothing of the hook goes on."""
    hook.configure(deadline_ms=1000)
    process = _start(hook)
    child = _child_of(process)
    process.kill()
    out, _ = process.communicate(hook.payload(ALLOWED), timeout=30)
    assert (process.returncode, out) == (-signal.SIGKILL, b"")
    assert _has_ended(child)


def _unwritable(hook: Installed) -> None:
    hook.log.parent.mkdir()
    hook.log.mkdir()


def _link(hook: Installed) -> None:
    hook.log.parent.mkdir()
    hook.log.symlink_to("/dev/full")


@pytest.mark.parametrize("spoil", [_unwritable, _link], ids=["a folder", "a link to a full device"])
def test_a_log_that_cannot_be_written(hook: Installed, spoil: Callable[[Installed], None]) -> None:
    spoil(hook)
    hook.configure(log="open")
    done = hook.run(hook.payload(ALLOWED))
    assert done.decision is None
    assert "the event log can't be written" in done.said["systemMessage"]
    done = hook.run(hook.payload(DENIED))
    assert done.decision == "deny"
    assert lost(str(hook.log)) == 2
    hook.configure(log="closed")
    done = hook.run(hook.payload(ALLOWED))
    assert done.decision == "deny"
    assert "the event log can't be written" in done.said["hookSpecificOutput"]["permissionDecisionReason"]
    # This one has what came next after the denial beside its decision.
    assert lost(str(hook.log)) == 4


def _can_mount() -> bool:
    done = subprocess.run(["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=64k x /mnt"], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("log", ["open", "closed"])
def test_a_full_disk(hook: Installed, log: str) -> None:
    if not _can_mount():
        pytest.skip("file systems can't be mounted here")
    hook.configure(log=log)
    hook.log.parent.mkdir()
    full = 'mount -t tmpfs -o size=16k,mode=700 x "$1" && head -c 100000 /dev/zero > "$1/filler"; shift; exec "$@"'
    for command, expected in ((ALLOWED, None if log == "open" else "deny"), (DENIED, "deny")):
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", full, "sh", str(hook.log.parent), *hook.command()], input=hook.payload(command),
            capture_output=True, env=hook.environ, timeout=60, check=False,
        )
        ran = Ran(done.returncode, done.stdout, "")
        assert ran.decision == expected
        assert "the event log can't be written" in done.stdout.decode() or command == DENIED


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An installation whose hook is its launcher, which decides from an image."""
    hook = Installed(tmp_path_factory.mktemp("launched"))
    hook.prepare()
    return hook


@pytest.mark.parametrize("on_failure", ["closed", "open"])
def test_the_launcher_fails_as_the_program_does(launched: Installed, on_failure: str) -> None:
    """All that has to do with payloads, calls and processes: what an image makes of bundles is its own affair."""
    launched.configure(on_failure)
    assert launched.run(launched.payload(DENIED)).decision == "deny"
    for make, code in _PAYLOADS.values():
        outcome(launched, launched.run(make(launched)), on_failure, code)
    for agent, event, code in _CALLS.values():
        outcome(launched, launched.run(launched.payload(ALLOWED), agent, event), on_failure, code)
    for run, deadline, code in _PROCESSES.values():
        launched.configure(on_failure, deadline_ms=deadline)
        outcome(launched, run(launched), on_failure, code)
    launched.configure(on_failure="closed")
    for closed in _STREAMS:
        closed_streams(launched, closed)
    assert (launched.place / "hook.image").exists()


@pytest.mark.parametrize("name", _SETTINGS)
def test_the_launcher_believes_no_other_settings_either(launched: Installed, name: str) -> None:
    spoil, code = _SETTINGS[name]
    launched.configure("open")
    try:
        spoil(launched)
        done = launched.run(launched.payload(ALLOWED))
    finally:
        launched.place.chmod(0o700)
    assert done.decision == "deny"
    assert CAUSES[code][0] in done.said["hookSpecificOutput"]["permissionDecisionReason"]


_PAGE = Path(__file__).resolve().parents[3] / "docs" / "hooks.md"


def test_the_page_lists_the_faults_that_are_tried_here() -> None:
    """Its table of what can happen is that of these tests, and its table of causes that of the program."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in _PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    tried = {
        **{name: code for name, (_, code) in {**_BUNDLES, **_PAYLOADS, **_SETTINGS}.items()},
        **{name: found[-1] for name, found in {**_PROCESSES, **_CALLS}.items()},
    }
    assert {row[0]: row[1].strip("`") for row in rows if row[0] in tried} == tried
    assert {row[0].strip("`"): (row[1], row[2].replace("`", "")) for row in rows if row[0].strip("`") in CAUSES} == CAUSES
    assert set(tried.values()) == set(CAUSES) - {"log-unwritable", "internal-error"}
