"""What agent and person are told of decisions: the strictest outcome, by which policy, and what to do instead; never a secret."""

from __future__ import annotations

import pytest

from packgate.engine.gate import build_gate
from packgate.hook.answer import decide
from packgate.hook.exchange import ACT, OUTPUT, PROMPT, Request, Verdict
from packgate.hook.messages import verdict
from packgate.model.action import parse_action
from packgate.model.policy import Condition, Outcome, Pack, Pattern, Policy
from packgate.source.vocabulary import builtin_vocabulary

# Assembled, so that no scanner takes this file for a leak.
SECRET = "AKIA" + "QX7RM2ZTLW5PBV4K"


def policy(name: str, outcome: str | Outcome, field: str, glob: str, *, when: str = "command", message: str = "") -> Policy:
    given = Outcome(outcome) if isinstance(outcome, str) else outcome
    return Policy(name, "k", (when,), given, ((Condition(field, (Pattern("glob", glob),), "any"),),), message=message)


def detector(name: str, outcome: Outcome, *, kind: str = "detector", value: str = "aws-access-key") -> Policy:
    return Policy(name, "k", ("text",), outcome, ((Condition("content", (Pattern(kind, value),), "any"),),), message="Use the vault.")


POLICIES = (
    policy("no-frob", "block", "program", "frob", message="Use tidy instead."),
    policy("mind-twiddle", "warn", "program", "twiddle", message="Mind the lock."),
    policy("note-peek", "audit", "program", "peek"),
    policy("ask-ship", Outcome("require-approval", approver="release-manager"), "program", "ship", message="A release needs a second pair of eyes."),
    policy("end-it", "terminate", "program", "halt"),
    policy("sure-wipe", Outcome("warn", confirm=True), "program", "wipe", message="It can't be undone."),
    detector("no-keys", Outcome("audit", redact=True)),
    detector("no-codenames", Outcome("audit", redact=True), kind="glob", value="*BLUEBIRD*"),
)


def told(*actions: dict[str, object], kind: str = ACT, agent: str = "claude-code", original: object = None, stage: str = "block") -> Verdict:
    gate = build_gate([Pack("k", "1.0.0", POLICIES)], builtin_vocabulary())
    request = Request(agent, "E", kind, list(actions), original=original)
    return verdict(request, [gate.decide(parse_action(action), stage=stage) for action in actions])


def shell(command: str) -> dict[str, object]:
    return {"surface": "shell", "command": command}


@pytest.mark.parametrize(("command", "outcome"), [
    ("ls", "allow"), ("peek x", "allow"), ("twiddle x", "warn"), ("wipe x", "ask"), ("ship x", "ask"), ("frob x", "deny"), ("halt", "terminate"),
    ("twiddle a; frob b", "deny"), ("frob a; halt", "terminate"), ("ship a; twiddle b", "ask"),
])
def test_outcomes(command: str, outcome: str) -> None:
    assert told(shell(command)).outcome == outcome


def test_the_agent_reads_policy_action_and_what_to_do() -> None:
    found = told(shell("frob --all   x"))
    assert found.policy_ids == ("no-frob",)
    assert found.for_agent.startswith("The action `frob --all x` was stopped by policy no-frob: no-frob blocks ")
    assert "Use tidy instead." in found.for_agent
    assert "\n" not in found.reason
    assert found.reason
    assert found.for_user == "packgate: policy no-frob: Use tidy instead."


def test_an_approver_is_named() -> None:
    assert "release-manager" in told(shell("ship x")).for_agent


def test_what_an_agent_cannot_do_is_not_promised() -> None:
    found = told(shell("ship x"), agent="codex")
    assert "which can't be asked for here" in found.for_agent
    assert "Wait for the answer" not in found.for_agent
    assert "Wait for the answer" in told(shell("ship x")).for_agent
    assert "the session ends" not in told(shell("halt"), agent="copilot").for_agent
    assert "the session ends" in told(shell("halt"), agent="gemini").for_agent


def test_nothing_is_said_of_what_only_is_recorded() -> None:
    found = told(shell("peek x"))
    assert (found.outcome, found.reason, found.for_agent, found.for_user, found.replacement) == ("allow", "", "", "", None)


def test_the_strictest_of_several_actions_holds_and_is_the_one_that_is_told() -> None:
    found = told(shell("twiddle a"), shell("frob b"), shell("ls"))
    assert found.outcome == "deny"
    assert found.policy_ids == ("no-frob",)
    assert "`frob b`" in found.for_agent
    assert "Mind the lock" not in found.for_agent


