"""An answer and its events in the log: a record that can't be written is told, and stops the action where that was fixed so."""

from __future__ import annotations

from packgate.eventlog.append import LogError
from packgate.eventlog.chain import append_events
from packgate.eventlog.spool import spool
from packgate.hook.exchange import Verdict
from packgate.hook.failure import CLOSED, Failure, verdict_of
from packgate.hook.settings import LOG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.hook.answer import Answer
    from packgate.hook.settings import Settings

# Outcomes after which the action runs.
_RUNS = ("allow", "warn", "redact")
# Events that took the time of the hook.
_TIMED = ("decision", "gap")


def record(answer: Answer, settings: Settings | None, latency_us: int, lost: Callable[[], None] | None = None) -> Verdict:
    """Write the events of an answer, and give what is to be said: the answer's verdict, with a word about a log that can't be written;
    ``lost`` is told of it too."""
    log = None if settings is None else settings.event_log
    if settings is None or log is None or not answer.events:
        return answer.verdict
    try:
        append_events(log, [{**event, "latency_us": latency_us if event["kind"] in _TIMED else None} for event in answer.events])
        told = [event for event in answer.events if event["kind"] == "approval" or (event["decision"] or {}).get("alerts")]
        if told and not spool(log.path, told) and lost is not None:
            lost()
    except LogError as error:
        if lost is not None:
            lost()
        return _unrecorded(answer.verdict, settings.on_failure[LOG], Failure("log-unwritable", str(error)))
    return answer.verdict


def _unrecorded(said: Verdict, answer: str, failure: Failure) -> Verdict:
    """What is said when nothing could be recorded: a decision that stops stays, one that lets run stays if the settings say so."""
    if answer == CLOSED and said.outcome in _RUNS:
        return verdict_of(failure, CLOSED)
    note = f"packgate: this is not recorded: {failure.sentence}"
    if said.outcome == "allow":
        return Verdict("warn", note)
    return Verdict(
        said.outcome, said.reason, for_agent=said.for_agent, for_user=f"{said.for_user} {note}", policy_ids=said.policy_ids,
        replacement=said.replacement,
    )
