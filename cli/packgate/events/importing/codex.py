"""Codex: a session is a file of JSON lines in `~/.codex/sessions/YEAR/MONTH/DAY/` (`rollout-….jsonl`).

Recorded from 0.163.0. A line has `timestamp`, `type` and `payload`. Used are `session_meta` (id, folder, version, the repository's
address and branch), `turn_context` (folder), `response_item` with the types `function_call`, `custom_tool_call`, `local_shell_call` and
their outputs, and `event_msg` with what a person wrote (`user_message`, or `item_completed` of a `UserMessage`) and how commands ended.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from packgate.events.importing.calls import asked, fill, told
from packgate.events.importing.found import DENIED, FAILED, INPUT, NOT_RUN, RAN, SERVER_SIDE, UNKNOWN_TOOL, UNREADABLE, Found, Waiting
from packgate.events.importing.texts import decoded, mapping, plain, text
from packgate.hook.gitconfig import repository_name
from packgate.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "lines of a rollout (~/.codex/sessions/*/*/*/rollout-*.jsonl)"
AGENT = "codex"
_KINDS = frozenset("session_meta turn_context response_item event_msg compacted world_state token_usage_record".split())
_CALLS = ("function_call", "custom_tool_call", "local_shell_call")
_OUTPUTS = ("function_call_output", "custom_tool_call_output")
# The names that its shell tools have had, whatever the model.
_SHELLS = frozenset(("shell", "shell_command", "exec_command", "local_shell", "container.exec", "unified_exec"))
_EXIT = re.compile(r"(?:Process exited with code|Exit code:) (-?\d+)")
_REFUSED = re.compile(r"rejected:|rejected by|policy forbids|blocked by PreToolUse hook|approval required|requires approval")


class _Session:
    """What holds for the lines that follow."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.cwd: str | None = None
        self.project: str | None = None
        self.version: str | None = None
        self.repo: dict[str, Any] | None = None
        self.said: tuple[str, str] | None = None

    def begin(self, payload: dict[str, Any]) -> None:
        """A rollout that continues another holds the other's first line too; its own comes first."""
        if self.id is not None:
            return
        self.id = text(payload, "id") or text(payload, "session_id")
        self.project = text(payload, "cwd")
        self.cwd, self.version = text(payload, "cwd"), text(payload, "cli_version")
        git = mapping(payload, "git")
        address = text(git, "repository_url")
        if git:
            self.repo = {"name": repository_name(address) if address else None, "branch": text(git, "branch")}


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    waiting, session = Waiting(), _Session()
    for line, data in source.records():
        kind, payload = text(data, "type"), data.get("payload")
        if kind not in _KINDS:
            source.unknown[f"{AGENT} {kind}"] += 1
        elif not isinstance(payload, dict):
            source.damaged(line, f"a line of the type {kind} without a payload")
        elif kind == "session_meta":
            session.begin(payload)
        elif kind == "turn_context":
            session.cwd = text(payload, "cwd") or session.cwd
        elif kind == "response_item":
            _item(source, waiting, session, line, data, payload)
        elif kind == "event_msg":
            _event(waiting, session, line, data, payload)
        yield from waiting.ready()
    yield from waiting.rest()


def _item(source: Source, waiting: Waiting, session: _Session, line: int, data: dict[str, Any], payload: dict[str, Any]) -> None:
    kind, name = payload.get("type"), payload.get("call_id")
    if kind in _CALLS:
        waiting.add(str(name), _call(_found(session, line, data, payload), payload))
    elif kind in _OUTPUTS:
        call = waiting.get(name)
        result = _result(payload.get("output"))
        if call is not None and call.exit_code is not None:
            result = call.result, call.exit_code, None
        waiting.settle(name, *result)
        if call is not None and source.outputs and result[0] in (RAN, FAILED):
            output = told(call, line, plain(payload.get("output")))
            if output is not None:
                waiting.done(output)
    elif kind in ("web_search_call", "image_generation_call"):
        found = _found(session, line, data, payload)
        found.agent, found.tool = AGENT, str(kind).removesuffix("_call")
        found.cannot(SERVER_SIDE)
        waiting.done(found)


