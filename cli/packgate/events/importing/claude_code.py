"""Claude Code: a session is a file of JSON lines in `~/.claude/projects/FOLDER/`, one of a subagent in a folder beside it.

Recorded from 2.1.329. Used are, of lines of the type `assistant`, the blocks `tool_use`; of lines of the type `user`, what a person
wrote and the blocks `tool_result`; of both `uuid`, `timestamp`, `sessionId`, `cwd`, `gitBranch`, `version`, `permissionDecision`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packgate.events.importing.calls import asked, fill, told
from packgate.events.importing.found import DENIED, FAILED, NOT_RUN, RAN, SERVER_SIDE, UNKNOWN_TOOL, Found, Waiting
from packgate.events.importing.texts import mapping, plain, text
from packgate.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "lines of a session (~/.claude/projects/*/*.jsonl)"
AGENT = "claude-code"
# Lines that are no part of the conversation.
_BOOKKEEPING = frozenset((
    "agent-color agent-name agent-setting ai-title api-request api-request-blob api-request-shape atis-latch attachment "
    "attribution-snapshot content-replacement cost-state custom-title file-history-snapshot last-prompt mode permission-mode "
    "pr-link progress queue-operation speculation-accept summary system tag task-summary tools-used worktree-state"
).split())
# What the agent itself writes as if its user had, and commands of its own.
_NOT_SAID = ("<command-", "<local-command-", "<bash-", "<task-notification", "<system-reminder", "[Request interrupted")
_NO_TOOL = re.compile(r"No such tool available|is not available in this session")
_REFUSED = re.compile(
    r"Permission to use|The user doesn't want to (?:proceed|take this action)|requested permissions to|hook (?:error|blocked)"
)
_EXIT = re.compile(r"Exit code (\d+)\b")


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    waiting = Waiting()
    project: str | None = None
    for line, data in source.records():
        project = project or text(data, "cwd")
        kind = text(data, "type")
        message = data.get("message")
        if kind not in ("assistant", "user"):
            if kind not in _BOOKKEEPING:
                source.unknown[f"{AGENT} {kind}"] += 1
        elif not isinstance(message, dict) or not isinstance(message.get("content"), (str, list)):
            source.damaged(line, f"a line of the type {kind} without a message")
        elif kind == "assistant":
            _calls(waiting, line, data, message)
        else:
            _user(source, waiting, line, data, message["content"])
        yield from _about(project, waiting.ready())
    yield from _about(project, waiting.rest())


def _about(project: str | None, found: Iterator[Found]) -> Iterator[Found]:
    """Things of a session, with the folder that it began in."""
    for each in found:
        each.project = project
        yield each


def _calls(waiting: Waiting, line: int, data: dict[str, Any], message: dict[str, Any]) -> None:
    for block in message["content"] if isinstance(message["content"], list) else ():
        if isinstance(block, dict) and block.get("type") in ("tool_use", "server_tool_use", "mcp_tool_use"):
            name = str(block.get("id"))
            found = _found(line, data, name)
            found.tool = str(block.get("name"))
            if block["type"] == "tool_use":
                fill(found, AGENT, found.tool, block.get("input"))
            else:
                found.cannot(SERVER_SIDE)
            waiting.add(name, found)


def _user(source: Source, waiting: Waiting, line: int, data: dict[str, Any], content: str | list[Any]) -> None:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else [each for each in content if isinstance(each, dict)]
    results = [each for each in blocks if each.get("type") == "tool_result"]
    for block in results:
        call = waiting.get(block.get("tool_use_id"))
        result = _result(block, data)
        waiting.settle(block.get("tool_use_id"), *result)
        if call is not None and source.outputs and result[0] == RAN:
            output = told(call, line, data.get("toolUseResult", block.get("content")))
            if output is not None:
                waiting.done(output)
    # What a subagent is told is in the call that starts it.
    if results or data.get("isMeta") or data.get("isSidechain") or data.get("isCompactSummary"):
        return
    written = "\n".join(str(each.get("text")) for each in blocks if each.get("type") == "text")
    if written.strip() and not written.lstrip().startswith(_NOT_SAID):
        waiting.done(asked(_found(line, data, "prompt"), AGENT, written))


def _result(block: dict[str, Any], data: dict[str, Any]) -> tuple[str | None, int | None, str | None]:
    """Result, exit code, and why it can't be decided again."""
    said = plain(block.get("content"))
    if mapping(data, "permissionDecision").get("decision") == "reject" or data.get("toolDenialKind"):
        return DENIED, None, None
    if not block.get("is_error"):
        return RAN, None, None
    if _NO_TOOL.search(said[:400]):
        return NOT_RUN, None, UNKNOWN_TOOL
    if _REFUSED.search(said[:400]):
        return DENIED, None, None
    if "InputValidationError" in said[:400]:
        return NOT_RUN, None, None
    exit_code = _EXIT.match(said)
    return FAILED, int(exit_code[1]) if exit_code else None, None


def _found(line: int, data: dict[str, Any], name: str) -> Found:
    branch, uuid = text(data, "gitBranch"), text(data, "uuid")
    return Found(
        # A session that goes on in another file may stand in both: its messages keep their names.
        f"{uuid} {name}", line, scope="message" if uuid else None, time=moment(str(data.get("timestamp"))),
        session=text(data, "sessionId"), agent=AGENT, version=text(data, "version"), cwd=text(data, "cwd"),
        repo={"branch": branch} if branch else None,
    )
