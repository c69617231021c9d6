"""What engines answered, held against packgate, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.conform.measure import Measured, Tried, judge
from packgate.conform.oracles.oracle import Answer, Call
from packgate.conform.oracles.questions import left_out, questions
from packgate.conform.probes import CASE
from packgate.conform.report import lane_data
from packgate.model.action import parse_action
from packgate.render.known import commands
from packgate.render.options import Settings
from packgate.render.rendered import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.conform.lane import Engine
    from packgate.conform.oracles.oracle import PolicyEngine, Question, Replies, RuleChecker
    from packgate.conform.probes import Probe
    from packgate.render.subject import Subject

# Of what differs, so much is named.
_NAMED = 40


def ask_engine(oracle: PolicyEngine, engine: Engine, subject: Subject, probes: Sequence[Probe]) -> dict[str, Any]:
    """Render for a policy engine, ask it about every probe; what it agrees with packgate in."""
    rendered = render(subject, [oracle.name], Settings())[oracle.name]
    asked = questions(subject, rendered.plan, probes)
    replies = oracle.ask(engine, rendered.files, asked)
    return {
        "title": oracle.title, "version": engine.version, "left": left_out(rendered.plan),
        "policies": sum(not each.left for each in rendered.plan.policies), **compare(asked, replies),
    }


def compare(asked: Sequence[Question], replies: Replies) -> dict[str, Any]:
    """How many answers are packgate's, of cases and of spellings; those with a value that is known only in part are counted apart, since
    what an engine says to them is no promise."""
    known = [(question, answer) for question, answer in zip(asked, replies.answers, strict=True) if not question.partly]
    partly = [(question, answer) for question, answer in zip(asked, replies.answers, strict=True) if question.partly]
    return {
        "cases": _agreed([pair for pair in known if pair[0].way == CASE]),
        "spellings": _agreed([pair for pair in known if pair[0].way != CASE]),
        "partly": _agreed(partly),
        "tests": {"run": replies.tests, "failed": sorted(replies.failed)[:_NAMED]},
        "differs": _differing(known), "partly_differs": _differing(partly),
    }


def _agreed(pairs: Sequence[tuple[Question, Answer | str]]) -> dict[str, int]:
    return {"asked": len(pairs), "agreed": sum(question.expected == answer for question, answer in pairs)}


def _differing(pairs: Sequence[tuple[Question, Answer | str]]) -> list[dict[str, Any]]:
    found = [
        {
            "name": question.name, "packgate": question.expected.to_json(),
            "engine": answer.to_json() if isinstance(answer, Answer) else answer,
        }
        for question, answer in pairs if question.expected != answer
    ]
    return sorted(found, key=lambda each: str(each["name"]))[:_NAMED]


def _call(subject: Subject, probe: Probe) -> Call:
    return Call(probe.action, tuple(dict.fromkeys(commands(subject.decide(parse_action(probe.action)).analysis.operations))))


def check_rules(oracle: RuleChecker, engine: Engine, subject: Subject, probes: Sequence[Probe]) -> dict[str, Any]:
    """Render for an agent, hold every probe against its rules by its own checker: figures as of a lane that has no hook."""
    rendered = render(subject, [oracle.name], Settings())[oracle.name]
    taken = [probe for probe in probes if oracle.takes(probe.action)]
    seen = oracle.check(engine, rendered.files, [_call(subject, probe) for probe in taken])
    tried = [Tried(probe, each, judge(probe, each, native=True)) for probe, each in zip(taken, seen, strict=True)]
    return lane_data(oracle.title, engine.version, Measured(tried), None)
