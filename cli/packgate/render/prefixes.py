"""Prefix rules: the words that a command begins with, with alternatives in the last place, and examples of what they match and do not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.render.answers import RUN
from packgate.testing.cases import MUST_FIRE, MUST_NOT_FIRE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packgate.render.plan import NativeRule, Plan

_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class PrefixRule:
    """``words`` come first, then one of ``last``. ``fires`` and ``harmless``: commands of cases as words, whole and plain."""

    answer: str
    policies: tuple[str, ...]
    words: tuple[str, ...]
    last: tuple[str, ...]
    fires: tuple[tuple[str, ...], ...]
    harmless: tuple[tuple[str, ...], ...]

    def matches(self, call: Sequence[str]) -> bool:
        """Whether a command begins so."""
        count = len(self.words)
        return tuple(call[:count]) == self.words and len(call) > count and call[count] in self.last


def prefix_rules(plan: Plan) -> list[PrefixRule]:
    """The plan's rules on commands, those that differ in the last word alone as one."""
    grouped: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[str]] = defaultdict(set)
    for native in plan.rules:
        spelled = _words(native)
        if spelled:
            grouped[native.answer, native.policies, spelled[:-1]].add(spelled[-1])
    found = []
    for (answer, policies, words), last in sorted(grouped.items()):
        rule = PrefixRule(answer, policies, words, tuple(sorted(last)), (), ())
        found.append(PrefixRule(answer, policies, words, rule.last, tuple(_fires(rule, plan)), tuple(_harmless(rule, plan))))
    return found


def _words(rule: NativeRule) -> tuple[str, ...]:
    spelling = rule.spelling
    if spelling is None:
        return ()
    return (*spelling.words, spelling.option) if spelling.option is not None else spelling.words


def _fires(rule: PrefixRule, plan: Plan) -> Iterator[tuple[str, ...]]:
    """Commands of the policies' own cases; the rule's words themselves for every last word that has none."""
    cases = [each for each in _cases(plan, rule, MUST_FIRE) if rule.matches(each)][:_EXAMPLES]
    yield from cases
    shown = {call[len(rule.words)] for call in cases}
    yield from ((*rule.words, last) for last in rule.last if last not in shown)


def _harmless(rule: PrefixRule, plan: Plan) -> Iterator[tuple[str, ...]]:
    """Near misses: commands of the same program that the policies' cases say must not fire, those that begin alike first."""
    program = (*rule.words, *rule.last)[0]
    found = [call for call in _cases(plan, rule, MUST_NOT_FIRE) if call[0] == program and not rule.matches(call)]
    found.sort(key=lambda call: (-_common(call, rule.words), call))
    yield from found[:_EXAMPLES]


def _common(call: Sequence[str], words: Sequence[str]) -> int:
    """How many words are the same at the beginning."""
    return next((count for count, pair in enumerate(zip(call, words, strict=False)) if pair[0] != pair[1]), min(len(call), len(words)))


def _cases(plan: Plan, rule: PrefixRule, polarity: str) -> list[tuple[str, ...]]:
    """Commands of the policies' cases that are one plain command, as words."""
    found: dict[tuple[str, ...], None] = {}
    for each in plan.candidates.known.with_word((*rule.words, *rule.last)[0]):
        if each.policy in rule.policies and each.polarity == polarity and (polarity == MUST_FIRE or each.answer == RUN):
            words = tuple(str(each.data["command"]).split())
            if words in each.calls and len(each.calls) == 1:
                found[words] = None
    return list(found)
