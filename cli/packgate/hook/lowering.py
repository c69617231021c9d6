"""What each agent can express, and what stands in for what it can't: by agent, kind of event and outcome.

A cell is the outcome that is carried out and a note: how it is said, or, where another outcome stands in, why. What can't be said is
replaced by something stricter where that exists (ask → deny), so that nothing runs that a policy stops; where an event can't stop anything,
by the strongest that it can do. `[run]` in a note: seen on the real program; all else is the vendor's documentation.
"""

from __future__ import annotations

from packgate.hook.exchange import ACT, CONFIG, OUTCOMES, OUTPUT, PROMPT, SESSION

TYPE_CHECKING = False
if TYPE_CHECKING:

    from packgate.hook.exchange import Verdict

    Cell = tuple[str, str]
    Row = dict[str, Cell]

# The version that the facts of an agent were seen on; None: never run here.
SEEN = {
    "amp": "0.0.1790142911", "claude-code": "2.1.329", "codex": "0.163.0", "copilot": "1.0.102", "cursor": None, "gemini": "0.61.0",
    "opencode": "1.18.33",
}


def _row(allow: Cell, warn: Cell, redact: Cell, ask: Cell, deny: Cell, terminate: Cell) -> Row:
    return dict(zip(OUTCOMES, (allow, warn, redact, ask, deny, terminate), strict=True))


def _as(outcome: str, note: str) -> Cell:
    return (outcome, note)


_NOTHING = ("allow", "nothing is printed, exit code 0")
_NO_ONE_TO_ASK = "this event has no question to the person"



def _starting(warn: Cell) -> Row:
    """A session that starts has done nothing yet: whatever is found is told."""
    stands_in = (warn[0], "a session that starts has done nothing that could be stopped")
    return _row(_NOTHING, warn, stands_in, stands_in, stands_in, stands_in)


TABLE: dict[str, dict[str, Row]] = {
    "claude-code": {
        ACT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` for the user, `additionalContext` for the agent, no `permissionDecision` [run]"),
            _as("redact", "`updatedInput`, told to both; the agent's own permissions still hold [run]"),
            _as("ask", "`permissionDecision: ask`; without a terminal it is refused with the reason [run]"),
            _as("deny", "`permissionDecision: deny` with the reason [run]"),
            _as("terminate", "deny, `continue: false` and `stopReason` [run]"),
        ),
        OUTPUT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` and `additionalContext` [run]"),
            _as("redact", "`updatedToolOutput` in the shape of the tool; any other shape is ignored [run]"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`updatedToolOutput` with the texts withheld, beside `decision: block`, which alone lets the output through [run]"),
            _as("terminate", "`continue: false`, and the texts withheld [run]"),
        ),
        PROMPT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` and `additionalContext` [run]"),
            _as("deny", "the text of a prompt can't be replaced; the person can send it again without the secret"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`decision: block` with the reason: no request is made [run]"),
            _as("terminate", "`decision: block` and `continue: false` [run]"),
        ),
        CONFIG: _row(
            _NOTHING,
            _as("warn", "`systemMessage`"),
            _as("deny", "settings can't be replaced"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`decision: block`: the change has no effect in this session [run]"),
            _as("deny", "a change of settings can't end a session"),
        ),
        SESSION: _starting(_as("warn", "`systemMessage` and `additionalContext` [run]")),
    },
}

# What happens when the hook itself fails: whether the action `runs` or is `stopped`, and the facts. `configured`: as its entry says.
FAULTS: dict[str, dict[str, Cell]] = {
    "claude-code": {
        "crash": ("configured", "runs; stopped with `onFailure: block`, since 2.1.295 [run]"),
        "time-out": ("configured", "runs; stopped with `onFailure: block`, since 2.1.295 [run]"),
        "missing": ("configured", "runs; stopped with `onFailure: block`, since 2.1.295 [run]"),
        "garbage": ("runs", "text that is no JSON is ignored, even with `onFailure: block` [run]"),
    },
}


def lowered(agent: str, kind: str, verdict: Verdict) -> str:
    """The outcome that is carried out for a verdict. A redaction without anything to put in the place is a denial."""
    outcome = TABLE[agent][kind][verdict.outcome][0]
    if outcome == "redact" and verdict.replacement is None:
        return TABLE[agent][kind]["deny"][0]
    return outcome


def can_ask(agent: str, kind: str) -> bool:
    """Whether an agent can put a question about this kind of event to a person."""
    return TABLE[agent][kind]["ask"][0] == "ask"
