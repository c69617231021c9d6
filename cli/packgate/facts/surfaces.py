"""Actions that are not shell commands: file tools, MCP calls, web requests, prompts and outputs, as operations of the same
families, so that one policy holds for ``cat .env`` and for an agent's own way to read it."""

from __future__ import annotations

import re

from packgate.facts.environment import BUILTIN_WORDS, classify, network
from packgate.facts.parsers import PARSERS
from packgate.facts.paths import normalise, scope
from packgate.model.operation import Analysis, Note, Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.facts.environment import EnvironmentWords
    from packgate.model.action import Action
    from packgate.model.value import Value

_FILE_OPERATIONS = {
    "read": ("read-file", "read", "read"),
    "write": ("modify-file", "write", "write"),
    "edit": ("modify-file", "edit", "write"),
    "delete": ("delete-file", "delete", "delete"),
}


def analyze_surface(action: Action, words: EnvironmentWords = BUILTIN_WORDS) -> Analysis:
    """The operations of an action on any surface but ``shell``."""
    operations, notes = _READERS[action.surface](action, words)
    return Analysis(operations, notes)


def _file(action: Action, words: EnvironmentWords) -> tuple[list[Operation], list[Note]]:
    asked = str(action.data["operation"]).lower()
    known = _FILE_OPERATIONS.get(asked)
    if known is None:
        note = Note("file-operation", f"file operation {asked!r} is not known; it counts as a write")
        family, operation, effect = _FILE_OPERATIONS["write"]
        notes = [note]
    else:
        family, operation, effect = known
        notes = []
    fields = file_fields(str(action.data["path"]), action)
    fields["operation"] = (operation,)
    fields["effect"] = (effect,)
    content = action.text("content")
    operations = [Operation((family,), fields)]
    if content is not None:
        fields["content"] = (content,)
        operations.append(Operation(("text",), {"content": (content,), "path": fields["path"]}))
    return operations, notes


def file_fields(path: str, action: Action) -> dict[str, tuple[Value, ...]]:
    """The fields of a path as an agent's tool gives it: ``~`` is the home directory here."""
    cwd, home, root = action.text("cwd"), action.text("home"), action.repo("root")
    if _has_drive(path) or _has_drive(cwd or ""):
        path = _with_slashes(path)
        cwd, home, root = (None if each is None else _with_slashes(each) for each in (cwd, home, root))
    absolute = normalise(path, cwd, home)
    fields: dict[str, tuple[Value, ...]] = {"path": (absolute,)}
    place = scope(absolute, root, home)
    if place is not None:
        fields["scope"] = (place,)
    return fields


def _has_drive(path: str) -> bool:
    return path[1:2] == ":" and path[:1].isalpha() and path[2:3] in ("\\", "/")


def _with_slashes(path: str) -> str:
    """A path of Windows in the one form that patterns know (see `windows`)."""
    slashed = path.replace("\\", "/")
    return "/" + slashed.lower() if _has_drive(path) else slashed


def _mcp(action: Action, words: EnvironmentWords) -> tuple[list[Operation], list[Note]]:
    server, tool = str(action.data["server"]), str(action.data["tool"])
    annotations = action.data.get("annotations") or {}
    arguments = action.data.get("arguments") or {}
    strings = _strings(arguments)
    kind = action_type(tool, annotations)
    fields: dict[str, tuple[Value, ...]] = {
        "server": (server,),
        "tool": (tool,),
        "action-type": (kind,),
        "argument": tuple([text for _, text in strings]),
        "effect": (_EFFECTS[kind],),
    }
    environments = classify([server, *_names(strings)], words)
    if environments:
        fields["environment"] = environments
    return [Operation(("tool-call",), fields), *_argument_operations(action, strings, kind, fields)], []


_EFFECTS = {"read": "read", "write": "write", "destructive": "delete"}
_READ_VERBS = frozenset("get list read search find query describe show fetch view count head stat status check lookup browse".split())
_DESTRUCTIVE_VERBS = frozenset(
    "delete drop remove destroy purge truncate terminate kill wipe erase revoke reset uninstall deprovision rollback archive".split()
)


