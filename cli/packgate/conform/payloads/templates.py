"""Which recorded payload stands for which kind of tool of an agent, and where its client puts what the tool is told.

Recordings are those of `testcases/payloads`. A place is the keys that lead to it, joined by dots; what is put there is a name of
`filling.VALUES`, or a text with such names in braces. An agent without a line for a kind has no tool for it that was recorded: `NO_TOOL`
says why, where more is known.
"""

from __future__ import annotations

from dataclasses import dataclass

SHELL, READ, WRITE, EDIT, DELETE, MCP, WEB = KINDS = ("shell", "read", "write", "edit", "delete", "mcp", "web")


@dataclass(frozen=True, slots=True)
class Event:
    """One payload: the recording, and by place what is put there. ``repeats``: the keys in which it says the call of the payload before it
    once more."""

    recording: str
    puts: tuple[tuple[str, str], ...] = ()
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """What a client tells its hooks of one tool call: before it runs, in this order, and after it, where only then the agent can be told of
    a warning."""

    before: tuple[Event, ...]
    after: Event | None = None


def _one(recording: str, after: Event | None = None, **puts: str) -> Call:
    """A call of one payload; in the names of places `__` stands for a dot."""
    return Call((_event(recording, **puts),), after)


def _event(recording: str, **puts: str) -> Event:
    return Event(recording, tuple((place.replace("__", "."), value) for place, value in puts.items()))


def _gemini(tool: str, **puts: str) -> Call:
    """Gemini's agent is told of a warning after the tool alone."""
    return Call((_event(f"BeforeTool-{tool}", **puts),), _event(f"AfterTool-{tool}", **puts))


def _cursor(first: Event | None, tool: Event) -> Call:
    """Cursor asks about some calls twice, and tells its agent after the tool alone; one output was documented, that of the shell."""
    return Call((tool,) if first is None else (first, tool), Event("postToolUse-Shell", (), ("tool_name", "tool_input")))


CALLS: dict[str, dict[str, Call]] = {
    "claude-code": {
        SHELL: _one("PreToolUse-Bash", tool_input__command="command"),
        READ: _one("PreToolUse-Read", tool_input__file_path="path"),
        WRITE: _one("PreToolUse-Write", tool_input__file_path="path", tool_input__content="content"),
        EDIT: _one("PreToolUse-Edit", tool_input__file_path="path", tool_input__new_string="content"),
        MCP: _one(
            "PreToolUse-mcp__my_db__drop_table", tool_name="mcp__{plain_server}__{tool}", tool_input="arguments", mcp_server__name="server",
        ),
        WEB: _one("PreToolUse-WebFetch", tool_input__url="url"),
    },
    "codex": {
        SHELL: _one("PreToolUse-Bash", tool_input__command="command"),
        READ: _one("PreToolUse-view_image", tool_input__path="path"),
        WRITE: _one("PreToolUse-apply_patch", tool_input__command="patch"),
        EDIT: _one("PreToolUse-apply_patch-2", tool_input__command="patch"),
        DELETE: _one("PreToolUse-apply_patch-3", tool_input__command="patch"),
        MCP: _one("PreToolUse-mcp__db__drop_table", tool_name="mcp__{plain_server}__{tool}", tool_input="arguments"),
    },
    "gemini": {
        SHELL: _gemini("run_shell_command", tool_input__command="command"),
        READ: _gemini("read_file", tool_input__file_path="path"),
        WRITE: _gemini("write_file", tool_input__file_path="path", tool_input__content="content"),
        EDIT: _gemini("replace", tool_input__file_path="path", tool_input__new_string="content"),
        MCP: _gemini(
            "mcp_db_drop_table", tool_name="mcp_{plain_server}_{tool}", tool_input="arguments", mcp_context__server_name="server",
            mcp_context__tool_name="tool",
        ),
        WEB: _gemini("web_fetch", tool_input__prompt="Summarise {url}, please."),
    },
    "copilot": {
        SHELL: _one("preToolUse-bash", toolArgs__command="command"),
        READ: _one("preToolUse-view", toolArgs__path="path"),
        WRITE: _one("preToolUse-create", toolArgs__path="path", toolArgs__file_text="content"),
        EDIT: _one("preToolUse-edit", toolArgs__path="path", toolArgs__new_str="content"),
        DELETE: _one("preToolUse-apply_patch", toolArgs__input="patch"),
        MCP: _one("preToolUse-db-drop_table", toolName="{plain_server}-{tool}", toolArgs="arguments"),
        WEB: _one("preToolUse-web_fetch", toolArgs__url="url"),
    },
    "cursor": {
        SHELL: _cursor(
            _event("beforeShellExecution", command="command"),
            _event("preToolUse-Shell", tool_input__command="command", tool_input__cwd="cwd"),
        ),
        READ: _cursor(_event("beforeReadFile", file_path="path"), _event("preToolUse-Read", tool_input__file_path="path")),
        WRITE: _cursor(None, _event("preToolUse-Write", tool_input__file_path="path", tool_input__content="content")),
        EDIT: _cursor(None, _event("preToolUse-Write", tool_input__file_path="path", tool_input__content="content")),
        DELETE: _cursor(None, _event("preToolUse-Delete", tool_input__path="path")),
        MCP: _cursor(
            _event("beforeMCPExecution", tool_name="tool", tool_input="arguments_text"),
            _event("preToolUse-MCP_drop_table", tool_name="MCP:{tool}", tool_input="arguments"),
        ),
    },
    "opencode": {
        SHELL: _one("before-bash", args__command="command"),
        READ: _one("before-read", args__filePath="path"),
        WRITE: _one("before-write", args__filePath="path", args__content="content"),
        EDIT: _one("before-edit", args__filePath="path", args__newString="content"),
        MCP: _one("before-db_drop_table", tool="{plain_server}_{tool}", args="arguments"),
        WEB: _one("before-webfetch", args__url="url"),
    },
    "amp": {
        SHELL: _one("Bash", args__cmd="command"),
        READ: _one("Read", args__path="path"),
        WRITE: _one("create_file", args__path="path", args__content="content"),
        EDIT: _one("edit_file", args__path="path", args__new_str="content"),
        DELETE: _one("apply_patch", args__patchText="patch"),
        MCP: _one("mcp__db__drop_table", tool="mcp__{plain_server}__{tool}", args="arguments"),
        WEB: _one("read_web_page", args__url="url"),
    },
}
TITLES = {
    "claude-code": "Claude Code", "codex": "Codex", "gemini": "Gemini CLI", "copilot": "GitHub Copilot CLI", "cursor": "Cursor",
    "opencode": "OpenCode", "amp": "Amp",
}
NAMES = tuple(CALLS)
# Where more is known than that nothing was recorded.
NO_TOOL: dict[str, dict[str, str]] = {
    "claude-code": {DELETE: "it deletes files with its shell"},
    "codex": {WEB: "its hook hears nothing of what it fetches"},
    "gemini": {DELETE: "it deletes files with its shell"},
    "opencode": {DELETE: "it deletes files with its shell"},
}
