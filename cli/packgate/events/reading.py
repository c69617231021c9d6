"""Files of events as a stream; a damaged line is told with its place, and the rest is read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# A longer line is no event of ours.
LONGEST_LINE = 16 * 1024 * 1024
# How many damaged lines are named; all are counted.
_NAMED = 20


@dataclass(slots=True)
class Damage:
    """The lines that are no events: how many, and the first of them as ``file:line: why``."""

    lines: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, name: str, number: int, why: str) -> None:
        """Count one."""
        self.lines += 1
        if len(self.named) < _NAMED:
            self.named.append(f"{name}:{number}: {why}")


@dataclass(frozen=True, slots=True)
class Read:
    """An event and where it stands."""

    file: str
    line: int
    data: dict[str, Any]

    @property
    def action(self) -> dict[str, Any]:
        """Its action; empty where there is none."""
        value = self.data.get("action")
        return value if isinstance(value, dict) else {}

    @property
    def actor(self) -> dict[str, Any]:
        """Who acts; of an imported event without an action its record says it."""
        value = self.action.get("actor")
        return value if isinstance(value, dict) else self.outcome if self.kind == "imported" else {}

    @property
    def decision(self) -> dict[str, Any]:
        """Its decision; empty where there is none."""
        value = self.data.get("decision")
        return value if isinstance(value, dict) else {}

    @property
    def matches(self) -> list[dict[str, Any]]:
        """The matches of its decision."""
        value = self.decision.get("matches")
        return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

    @property
    def reasons(self) -> list[str]:
        """Why what was imported can't be decided again, or only in part."""
        value = self.outcome.get("reasons")
        return [str(each) for each in value] if isinstance(value, list) else []

    @property
    def repo(self) -> dict[str, Any]:
        """The repository of its action; empty where there is none."""
        value = self.action.get("repo")
        return value if isinstance(value, dict) else {}

    @property
    def outcome(self) -> dict[str, Any]:
        """Its outcome, where it is an object."""
        value = self.data.get("outcome")
        return value if isinstance(value, dict) else {}

    @property
    def kind(self) -> str:
        """One of the kinds of the format."""
        return str(self.data["kind"])

    @property
    def time(self) -> str | None:
        """When it happened."""
        value = self.data.get("time")
        return value if isinstance(value, str) else None

    @property
    def ids(self) -> frozenset[str]:
        """Every name by which the event, its action, its decision or the decision that it follows is known."""
        found = (
            self.action.get("id"), self.decision.get("decision_id"), self.decision.get("action_id"), self.data.get("follows"),
            self.outcome.get("id"), self.outcome.get("approval"),
        )
        return frozenset(each for each in found if isinstance(each, str))


def read(paths: Iterable[Path], damage: Damage) -> Iterator[Read]:
    """The events of files, in their order. Raises `UserError` for a file that can't be read."""
    for path in paths:
        try:
            with path.open("rb") as stream:
                yield from read_stream(stream, str(path), damage)
        except OSError as error:
            raise UserError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from None


class Lines(Protocol):
    """What lines are read from."""

    def readline(self, size: int, /) -> bytes:
        """The next line, or its beginning; empty at the end."""


def read_stream(stream: Lines, name: str, damage: Damage, start: int = 0) -> Iterator[Read]:
    """The events of an open file. ``start``: how many lines stand before what is read."""
    number = start
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
            damage.add(name, number, f"it is longer than {LONGEST_LINE:,} bytes")
        elif line.strip():
            data = _event(line)
            if isinstance(data, dict):
                yield Read(name, number, data)
            else:
                damage.add(name, number, data)


def _event(line: bytes) -> dict[str, Any] | str:
    """The event of a line, or why it is none."""
    try:
        data = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return f"not JSON: {getattr(error, 'msg', error)}"
    if not isinstance(data, dict) or data.get("v") != 1 or not isinstance(data.get("kind"), str):
        return "not an event of version 1"
    return data
