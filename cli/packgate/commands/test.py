"""`packgate test`: run the cases that policies carry, the packs alone and together, and the shared corpora."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate.commands.completion import complete_packs
from packgate.commands.progress import progress
from packgate.commands.shared import exit_code, format_option, open_cache, open_workspace, print_findings
from packgate.errors import UserError
from packgate.exitcodes import FINDINGS
from packgate.report import Check, make_report
from packgate.testing import codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.source.workspace import Workspace
    from packgate.testing.outcome import Outcome, Run


@click.command("test")
@click.argument("packs", nargs=-1, metavar="[PACK|PATH]...", shell_complete=complete_packs)
@click.option("--whole-packs", is_flag=True, help="A file stands for its whole pack, as changed files of a commit do.")
@click.option("--filter", "filters", multiple=True, metavar="GLOB", help="Only cases whose name matches: 'secret-*', '*/must_fire/*'.")
@click.option("--coverage", is_flag=True, help="Every branch of every condition must be reached by a firing and a near-miss case.")
@click.option("--fail-on-empty", is_flag=True, help="Exit with 1 when there is no case to run.")
@click.option("--corpora", type=click.Path(path_type=Path), help="Folder of corpora. Default: testcases/ of the repository.")
@click.option("--no-corpora", is_flag=True, help="Leave the corpora out.")
@click.option("--evade", is_flag=True, help="Rewrite every must_fire command in ways that keep its meaning: does it still fire?")
@click.option("--mutate", is_flag=True, help="Change every policy in small ways: does a case notice?")
@click.option("--min-score", type=click.FloatRange(0, 100), metavar="PERCENT", help="With --mutate: the share that must be noticed.")
@format_option
def command(
    packs: tuple[str, ...], whole_packs: bool, filters: tuple[str, ...], coverage: bool, fail_on_empty: bool,
    corpora: Path | None, no_corpora: bool, evade: bool, mutate: bool, min_score: float | None, form: str,
) -> int:
    """Run the cases that policies and corpora carry.

    A failing case is named with its line, what was found in it and why the policy did or did not fire. A pack that extends another runs
    the cases that it inherits too. Prompts need a real agent and are counted as not run. A policies file stands for its own cases.

    \b
    Examples:
      packgate test
      packgate test packs/recommended --coverage
      packgate test packs/recommended/policies/guardrails.yaml
      packgate test --filter 'prod-*' --format junit > report.xml
      packgate test packs/recommended --evade
      packgate test packs/recommended --mutate --min-score 90
    """
    from packgate.testing.suite import Selection, make_suite

    if evade and mutate:
        raise click.UsageError("--evade and --mutate are runs of their own: give one of them")
    if min_score is not None and not mutate:
        raise click.UsageError("--min-score is of use with --mutate alone")
    names, files = _split(packs, whole_packs)
    space = open_workspace(names)
    if not space.ok:
        print_findings(space.diagnostics, form)
        return FINDINGS
    folder = None if no_corpora or evade or mutate else _folder(corpora) or _default_corpora(space)
    suite = make_suite(space, Selection(filters, files), corpora=folder, by_name=bool(packs), cache=open_cache())
    with progress(suite.total, "running cases") as tick:
        run = suite.run(coverage=coverage, fail_on_empty=fail_on_empty, tick=tick)
    if (evade or mutate) and not exit_code(run.diagnostics):
        from packgate.commands.robustness import evasion_report, mutation_report

        report = evasion_report(suite) if evade else mutation_report(suite, min_score)
        print_findings(report, form)
        return exit_code(report.findings)
    print_findings(make_report(run.diagnostics, summary=summary(run), titles=codes.TITLES, checks=checks(run)), form)
    return exit_code(run.diagnostics)


def _split(packs: tuple[str, ...], whole: bool) -> tuple[list[str], frozenset[str]]:
    """The packs to load, and the files to whose cases the run is limited (none when ``whole``): a policies file needs its pack."""
    from packgate.source.workspace import pack_of

    names: dict[str, None] = {}
    files: set[str] = set()
    for name in packs:
        pack = pack_of(name) if os.path.isfile(name) and (whole or os.path.basename(name) != "pack.yaml") else None
        names[pack or name] = None
        if os.path.isfile(name):
            files.add(os.path.realpath(name))
        whole = whole or not os.path.isfile(name) or os.path.basename(name) == "pack.yaml"
    return list(names), frozenset() if whole else frozenset(files)


def _folder(corpora: Path | None) -> Path | None:
    """The folder of `--corpora`. Raises `UserError` when there is none."""
    if corpora is not None and not corpora.is_dir():
        raise UserError(f"--corpora {corpora}: there is no such folder")
    return corpora


def _default_corpora(space: Workspace) -> Path | None:
    folder = Path(os.path.relpath(os.path.join(space.root, "testcases"))) if space.root else None
    return folder if folder is not None and folder.is_dir() else None


def checks(run: Run) -> list[Check]:
    """Every case as an item of the formats that list what passed."""
    found = [_check(outcome) for outcome in (*run.outcomes, *run.inherited)]
    found += [Check(item.name, item.file, "failed" if item.finding else "passed", finding=item.finding) for item in run.catalog]
    found += [Check(item.name, item.file, "failed" if item.finding else "passed", finding=item.finding) for item in run.context]
    for item in run.corpora:
        name = f"{item.case.corpus}{item.case.place.removeprefix('/cases')}"
        found.append(Check(name, item.case.file.path, "failed" if item.finding else "passed", finding=item.finding))
    return found


def _check(outcome: Outcome) -> Check:
    from packgate.testing.outcome import FAILED, GAP_CLOSED, PASSED

    case = outcome.case
    statuses = {PASSED: "passed", GAP_CLOSED: "passed", FAILED: "failed"}
    status = statuses.get(outcome.status, "skipped")
    why = "" if status != "skipped" else case.todo or "needs an agent"
    return Check(f"{case.pack}: {case.name}" if case.inherited else case.name, case.file.path, status, why, outcome.finding)


def summary(run: Run) -> str:
    """The counts, on a few lines."""
    policies = {outcome.case.policy for outcome in run.outcomes}
    lines = [f"{len(run.outcomes)} cases of {len(policies)} policies: {_counts(run.outcomes)}"]
    if run.inherited:
        lines.append(f"{len(run.inherited)} inherited cases: {_counts(run.inherited)}")
    if run.catalog:
        failed = sum(item.finding is not None for item in run.catalog)
        lines.append(f"{len(run.catalog)} cases of the catalog: {len(run.catalog) - failed} passed, {failed} failed")
    if run.context:
        failed = sum(item.finding is not None for item in run.context)
        lines.append(f"{len(run.context)} tests of the context: {len(run.context) - failed} passed, {failed} failed")
    prompts = sum(outcome.case.prompt is not None for outcome in run.outcomes)
    if prompts:
        lines.append(f"{prompts} prompts did not run: they need a real agent")
    for polarity in dict.fromkeys(item.case.polarity for item in run.corpora):
        items = [item for item in run.corpora if item.case.polarity == polarity]
        wrong = sum(item.finding is not None for item in items)
        lines.append(f"{polarity} corpus: {len(items)} actions in {len({item.case.file.path for item in items})} files, {wrong} wrong")
    return "\n".join(lines)


def _counts(outcomes: Iterable[Outcome]) -> str:
    from collections import Counter

    from packgate.testing.outcome import FAILED, GAP_CLOSED, KNOWN_GAP, NOT_RUN, PASSED

    count = Counter(outcome.status for outcome in outcomes)
    parts = [f"{count[PASSED]} passed", f"{count[FAILED]} failed"]
    if count[KNOWN_GAP] or count[GAP_CLOSED]:
        parts.append(f"{count[KNOWN_GAP] + count[GAP_CLOSED]} marked todo")
    if count[NOT_RUN]:
        parts.append(f"{count[NOT_RUN]} not run (they need an agent)")
    return ", ".join(parts)
