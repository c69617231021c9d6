"""Repeated denials end a session, by the pack that denies."""

from __future__ import annotations

import pytest

from packgate.engine.gate import build_gate
from packgate.engine.repeated import terminate_repeated
from packgate.model.action import shell_action
from packgate.model.policy import Outcome, Pack, Policy
from packgate.source.vocabulary import builtin_vocabulary


def pack(name: str, limit: tuple[int, int] | None, mode: str = "block", default: str = "allow") -> Pack:
    policy = Policy(f"{name}-push", name, ("git-action",), Outcome(mode), message="Open a pull request.")
    return Pack(name, "1.0.0", (policy,), default=default, terminate_after=limit)


def decided(packs, command="git push", stage="block"):
    return build_gate(packs, builtin_vocabulary()).decide(shell_action(command), stage=stage)


@pytest.mark.parametrize(("earlier", "ends"), [
    ([], False), ([100.0], False), ([100.0, 700.0], True), ([99.0, 700.0], False), ([100.0, 701.0], False), ([700.0] * 9, True),
])
def test_the_limit_counts_the_present_denial_and_only_the_window(earlier, ends):
    packs = [pack("one", (3, 10))]
    decision = decided(packs)
    assert terminate_repeated(decision, packs, earlier, 700.0) is ends
    assert decision.decision == ("terminate" if ends else "deny")
    if ends:
        assert (decision.mode, decision.risk_score) == ("terminate", 100)
        assert decision.reason.endswith("denials within 10 minutes end the session (one)")
        assert decision.message.startswith("Open a pull request. ")


def test_only_a_pack_that_denies_ends_the_session():
    strict, other = pack("strict", (1, 1), mode="warn"), pack("other", None)
    decision = decided([strict, other])
    assert decision.decision == "deny"
    assert not terminate_repeated(decision, [strict, other], [], 0.0)


def test_what_is_only_warned_about_never_ends_a_session():
    packs = [pack("one", (1, 1))]
    decision = decided(packs, stage="warn")
    assert not terminate_repeated(decision, packs, [1.0] * 9, 1.0)
    assert decision.decision == "allow"


def test_a_default_of_deny_counts():
    packs = [pack("closed", (1, 1), default="deny"), pack("open", (1, 1))]
    decision = decided(packs, "ls")
    assert decision.decision == "deny"
    assert terminate_repeated(decision, packs, [], 0.0)
    assert "(closed)" in decision.reason
