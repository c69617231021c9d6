"""One request, answered in this process: defects, lack of memory and depth end in the answer that was fixed for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from packgate.hook.answer import STOPS, kind_of, read_request, reply_of, respond
from packgate.hook.exchange import ACT, Request, Verdict
from packgate.hook.failure import CLOSED, OPEN, Failure
from packgate.hook.settings import FAILING, Settings

if TYPE_CHECKING:
    from packgate.engine.gate import Gate

_NOW = "2026-01-01T00:00:00Z"
_SECRET = "ghp_" + "a1B2" * 10


def _settings(mode: str) -> Settings:
    return Settings("/b", dict.fromkeys(FAILING, mode))


def _request(*actions: dict[str, Any]) -> Request:
    return Request("claude-code", "PreToolUse", ACT, list(actions), cwd="/", session="s", tool="Bash", call="c")


@pytest.mark.parametrize("mode", [OPEN, CLOSED])
@pytest.mark.parametrize(("error", "code"), [
    (RuntimeError(_SECRET), "internal-error"), (MemoryError(), "killed"), (RecursionError(), "payload-too-deep"), (KeyError("x"), "internal-error"),
    (Failure("bundle-altered", "x"), "bundle-altered"),
])
def test_whatever_is_raised_has_its_answer(error: Exception, code: str, mode: str) -> None:
    def broken() -> Gate:
        raise error

    answer = respond(_request({"surface": "shell", "command": f"echo {_SECRET}"}), broken, _settings(mode), {}, _NOW)
    assert answer.failure is not None
    assert answer.failure.code == code
    assert answer.verdict.outcome == ("deny" if mode == CLOSED else "warn")
    (event,) = answer.events
    assert (event["kind"], event["outcome"]["failure"], event["outcome"]["answered"]) == ("gap", code, "deny" if mode == CLOSED else "allow")
    assert event["outcome"]["surfaces"] == ["shell"]
    assert _SECRET not in repr(answer.events) + answer.verdict.for_agent + answer.verdict.for_user


def test_the_surface_decides_what_holds() -> None:
    def broken() -> Gate:
        raise ValueError

    settings = Settings("/b", {**dict.fromkeys(FAILING, CLOSED), "web": OPEN})
    fetched, run = {"surface": "web", "url": "https://h"}, {"surface": "shell", "command": "ls"}
    assert respond(_request(fetched), broken, settings, {}, _NOW).verdict.outcome == "warn"
    assert respond(_request(run), broken, settings, {}, _NOW).verdict.outcome == "deny"
    assert respond(_request(fetched, run), broken, settings, {}, _NOW).verdict.outcome == "deny"


@pytest.mark.parametrize(("agent", "event", "code"), [("nope", "PreToolUse", "unknown-agent"), ("claude-code", "Stop", "unknown-event")])
def test_unknown_calls(agent: str, event: str, code: str) -> None:
    with pytest.raises(Failure) as caught:
        kind_of(agent, event)
    assert caught.value.code == code


def test_what_a_payload_quotes_is_masked() -> None:
    module, _ = kind_of("claude-code", "PreToolUse")
    with pytest.raises(Failure) as caught:
        read_request(module, "PreToolUse", {"hook_event_name": _SECRET})
    assert caught.value.code == "payload-unreadable"
    assert _SECRET not in caught.value.sentence


@pytest.mark.parametrize(("outcome", "code"), [("deny", STOPS), ("ask", STOPS), ("terminate", STOPS), ("warn", 0)])
def test_a_dialect_that_fails_is_no_way_through(outcome: str, code: int) -> None:
    def broken(event: str, verdict: Verdict) -> Any:
        raise TypeError

    module: Any = SimpleNamespace(EVENTS={"E": ACT}, answer=broken)
    for used in (module, None):
        reply = reply_of(used, "E", Verdict(outcome, "why"))
        assert (reply.stdout, reply.stderr, reply.exit_code) == (None, "why\n", code)
    assert reply_of(None, "E", Verdict("allow")).stderr == ""
