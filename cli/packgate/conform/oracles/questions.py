"""Probes as questions to a policy engine, each with packgate's own answer by the policies that were rendered for engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.conform.oracles.oracle import Answer, Question
from packgate.conform.probes import rank
from packgate.model.action import parse_action
from packgate.render.answers import RUN
from packgate.render.portable import facts_input, is_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packgate.conform.probes import Probe
    from packgate.model.decision import Decision
    from packgate.render.plan import Plan
    from packgate.render.subject import Subject


def left_out(plan: Plan) -> dict[str, str]:
    """The policies that engines do not have, with the reason."""
    return {each.standing.policy.id: each.left for each in plan.policies if each.left}


def questions(subject: Subject, plan: Plan, probes: Iterable[Probe]) -> list[Question]:
    """A question for every probe."""
    answers = {each.standing.policy.id: each.standing.answer for each in plan.policies if not each.left}
    found = []
    for probe in probes:
        action = parse_action(probe.action)
        decision = subject.decide(action)
        given = facts_input(decision, action.data)
        found.append(Question(probe.name, probe.way, given, expected(decision, answers), not is_known(decision)))
    return found


def expected(decision: Decision, answers: Mapping[str, str]) -> Answer:
    """The part of a decision that is about policies that engines have. ``answers``: what each of these asks for (`render.answers`)."""
    fired = [match for match in decision.matches if match.policy in answers and not match.waived]
    mode = max((match.effective for match in fired), key=rank, default=None)
    policies = sorted({match.policy for match in fired})
    return Answer(tuple(policies), mode, any(answers[policy] != RUN for policy in policies))
