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

from packgate.eventlog.append import lost
from packgate.hook.failure import CAUSES

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
    "missing": (_missing, "bundle-missing"), "altered": (_altered, "bundle-altered"), "cut": (_cut, "bundle-altered"),
    "file gone": (_gone, "bundle-altered"), "pointer garbled": (_garbled, "bundle-altered"), "shared": (_shared, "bundle-unsafe"),
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
    "empty": (lambda _: b"", "payload-missing"),
    "blank": (lambda _: b"\n \n", "payload-missing"),
    "text": (lambda _: b"hello", "payload-not-json"),
    "half": (lambda hook: _with(hook)[:-5], "payload-not-json"),
    "two values": (lambda hook: _with(hook) * 2, "payload-not-json"),
    "no number": (lambda _: b'{"a": NaN}', "payload-not-json"),
    "raw NUL": (lambda hook: _with(hook).replace(b"feature", b"fea\0ture"), "payload-not-json"),
    "byte order mark": (lambda hook: b"\xef\xbb\xbf" + _with(hook), "payload-not-json"),
    "not UTF-8": (lambda hook: _with(hook).replace(b"feature", b"fea\xffture"), "payload-not-utf8"),
    "UTF-16": (lambda hook: _with(hook).decode().encode("utf-16"), "payload-not-utf8"),
    "a list": (lambda _: b"[]", "payload-unreadable"),
    "wrong keys": (lambda _: b'{"command": "ls"}', "payload-unreadable"),
    "another event": (lambda hook: _with(hook, hook_event_name="PostToolUse"), "payload-unreadable"),
    "wrong type": (lambda hook: _with(hook, tool_input={"command": 7}), "payload-unreadable"),
    "no command": (lambda hook: _with(hook, tool_input={}), "payload-unreadable"),
    "nested deeply": (lambda hook: _with(hook)[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "payload-too-deep"),
    "too large": (lambda hook: _with(hook, more="x" * 17_000_000), "payload-too-large"),
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
    assert len(hook.events()) == 4


@pytest.mark.parametrize("on_failure", ["closed", "open"])
@pytest.mark.parametrize(("agent", "event", "code"), [("claude-code", "Nonesuch", "unknown-event"), ("nonesuch", "PreToolUse", "unknown-agent")])
def test_unknown_agent_or_event(hook: Installed, agent: str, event: str, code: str, on_failure: str) -> None:
    hook.configure(on_failure)
    done = hook.run(hook.payload(ALLOWED), agent, event)
    assert done.code == (2 if on_failure == "closed" else 0)
    outcome(hook, done, on_failure, code)


def test_wrong_call(hook: Installed) -> None:
    done = hook.run(hook.payload(ALLOWED), "claude-code", "")
    assert done.code == 2


@pytest.mark.parametrize(("spoil", "code"), [
    (lambda hook: hook.file.unlink(), "settings-missing"), (lambda hook: hook.file.write_text("{"), "settings-invalid"),
    (lambda hook: hook.file.chmod(0o666), "settings-unsafe"), (lambda hook: hook.place.chmod(0o777), "settings-unsafe"),
], ids=["missing", "invalid", "file shared", "folder shared"])
def test_settings_that_cannot_be_believed(hook: Installed, spoil: Callable[[Installed], None], code: str) -> None:
    """Nobody can say that failures are open then: closed, and no log is known."""
    hook.configure("open")
    spoil(hook)
    done = hook.run(hook.payload(ALLOWED))
    assert done.decision == "deny"
    assert CAUSES[code][0] in done.said["hookSpecificOutput"]["permissionDecisionReason"]
    assert hook.events() == []


@pytest.mark.parametrize("on_failure", ["closed", "open"])
def test_standard_input_that_never_ends(hook: Installed, on_failure: str) -> None:
    hook.configure(on_failure, deadline_ms=1000)
    process = subprocess.Popen(hook.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=hook.environ)
    assert process.stdin is not None
    process.stdin.write(hook.payload(ALLOWED)[:20])
    process.stdin.flush()
    assert process.wait(30) == 0
    assert process.stdout is not None
    outcome(hook, Ran(0, process.stdout.read(), ""), on_failure, "time-out")
    assert "had not finished sending" in hook.events()[-1]["outcome"]["message"]
    process.stdin.close()


@pytest.mark.parametrize("on_failure", ["closed", "open"])
def test_standard_input_closed(hook: Installed, on_failure: str) -> None:
    hook.configure(on_failure)
    command = ["sh", "-c", 'exec "$@" <&-', "sh", *hook.command()]
    done = subprocess.run(command, capture_output=True, env=hook.environ, timeout=60, check=False)
    outcome(hook, Ran(done.returncode, done.stdout, done.stderr.decode()), on_failure, "payload-missing")


def test_standard_output_closed(hook: Installed) -> None:
    """A denial that no one can read stops by the exit code."""
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *hook.command()]
    done = subprocess.run(command, input=hook.payload(DENIED), capture_output=True, env=hook.environ, timeout=60, check=False)
    assert done.returncode == 2


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


@pytest.mark.parametrize("on_failure", ["closed", "open"])
def test_the_deciding_process_killed(hook: Installed, on_failure: str) -> None:
    hook.configure(on_failure)
    process = subprocess.Popen(hook.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=hook.environ)
    os.kill(_child_of(process), signal.SIGKILL)
    out, _ = process.communicate(hook.payload(ALLOWED), timeout=30)
    outcome(hook, Ran(process.returncode, out, ""), on_failure, "killed")


def test_the_deciding_process_stopped(hook: Installed) -> None:
    hook.configure("closed", deadline_ms=1500)
    process = subprocess.Popen(hook.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=hook.environ)
    child = _child_of(process)
    os.kill(child, signal.SIGSTOP)
    out, _ = process.communicate(hook.payload(ALLOWED), timeout=30)
    outcome(hook, Ran(process.returncode, out, ""), "closed", "time-out")
    assert _has_ended(child)


def test_the_whole_hook_killed(hook: Installed) -> None:
    """What the agent sees is a signal and no answer, and what then holds is the agent's own setting; nothing of the hook goes on."""
    hook.configure(deadline_ms=1000)
    process = subprocess.Popen(hook.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=hook.environ)
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
    assert lost(str(hook.log)) == 3


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
