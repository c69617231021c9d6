"""Files of events as a stream; a damaged line is told with its place, and the rest is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.eventstore.lines import Damage as Damage
from packgate.eventstore.lines import events_of, lines_of, read_lines
from packgate.eventstore.places import files_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from packgate.eventstore.lines import Line, Stream


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


def read(paths: Iterable[Path | str], damage: Damage) -> Iterator[Read]:
    """The events of files, in their order; of a folder those of the Parquet files in it. Raises `UserError` for a file that can't be
    read."""
    for path in files_of(map(str, paths)):
        yield from _read(read_lines(path), path, damage)


def read_stream(stream: Stream, name: str, damage: Damage, start: int = 0) -> Iterator[Read]:
    """The events of an open file. ``start``: how many lines stand before what is read."""
    return _read(lines_of(stream, start), name, damage)


def _read(lines: Iterable[Line], name: str, damage: Damage) -> Iterator[Read]:
    return (Read(name, line.number, data) for line, data in events_of(lines, name, damage))