def test_no_actions_no_objection() -> None:
    assert told().outcome == "allow"


def test_confirm_is_a_warning_where_no_one_can_be_asked() -> None:
    assert told(shell("wipe x"), agent="codex").outcome == "warn"
    assert told(shell("ship x"), agent="codex").outcome == "ask"
    # A rollout that only warns stops nothing for a question.
    assert told(shell("wipe x"), stage="warn").outcome == "warn"


def late(*actions: dict[str, object], output: str = "fine") -> Verdict:
    gate = build_gate([Pack("k", "1.0.0", POLICIES)], builtin_vocabulary())
    request = Request("gemini", "AfterTool", OUTPUT, [{"surface": "output", "text": output}], original=output, late=list(actions))
    decisions = [gate.decide(parse_action(action)) for action in [*request.actions, *actions]]
    return verdict(request, decisions[:1], decisions[1:])


def test_a_warning_that_comes_late() -> None:
    found = late(shell("twiddle a"))
    assert (found.outcome, found.policy_ids, found.replacement) == ("warn", ("mind-twiddle",), None)
    assert "`twiddle a`" in found.for_agent
    assert "Mind the lock." in found.for_agent
    # What was asked for at the time, or only is recorded, is not told again.
    assert late(shell("ls")).outcome == late(shell("peek a")).outcome == "allow"
    assert late(shell("wipe a")).outcome == "warn"


def test_what_comes_late_is_not_recorded_twice() -> None:
    gate = build_gate([Pack("k", "1.0.0", POLICIES)], builtin_vocabulary())
    output = {"surface": "output", "text": "fine"}
    request = Request("gemini", "AfterTool", OUTPUT, [output], original="fine", late=[shell("twiddle a")])
    found = decide(request, [output, shell("twiddle a")], gate, "2026-03-01T12:00:00Z", stage="block")
    assert found.verdict.outcome == "warn"
    assert [event["action"]["surface"] for event in found.events] == ["output"]


def test_a_late_warning_goes_with_what_is_said_of_the_output() -> None:
    found = late(shell("twiddle a"), output=f"key={SECRET}")
    assert found.outcome == "redact"
    assert found.replacement == "key=[REDACTED:aws-access-key]"
    assert "Mind the lock." in found.for_agent
    assert "Use the vault." in found.for_agent


@pytest.mark.parametrize("command", [f"frob {SECRET}", f"ship --key {SECRET}", f"twiddle a; frob {'x' * 150}{SECRET}", f"halt {SECRET}"])
def test_secrets_are_never_told(command: str) -> None:
    found = told(shell(command), original={"command": command})
    for text in (found.reason, found.for_agent, found.for_user, str(found.replacement)):
        assert SECRET not in text
        assert SECRET[:12] not in text


def test_a_redacted_output_keeps_its_shape() -> None:
    original = {"stdout": f"key={SECRET}\n", "stderr": "", "interrupted": False, "type": "text"}
    found = told({"surface": "output", "text": original["stdout"]}, kind=OUTPUT, original=original)
    assert found.outcome == "redact"
    assert found.policy_ids == ("no-keys",)
    assert found.replacement == {"stdout": "key=[REDACTED:aws-access-key]\n", "stderr": "", "interrupted": False, "type": "text"}
    assert SECRET not in found.for_agent
    assert "Use the vault." in found.for_agent


def test_what_no_detector_finds_is_left_and_said() -> None:
    found = told({"surface": "prompt", "text": "what of BLUEBIRD?"}, kind=PROMPT)
    assert found.outcome == "warn"
    assert "left as it is" in found.for_agent
    assert "left as it is" in found.for_user


def test_a_withheld_output_says_so_in_its_place() -> None:
    original = [{"type": "text", "text": "line"}, {"type": "image", "mimeType": "image/png", "data": "AAAA"}]
    deny = policy("no-lines", "block", "content", "*line*", when="text")
    gate = build_gate([Pack("k", "1.0.0", (deny,))], builtin_vocabulary())
    action = {"surface": "output", "text": "line"}
    found = verdict(Request("claude-code", "PostToolUse", OUTPUT, [action], original=original), [gate.decide(parse_action(action))])
    note = "[withheld by packgate, policy no-lines]"
    assert found.replacement == [{"type": "text", "text": note}, {"type": "image", "mimeType": "image/png", "data": note}]


def test_long_actions_are_cut() -> None:
    found = told(shell("frob " + "x" * 5000))
    assert len(found.for_agent) < 600
    assert "…`" in found.for_agent
