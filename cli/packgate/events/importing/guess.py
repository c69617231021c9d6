"""Which format a file has, where its first lines say so beyond doubt."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from packgate.events.importing.opencode import SQLITE
from packgate.events.importing.shell_history import BASH_TIME, FISH, ZSH

if TYPE_CHECKING:
    from pathlib import Path

# Of a file this much is looked at, and more only where that is not enough: the first line of some sessions holds a model's instructions.
_HEAD, _MORE = 64 * 1024, 1024 * 1024
_HISTORIES = frozenset((".bash_history", ".zsh_history", ".sh_history", "fish_history"))
_CLAUDE = frozenset(("sessionId", "leafUuid"))


def guessed(path: Path) -> str | None:
    """The format of a file; None where it could be more than one, or none. Raises `OSError`."""
    head = _head(path, _HEAD)
    found = _of_head(path, head, _HEAD)
    if found is None and len(head) == _HEAD and head.lstrip()[:1] in (b"{", b"["):
        found = _of_head(path, _head(path, _MORE), _MORE)
    return found


def _of_head(path: Path, head: bytes, size: int) -> str | None:
    if head.startswith(SQLITE):
        return "opencode" if b"CREATE TABLE `part`" in head or path.name == "opencode.db" else None
    if b"\0" in head:
        return None
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return _of_json(text, len(head) == size)
    first = text.split("\n", 1)[0]
    if path.name in _HISTORIES or text.startswith(FISH) or ZSH.match(first) or BASH_TIME.fullmatch(first.rstrip("\r")):
        return "shell-history"
    return None


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
        if not compressed:
            file.seek(0)
            return file.read(size)
    try:
        with gzip.open(path, "rb") as stream:
            return stream.read(size)
    except (EOFError, gzip.BadGzipFile):
        return b""


def _of_json(text: str, cut: bool) -> str | None:
    """By the first values that can be read: a session can begin with lines that say nothing of it."""
    for line in text.split("\n")[:20]:
        try:
            found = _of_value(json.loads(line))
        except (ValueError, RecursionError):
            break
        if found is not None:
            return found
    if cut:
        # A document that is larger than what was looked at: its first key has to do.
        return "cloudtrail" if text.lstrip("{ \r\n\t").startswith('"Records"') else None
    try:
        return _of_value(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _of_value(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return None
    keys, kind = value.keys(), value.get("type")
    if {"payload", "timestamp"} <= keys and kind == "session_meta":
        return "codex"
    if {"sessionId", "projectHash"} <= keys:
        return "gemini"
    if kind == "session.start" and isinstance(value.get("data"), dict):
        return "copilot"
    if isinstance(kind, str) and (({"uuid", "sessionId"} <= keys) or (_CLAUDE & keys and "payload" not in keys)):
        return "claude-code"
    if {"info", "messages"} <= keys:
        return "opencode"
    if {"eventSource", "eventName"} <= keys or isinstance(value.get("Records"), list) or _looked_up(value):
        return "cloudtrail"
    if "decision_id" in keys and keys & {"path", "input", "labels"}:
        return "opa"
    return None


def _looked_up(value: dict[str, Any]) -> bool:
    events = value.get("Events")
    return isinstance(events, list) and bool(events) and isinstance(events[0], dict) and "CloudTrailEvent" in events[0]
