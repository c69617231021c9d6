"""`packgate test`: run the cases that policies carry, the packs alone and together, and the shared corpora."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate.commands.shared import exit_code, format_option, open_cache, open_workspace, print_findings
from packgate.diagnostics import Diagnostic, Position
from packgate.exitcodes import FINDINGS
from packgate.report import Check, make_report
from packgate.testing import codes

if TYPE_CHECKING:
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace
    from packgate.testing.outcome import Run


@dataclass(frozen=True, slots=True)
class TestOptions:
    """What the command line asks for."""

    packs: tuple[str, ...]
    filters: tuple[str, ...]
    coverage: bool
    fail_on_empty: bool
    corpora: Path | None
    form: str


@click.command("test")
@click.argument("packs", nargs=-1, metavar="[PACK|PATH]...")
@click.option("--filter", "filters", multiple=True, metavar="GLOB", help="Only cases whose name matches: 'secret-*', '*/must_fire/*'.")
@click.option("--coverage", is_flag=True, help="Every branch of every condition must be reached by a firing and a near-miss case.")
@click.option("--fail-on-empty", is_flag=True, help="Exit with 1 when there is no case to run.")
@click.option("--corpora", type=click.Path(path_type=Path, file_okay=False), help="Folder of corpora. Default: testcases/ of the repository.")
@click.option("--no-corpora", is_flag=True, help="Leave the corpora out.")
@format_option
def command(
    packs: tuple[str, ...], filters: tuple[str, ...], coverage: bool, fail_on_empty: bool, corpora: Path | None, no_corpora: bool, form: str
) -> int:
    """Run the cases that policies and corpora carry.

    A failing case is named with its line, what was found in it and why the policy did or did not fire. Prompts need a real
    agent and are counted as not run.

    \b
    Examples:
      packgate test
      packgate test packs/recommended --coverage
      packgate test --filter 'prod-*' --format junit > report.xml
    """
    space = open_workspace(packs)
    if not space.ok:
        print_findings(space.diagnostics, form)
        return FINDINGS
    folder = None if no_corpora else corpora or _default_corpora(space)
    run = run_tests(space, TestOptions(packs, filters, coverage, fail_on_empty, folder, form))
    print_findings(make_report(run.diagnostics, summary=summary(run), titles=codes.TITLES, checks=checks(run)), form)
    return exit_code(run.diagnostics)


def _default_corpora(space: Workspace) -> Path | None:
    folder = Path(os.path.relpath(os.path.join(space.root, "testcases"))) if space.root else None
    return folder if folder is not None and folder.is_dir() else None


def run_tests(space: Workspace, options: TestOptions) -> Run:
    """All cases of the workspace's packs, each pack alone and then all together, and the corpora."""
    from packgate.engine.gate import build_gate
    from packgate.testing.cases import collect
    from packgate.testing.outcome import Run
    from packgate.testing.runner import run_cases, run_together

    run = Run()
    for result in space.results:
        assert result.pack is not None
        cases = [case for case in collect([result]) if _wanted(case.name, options.filters)]
        gate = build_gate([result.pack], result.vocabulary, lists=space.lists)
        run.outcomes += run_cases(cases, gate)
        run.prompts += sum(case.prompt is not None for case in cases)
        if options.coverage:
            from packgate.testing.coverage import uncovered

            run.findings += uncovered(result, cases, gate)
    together = build_gate(space.packs, space.vocabulary, lists=space.lists)
    if len(space.results) > 1:
        run.findings += run_together(run.outcomes, together)
    if options.corpora is not None and not options.filters:
        _run_corpora(run, options.corpora, space.results)
    if options.fail_on_empty and not run.outcomes:
        run.findings.append(Diagnostic(codes.NOTHING_TO_RUN, "there was no case to run", Position(space.root or ".")))
    return run


def _run_corpora(run: Run, folder: Path, results: list[LoadResult]) -> None:
    """The corpora hold what is harmless to everybody, so they are held against packs that extend no other."""
    from packgate.engine.gate import build_gate
    from packgate.testing.corpus import load_corpora
    from packgate.testing.runner import run_corpus

    bases = [result for result in results if result.base is None and result.pack is not None]
    if not bases:
        return
    cases, problems = load_corpora(folder, open_cache())
    run.findings += problems
    gate = build_gate([result.pack for result in bases if result.pack is not None], bases[0].vocabulary)
    run.findings += run_corpus(cases, gate)
    for polarity in ("benign", "attack"):
        files = {case.file.path for case in cases if case.polarity == polarity}
        run.corpora[polarity] = (sum(case.polarity == polarity for case in cases), len(files))


def _wanted(name: str, filters: tuple[str, ...]) -> bool:
    return not filters or any(fnmatch.fnmatchcase(name, item) or name.split("/")[0] == item for item in filters)


def checks(run: Run) -> list[Check]:
    """Every case as an item of the formats that list what passed."""
    from packgate.testing.outcome import FAILED, PASSED

    statuses = {PASSED: "passed", FAILED: "failed"}
    return [
        Check(
            outcome.case.name, outcome.case.file.path, statuses.get(outcome.status, "skipped"),
            outcome.case.todo or ("" if outcome.status in statuses else "needs an agent"), outcome.finding,
        )
        for outcome in run.outcomes
    ]


def summary(run: Run) -> str:
    """The counts, on a few lines."""
    from packgate.testing.outcome import FAILED, GAP_CLOSED, KNOWN_GAP, NOT_RUN, PASSED

    policies = len({outcome.case.policy for outcome in run.outcomes})
    parts = [f"{run.count(PASSED)} passed", f"{run.count(FAILED)} failed"]
    if run.count(KNOWN_GAP) or run.count(GAP_CLOSED):
        parts.append(f"{run.count(KNOWN_GAP) + run.count(GAP_CLOSED)} marked todo")
    if run.count(NOT_RUN):
        parts.append(f"{run.count(NOT_RUN)} not run (they need an agent)")
    lines = [f"{len(run.outcomes)} cases of {policies} policies: {', '.join(parts)}"]
    if run.prompts:
        lines.append(f"{run.prompts} prompts did not run: they need a real agent")
    for polarity, (cases, files) in run.corpora.items():
        code = codes.BENIGN_FIRED if polarity == "benign" else codes.ATTACK_MISSED
        wrong = sum(finding.code == code for finding in run.findings)
        lines.append(f"{polarity} corpus: {cases} actions in {files} files, {wrong} wrong")
    return "\n".join(lines)
