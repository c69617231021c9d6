"""Patterns, index, decision and stages. Import-light and pure.

The usual way: `compile_packs` once, `decide` for every action, `to_json` for the answer.
"""

from __future__ import annotations

from packgate.engine.compiled import Engine, compile_packs
from packgate.engine.context import Context
from packgate.engine.decide import decide, decide_action
from packgate.engine.partly import MAY, MUST, NO
from packgate.engine.patterns import check_pattern
from packgate.engine.render import coverage, to_json
from packgate.engine.syntax import PatternError

__all__ = [
    "MAY", "MUST", "NO", "Context", "Engine", "PatternError", "check_pattern", "compile_packs", "coverage", "decide",
    "decide_action", "to_json",
]
