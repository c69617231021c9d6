"""Events for people: one on a line, or all of one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packgate.events.selecting import NOT_REPLAYABLE

if TYPE_CHECKING:
    from typing import Any

    from packgate.events.reading import Read

_LONGEST = 120
_NO_TIME = "-" * 20


def line(event: Read) -> str:
    """Time, verdict, agent, user, surface and what was done."""
    actor = event.actor
    who = "/".join(str(each) for each in (actor.get("agent"), actor.get("user")) if each)
    return f"{event.time or _NO_TIME}  {verdict(event):22}{who or '-':22}  {what(event)}"


def verdict(event: Read) -> str:
    """What was decided, in one word or two; of an imported event, what came of it."""
    decision = event.decision
    if decision:
        answer, mode = str(decision.get("decision")), decision.get("mode")
        return answer if mode in (None, "block") else f"{answer} ({mode})"
    outcome = event.outcome
    if event.kind == "imported":
        said = {"prompt": "asked", "output": "put out"}.get(str(event.action.get("surface")), "imported")
        return NOT_REPLAYABLE if outcome.get("replay") == "none" else str(outcome.get("result") or said)
    state = outcome.get("state") or outcome.get("judgement") or outcome.get("followed")
    return f"{event.kind} {state}" if state else event.kind


def what(event: Read) -> str:
    """What was done, on one line."""
    action = event.action
    if not action:
        outcome = event.outcome
        why = ", ".join(event.reasons) or outcome.get("failure") or outcome.get("note")
        said = event.data.get("outcome")
        return " ".join(str(part) for part in (outcome.get("tool"), why) if part) or (said if isinstance(said, str) else "")
    shown = f"{action.get('surface')}: {_content(action)}"
    text = " ".join(shown.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _content(action: dict[str, Any]) -> str:
    surface = action.get("surface")
    if surface == "shell":
        return str(action.get("command"))
    if surface == "file":
        return f"{action.get('operation')} {action.get('path')}"
    if surface == "mcp":
        return f"{action.get('server')}/{action.get('tool')} {json.dumps(action.get('arguments') or {}, ensure_ascii=False)}"
    if surface == "web":
        return f"{action.get('method') or 'GET'} {action.get('url')}"
    return str(action.get("text"))


def whole(event: Read) -> str:
    """All that an event says: the line, why, the policies, the context, then where it stands."""
    decision, outcome = event.decision, event.outcome
    lines = [line(event)]
    for name, value in (
        ("session", event.actor.get("session")), ("reason", decision.get("reason")), ("message", decision.get("message")),
        ("would", decision.get("would")), ("risk", decision.get("risk_score")),
        ("policies", ", ".join(f"{each.get('pack')}/{each.get('policy')} ({each.get('effective')})" for each in event.matches)),
        ("folder", event.action.get("cwd")), ("branch", event.repo.get("branch")),
        ("source", _source(outcome)), ("tool", outcome.get("tool")), ("exit code", outcome.get("exit_code")),
        ("replay", _replay(event)), ("ids", ", ".join(sorted(event.ids))), ("stands at", f"{event.file}:{event.line}"),
    ):
        if value not in (None, "", []):
            lines.append(f"  {name:10}{value}")
    return "\n".join(lines) + "\n"


def _source(outcome: dict[str, Any]) -> str | None:
    if "source" not in outcome:
        return None
    return f"{outcome['source']} {outcome.get('version') or ''} {outcome.get('file')}:{outcome.get('line')}".replace("  ", " ")


def _replay(event: Read) -> str | None:
    replay = event.outcome.get("replay")
    return None if replay is None else f"{replay} ({', '.join(event.reasons)})" if event.reasons else str(replay)


