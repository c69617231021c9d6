"""What became of a case, and of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.diagnostics import Diagnostic
    from packgate.testing.cases import Case
    from packgate.testing.corpus import CorpusCase

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


@dataclass(frozen=True, slots=True)
class CorpusOutcome:
    """A case of a corpus; it passed when there is no finding."""

    case: CorpusCase
    finding: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class CatalogOutcome:
    """A case of a pack's own catalog; it passed when there is no finding."""

    name: str
    file: str
    finding: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class ContextOutcome:
    """A test of a context file; it passed when there is no finding."""

    name: str
    file: str
    finding: Diagnostic | None = None


@dataclass(slots=True)
class Run:
    """All outcomes of a run, and findings that belong to no single case. ``outcomes`` are of the packs' own cases, ``inherited``
    of those of the packs that they extend, ``catalog`` of those of the programs that they add, ``context`` those of context files."""

    outcomes: list[Outcome] = field(default_factory=list)
    inherited: list[Outcome] = field(default_factory=list)
    catalog: list[CatalogOutcome] = field(default_factory=list)
    context: list[ContextOutcome] = field(default_factory=list)
    corpora: list[CorpusOutcome] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)

    def count(self, status: str) -> int:
        """How many of the packs' own cases have a status."""
        return sum(outcome.status == status for outcome in self.outcomes)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Every finding, sorted by place."""
        items: list[Outcome | CatalogOutcome | ContextOutcome | CorpusOutcome] = [
            *self.outcomes, *self.inherited, *self.catalog, *self.context, *self.corpora,
        ]
        found = [item.finding for item in items if item.finding is not None]
        return sorted([*found, *self.findings], key=lambda item: item.sort_key())
