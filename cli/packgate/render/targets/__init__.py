"""A module for every target; `target.Target` says what each offers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from packgate.render.target import Target

# Target -> module. Only those asked for are loaded.
MODULES = {
    "amp": "amp",
    "cerbos": "cerbos",
    "claude-code": "claude_code",
    "codex": "codex",
    "copilot": "copilot",
    "cursor": "cursor",
    "gemini": "gemini",
    "opa": "opa",
    "opencode": "opencode",
}
TARGETS = tuple(MODULES)


def find_target(name: str) -> Target:
    """The target of a name. Raises `UserError`."""
    if name not in MODULES:
        raise UserError(f"there is no target '{name}'", "targets are " + ", ".join(TARGETS))
    module: Target = import_module(f"packgate.render.targets.{MODULES[name]}")
    return module
