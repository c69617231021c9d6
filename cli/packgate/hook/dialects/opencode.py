"""OpenCode, through packgate's plugin. What the plugin can do was seen on 1.18.33.

OpenCode has no hooks of its own, but plugins in its process. Packgate's starts the hook for each event and writes one object to it:

    {"event": "tool.execute.before", "sessionID": …, "callID": …, "directory": …, "tool": …, "args": {…}}
    {"event": "tool.execute.after",  … the same keys, and "output": "…"}
    {"event": "chat.message",        "sessionID": …, "directory": …, "text": "…"}

The hook always answers with one object of four keys, and exit code 0:

    {"outcome": "allow | warn | redact | deny", "message": "for the agent", "notice": "for the person", "replacement": null}

`warn`: the message goes behind the tool's output (before a tool: behind what that call will put out) or behind the prompt. `redact`:
`replacement` takes the place of the arguments, the output or the prompt, and the message is told as for `warn`. `deny`: the plugin throws
an error with the message; an output becomes the message. Anything else than such an object is a failure: the plugin throws, or goes on, as
`on_failure` was fixed.
"""

from __future__ import annotations

from packgate.hook import lowering
from packgate.hook.dialects import payload as get
from packgate.hook.dialects.patch import patched
from packgate.hook.exchange import ACT, OUTPUT, PROMPT, Reply, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from packgate.hook.exchange import Verdict

AGENT = "opencode"
EVENTS = {"tool.execute.before": ACT, "tool.execute.after": OUTPUT, "chat.message": PROMPT}


def read(event: str, payload: Any) -> Request:
    """The request of what the plugin writes. Raises `PayloadError`."""
    kind = get.event_kind(EVENTS, event, payload, "event")
    cwd, session, call = (get.optional(payload, key) for key in ("directory", "sessionID", "callID"))
    if kind == PROMPT:
        written = get.text(payload, "text")
        return Request(AGENT, event, kind, [get.prompt(written)], cwd=cwd, session=session, original=written)
    tool = get.text(payload, "tool")
    original: Any
    if kind == ACT:
        original = get.mapping(payload, "args")
        actions = _actions(tool, original)
    else:
        original = get.text(payload, "output")
        actions = [get.output(original)] if original and tool not in _ECHOES else []
    return Request(AGENT, event, kind, actions, cwd=cwd, session=session, tool=tool, call=call, original=original)


def _actions(tool: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    if tool in _INNER:
        return []
    if tool in _TOOLS:
        return _TOOLS[tool](given)
    if tool == "task":
        return [get.prompt(get.text(given, "prompt", "args.")), get.tool_call(AGENT, tool, given)]
    if tool in _READS or "_" not in tool.strip("_"):
        return [get.tool_call(AGENT, tool, given, reads=tool in _READS)]
    # `server_tool`: where a server's name has an underscore too, the rest of it is taken for a part of the tool's.
    server, _, name = tool.partition("_")
    return [get.tool_call(server, name, given)]


def answer(event: str, verdict: Verdict) -> Reply:
    """The verdict for the plugin."""
    outcome = lowering.lowered(AGENT, EVENTS[event], verdict)
    if outcome == "allow":
        return Reply({"outcome": "allow", "message": "", "notice": "", "replacement": None})
    return Reply({
        "outcome": outcome, "message": verdict.for_agent, "notice": verdict.for_user,
        "replacement": verdict.replacement if outcome == "redact" else None,
    })


def _path(given: dict[str, Any]) -> str:
    return get.text(given, "filePath", "args.")


def _edits(given: dict[str, Any]) -> list[dict[str, Any]]:
    texts = [get.text(edit, "newString", "args.edits.") for edit in get.objects(given, "edits", "args.")]
    return [get.file("edit", _path(given), "\n".join(texts))]


def _patch(given: dict[str, Any]) -> list[dict[str, Any]]:
    key = next((key for key in ("patchText", "patch", "input") if key in given), "patchText")
    return patched(get.text(given, key, "args."), f"args.{key}")


def _grep(given: dict[str, Any]) -> list[dict[str, Any]]:
    get.text(given, "pattern", "args.")
    path, glob = get.optional(given, "path", "args.") or ".", get.optional(given, "include", "args.")
    return [get.file("read", f"{path.rstrip('/')}/{glob}" if glob else path)]


_TOOLS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "bash": lambda given: [get.shell(get.text(given, "command", "args."), cwd=get.optional(given, "workdir", "args."))],
    "read": lambda given: [get.file("read", _path(given))],
    "write": lambda given: [get.file("write", _path(given), get.text(given, "content", "args."))],
    "edit": lambda given: [get.file("edit", _path(given), get.text(given, "newString", "args."))],
    "multiedit": _edits,
    "apply_patch": _patch,
    "patch": _patch,
    "grep": _grep,
    "webfetch": lambda given: [get.web(get.text(given, "url", "args."))],
}
_READS = frozenset(("glob", "list", "websearch", "codesearch", "lsp"))
_ECHOES = frozenset(("write", "edit", "multiedit", "apply_patch", "patch"))
# They change nothing outside the agent; `invalid` stands for a tool that there is none of.
_INNER = frozenset(("todowrite", "todoread", "question", "invalid", "plan_enter", "plan_exit"))

