"""The lanes, by target; each is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from packgate.conform.oracles.registry import ENGINES
from packgate.errors import UserError

if TYPE_CHECKING:
    from packgate.conform.lane import Lane

# Target -> module below `engines` and class.
CLASSES = {
    "claude-code": ("claude_code", "ClaudeCode"),
    "codex": ("codex", "Codex"),
    "gemini": ("gemini", "Gemini"),
    "copilot": ("copilot", "Copilot"),
    "opencode": ("opencode", "OpenCode"),
    "amp": ("amp", "Amp"),
}
NAMES = tuple(CLASSES)


def find_lane(name: str) -> Lane:
    """The lane of a target. Raises `UserError`."""
    if name not in CLASSES:
        raise UserError(f"there is no engine to try '{name}' on", "targets that can be tried are " + ", ".join((*NAMES, *ENGINES)))
    module, kind = CLASSES[name]
    lane: Lane = getattr(import_module(f"packgate.conform.engines.{module}"), kind)()
    return lane
