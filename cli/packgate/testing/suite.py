"""Everything that `packgate test` runs: the packs' cases alone and together, the cases they inherit, the corpora, coverage."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.diagnostics import Diagnostic, Position
from packgate.engine.gate import build_gate
from packgate.testing import codes
from packgate.testing.cases import collect, collect_inherited
from packgate.testing.catalog_cases import run_catalog_cases
from packgate.testing.context_cases import run_context_cases
from packgate.testing.corpus import load_corpora
from packgate.testing.coverage import uncovered
from packgate.testing.outcome import Run
from packgate.testing.runner import run_cases, run_corpus, run_together

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packgate.engine.gate import Gate
    from packgate.model.policy import Pack
    from packgate.source.cache import ValidationCache
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace
    from packgate.testing.cases import Case
    from packgate.testing.corpus import CorpusCase


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases to run: those whose name fits a pattern of ``filters`` and which stand in one of ``files`` (real paths); empty
    means all."""

    filters: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.filters and not self.files

    def wants(self, case: Case) -> bool:
        """Whether a case is to be run."""
        if self.files and os.path.realpath(case.file.path) not in self.files:
            return False
        return not self.filters or any(fnmatch.fnmatchcase(case.name, item) or case.policy == item for item in self.filters)


@dataclass(slots=True)
class _PackCases:
    result: LoadResult
    gate: Gate
    all: list[Case]
    own: list[Case]
    inherited: list[Case]

    @property
    def chosen(self) -> set[str] | None:
        """The policies of which some case is run; None when no case was left out."""
        return None if len(self.own) == len(self.all) else {case.policy for case in self.own}


@dataclass(slots=True)
class Suite:
    """What is to be run, ready to be counted and started."""

    space: Workspace
    packs: list[_PackCases] = field(default_factory=list)
    corpora: list[CorpusCase] = field(default_factory=list)
    corpora_gate: Gate | None = None
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many cases there are to run."""
        return sum(len(each.own) + len(each.inherited) for each in self.packs) + len(self.corpora)

    def run(self, *, coverage: bool = False, fail_on_empty: bool = False, tick: Callable[[], None] | None = None) -> Run:
        """Run everything; ``tick`` is called after every case."""
        run = Run(findings=list(self.findings))
        for each in self.packs:
            run.outcomes += run_cases(each.own, each.gate, tick)
            run.inherited += run_cases(each.inherited, each.gate, tick)
            if each.chosen is None:
                run.catalog += run_catalog_cases(each.result, each.gate.catalog)
            if coverage:
                run.findings += uncovered(each.result, each.all, each.gate, each.chosen)
        if self.packs and all(each.chosen is None for each in self.packs):
            run.context += run_context_cases(self.space.context, self.packs[0].gate)
        if len(self.packs) > 1:
            together = build_gate(self.space.packs, self.space.vocabulary, lists=self.space.lists, surroundings=self.space.surroundings)
            run.findings += run_together(run.outcomes, together)
        if self.corpora_gate is not None:
            run.corpora += run_corpus(self.corpora, self.corpora_gate, tick)
        if fail_on_empty and not run.outcomes:
            run.findings.append(Diagnostic(codes.NOTHING_TO_RUN, "there was no case to run", Position(self.space.root or ".")))
        return run


def make_suite(
    space: Workspace, selection: Selection, *, corpora: Path | None = None, by_name: bool = False, cache: ValidationCache | None = None
) -> Suite:
    """The suite of a workspace without errors. ``by_name``: the packs were named one by one, not taken from the settings."""
    suite = Suite(space)
    for result in space.results:
        assert result.pack is not None
        gate = build_gate([result.pack], result.vocabulary, lists=space.lists, surroundings=space.surroundings)
        cases = collect([result])
        inherited = [] if selection.files else [case for case in collect_inherited(result) if selection.wants(case)]
        suite.packs.append(_PackCases(result, gate, cases, [case for case in cases if selection.wants(case)], inherited))
    if corpora is not None and selection.everything:
        _add_corpora(suite, corpora, by_name, cache)
    return suite


def corpora_packs(space: Workspace, by_name: bool = False) -> list[Pack]:
    """The packs that corpora are held against. ``by_name``: see `make_suite`.

    Corpora hold what is harmless to everybody, so they are held against packs that extend no other; against all packs of a
    repository whose settings name only such as extend one. A pack that denies by default stops much that is harmless, on purpose.
    """
    open_ones = [result for result in space.results if result.pack is None or "deny" not in result.pack.default.modes.values()]
    held = [result for result in open_ones if result.base is None and result.header is not None]
    if not held and not by_name:
        held = open_ones
    return [result.pack for result in held if result.pack is not None]


def _add_corpora(suite: Suite, folder: Path, by_name: bool, cache: ValidationCache | None) -> None:
    packs = corpora_packs(suite.space, by_name)
    if not packs:
        return
    suite.corpora, problems = load_corpora(folder, cache)
    suite.findings += problems
    suite.corpora_gate = build_gate(packs, suite.space.vocabulary, lists=suite.space.lists, surroundings=suite.space.surroundings)
