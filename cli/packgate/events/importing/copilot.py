"""GitHub Copilot CLI: a session is `~/.copilot/session-state/ID/events.jsonl`.

Recorded from 1.0.102. A line has `type`, `data`, `id`, `timestamp`. Used are `session.start` (id, version, folder, repository, branch),
`user.message` (content), `tool.execution_start` (name, arguments, server and tool of MCP) and `tool.execution_complete` (success, exit
code, result).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packgate.events.importing.calls import asked, fill, told
from packgate.events.importing.found import DENIED, FAILED, NOT_RUN, RAN, UNKNOWN_TOOL, Found, Waiting
from packgate.events.importing.texts import mapping, text
from packgate.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "events of a session (~/.copilot/session-state/*/events.jsonl)"
AGENT = "copilot"
# Kinds begin so: what belongs to a session, a turn, a permission and so on.
_KINDS = frozenset(
    "abort agent assistant command compaction hook model permission session skill subagent system tool truncation user".split()
)
_REFUSED = re.compile(r"[Pp]ermission(?: to run this tool was)? denied|[Dd]enied by|denied due to|no interactive user response|rejected")


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    waiting = Waiting()
    start: dict[str, Any] = {}
    for line, record in source.records():
        kind, data = str(record.get("type")), record.get("data")
        if not isinstance(data, dict):
            source.damaged(line, f"an event of the type {kind} without data")
        elif kind in ("session.start", "session.resume"):
            start = {**start, **data, "context": {**mapping(start, "context"), **mapping(data, "context")}}
        elif kind == "user.message":
            written = text(data, "content")
            if written:
                waiting.done(asked(_found(start, line, record, "prompt"), AGENT, written))
        elif kind == "tool.execution_start":
            waiting.add(str(data.get("toolCallId")), _call(_found(start, line, record, str(data.get("toolCallId"))), data))
        elif kind == "tool.execution_complete":
            _complete(source, waiting, line, data)
        elif kind.partition(".")[0] not in _KINDS:
            source.unknown[f"{AGENT} {kind}"] += 1
        yield from waiting.ready()
    yield from waiting.rest()


def _call(found: Found, data: dict[str, Any]) -> Found:
    fill(found, AGENT, str(data.get("toolName")), data.get("arguments"))
    server, tool = text(data, "mcpServerName"), text(data, "mcpToolName")
    if server and tool and found.reason is None:
        # The hook is not told where a server's name ends, and judges every reading; the record says which it is.
        said = [action for action in found.actions if (action.get("server"), action.get("tool")) == (server, tool)]
        found.actions = said or [{**action, "server": server, "tool": tool} for action in found.actions[:1]]
    return found


def _complete(source: Source, waiting: Waiting, line: int, data: dict[str, Any]) -> None:
    name = data.get("toolCallId")
    call = waiting.get(name)
    told_model, error = mapping(data, "result"), mapping(data, "error")
    said = str(error.get("message") or "")
    exit_code = mapping(data, "shellExecution").get("exitCode")
    code = exit_code if isinstance(exit_code, int) else None
    if data.get("success") is True:
        waiting.settle(name, FAILED if code else RAN, code)
        output = told(call, line, {"textResultForLlm": text(told_model, "content")}) if call is not None and source.outputs else None
        if output is not None:
            waiting.done(output)
    elif error.get("code") in ("denied", "rejected") or _REFUSED.search(said[:400]):
        waiting.settle(name, DENIED)
    elif said.startswith("Tool ") and "does not exist" in said[:200]:
        waiting.settle(name, NOT_RUN, None, UNKNOWN_TOOL)
    else:
        waiting.settle(name, FAILED, code)


def _found(start: dict[str, Any], line: int, record: dict[str, Any], name: str) -> Found:
    context = mapping(start, "context")
    repo = {"name": text(context, "repository"), "root": text(context, "gitRoot"), "branch": text(context, "branch")}
    return Found(
        f"{record.get('id')} {name}", line, time=moment(str(record.get("timestamp"))), session=text(start, "sessionId"), agent=AGENT,
        version=text(start, "copilotVersion"), cwd=text(context, "cwd"), repo=repo if any(repo.values()) else None,
    )
