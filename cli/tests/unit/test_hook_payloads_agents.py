"""What each other agent's payloads are about: recorded ones, and tools in the form of its documentation."""

from __future__ import annotations

from typing import Any

import pytest
from hook_payloads import PROJ, actions, call, file, output, prompt, recorded, shell, web

from packgate.hook.dialects import dialect
from packgate.hook.dialects.amp import assemble
from packgate.hook.dialects.patch import patched
from packgate.hook.exchange import PayloadError

ASKED = "Show me what changed in this repository."
NOTES = f"{PROJ}/notes.txt"

RECORDED: dict[str, dict[str, list[dict[str, Any]]]] = {
    "codex": {
        "SessionStart": [],
        "UserPromptSubmit": [prompt(ASKED)],
        "PreToolUse-Bash": [shell("git status --short")],
        "PreToolUse-Bash-2": [
            shell("apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: n2.txt\n+one\n+two\n*** End Patch\nEOF"), file("write", "n2.txt", "one\ntwo"),
        ],
        # It was to run in another folder, of which the hook hears nothing.
        "PreToolUse-Bash-3": [shell("pwd")],
        "PreToolUse-apply_patch": [file("write", "notes.txt", "one\ntwo")],
        "PreToolUse-apply_patch-2": [file("edit", "notes.txt", "uno"), file("write", "more.txt", "x")],
        "PreToolUse-apply_patch-3": [file("delete", "notes.txt"), file("write", "sub/n3.txt", "dos"), file("delete", "more.txt")],
        "PreToolUse-mcp__db__drop_table": [call("db", "drop_table", {"q": "users"})],
        "PreToolUse-view_image": [file("read", "shot.png")],
        "PreToolUse-read_mcp_resource": [call("db", "resources/read", {"server": "db", "uri": "file:///x"}, reads=True)],
        "PreToolUse-list_mcp_resources": [call("codex", "list_mcp_resources", {}, reads=True)],
        "PreToolUse-spawn_agent": [prompt("Say hi."), call("codex", "spawn_agent", {"message": "Say hi.", "task_name": "t"})],
        "PreToolUse-create_goal": [],
        "PostToolUse-mcp__db__drop_table": [output("called drop_table")],
        "PostToolUse-apply_patch": [],
    },
    "gemini": {
        "SessionStart": [],
        "BeforeAgent": [prompt(ASKED)],
        "BeforeTool-run_shell_command": [shell("git status --short")],
        "BeforeTool-run_shell_command-2": [shell("pwd", cwd="sub")],
        "BeforeTool-write_file": [file("write", NOTES, "one\ntwo\n")],
        "BeforeTool-read_file": [file("read", NOTES)],
        "BeforeTool-replace": [file("edit", NOTES, "uno")],
        "BeforeTool-grep_search": [file("read", "./*.txt")],
        "BeforeTool-list_directory": [call("gemini", "list_directory", {"dir_path": PROJ}, reads=True)],
        "BeforeTool-web_fetch": [web("http://127.0.0.1:1/page")],
        "BeforeTool-mcp_db_drop_table": [call("db", "drop_table", {"q": "users"})],
        "BeforeTool-invoke_agent": [prompt("Say hi."), call("gemini", "invoke_agent", {"agent_name": "generalist", "prompt": "Say hi."})],
        "AfterTool-read_file": [output("one\ntwo\n")],
        "AfterTool-write_file": [],
    },
    "copilot": {
        "sessionStart": [],
        "userPromptSubmitted": [prompt(ASKED)],
        "preToolUse-bash": [shell("git status --short")],
        "preToolUse-write_bash": [shell("rm notes.txt\n")],
        "preToolUse-read_bash": [],
        "preToolUse-create": [file("write", NOTES, "one\ntwo\n")],
        "preToolUse-view": [file("read", NOTES)],
        "preToolUse-edit": [file("edit", NOTES, "uno")],
        "preToolUse-grep": [file("read", "./*.txt")],
        "preToolUse-apply_patch": [file("write", "p.txt", "one")],
        "preToolUse-web_fetch": [web("http://127.0.0.1:1/page")],
        "preToolUse-db-drop_table": [call("db", "drop_table", {"q": "users"})],
        "postToolUse-view": [output("one\ntwo\n")],
        "postToolUse-create": [],
    },
    "opencode": {
        "chat.message": [prompt(ASKED)],
        "before-bash": [shell("git status --short")],
        "before-bash-2": [shell("pwd", cwd="/tmp")],
        "before-write": [file("write", NOTES, "one\ntwo\n")],
        "before-read": [file("read", NOTES)],
        "before-edit": [file("edit", NOTES, "uno")],
        "before-grep": [file("read", ".")],
        "before-webfetch": [web("http://127.0.0.1:1/page")],
        "before-db_drop_table": [call("db", "drop_table", {"q": "users"})],
        "before-invalid": [],
        "after-bash-2": [output("/tmp\n")],
        "after-db_drop_table": [output("called drop_table")],
        "after-write": [],
    },
    "cursor": {
        "beforeShellExecution": [shell("git status --short")],
        "beforeMCPExecution": [call("db-server --stdio", "drop_table", {"q": "users"})],
        "beforeReadFile": [file("read", NOTES), output("one\ntwo\n")],
        "beforeSubmitPrompt": [prompt(ASKED)],
        "preToolUse-Shell": [shell("pwd", cwd=f"{PROJ}/sub")],
        "preToolUse-Write": [file("write", NOTES, "one\n")],
        "preToolUse-Delete": [file("delete", NOTES)],
        "preToolUse-Task": [prompt("Say hi."), call("cursor", "Task", {"prompt": "Say hi."})],
        "preToolUse-MCP_drop_table": [call("cursor", "drop_table", {"q": "users"})],
        "sessionStart": [],
    },
    "amp": {
        "Bash": [shell("git status --short")],
        "edit_file": [file("edit", NOTES, "uno")],
    },
}


