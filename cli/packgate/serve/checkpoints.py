"""Signed checkpoints of the event log, made while the server runs: after so many events, or so many minutes with any."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from packgate import clock
from packgate.eventlog.append import LogError
from packgate.eventlog.head import Held

if TYPE_CHECKING:
    from collections.abc import Callable

    from securesystemslib.signer import CryptoSigner

    from packgate.eventlog.chain import Log

_LOG = logging.getLogger("packgate.serve")
# Seconds between two looks at how far the log has come.
_LOOK_EVERY = 1.0
_WAIT = 5.0


@dataclass(slots=True)
class Checkpoints:
    """``every``: seconds after which what came since is signed; ``events``: how many are signed at once, sooner than that."""

    log: Log
    signer: CryptoSigner
    every: float
    events: int
    signed: int = 0
    since: float = 0.0

    def run(self, now: float) -> bool:
        """Sign, if it is time to; whether it was. ``now``: seconds of a clock. Raises `LogError`, `UserError`."""
        from packgate.events.checkpoint import add_checkpoint

        number = last_number(self.log, _WAIT)
        if number <= self.signed:
            self.since = now
            return False
        if number - self.signed < self.events and now - self.since < self.every:
            return False
        statement, _ = add_checkpoint(self.log, self.signer, clock.now())
        # The checkpoint itself is an event, which is no reason for another one.
        self.signed, self.since = statement.seq + 1, now
        return True


def last_number(log: Log, wait: float) -> int:
    """The number of the last event of a log. ``wait``: seconds for those who write it. Raises `OSError`, `ValueError`."""
    # By the lock that writers hold: to open and close the head's file beside them would take the lock from those of this process.
    held = Held(log.path, wait)
    try:
        return held.read().number
    finally:
        held.release()


async def keep_signing(checkpoints: Checkpoints, failed: Callable[[], None]) -> None:
    """Sign as long as the server runs, and once more at its end. ``failed`` is told of each time that it could not."""
    checkpoints.since = monotonic()
    try:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            await asyncio.to_thread(_attempt, checkpoints, monotonic(), failed)
    finally:
        _attempt(checkpoints, monotonic() + checkpoints.every, failed)


def _attempt(checkpoints: Checkpoints, now: float, failed: Callable[[], None]) -> None:
    try:
        checkpoints.run(now)
    except (LogError, OSError, ValueError) as error:
        failed()
        _LOG.error("the log could not be signed: %s", error)
