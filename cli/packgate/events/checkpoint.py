"""Put a signed checkpoint into a log, and beside it: `LOG.checkpoints`, of which copies belong elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.eventlog.append import LogError, append
from packgate.eventlog.chain import append_after
from packgate.eventlog.record import signed_event
from packgate.events.signing import Statement, sign

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

    from packgate.eventlog.chain import Log
    from packgate.eventlog.head import Head

CHECKPOINTS = ".checkpoints"


def add_checkpoint(log: Log, signer: CryptoSigner, time: str) -> tuple[Statement, dict[str, Any]]:
    """Sign how far a log has come. The envelope becomes an event of the log, and a line of `LOG.checkpoints`. ``time``: RFC 3339.

    Raises `UserError` for a log without events, `LogError` for one that can't be written."""
    made: list[tuple[Statement, dict[str, Any]]] = []

    def make(head: Head) -> dict[str, Any]:
        if head.digest is None:
            raise UserError(f"{log.path}: there are no events")
        statement = Statement(head.number, head.digest, time)
        made.append((statement, sign(statement, signer)))
        return signed_event(time, made[-1][1])

    append_after(log, make)
    append(log.path + CHECKPOINTS, made[-1][1])
    return made[-1]


__all__ = ["CHECKPOINTS", "LogError", "add_checkpoint"]
