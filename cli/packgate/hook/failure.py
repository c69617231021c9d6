"""What can keep the hook from deciding: one table of causes, each with what a person can do, and the answer that was fixed for it.

A cause is told by its code; the codes stand in the event log and in the documentation. No text here quotes the payload.
"""

from __future__ import annotations

from packgate.hook.exchange import ACT, CONFIG, OUTPUT, PROMPT, SESSION, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OPEN = "open"
CLOSED = "closed"

_INSTALL = "install the hook again: packgate hook install AGENT"
_REPORT = "try again; if it happens again, report the version of the agent"
_CLOSE = "take away write permission from others, or install again"

# Code -> what went wrong, and what to do about it.
CAUSES: dict[str, tuple[str, str]] = {
    "settings-missing": ("the settings of the hook are missing", _INSTALL),
    "settings-unsafe": ("the settings of the hook can be changed by other users", _CLOSE),
    "settings-invalid": ("the settings of the hook can't be read", _INSTALL),
    "unknown-agent": ("the hook was started for an agent that it doesn't know", _INSTALL),
    "unknown-event": ("the hook was started for an event that it doesn't know", _INSTALL),
    "payload-missing": ("the agent sent nothing", _REPORT),
    "payload-too-large": ("the agent sent more than the hook reads", "split the action into smaller ones"),
    "payload-not-utf8": ("what the agent sent is not UTF-8", _REPORT),
    "payload-not-json": ("what the agent sent is not JSON", _REPORT),
    "payload-too-deep": ("what the agent sent is nested too deeply", "make the action simpler"),
    "payload-unreadable": ("what the agent sent has another form than expected", "update packgate, or report the version of the agent"),
    "bundle-missing": ("no policies are installed", "packgate bundle pull fetches them"),
    "bundle-altered": ("the installed policies were altered or are damaged", "packgate bundle pull fetches them again"),
    "bundle-unsafe": ("the installed policies can be changed by other users", _CLOSE),
    "time-out": ("the decision took too long", "try again; a busy machine or a file system that hangs are the usual reasons"),
    "killed": ("the process that decides was killed", "try again; a lack of memory is the usual reason"),
    "log-unwritable": ("the event log can't be written", "make room on the disk, or mend the permissions of the log"),
    "internal-error": ("packgate failed", "report it as a defect of packgate"),
}

# What an event is about -> the surfaces that it can carry, for when the payload could not be read.
SURFACES_OF: dict[str, tuple[str, ...]] = {
    ACT: ("shell", "file", "mcp", "web"),
    PROMPT: ("prompt",),
    OUTPUT: ("output",),
    CONFIG: ("file",),
    SESSION: (),
}


class Failure(Exception):
    """Nothing can be decided. ``code``: one of `CAUSES`; ``detail``: what more there is to say, without a word of the payload."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def sentence(self) -> str:
        """The cause and what to do, on one line."""
        what, remedy = CAUSES[self.code]
        detail = " ".join(self.detail.split())
        return f"{what}{f' ({detail})' if detail else ''}. To mend it: {remedy}."


def answer_of(on_failure: Mapping[str, str] | None, kind: str | None, surfaces: Sequence[str]) -> str:
    """`OPEN` or `CLOSED` for a failure: the strictest of the surfaces that the action touches, or could touch.

    ``on_failure`` is None when even the settings could not be read, ``kind`` when the event is not known: closed then, since nobody
    said otherwise. A session that starts is never stopped: it acts on nothing yet.
    """
    if kind == SESSION:
        return OPEN
    if on_failure is None:
        return CLOSED
    touched = surfaces or (SURFACES_OF[kind] if kind is not None else tuple(on_failure))
    return CLOSED if any(on_failure.get(surface, CLOSED) == CLOSED for surface in touched) else OPEN


def verdict_of(failure: Failure, answer: str) -> Verdict:
    """What is said about a failure: denied with the reason, or let run with a warning."""
    if answer == CLOSED:
        reason = f"packgate could not decide, and is installed to stop what it can't decide: {failure.sentence}"
        return Verdict("deny", reason, for_agent=f"{reason} Do not try to get around this; tell the user.")
    reason = f"packgate did not check this, and is installed to let run what it can't decide: {failure.sentence}"
    return Verdict("warn", reason)
