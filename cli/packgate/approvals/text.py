"""A request for approval in words, for a person who has to answer it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST = 2000


def request_text(request: dict[str, Any]) -> str:
    """A request on several lines. Nothing of it acts on a terminal: characters that could are written as they are escaped."""
    from packgate.eventlog.spool import action_text
    from packgate.eventlog.times import written

    action, who = request["action"], request["requester"]
    repo = action.get("repo") or {}
    lines = [
        f"{request['id']}  {request['state']}",
        f"  action    {_shown(action_text(action))}",
        *_contents(action),
        f"  in        {_shown(action.get('cwd') or '?')}",
        f"  of        repository {_shown(repo.get('name') or '?')}, branch {_shown(repo.get('branch') or '?')}",
        f"  asked by  {_shown(who.get('agent') or '?')} for {_shown(who.get('user') or '?')}, session {_shown(who.get('session') or '?')}",
        f"  policies  {', '.join(request['policies'])}  risk {request['risk_score']}",
        f"  because   {_shown(request['reason'])}",
        f"  approval  by {' and '.join(request['roles'])}",
        f"  until     {written(request['expires'])}",
    ]
    lines += [f"  {role}: {by}" for role, by in sorted(request["answers"].items())]
    if request["note"]:
        lines.append(f"  note      {_shown(request['note'])}")
    return "\n".join(lines) + "\n"


def _contents(action: dict[str, Any]) -> list[str]:
    """What is written or sent, where the action's own words don't show it."""
    found = [(key, action.get(key)) for key in ("content", "body", "text") if action.get(key)]
    return [f"  {key:<9} {_shown(value)}" for key, value in found]


def _shown(text: object) -> str:
    flat = str(text).replace("\n", " ⏎ ")
    plain = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in flat)
    if len(plain) <= _LONGEST:
        return plain
    # Whoever approves has to know that something is not shown.
    return f"{plain[:_LONGEST]}… ({len(plain) - _LONGEST} more characters: packgate approvals list --format json)"
