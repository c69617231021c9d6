"""Decision logs of Open Policy Agent: JSON lines of its console, or the arrays that it uploads (gzip too).

As documented (openpolicyagent.org/docs/management-decision-logs): `decision_id`, `timestamp`, `path`, `input`, `result`, `erased`,
`masked`, `labels`. An input is replayed that is an action of packgate's format, or holds one as `action`; other inputs (admission
reviews, plans, HTTP requests) are no actions of an agent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.events.importing.found import DENIED, MASKED, NO_ACTION, REDACTED, UNREADABLE, Found
from packgate.events.importing.texts import mapping, text
from packgate.model.action import SURFACES, ActionError, parse_action
from packgate.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "a decision log (JSON lines, or an uploaded array)"


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    for line, value in source.values():
        for entry in value if isinstance(value, list) else [value]:
            if not isinstance(entry, dict):
                source.damaged(line, "it is JSON, but no object")
            elif "decision_id" in entry:
                yield _entry(line, entry)
            elif entry.get("msg") is None:
                source.damaged(line, "a decision without a decision_id")
            # Else a line of OPA's own log, which goes to the same console.


def _entry(line: int, entry: dict[str, Any]) -> Found:
    found = Found(
        str(entry["decision_id"]), line, time=moment(str(entry.get("timestamp"))), tool=text(entry, "path"),
        version=text(mapping(entry, "labels"), "version"), result=_result(entry.get("result")),
    )
    given = mapping(entry, "input")
    action = mapping(given, "action") or given
    hidden = [str(each) for key in ("erased", "masked") for each in _listed(entry.get(key)) if str(each).startswith("/input")]
    if not given:
        found.cannot(MASKED if hidden else NO_ACTION)
        return found
    if action.get("surface") not in SURFACES and not isinstance(action.get("command"), str):
        found.cannot(MASKED if hidden else NO_ACTION)
        return found
    try:
        checked = parse_action(action).data
    except ActionError:
        found.cannot(MASKED if hidden else UNREADABLE)
        return found
    actor = mapping(checked, "actor")
    found.session, found.agent, found.user = text(actor, "session"), text(actor, "agent"), text(actor, "user")
    found.cwd, found.repo = text(checked, "cwd"), mapping(checked, "repo") or None
    found.actions = [{key: value for key, value in checked.items() if key not in ("id", "repo", "time", "cwd")}]
    found.parts = (REDACTED,) if hidden else ()
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _result(result: Any) -> str | None:
    """Denied, where the decision plainly says so: what an allowed action came to is not in the log."""
    said = result.get("allow", result.get("decision")) if isinstance(result, dict) else result
    return DENIED if said is False or said == "deny" else None
