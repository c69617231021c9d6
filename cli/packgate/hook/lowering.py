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
_NO_OTHER_PROMPT = "the text of a prompt can't be replaced; the person can send it again without the secret"



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
            _as("deny", _NO_OTHER_PROMPT),
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
    "codex": {
        ACT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` for the user, `additionalContext` for the agent [run]"),
            _as("redact", "`updatedInput`, which it takes with `permissionDecision: allow` only; its rules and sandbox still hold [run]"),
            _as("deny", "`ask` is not supported: the tool would run [run]"),
            _as("deny", "`permissionDecision: deny` with the reason, and no key that it does not know: beside one the tool runs [run]"),
            _as("deny", "`continue: false` beside a denial makes it ignore the denial [run]"),
        ),
        OUTPUT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` and `additionalContext` [run]"),
            _as("redact", "`decision: block`, with the redacted output as the reason: it takes the output's place [run]"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`decision: block`: the reason takes the output's place [run]"),
            _as("deny", "`continue: false` does not end the session here [run]"),
        ),
        PROMPT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` and `additionalContext` [run]"),
            _as("deny", _NO_OTHER_PROMPT),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`decision: block` with the reason: no request is made [run]"),
            _as("deny", "the prompt is stopped; the session waits for another"),
        ),
        SESSION: {**_starting(_as("warn", "`systemMessage` and `additionalContext` [run]")), "terminate": (
            "terminate", "`continue: false` and `stopReason`: no request is made [run]",
        )},
    },
    "gemini": {
        ACT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` for the user; the agent is told after the tool, in `additionalContext` of AfterTool [run]"),
            _as("redact", "`tool_input` [run]"),
            _as("deny", "`ask` waits for ever where nobody is there [run]"),
            _as("deny", "`decision: deny` with the reason [run]"),
            _as("terminate", "`continue: false` and `stopReason` [run]"),
        ),
        OUTPUT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` and `additionalContext` [run]"),
            _as("redact", "`decision: deny`, with the redacted output as the reason: it takes the output's place [run]"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`decision: deny`: the reason takes the output's place [run]"),
            _as("terminate", "`continue: false` and `stopReason` [run]"),
        ),
        PROMPT: _row(
            _NOTHING,
            _as("warn", "`systemMessage` and `additionalContext` [run]"),
            _as("deny", _NO_OTHER_PROMPT),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`decision: deny` with the reason: no request is made [run]"),
            _as("terminate", "`continue: false` and `stopReason` [run]"),
        ),
        SESSION: _starting(_as("warn", "`systemMessage` and `additionalContext` [run]")),
    },
    "copilot": {
        ACT: _row(
            _NOTHING,
            _as("warn", "`additionalContext` for the agent; the user is not told [run]"),
            _as("redact", "`modifiedArgs` and `additionalContext` [run]"),
            _as("ask", "`permissionDecision: ask`; in `-p` and in the cloud it is refused [run]"),
            _as("deny", "`permissionDecision: deny` with the reason [run]"),
            _as("deny", "`continue: false` has no effect [run]"),
        ),
        OUTPUT: _row(
            _NOTHING,
            _as("warn", "`additionalContext` [run]"),
            _as("redact", "`modifiedResult` and `additionalContext` [run]"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`decision: block`: the reason takes the output's place [run]"),
            _as("deny", "`continue: false` has no effect [run]"),
        ),
        PROMPT: _row(
            _NOTHING,
            _as("warn", "`additionalContext` [run]"),
            _as("redact", "`modifiedPrompt` and `additionalContext` [run]"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`decision: block` with the reason: no request is made [run]"),
            _as("deny", "`continue: false` has no effect [run]"),
        ),
        SESSION: _starting(_as("warn", "`additionalContext` [run]")),
    },
    "cursor": {
        ACT: _row(
            _as("allow", "an empty object, exit code 0"),
            _as("allow", "nobody can be told before a tool; the agent is told after it, in `additional_context` of postToolUse"),
            _as("deny", "whether a changed input also approves it is not documented"),
            _as("deny", "`ask` is accepted and not enforced here; before a shell command and an MCP call it is"),
            _as("deny", "`permission: deny`, `user_message` and `agent_message`"),
            _as("deny", "an action can't end a session"),
        ),
        **dict.fromkeys(("beforeShellExecution", "beforeMCPExecution"), _row(
            _as("allow", "an empty object, exit code 0"),
            _as("allow", "nobody can be told before a tool; the agent is told after it, in `additional_context` of postToolUse"),
            _as("deny", "the command can't be replaced"),
            _as("ask", "`permission: ask`"),
            _as("deny", "`permission: deny`, `user_message` and `agent_message`"),
            _as("deny", "an action can't end a session"),
        )),
        OUTPUT: _row(
            _as("allow", "an empty object, exit code 0"),
            _as("warn", "`additional_context`"),
            _as("warn", "an output can't be replaced"),
            _as("warn", "an output can't be withheld"),
            _as("warn", "an output can't be withheld"),
            _as("warn", "an output can't be withheld, nor can it end a session"),
        ),
        PROMPT: _row(
            _as("allow", "an empty object, exit code 0"),
            _as("allow", "a prompt goes or is stopped; what it says is recorded"),
            _as("deny", _NO_OTHER_PROMPT),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "`continue: false` and `user_message`"),
            _as("deny", "the prompt is stopped; the session waits for another"),
        ),
        SESSION: _starting(_as("warn", "`additional_context`")),
    },
    "opencode": {
        ACT: _row(
            _as("allow", "the plugin does nothing"),
            _as("warn", "the plugin puts the message behind the tool's output [run]"),
            _as("redact", "the plugin replaces the arguments [run]"),
            _as("deny", "a plugin can't ask the person"),
            _as("deny", "the plugin throws an error with the message, which the agent reads [run]"),
            _as("deny", "a plugin can't end a session"),
        ),
        OUTPUT: _row(
            _as("allow", "the plugin does nothing"),
            _as("warn", "the plugin puts the message behind the output [run]"),
            _as("redact", "the plugin replaces the output [run]"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "the plugin puts the message in the output's place [run]"),
            _as("deny", "a plugin can't end a session"),
        ),
        PROMPT: _row(
            _as("allow", "the plugin does nothing"),
            _as("warn", "the plugin puts the message behind the prompt [run]"),
            _as("redact", "the plugin replaces the text of the prompt [run]"),
            _as("deny", _NO_ONE_TO_ASK),
            _as("deny", "the plugin throws an error: no request is made [run]"),
            _as("deny", "a plugin can't end a session"),
        ),
    },
    "amp": {
        ACT: _row(
            _as("allow", "exit code 0 [run]"),
            _as("allow", "nothing can be said beside a call that is allowed; it is recorded"),
            _as("deny", "the arguments can't be replaced"),
            _as("ask", "exit code 1 [run]"),
            _as("deny", "exit code 2, and the message on standard error [run]"),
            _as("deny", "a delegate can't end a session"),
        ),
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
    "codex": dict.fromkeys(("crash", "time-out", "missing", "garbage"), ("runs", "there is no setting for it [run]")),
    "gemini": {
        "crash": ("runs", "with exit code 1, or killed; with 2 and above it is stopped [run]"),
        "time-out": ("runs", "[run]"),
        "missing": ("stopped", "exit code 127 [run]"),
        "garbage": ("runs", "[run]"),
    },
    "copilot": {
        "crash": ("stopped", "any exit code but 0 [run]"),
        "time-out": ("runs", "[run]"),
        "missing": ("stopped", "[run]"),
        "garbage": ("runs", "[run]"),
    },
    "cursor": dict.fromkeys(("crash", "time-out", "missing", "garbage"), ("configured", "runs; stopped with `failClosed`")),
    "opencode": {
        "crash": ("configured", "the plugin throws, or lets it run, as `on_failure` was fixed"),
        "time-out": ("configured", "the plugin ends the hook, and goes on as for a crash"),
        "missing": ("configured", "as for a crash; without the plugin, as with `--pure`, everything runs [run]"),
        "garbage": ("configured", "as for a crash"),
    },
    "amp": {
        "crash": ("stopped", "any exit code but 0 and 1, and a signal [run]"),
        "time-out": ("waits", "25 s and then an exit code 0 were seen to be accepted [run]"),
        "missing": ("stopped", "[run]"),
        "garbage": ("runs", "standard output is not read; the exit code decides [run]"),
    },
}


def row(agent: str, kind: str, event: str | None = None) -> Row:
    """What an agent does of each outcome: by event where the events of a kind differ, else by kind."""
    rows = TABLE[agent]
    return rows[event] if event in rows else rows[kind]


def lowered(agent: str, kind: str, verdict: Verdict, event: str | None = None) -> str:
    """The outcome that is carried out for a verdict. A redaction without anything to put in the place is a denial."""
    cells = row(agent, kind, event)
    outcome = cells[verdict.outcome][0]
    if outcome == "redact" and verdict.replacement is None:
        return cells["deny"][0]
    return outcome


def can_ask(agent: str, kind: str, event: str | None = None) -> bool:
    """Whether an agent can put a question about this event to a person."""
    return row(agent, kind, event)["ask"][0] == "ask"
