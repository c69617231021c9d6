"""One thing that was done, as its record tells it, before it is an event."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# What came of a call. `not-run`: the agent itself could not make it.
RAN, FAILED, DENIED, NOT_RUN = "ran", "failed", "denied", "not-run"

# Why something can't be decided again.
UNKNOWN_TOOL = "unknown-tool"  # The agent has no tool of this name, so nothing says what it would have done.
UNREADABLE = "unreadable-call"  # A known tool without what it needs.
SERVER_SIDE = "server-side"  # Done by the model's provider, where no enforcement point stands.
INPUT = "input-to-a-running-program"  # What it means, only that program knows.
NO_ACTION = "no-action"  # A record of something that no agent does.
MASKED = "masked-by-its-source"  # What was asked is not in the record.
REASONS = {
    UNKNOWN_TOOL: "the agent has no such tool", UNREADABLE: "the call lacks what its tool needs",
    SERVER_SIDE: "done by the model's provider, where no hook is asked", INPUT: "input to a program that runs",
    NO_ACTION: "not an action of an agent", MASKED: "its source left out what was asked",
}

# Why something can be decided again only in part.
CUT, REDACTED, NO_CWD, RECONSTRUCTED = "cut", "redacted", "no-cwd", "reconstructed"
PARTS = {
    CUT: "long texts were cut", REDACTED: "secrets were masked, so policies that look for them see none",
    NO_CWD: "relative paths stay unknown", RECONSTRUCTED: "the command was made of an API call",
}

# Calls whose results are waited for: agents make a few at a time.
_MOST_WAITING = 512


@dataclass(slots=True)
class Found:
    """``actions``: action JSON without context, empty with a ``reason``, or where the agent's tool touches nothing outside of it.
    ``key`` tells it from everything else of its session (or file, where there are none), or of its ``scope``. ``project``: the folder
    that the session is about, where the record does not say where its repository begins."""

    key: str
    line: int
    actions: list[dict[str, Any]] = field(default_factory=list)
    time: str | None = None
    session: str | None = None
    agent: str | None = None
    version: str | None = None
    user: str | None = None
    cwd: str | None = None
    repo: dict[str, Any] | None = None
    project: str | None = None
    scope: str | None = None
    tool: str | None = None
    result: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    parts: tuple[str, ...] = ()

    def cannot(self, reason: str) -> None:
        """Say that it can't be decided again."""
        self.reason = reason
        self.actions = []


class Waiting:
    """Calls in the order they were made, each kept until its result is known, or too many wait."""

    def __init__(self) -> None:
        self._order: deque[tuple[str | None, Found]] = deque()
        self._open: dict[str, Found] = {}

    def add(self, name: str, found: Found) -> None:
        """A call; ``name`` is what its result will name."""
        self._order.append((name, found))
        self._open[name] = found

    def done(self, found: Found) -> None:
        """Something that has no result."""
        self._order.append((None, found))

    def get(self, name: object) -> Found | None:
        """The call of a name, if its result is not known."""
        return self._open.get(name) if isinstance(name, str) else None

    def settle(self, name: object, result: str | None, exit_code: int | None = None, reason: str | None = None) -> None:
        """The result of a call; of one that is not waited for nothing is kept."""
        found = self._open.pop(name, None) if isinstance(name, str) else None
        if found is None:
            return
        found.result, found.exit_code = result, exit_code
        if reason is not None:
            found.cannot(reason)

    def ready(self) -> Iterator[Found]:
        """What can be handed on, in order."""
        while self._order:
            name, found = self._order[0]
            # A later call of the same name has taken its place: its own result will not come.
            waits = name is not None and self._open.get(name) is found
            if waits and len(self._order) <= _MOST_WAITING:
                return
            if waits and name is not None:
                del self._open[name]
            self._order.popleft()
            yield found

    def rest(self) -> Iterator[Found]:
        """All that is left at the end of the record: of what still waits, no result is known."""
        self._open.clear()
        yield from self.ready()