@pytest.mark.parametrize(("agent", "name", "expected"), [(agent, *item) for agent, rows in RECORDED.items() for item in rows.items()])
def test_recorded(agent: str, name: str, expected: list[dict[str, Any]]) -> None:
    assert actions(f"{agent}/{name}.json") == expected


FRAMES: dict[str, tuple[str, str, str]] = {
    # Event, and the keys of a tool's name and input.
    "codex": ("PreToolUse", "tool_name", "tool_input"), "gemini": ("BeforeTool", "tool_name", "tool_input"),
    "copilot": ("preToolUse", "toolName", "toolArgs"), "cursor": ("preToolUse", "tool_name", "tool_input"),
    "opencode": ("tool.execute.before", "tool", "args"), "amp": ("delegate", "tool", "args"),
}
PATCH = "*** Begin Patch\n*** Delete File: a.py\n*** End Patch"
TOOLS: list[tuple[str, str, Any, list[dict[str, Any]]]] = [
    ("gemini", "read_many_files", {"include": ["a.py", "b.py"]}, [file("read", "a.py"), file("read", "b.py")]),
    ("gemini", "save_memory", {"fact": "tea"}, [file("edit", "~/.gemini/GEMINI.md", "tea")]),
    ("gemini", "web_fetch", {"prompt": "what is new?"}, [call("gemini", "web_fetch", {"prompt": "what is new?"}, reads=True)]),
    ("gemini", "web_fetch", {"prompt": "(see https://a.example/x and http://b.example)."}, [web("https://a.example/x"), web("http://b.example")]),
    ("gemini", "write_todos", {"todos": []}, []),
    ("copilot", "bash", '{"command": "ls"}', [shell("ls")]),
    ("copilot", "str_replace_editor", {"command": "create", "path": "a", "file_text": "x"}, [file("write", "a", "x")]),
    ("copilot", "str_replace_editor", {"command": "view", "path": "a"}, [file("read", "a")]),
    ("copilot", "github-mcp-server-delete_file", {"path": "a"}, [
        call("github", "mcp-server-delete_file", {"path": "a"}), call("github-mcp-server", "delete_file", {"path": "a"}),
    ]),
    ("copilot", "store_memory", {"fact": "x"}, [call("copilot", "store_memory", {"fact": "x"})]),
    ("opencode", "multiedit", {"filePath": "a", "edits": [{"newString": "b"}, {"newString": "c"}]}, [file("edit", "a", "b\nc")]),
    ("opencode", "apply_patch", {"patchText": PATCH}, [file("delete", "a.py")]),
    ("opencode", "list", {"path": "a"}, [call("opencode", "list", {"path": "a"}, reads=True)]),
    ("opencode", "question", {}, []),
    ("cursor", "Edit", {"file_path": "a", "new_string": "x"}, [file("edit", "a", "x")]),
    ("cursor", "Grep", {"pattern": "x", "path": "src"}, [file("read", "src")]),
    ("amp", "Bash", {"cmd": "ls", "cwd": "/srv"}, [shell("ls", cwd="/srv")]),
    ("amp", "shell_command", {"command": "ls"}, [shell("ls")]),
    ("amp", "create_file", {"path": "a", "content": "x"}, [file("write", "a", "x")]),
    ("amp", "Read", {"path": "a"}, [file("read", "a")]),
    ("amp", "mcp__db__drop_table", {"q": "x"}, [call("db", "drop_table", {"q": "x"})]),
    ("amp", "Task", {"prompt": "hi"}, [prompt("hi"), call("amp", "Task", {"prompt": "hi"})]),
    ("amp", "todo_write", {}, []),
    ("codex", "update_plan", {"plan": []}, []),
    *((agent, "BrandNew", {"x": "y"}, [call(agent, "BrandNew", {"x": "y"})]) for agent in FRAMES),
]