def action_type(tool: str, annotations: dict[str, Any]) -> str:
    """``read``, ``write`` or ``destructive``: the words of the tool's name first, then what its server claims.

    A claim can only make it stricter: a server that calls ``drop_table`` read-only is not believed.
    """
    words = _PLAIN_WORDS.findall(tool) if tool.islower() else [word for word in _split_words(tool) if word]
    if any(word in _DESTRUCTIVE_VERBS for word in words) or annotations.get("destructiveHint") is True:
        return "destructive"
    if annotations.get("readOnlyHint") is True or any(word in _READ_VERBS for word in words[:2]):
        return "read"
    return "write"


# The words of a name without capitals.
_PLAIN_WORDS = re.compile(r"[^\W_]+")


def _split_words(name: str) -> list[str]:
    out, current = [], ""
    for char in name:
        if not char.isalnum():
            out.append(current)
            current = ""
        elif char.isupper() and current and not current[-1].isupper():
            out.append(current)
            current = char
        else:
            current += char
    return [word.lower() for word in [*out, current]]


def _strings(value: Any) -> list[tuple[str, str]]:
    """Every text in a JSON value, however deep, with the path of its key; in order."""
    found: list[tuple[str, str]] = []
    left: list[tuple[str, Any]] = [("", value)]
    while left:
        key, item = left.pop()
        if isinstance(item, str):
            found.append((key, item))
        elif isinstance(item, dict):
            left.extend((f"{key}.{name}", each) for name, each in item.items())
        elif isinstance(item, list):
            left.extend((key, each) for each in item)
    found.sort()
    return found


_NAME_KEYS = frozenset("environment env context project profile namespace cluster database db host instance name stage target".split())


def _names(strings: list[tuple[str, str]]) -> list[str]:
    return [text for key, text in strings if key.rsplit(".", 1)[-1].lower() in _NAME_KEYS]


_PATH_KEYS = frozenset("path file file_path filepath filename source destination uri".split())


def _argument_operations(
    action: Action, strings: list[tuple[str, str]], kind: str, call: dict[str, tuple[Value, ...]]
) -> list[Operation]:
    """A path argument of a tool call is a file operation too."""
    family, operation, effect = _FILE_OPERATIONS[_EFFECTS[kind]]
    out = []
    for key, text in strings:
        path = text[len("file://"):] if text.startswith("file://") else text
        if key.rsplit(".", 1)[-1].lower() in _PATH_KEYS and "://" not in path and path and "\n" not in path:
            fields = file_fields(path, action)
            fields.update({"operation": (operation,), "effect": (effect,), "server": call["server"], "tool": call["tool"]})
            out.append(Operation((family,), fields))
    return out


_UPLOAD_METHODS = frozenset(("POST", "PUT", "PATCH"))


def _web(action: Action, words: EnvironmentWords) -> tuple[list[Operation], list[Note]]:
    method = (action.text("method") or "GET").upper()
    url = str(action.data["url"])
    body = action.text("body")
    fields: dict[str, tuple[Value, ...]] = {"url": (url,), "method": (method,), "operation": (method.lower(),)}
    parts = PARSERS["url"](url)
    host = parts.get("host") if parts is not None else None
    if isinstance(host, str) and host:
        fields["host"] = (host,)
        fields["network"] = (network(host),)
        environments = classify([host], words)
        if environments:
            fields["environment"] = environments
    families: tuple[str, ...] = ("web-request",)
    if body is not None and method in _UPLOAD_METHODS:
        families = ("web-request", "data-transfer")
        fields.update({"operation": ("upload",), "payload": (body,), "effect": ("send",)})
    elif method in ("GET", "HEAD", "OPTIONS"):
        fields["effect"] = ("read",)
    else:
        fields["effect"] = ("delete" if method == "DELETE" else "write",)
    notes = [] if host else [Note("url", f"no host in {url!r}")]
    return [Operation(families, fields)], notes


def _text(action: Action, words: EnvironmentWords) -> tuple[list[Operation], list[Note]]:
    operation = Operation(("text",), {"content": (str(action.data["text"]),), "operation": (action.surface,)})
    return [operation], []


_READERS = {"file": _file, "mcp": _mcp, "web": _web, "prompt": _text, "output": _text}
