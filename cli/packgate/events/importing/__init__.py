"""Records that exist already, as events: a module for each format, with the same two names.

    KNOWN      what its lines or rows are, for messages
    read(source) -> the things that were done, in the order of the record

Calls of agents' tools become actions by the dialects of the hook (`calls`), so that an imported session and a watched one are read alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

# Format -> its module, and the names of files of that format in a folder.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "claude-code": ("claude_code", ("*.jsonl",)),
    "codex": ("codex", ("rollout-*.jsonl",)),
    "gemini": ("gemini", ("session-*.jsonl", "session-*.json")),
    "copilot": ("copilot", ("events.jsonl",)),
    "opencode": ("opencode", ("*.db", "*.json")),
    "shell-history": ("shell_history", (".bash_history", ".zsh_history", "fish_history", "*_history")),
    "opa": ("opa", ("*.json", "*.jsonl", "*.log", "*.gz")),
    "cloudtrail": ("cloudtrail", ("*.json", "*.jsonl", "*.json.gz")),
    "commands": ("commands", ("*.txt", "*.sh", "*.list")),
}


def importer(name: str) -> ModuleType:
    """The module of a format. Raises `KeyError` for one that there is none for."""
    return __import__(f"{__name__}.{FORMATS[name][0]}", fromlist=["read"])