def asked(agent: str, tool: str, given: Any) -> list[dict[str, Any]]:
    event, name, key = FRAMES[agent]
    return list(dialect(agent).read(event, {name: tool, key: given}).actions)


@pytest.mark.parametrize(("agent", "tool", "given", "expected"), TOOLS)
def test_other_tools(agent: str, tool: str, given: Any, expected: list[dict[str, Any]]) -> None:
    assert asked(agent, tool, given) == expected


@pytest.mark.parametrize(("agent", "tool", "given", "key"), [
    ("codex", "Bash", {}, "command"), ("codex", "apply_patch", {"command": "no patch"}, "patch"), ("codex", "view_image", {}, "path"),
    ("gemini", "run_shell_command", {"command": ["rm"]}, "command"), ("gemini", "write_file", {"file_path": "a"}, "content"),
    ("gemini", "read_many_files", {"include": []}, "include"), ("gemini", "web_fetch", {}, "prompt"), ("gemini", "replace", {"file_path": "a"}, "new_string"),
    ("copilot", "bash", "{", "not JSON"), ("copilot", "bash", "[]", "toolArgs"), ("copilot", "create", {"path": "a"}, "file_text"), ("copilot", "edit", {"path": "a"}, "new_str"),
    ("opencode", "write", {"filePath": "a"}, "content"), ("opencode", "bash", {}, "command"), ("opencode", "task", {}, "prompt"),
    ("cursor", "Write", {"file_path": "a"}, "content"), ("cursor", "Delete", {}, "file_path"), ("cursor", "Shell", {}, "command"),
    ("amp", "Bash", {}, "command"), ("amp", "edit_file", {"path": "a"}, "new_str"), ("amp", None, {}, "tool"),
])
def test_a_known_tool_without_its_input_is_refused(agent: str, tool: str, given: Any, key: str) -> None:
    with pytest.raises(PayloadError, match=key):
        asked(agent, tool, given)


def test_what_amp_says_in_its_environment() -> None:
    payload = assemble({"cmd": "ls"}, {"AGENT_TOOL_NAME": "Bash", "PWD": PROJ, "AWS_PROFILE": "prod"})
    request = dialect("amp").read("delegate", payload)
    assert (request.tool, request.cwd, request.actions) == ("Bash", PROJ, [shell("ls")])
    with pytest.raises(PayloadError, match="tool"):
        dialect("amp").read("delegate", assemble({"cmd": "ls"}, {}))


def test_what_is_replaced_is_in_the_shape_that_the_agent_takes() -> None:
    agent, event, payload = recorded("copilot/postToolUse-view.json")
    assert dialect(agent).read(event, payload).original == payload["toolResult"]
    for name in ("codex/PostToolUse-mcp__db__drop_table.json", "gemini/AfterTool-read_file.json", "opencode/after-bash.json"):
        agent, event, payload = recorded(name)
        assert isinstance(dialect(agent).read(event, payload).original, str)


def test_what_gemini_could_not_be_told_before_comes_again() -> None:
    agent, event, payload = recorded("gemini/AfterTool-read_file.json")
    assert dialect(agent).read(event, payload).late == [file("read", NOTES)]


@pytest.mark.parametrize(("text", "expected"), [
    ("*** Begin Patch\n*** Update File: a\n@@ def f():\n-x\n+y\n z\n+w\n*** End Patch", [file("edit", "a", "y\nw")]),
    ("*** Update File: a\n*** Move to: b\n", [file("delete", "a"), file("write", "b", "")]),
    ("  *** Delete File: a b.txt  \n", [file("delete", "a b.txt")]),
])
def test_patches(text: str, expected: list[dict[str, Any]]) -> None:
    assert patched(text, "x") == expected


@pytest.mark.parametrize("text", ["", "hello", "*** Add File: \n+x", "*** Begin Patch\n*** End Patch"])
def test_a_patch_without_a_file_is_refused(text: str) -> None:
    with pytest.raises(PayloadError, match="patch"):
        patched(text, "patch")
