"""What oracles have in common: what they are asked, what they answer, and what each offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.lane import Absent, Engine, Seen


class Refused(UserError):
    """An oracle does not take what was rendered for it, or broke down: nothing was measured."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to an action: the policies that fire, sorted; the strictest mode of these, None where none fires; and whether the
    action is stopped (denied, or a person asked)."""

    policies: tuple[str, ...]
    mode: str | None
    stops: bool

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"policies": list(self.policies), "mode": self.mode, "stops": self.stops}


@dataclass(frozen=True, slots=True)
class Question:
    """An action as its facts, which a policy engine gets as its input, and packgate's own answer by the policies that engines have.
    ``partly``: a value is known only in part, which an engine matches as it is printed."""

    name: str
    way: str
    input: dict[str, Any]
    expected: Answer
    partly: bool


@dataclass(frozen=True, slots=True)
class Call:
    """An action for an agent's rules, with the commands in it as words, as packgate reads them."""

    action: dict[str, Any]
    commands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Replies:
    """What an engine said: an answer for every question in order, a text in the place of one that it could not answer; how many of the
    rendered tests it ran, and those that failed."""

    answers: list[Answer | str]
    tests: int
    failed: list[str] = field(default_factory=list)


class PolicyEngine(Protocol):
    """An engine that decides over facts."""

    name: str
    title: str

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """The engine, or why there is none."""

    def ask(self, engine: Engine, files: Mapping[str, bytes], questions: Sequence[Question]) -> Replies:
        """Load the rendered files, run the rendered tests, and answer the questions. Raises `Refused`."""


class RuleChecker(Protocol):
    """The part of an agent that holds a call against its own rules, without the agent."""

    name: str
    title: str

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """The checker, or why there is none."""

    def takes(self, action: Mapping[str, Any]) -> bool:
        """Whether it has a word for an action."""

    def check(self, engine: Engine, files: Mapping[str, bytes], calls: Sequence[Call]) -> list[Seen]:
        """What the rendered rules say to each call, everything else being allowed. Raises `Refused`."""
