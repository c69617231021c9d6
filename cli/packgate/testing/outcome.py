"""What became of a case, and of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.diagnostics import Diagnostic
    from packgate.testing.cases import Case

PASSED = "passed"
FAILED = "failed"
KNOWN_GAP = "todo"
GAP_CLOSED = "todo-passed"
NOT_RUN = "not-run"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case with its status; ``finding`` says why it failed."""

    case: Case
    status: str
    finding: Diagnostic | None = None


@dataclass(slots=True)
class Run:
    """All outcomes of a run, and findings that belong to no single case."""

    outcomes: list[Outcome] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    corpora: dict[str, tuple[int, int]] = field(default_factory=dict)
    prompts: int = 0

    def count(self, status: str) -> int:
        """How many cases have a status."""
        return sum(outcome.status == status for outcome in self.outcomes)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Every finding, sorted by place."""
        found = [outcome.finding for outcome in self.outcomes if outcome.finding is not None]
        return sorted([*found, *self.findings], key=lambda item: item.sort_key())
