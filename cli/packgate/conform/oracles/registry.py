"""The oracles, by target; each is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.conform.oracles.oracle import PolicyEngine, RuleChecker

# Target -> module and class.
_ENGINES = {"opa": ("opa", "Opa"), "cerbos": ("cerbos", "Cerbos")}
_CHECKERS = {"codex": ("codex", "CodexRules"), "gemini": ("gemini", "GeminiRules")}
ENGINES = tuple(_ENGINES)
CHECKERS = tuple(_CHECKERS)


def find_engine(name: str) -> PolicyEngine:
    """The policy engine of a target of `ENGINES`."""
    module, kind = _ENGINES[name]
    found: PolicyEngine = getattr(import_module(f"packgate.conform.oracles.{module}"), kind)()
    return found


def find_checker(name: str) -> RuleChecker:
    """The rule checker of an agent of `CHECKERS`."""
    module, kind = _CHECKERS[name]
    found: RuleChecker = getattr(import_module(f"packgate.conform.oracles.{module}"), kind)()
    return found
