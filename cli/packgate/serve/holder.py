"""What the server decides with, and its replacement while it runs: whole or not at all, and the last good one is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packgate.engine.gate import Gate


@dataclass(frozen=True, slots=True)
class Loaded:
    """A gate in use. ``packs``: name, version, stage, revision and digest of each, as decisions list them. ``since``: when it was loaded.
    ``stamp``: what its source looked like before it was read."""

    gate: Gate
    packs: Sequence[dict[str, Any]]
    since: str
    stamp: object


@dataclass(frozen=True, slots=True)
class Failure:
    """A replacement that was refused: when, and why."""

    time: str
    reason: str


class Holder:
    """Holds the gate in use. `refresh` may run in another thread; readers take `current` once per decision."""

    def __init__(self, load: Callable[[], Gate], stamp: Callable[[], object], now: Callable[[], str]) -> None:
        """``load`` makes a gate anew; ``stamp`` tells whether there is a reason to. Loads at once. Raises what ``load`` raises."""
        self._load = load
        self._stamp = stamp
        self._now = now
        self.current = self._fresh()
        self.failure: Failure | None = None
        self._refused: object = None

    def _fresh(self) -> Loaded:
        # The stamp is taken first: what changes while it is being read will be seen as a change.
        stamp = self._stamp()
        gate = self._load()
        return Loaded(gate, gate.engine.stages(None, None).bundles, self._now(), stamp)

    def refresh(self, force: bool = False) -> bool | None:
        """Load again when the source has changed, or ``force``. True: another gate is in use; False: it could not be loaded, the present
        one stays; None: nothing to do. What could not be loaded is not tried again until it changes."""
        stamp = self._stamp()
        if not force and stamp in (self.current.stamp, self._refused):
            return None
        try:
            self.current = self._fresh()
        except Exception as error:
            # Whatever is wrong with what was published must not stop the decisions by what is held.
            self.failure = Failure(self._now(), _reason(error))
            self._refused = stamp
            return False
        self.failure = self._refused = None
        return True


def file_stamp(path: str) -> Callable[[], object]:
    """What tells that a file was replaced or written; None while it is not there."""

    def stamp() -> object:
        try:
            status = os.stat(path)
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    return stamp


def _reason(error: Exception) -> str:
    if isinstance(error, UserError):
        return error.message
    # A refusal of a bundle has a code; other errors may quote what they stumbled over.
    code = getattr(error, "code", None)
    return f"{code}: {getattr(error, 'message', '')}" if code else f"internal error: {type(error).__name__}"