def _call(found: Found, payload: dict[str, Any]) -> Found:
    """A call with what a hook would have been told of it."""
    name, given = str(payload.get("name") or "local_shell"), decoded(payload.get("arguments"))
    if payload["type"] == "local_shell_call":
        given = mapping(payload, "action")
    if payload["type"] == "custom_tool_call":
        given = {"command": payload.get("input")}
    namespace = text(payload, "namespace")
    if namespace:
        return fill(found, AGENT, f"{namespace}__{name}", given)
    if name == "write_stdin":
        found.tool = name
        if isinstance(given, dict) and given.get("chars"):
            found.cannot(INPUT)
        return found
    if name in _SHELLS and isinstance(given, dict):
        command, folder = _command(given), text(given, "workdir") or text(given, "working_directory")
        fill(found, AGENT, "Bash", {"command": command})
        found.tool = name
        for action in found.actions:
            if folder and action["surface"] == "shell":
                action["cwd"] = folder
        return found
    if name == "apply_patch" and isinstance(given, dict) and "command" not in given:
        given = {"command": given.get("input") or given.get("patch")}
    fill(found, AGENT, name, given)
    if "__" in name and not name.startswith("mcp__"):
        # Earlier versions named a server's tool so.
        fill(found, AGENT, f"mcp__{name}", given)
    return found


def _command(given: dict[str, Any]) -> str | None:
    """The command line of a shell tool's arguments: a text, or words, the last of which is the script of a shell."""
    command = given.get("cmd", given.get("command"))
    if not isinstance(command, list):
        return command if isinstance(command, str) else None
    words = [str(word) for word in command]
    if len(words) == 3 and words[0].rpartition("/")[2] in ("bash", "sh", "zsh") and words[1] in ("-c", "-lc", "-l -c"):
        return words[2]
    return shlex.join(words) if words else None


def _event(waiting: Waiting, session: _Session, line: int, data: dict[str, Any], payload: dict[str, Any]) -> None:
    item = mapping(payload, "item")
    if payload.get("type") == "user_message" or item.get("type") == "UserMessage":
        written = text(payload, "message") or plain(item.get("content"))
        said = str(payload.get("type")), written or ""
        # Some versions say it in both ways; the same way twice is said twice.
        repeats = session.said is not None and session.said[0] != said[0] and session.said[1] == said[1]
        if written and not repeats:
            waiting.done(asked(_found(session, line, data, payload), AGENT, written))
        session.said = None if repeats else said
    elif item.get("type") == "CommandExecution" and isinstance(item.get("exit_code"), int):
        call = waiting.get(item.get("id"))
        if call is not None:
            # What the model is told comes next, and does not always say how the command ended.
            call.result, call.exit_code = FAILED if item["exit_code"] else RAN, item["exit_code"]


def _result(output: Any) -> tuple[str | None, int | None, str | None]:
    said = plain(mapping(output, "content") or output.get("content")) if isinstance(output, dict) else plain(output)
    head = said[:2000]
    if head.startswith("unsupported call"):
        return NOT_RUN, None, UNKNOWN_TOOL
    if _REFUSED.search(head):
        return DENIED, None, None
    if "failed to parse function arguments" in head:
        return NOT_RUN, None, UNREADABLE
    found = _EXIT.search(head) or re.search(r'"exit_code": ?(-?\d+)', said[-300:])
    exit_code = int(found[1]) if found else None
    return FAILED if exit_code else RAN, exit_code, None


def _found(session: _Session, line: int, data: dict[str, Any], payload: dict[str, Any]) -> Found:
    key = payload.get("call_id") or payload.get("id") or mapping(payload, "item").get("id") or data.get("ordinal") or line
    return Found(
        f"{payload.get('id')} {key}", line, time=moment(str(data.get("timestamp"))), session=session.id, agent=AGENT,
        version=session.version, cwd=session.cwd, repo=session.repo, project=session.project,
    )
