"""What is known of commands: those of cases and corpora, how a target can come to see each, and what the hook says to it.

A target splits lines and takes wrappers off in its own way. A rule counts as matching when it matches any reading: the line, the text of
any command in it, its words with and without the folder of the program, what a wrapper runs. So a rule is rather left out than too wide.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from packgate.model.action import ActionError, parse_action
from packgate.render.answers import of_decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packgate.model.action import Action
    from packgate.model.decision import Decision
    from packgate.model.operation import Operation
    from packgate.render.subject import Subject

_WORD = re.compile(r"[A-Za-z0-9_.+-]+")
_TOOLS = {"read-file": "read", "modify-file": "edit"}


class Known:
    """An action of a case (``policy``, ``polarity``) or a corpus; what it means is found out when it is asked for. ``data`` is its JSON."""

    def __init__(self, action: Action, subject: Subject, confirming: frozenset[str], policy: str | None, polarity: str | None) -> None:
        self._action = action
        self._subject = subject
        self._confirming = confirming
        self.data: dict[str, Any] = action.data
        self.label = str(action.data.get("command") or _label(action.data))
        self.policy = policy
        self.polarity = polarity

    @property
    def words(self) -> set[str]:
        """Words that occur anywhere in a command."""
        return set(_WORD.findall(self.data.get("command") or ""))

    @cached_property
    def decision(self) -> Decision:
        """What the hook decides."""
        return self._subject.decide(self._action)

    @cached_property
    def answer(self) -> str:
        """What the hook says (`answers`)."""
        return of_decision(self.decision, self._confirming)

    @cached_property
    def calls(self) -> tuple[tuple[str, ...], ...]:
        """The commands in it, as words."""
        return tuple(dict.fromkeys(commands(self.decision.analysis.operations)))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The readings of a command, as text; none on other surfaces."""
        command = self.data.get("command") or ""
        return tuple(dict.fromkeys(_texts(command, self.decision.analysis.operations, self.calls))) if command else ()

    @cached_property
    def files(self) -> tuple[tuple[str, str], ...]:
        """What is done to which files: `read` or `edit`, and the path."""
        return tuple(dict.fromkeys(_files(self.decision.analysis.operations)))


class KnownActions:
    """Every action of cases and corpora, once, in order."""

    def __init__(self, subject: Subject) -> None:
        self.all = tuple(_known(subject))
        self._by_word: dict[str, list[Known]] = defaultdict(list)
        for each in self.all:
            for word in each.words:
                self._by_word[word].append(each)

    @property
    def words(self) -> set[str]:
        """Words that occur in any command."""
        return set(self._by_word)

    def with_word(self, word: str) -> list[Known]:
        """The commands in which a word occurs."""
        return self._by_word.get(word, [])

    def with_text(self, text: str) -> list[Known]:
        """The actions on files, and the commands in which a text occurs."""
        return [each for each in self.all if each.data["surface"] == "file" or text in (each.data.get("command") or "")]


def _known(subject: Subject) -> Iterator[Known]:
    seen: set[str] = set()
    confirming = frozenset(rule.policy.id for rule in subject.gate.engine.rules if rule.policy.outcome.confirm)
    for data, policy, polarity in _actions(subject):
        key = json.dumps([data, policy, polarity], sort_keys=True)
        if key in seen:
            continue
        seen.add(key)
        try:
            yield Known(parse_action(data), subject, confirming, policy, polarity)
        except ActionError:
            continue  # `packgate test` says so.


def _actions(subject: Subject) -> Iterator[tuple[dict[str, Any], str | None, str | None]]:
    for case in subject.cases:
        if case.action is not None and case.todo is None:
            yield case.action, case.policy, case.polarity
    for item in subject.corpora:
        yield item.action, None, None


def commands(operations: Iterable[Operation]) -> Iterator[tuple[str, ...]]:
    """The commands that operations come from, as words up to the first that is not known."""
    for operation in operations:
        program = operation.get("program")
        if len(program) == 1 and isinstance(program[0], str):
            words = []
            for word in operation.get("argument"):
                if not isinstance(word, str):
                    break
                words.append(word)
            yield (program[0], *words)


def _texts(command: str, operations: Iterable[Operation], calls: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield command.strip()
    for operation in operations:
        if operation.span is not None:
            yield command[operation.span[0]:operation.span[1]].strip()
    for call in calls:
        yield " ".join(call)


def _files(operations: Iterable[Operation]) -> Iterator[tuple[str, str]]:
    for operation in operations:
        tool = next((tool for family, tool in _TOOLS.items() if family in operation.families), None)
        for path in operation.get("path"):
            if tool is not None and isinstance(path, str):
                yield tool, path


def _label(data: dict[str, Any]) -> str:
    named = (data.get("operation"), data.get("path"), data.get("server"), data.get("tool"), data.get("url"))
    return " ".join([str(data["surface"]), *(str(each) for each in named if each)])
