"""What is rendered for a target: native rules, held against everything that is known to be harmless, and what is left to the hook."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.hook.expressible import Lost, lost
from packgate.render.answers import ASK, RANK
from packgate.render.paths import strictest
from packgate.render.portable import left as not_portable
from packgate.render.target import ENGINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packgate.model.policy import Policy
    from packgate.render.candidates import Candidates, Standing
    from packgate.render.known import Known
    from packgate.render.options import Options
    from packgate.render.spelling import Spelling
    from packgate.render.target import Target

_NOT_LITERAL = re.compile(r"[^A-Za-z0-9._-]+")
# Examples that are listed of what a rule would stop.
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class NativeRule:
    """A rule of the target. ``answer``: `answers.ASK` or `DENY`. ``patterns`` are in the target's own language; ``spelling`` is None for a
    rule about files, ``tool`` then says what for (`read`, `edit`). ``policies``: sorted ids."""

    answer: str
    patterns: tuple[str, ...]
    policies: tuple[str, ...]
    spelling: Spelling | None = None
    tool: str = "shell"


@dataclass(frozen=True, slots=True)
class Left:
    """A rule that was not rendered, since the hook lets through what it would stop: ``examples``."""

    patterns: tuple[str, ...]
    policies: tuple[str, ...]
    examples: tuple[str, ...]
    asked: bool = False


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A policy on the target. ``left``: why only the hook enforces it; empty when a native rule or the engine does too. ``lowered``: where
    the agent does something else than the policy asks for."""

    standing: Standing
    rules: tuple[NativeRule, ...]
    widening: tuple[Left, ...]
    left: str
    lowered: tuple[Lost, ...]


@dataclass(slots=True)
class Plan:
    """Everything about one target. ``rules`` are sorted: denials first, then by their patterns."""

    target: str
    options: Options
    candidates: Candidates
    rules: list[NativeRule] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    policies: list[PolicyPlan] = field(default_factory=list)

    @property
    def by_id(self) -> Mapping[str, Policy]:
        """Policies by their id."""
        return {each.policy.id: each.policy for each in self.candidates.standings}

    def patterns(self, answer: str, tool: str | None = None) -> list[str]:
        """The patterns of rules with an answer, each once, in order."""
        found = (pattern for rule in self.rules if rule.answer == answer and tool in (None, rule.tool) for pattern in rule.patterns)
        return list(dict.fromkeys(found))


def make_plan(target: Target, options: Options, candidates: Candidates) -> Plan:
    """The plan of a target."""
    plan = Plan(target.NAME, options, candidates)
    if options.native:
        for rule in (*_command_rules(target, candidates), *_path_rules(target, candidates)):
            if rule.answer in target.ANSWERS:
                _place(plan, target, rule)
    plan.rules.sort(key=lambda rule: (-RANK[rule.answer], rule.tool, rule.patterns))
    plan.left.sort(key=lambda each: (each.policies, each.patterns))
    plan.policies = [_policy_plan(standing, plan, target) for standing in candidates.standings]
    return plan


def _command_rules(target: Target, candidates: Candidates) -> Iterator[NativeRule]:
    answers = {each.policy.id: each.answer for each in candidates.standings}
    wanted: dict[Spelling, set[str]] = defaultdict(set)
    for policy, spellings in candidates.spellings.items():
        for spelling in spellings:
            wanted[spelling].add(policy)
    for spelling in sorted(wanted):
        patterns = target.command_patterns(spelling)
        if patterns:
            answer = max((answers[policy] for policy in wanted[spelling]), key=RANK.__getitem__)
            yield NativeRule(answer, patterns, tuple(sorted(wanted[spelling])), spelling)


def _path_rules(target: Target, candidates: Candidates) -> Iterator[NativeRule]:
    for (path, tool), (answer, policies) in strictest(candidates.paths).items():
        pattern = target.path_pattern(path, tool)
        if pattern is not None:
            yield NativeRule(answer, (pattern,), policies, tool=tool)


def _place(plan: Plan, target: Target, rule: NativeRule) -> None:
    """Take a rule, unless it would stop something that the hook lets run."""
    stopped = _stopped(target, rule, plan.candidates)
    if not stopped:
        plan.rules.append(rule)
        return
    asked = plan.options.doubtful == ASK and ASK in target.ANSWERS
    examples = tuple(dict.fromkeys(each.label for each in stopped))[:_EXAMPLES]
    plan.left.append(Left(rule.patterns, rule.policies, examples, asked))
    if asked:
        plan.rules.append(NativeRule(ASK, rule.patterns, rule.policies, rule.spelling, rule.tool))


def _stopped(target: Target, rule: NativeRule, candidates: Candidates) -> list[Known]:
    """What the rule would stop and the hook does not. Patterns begin with the program, so only what begins so in some reading counts."""
    known = candidates.known
    about = known.with_text(_literal(rule.patterns[0])) if rule.spelling is None else known.with_word(rule.spelling.words[0])
    milder = (each for each in about if RANK[each.answer] < RANK[rule.answer])
    return [each for each in milder if any(_matches(target, rule, pattern, each) for pattern in rule.patterns)]


def _literal(pattern: str) -> str:
    """The longest text without any sign of a pattern: what it matches contains it."""
    return max(_NOT_LITERAL.split(pattern.partition("(")[2]), key=len)


def _matches(target: Target, rule: NativeRule, pattern: str, known: Known) -> bool:
    if rule.spelling is not None:
        return target.command_matches(pattern, known.texts, known.calls)
    return any(tool == rule.tool and target.path_matches(pattern, path) for tool, path in known.files)


def _policy_plan(standing: Standing, plan: Plan, target: Target) -> PolicyPlan:
    name = standing.policy.id
    rules = tuple(rule for rule in plan.rules if name in rule.policies)
    widening = tuple(each for each in plan.left if name in each.policies)
    if target.SUPPORT == ENGINE:
        left = not_portable(standing, plan.candidates.subject.gate.engine.rule(name, standing.pack))
    else:
        left = "" if rules else standing.left or _why(standing, plan, target, len(widening))
    return PolicyPlan(standing, rules, widening, left, tuple(lost(target.NAME, standing.policy, standing.effective)))


def _why(standing: Standing, plan: Plan, target: Target, widening: int) -> str:
    if not plan.options.native:
        return "native rules are switched off for this target"
    if standing.answer not in target.ANSWERS:
        return f"{target.TITLE} has no native question beside the hook"
    if widening:
        return f"its {widening} native rules would stop what the policy lets run"
    if standing.policy.id in plan.candidates.spellings:
        return f"{target.TITLE} has no rule for how it is spelled"
    return "no words at the beginning of a command decide it: targets, environments or contents do"
