"""A module per agent, each with the same four names:

    AGENT                     the agent's name, as in `actor.agent`
    EVENTS                    its events, each with what it is about (`exchange.KINDS`)
    read(event, payload)      -> Request; raises PayloadError
    answer(event, verdict)    -> Reply, with exactly the keys that this agent accepts

One that says a part of its payload in the environment has `assemble(payload, environ)` as well, which gives the payload that `read` takes.
`lowering` says what an agent can't express and what stands in for it; `answer` does as it says.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

# Agent -> module. Only the one that is asked for is loaded.
MODULES = {
    "amp": "amp",
    "claude-code": "claude_code",
    "codex": "codex",
    "copilot": "copilot",
    "cursor": "cursor",
    "gemini": "gemini",
    "opencode": "opencode",
}


def dialect(agent: str) -> ModuleType:
    """The dialect of an agent. Raises `KeyError` for an agent that there is none for."""
    name = f"packgate.hook.dialects.{MODULES[agent]}"
    return __import__(name, fromlist=["AGENT"])
