"""The explanation of a decision, as text: what was found, what fired, what came near."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from packgate.commands.underline import underlined, visible
from packgate.engine.partly import MUST
from packgate.engine.render import coverage, notes
from packgate.engine.sentence import condition_text, policy_sentence
from packgate.engine.trace import distance
from packgate.errors import UserError
from packgate.model.value import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.engine.gate import Gate
    from packgate.engine.rules import Rule
    from packgate.engine.trace import Step
    from packgate.model.action import Action
    from packgate.model.decision import Decision
    from packgate.model.operation import Operation
    from packgate.model.value import Value

# Fields that every operation of a command has; they are shown only when a policy is about them.
_COMMON = frozenset(("program", "argument", "flag", "place"))
_NEAR = 6
_REDIRECTION = re.compile(r"(?:\d*|&)(?:<<<|<<-?|<>|<&|<|>>|>&|>\||>)")


# Columns of a line of the command, where there is no terminal that has its own.
WIDTH = 120
# Those of them that the indentation and a number behind an underline take.
_BESIDE = 8


class Explanation:
    """One decision, ready to be told."""

    def __init__(
        self, source: str, action: Action, gate: Gate, decision: Decision, hide: Callable[[str], str], width: int = WIDTH,
    ) -> None:
        """``hide`` masks secrets; it is applied before anything is cut, since half a secret is not recognised as one. ``width``: the
        columns that a line of the command may take."""
        self.width = width
        self.source = source
        self.hide = hide
        self.action = action
        self.gate = gate
        self.decision = decision

    def text(self, policies: tuple[str, ...] = ()) -> str:
        """Everything, in the order in which a reader asks: the verdict, the command, what fired, what came near."""
        blocks = [self._verdict(), self._command(), self._unknown(), self._fired(), self._near()]
        blocks += [self._in_full(policy) for policy in policies]
        text = self.hide("\n\n".join(block for block in blocks if block))
        # Nothing of a command may act on the terminal.
        return "".join(f"{visible(line)}\n" for line in text.split("\n"))

    def _verdict(self) -> str:
        decision = self.decision
        mode = f" ({decision.mode})" if decision.mode else ""
        parts = decision.risk_parts or [("policies", decision.risk_score)]
        risk = " + ".join(f"{points} {name}" for name, points in parts)
        over = ", at most 100" if sum(points for _, points in parts) > decision.risk_score else ""
        shown = f"\n  risk {decision.risk_score}: {risk}{over}" if decision.risk_score else ""
        return f"decision: {decision.decision}{mode}\n  {decision.reason}{shown}"

    def _command(self) -> str:
        lines = ["what it does:"]
        if self.source:
            lines += [f"  {line}" for line in self._underlined()]
        for number, operation in enumerate(self.decision.analysis.operations, 1):
            lines.append(f"  {number}. {self._operation(operation)}")
        lines += self._evaluated()
        return "\n".join(lines) if len(lines) > 1 else "what it does: nothing that a policy could match"

    def _evaluated(self) -> list[str]:
        """Commands that run with other words than are written: what they were evaluated to, in the order of the text."""
        lines: list[str] = []
        seen: set[int] = set()
        for number, operation in enumerate(self.decision.analysis.operations, 1):
            if operation.common is None or operation.span is None or id(operation.common) in seen:
                continue
            seen.add(id(operation.common))
            words = [show(word) for word in (*operation.common.get("program", ()), *operation.common.get("argument", ()))]
            if not _is_written(words, self.source[operation.span[0] : operation.span[1]]):
                lines.append(f"  {number} runs as: {_brief(self.hide(' '.join(map(_quoted, words))))}")
        return lines

    def _underlined(self) -> list[str]:
        """The source, with the numbers of the operations below the text they stand for."""
        marks = [
            (*operation.span, number) for number, operation in enumerate(self.decision.analysis.operations, 1) if operation.span is not None
        ]
        return underlined(self.source, marks, self.hide, self.width - _BESIDE)

    def _operation(self, operation: Operation) -> str:
        families = ", ".join(family for family in operation.families if family != "command") or "command"
        fields = "  ".join(
            f"{name}={'|'.join(map(self._shown, values))}" for name, values in sorted(operation.fields.items()) if name not in _COMMON
        )
        if families == "command":
            fields = f"program={'|'.join(map(show, operation.get('program')))}"
        through = f"  through {' > '.join(operation.via)}" if operation.via else ""
        return f"{families}: {fields}{through}"

    def _unknown(self) -> str:
        found = coverage(self.decision)
        lines = [f"coverage: {found}"]
        lines += [f"  {text}" for text in notes(self.decision)]
        lines += [f"  {policy} may match: part of what it looks at is unknown" for policy in self.decision.may_match]
        return "\n".join(lines)

    def _fired(self) -> str:
        if not self.decision.matches:
            return ""
        lines = ["what fired:"]
        seen: dict[tuple[str, str], list[str]] = {}
        for match in self.decision.matches:
            number = self.decision.analysis.operations.index(match.operation) + 1
            seen.setdefault((match.policy, match.effective), []).append(str(number))
        for (policy, effective), numbers in seen.items():
            rule = self.gate.engine.rule(policy)
            lines.append(f"  {policy} [{effective}] on {', '.join(dict.fromkeys(numbers))}")
            lines.append(f"    {policy_sentence(rule.policy)}")
            if rule.policy.message:
                lines.append(f"    message: {rule.policy.message}")
        return "\n".join(lines)

    def _near(self) -> str:
        """Policies of the right family that one condition or exception kept from firing."""
        fired = {match.policy for match in self.decision.matches} | set(self.decision.may_match)
        lines = []
        for rule in self.gate.engine.rules:
            if rule.policy.id in fired:
                continue
            best = self._nearest(rule)
            if best is not None:
                lines.append(f"  {rule.policy.id}: {best}")
        more = len(lines) - _NEAR
        shown = lines[:_NEAR] + ([f"  and {more} more"] if more > 0 else [])
        return "\n".join(["what came near:", *shown]) if lines else ""

    def _nearest(self, rule: Rule) -> str | None:
        for number, operation in enumerate(self.decision.analysis.operations, 1):
            if not rule.when.intersection(operation.families) or not _specific(operation):
                continue
            steps = self.gate.trace(rule.policy.id, operation, self.action)
            if distance(steps) == 1:
                return f"on {number} {self._obstacle(steps)}"
            if distance(steps) == 0:
                return f"on {number} excused by `unless`"
        return None

    def _in_full(self, policy: str) -> str:
        if policy not in self.gate.policy_ids:
            raise UserError(f"there is no policy '{policy}' in what is loaded")
        rule = self.gate.engine.rule(policy)
        lines = [f"{policy}: {policy_sentence(rule.policy)}"]
        for number, operation in enumerate(self.decision.analysis.operations, 1):
            lines.append(f"  on {number}:")
            for step in self.gate.trace(policy, operation, self.action):
                name = f"{step.part} {step.field}" + ("" if step.condition is None else f" {condition_text(step.condition)}")
                values = ", ".join(map(self._shown, step.values)) or "nothing"
                lines.append(f"    {('no', 'may', 'yes')[step.verdict]:4} {name}; found {values}")
        return "\n".join(lines)

    def _obstacle(self, steps: list[Step]) -> str:
        """The one condition that did not hold."""
        by_clause: dict[int, list[Step]] = {}
        for step in steps:
            if step.part in ("if", "where") and step.verdict != MUST:
                by_clause.setdefault(step.number if step.part == "if" else -1, []).append(step)
        failed = min(by_clause.values(), key=len)[0]
        values = ", ".join(map(self._shown, failed.values)) or "nothing"
        wanted = condition_text(failed.condition) if failed.condition is not None else ""
        return f"{failed.field} is {values}, not {_brief(wanted)}"

    def _shown(self, value: Value) -> str:
        return _brief(self.hide(show(value)))


def _is_written(words: list[str], text: str) -> bool:
    """Whether the words stand in the text as they are, quotes aside; its first word may be a path of the program."""
    try:
        written = _without_redirections(shlex.split(text))
    except ValueError:
        return False
    return written[1:] == words[1:] and bool(written) and written[0].rsplit("/", 1)[-1] == words[0].rsplit("/", 1)[-1]


def _without_redirections(words: list[str]) -> list[str]:
    """Words of a command without those that begin a redirection, and their targets."""
    out: list[str] = []
    target = False
    for word in words:
        found = _REDIRECTION.match(word)
        if found is None and not target:
            out.append(word)
        target = found is not None and found.end() == len(word)
    return out


def _quoted(word: str) -> str:
    return word if word.startswith("<") and word.endswith(">") else shlex.quote(word)


def _specific(operation: Operation) -> bool:
    return operation.families != ("command",)


def _brief(text: str) -> str:
    flat = text.replace("\n", "\\n")
    return flat if len(flat) <= 80 else flat[:77] + "..."
