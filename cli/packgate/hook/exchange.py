"""What an agent and its hook say to each other, in packgate's words: `Request`, `Verdict`, `Reply`. Dialects translate both ways."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What an event of an agent is about.
ACT = "act"  # The agent is about to act: the answer can stop it.
PROMPT = "prompt"  # A person wrote something to the agent.
OUTPUT = "output"  # An action has run; its output goes to the model.
SESSION = "session"  # A session starts: nothing is asked, context may be added.
CONFIG = "config"  # Settings of the agent change while it runs.
KINDS = (ACT, PROMPT, OUTPUT, SESSION, CONFIG)

# What a hook can answer, from the mildest. `warn` runs the action and tells agent and user; `redact` runs it with other text.
OUTCOMES = ("allow", "warn", "redact", "ask", "deny", "terminate")


class PayloadError(ValueError):
    """A payload that its dialect can't read: nothing can be decided, so the configured failure mode holds. The message names the key."""


class Request:
    """What an agent asks. ``actions``: action JSON (surface and its own keys; who and where are added by `context`), empty when the tool
    touches nothing outside the agent. ``call``: the agent's name for this one tool call, which its later output carries too. ``original``:
    what a redaction may replace, in the agent's own shape (a tool's input or output, the text of a prompt); None where this agent
    can't replace it. ``late``: actions that were decided before they ran, whose warning this agent can be told only now."""

    __slots__ = ("actions", "agent", "call", "cwd", "event", "kind", "late", "original", "session", "tool")

    def __init__(
        self, agent: str, event: str, kind: str, actions: list[dict[str, Any]], *, cwd: str | None = None, session: str | None = None,
        tool: str | None = None, call: str | None = None, original: Any = None, late: list[dict[str, Any]] | None = None,
    ) -> None:
        self.agent = agent
        self.event = event
        self.kind = kind
        self.actions = actions
        self.cwd = cwd
        self.session = session
        self.tool = tool
        self.call = call
        self.original = original
        self.late = late or []


class Verdict:
    """What is to be said. ``reason`` is one line and never empty unless the outcome is `allow`; ``for_agent`` tells the model what was
    decided, by which policy and what to do instead; ``for_user`` is what a person sees. ``replacement`` stands in for
    `Request.original`, in the same shape: redacted text, or the note that an output was withheld; None when nothing can."""

    __slots__ = ("for_agent", "for_user", "outcome", "policy_ids", "reason", "replacement")

    def __init__(
        self, outcome: str, reason: str = "", *, for_agent: str = "", for_user: str = "", policy_ids: tuple[str, ...] = (),
        replacement: Any = None,
    ) -> None:
        self.outcome = outcome
        self.reason = reason
        self.for_agent = for_agent or reason
        self.for_user = for_user or reason
        self.policy_ids = policy_ids
        self.replacement = replacement


class Reply:
    """How it is said: one JSON object on standard output or nothing, text on standard error, and the exit code."""

    __slots__ = ("exit_code", "stderr", "stdout")

    def __init__(self, stdout: dict[str, Any] | None = None, stderr: str = "", exit_code: int = 0) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.exit_code = exit_code
