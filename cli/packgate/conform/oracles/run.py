"""Ask the oracles of some targets, and say which are not here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.conform.lane import Absent
from packgate.conform.oracles.agreement import ask_engine, check_rules
from packgate.conform.oracles.registry import CHECKERS, ENGINES, find_checker, find_engine
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.probes import Probe
    from packgate.render.subject import Subject


@dataclass(slots=True)
class Asked:
    """Figures by target: of policy engines, of agents' own rules; and why a target was passed over."""

    engines: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def check_names(targets: Sequence[str], *, rules_only: bool) -> None:
    """Raises `UserError` for an agent whose rules can't be tried without it."""
    for name in targets:
        if rules_only and name not in (*CHECKERS, *ENGINES):
            raise UserError(f"'{name}' has no checker for its rules", "rules alone can be tried of " + ", ".join((*CHECKERS, *ENGINES)))


def ask(targets: Sequence[str], given: str | None, environ: Mapping[str, str], subject: Subject, probes: Sequence[Probe]) -> Asked:
    """Ask about every probe. ``targets``: of `ENGINES` and `CHECKERS`; ``given``: where the program is, None to look for it."""
    found = Asked()
    for name in targets:
        if name in ENGINES:
            engine = find_engine(name)
            there = engine.find(given, environ)
            if not isinstance(there, Absent):
                found.engines[name] = ask_engine(engine, there, subject, probes)
        else:
            checker = find_checker(name)
            there = checker.find(given, environ)
            if not isinstance(there, Absent):
                found.rules[name] = check_rules(checker, there, subject, probes)
        if isinstance(there, Absent):
            found.skipped[name] = there.reason
    return found


def fails(figures: Mapping[str, Any]) -> bool:
    """Whether an engine answers otherwise than packgate or fails a rendered test, or rules stop what the packs let run."""
    if "tests" in figures:
        return bool(figures["differs"] or figures["tests"]["failed"])
    return bool(figures["wrong"]["native"])
