"""Gemini CLI: a session is a file in `~/.gemini/tmp/PROJECT/chats/`: JSON lines, or one document of earlier versions.

Recorded from 0.61.0. Used are `sessionId`; of messages `id`, `timestamp`, `type`, the `content` of those of the type `user`, and
`toolCalls` (`id`, `name`, `args`, `status`, `result`, `displayName`, `timestamp`). A message is written again whenever it grows: the
last one counts. The folder is that of `.project_root` beside `chats`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packgate.events.importing.calls import asked, fill, told
from packgate.events.importing.found import DENIED, FAILED, NOT_RUN, RAN, UNKNOWN_TOOL, Found
from packgate.events.importing.texts import mapping, objects, plain, text
from packgate.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "a session (~/.gemini/tmp/*/chats/session-*.jsonl)"
AGENT = "gemini"
_SERVER = re.compile(r"(?P<tool>.+) \((?P<server>.+) MCP Server\)")
_REFUSED = re.compile(r"denied by policy|Tool execution blocked|requires user confirmation|User did not allow|Blocked: ")
_NO_TOOL = re.compile(r"not found in registry|Tool \S+ not found")
_EXIT = re.compile(r"^Exit Code: (\d+)", re.MULTILINE)
_MESSAGES = frozenset(("user", "gemini", "info", "error", "warning"))


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    session: str | None = None
    cwd = _folder(source)
    last: tuple[int, dict[str, Any]] | None = None
    for line, data in source.values():
        if not isinstance(data, dict):
            source.damaged(line, "it is JSON, but no object")
            continue
        session = text(data, "sessionId") or session
        inside = objects(data, "messages") or objects(mapping(data, "$set"), "messages")
        for message in inside or [data]:
            if text(message, "type") is None or text(message, "id") is None:
                continue
            if last is not None and last[1]["id"] != message["id"]:
                yield from _message(source, session, cwd, *last)
            last = line, message
    if last is not None:
        yield from _message(source, session, cwd, *last)


def _message(source: Source, session: str | None, cwd: str | None, line: int, message: dict[str, Any]) -> Iterator[Found]:
    if message["type"] not in _MESSAGES:
        source.unknown[f"{AGENT} {message['type']}"] += 1
        return
    time = moment(str(message.get("timestamp")))
    for call in objects(message, "toolCalls"):
        found = Found(
            str(call.get("id")), line, time=moment(str(call.get("timestamp"))) or time, session=session, agent=AGENT, cwd=cwd,
            project=cwd,
        )
        server = _SERVER.fullmatch(str(call.get("displayName")))
        more = {"mcp_context": {"server_name": server["server"], "tool_name": server["tool"]}} if server else {}
        fill(found, AGENT, str(call.get("name")), call.get("args"), **more)
        said = _said(call)
        result = _result(call, said)
        found.result, found.exit_code = result[:2]
        if result[2] is not None:
            found.cannot(result[2])
        yield found
        output = told(found, line, {"llmContent": said}, call.get("args")) if source.outputs and found.result == RAN else None
        if output is not None:
            yield output
    written = plain(message.get("content")) if message["type"] == "user" else ""
    if written.strip() and not written.startswith("<session_context>"):
        yield asked(Found(f"{message['id']} prompt", line, time=time, session=session, agent=AGENT, cwd=cwd, project=cwd), AGENT, written)


def _said(call: dict[str, Any]) -> str:
    """What the model was told of a call."""
    answers = [mapping(mapping(part, "functionResponse"), "response") for part in objects(call, "result")]
    return "\n".join(str(answer.get("output", answer.get("error", ""))) for answer in answers)


def _result(call: dict[str, Any], said: str) -> tuple[str | None, int | None, str | None]:
    status = call.get("status")
    if status == "cancelled" or _REFUSED.search(said[:400]):
        return DENIED, None, None
    if status == "error":
        return (NOT_RUN, None, UNKNOWN_TOOL) if _NO_TOOL.search(said[:400]) else (FAILED, None, None)
    exit_code = _EXIT.search(said[:100_000]) if call.get("name") == "run_shell_command" else None
    if exit_code and exit_code[1] != "0":
        return FAILED, int(exit_code[1]), None
    return (RAN if status == "success" else None), None, None


def _folder(source: Source) -> str | None:
    """The folder of a session's project."""
    try:
        with (source.path.parent.parent / ".project_root").open(encoding="utf-8") as file:
            found = file.read(4096).strip()
    except (OSError, UnicodeDecodeError):
        return None
    return found if found.startswith("/") else None
