"""`packgate test --evade` and `--mutate`: what else the cases of a pack are good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.commands.known_values import known_values
from packgate.commands.progress import progress
from packgate.diagnostics import Diagnostic, Position
from packgate.report import Check, make_report
from packgate.testing import codes
from packgate.testing.evasion import Tally, evade, total
from packgate.testing.mutation import mutate, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.report import Report
    from packgate.testing.evasion import EvasionRun
    from packgate.testing.mutation import MutationRun
    from packgate.testing.suite import Suite


def evasion_report(suite: Suite) -> Report:
    """Every must_fire command of the chosen cases, rewritten and as mere data."""
    runs: dict[str, EvasionRun] = {}
    with progress(sum(len(each.own) for each in suite.packs), "rewriting commands", long=1) as tick:
        for each in suite.packs:
            runs[each.result.path] = evade(each.own, each.gate, tick)
    lines = [line for run in runs.values() for line in _evasion_lines(run)]
    return make_report(
        [item for run in runs.values() for item in run.diagnostics], summary="\n".join(lines), titles=codes.TITLES,
        checks=[check for path, run in runs.items() for check in _evasion_checks(run, path)],
        scores={"evasion": {path: run.to_json() for path, run in runs.items()}},
    )


def _evasion_lines(run: EvasionRun) -> Iterator[str]:
    """The score of every policy, then of all."""
    width = max([len(policy) for policy in (*run.fires, *run.passed_over)], default=0)
    for policy, tally in run.fires.items():
        yield f"{policy:{width}}  {_share(tally, 'rewrites')}  {_share(run.data[policy], 'as data')}"
    for policy, why in run.passed_over.items():
        yield f"{policy:{width}}  {why}"
    fires, data = total(run.fires.values()), total(run.data.values())
    unsure = f" ({fires.flagged} of the others are called unsure)" if fires.tried > fires.held else ""
    yield f"{fires.held} of {fires.tried} rewritten commands fire their policy{unsure}"
    yield f"{data.held} of {data.tried} commands do not fire it as data"


def _share(tally: Tally, name: str) -> str:
    score = tally.score
    return f"{name} {tally.held}/{tally.tried}" + ("" if score is None else f" {score:.1f} %")


def _evasion_checks(run: EvasionRun, path: str) -> Iterator[Check]:
    for policy, tally in run.fires.items():
        for name, each in (("rewrites", tally), ("data", run.data[policy])):
            yield Check(f"{policy}/{name}", path, "passed" if each.held == each.tried else "failed", f"{each.held} of {each.tried} hold")
    for policy, why in run.passed_over.items():
        yield Check(f"{policy}/rewrites", path, "skipped", why)


def mutation_report(suite: Suite, minimum: float | None) -> Report:
    """Every policy of which a case was chosen, changed; ``minimum``: the score in percent below which a pack has an error."""
    runs: dict[str, MutationRun] = {}
    chosen = [({case.policy for case in each.own} if each.chosen is not None else None, each) for each in suite.packs]
    with progress(sum(len(each.result.own_policies) for each in suite.packs), "changing policies", long=1) as tick:
        for policies, each in chosen:
            assert each.result.pack is not None
            runs[each.result.path] = mutate(
                each.result, each.all, each.gate, lists=suite.space.lists, values=known_values(each.result.pack),
                policies=None if policies is None else sorted(policies), tick=tick,
            )
    findings = [item for run in runs.values() for item in run.survivors]
    for path, run in runs.items():
        score = percent(run.killed, run.tried)
        if minimum is not None and score is not None and score < minimum:
            message = f"the cases of pack '{run.pack}' notice {score} % of the changes; {minimum:g} % are asked for"
            findings.append(Diagnostic(codes.LOW_MUTATION_SCORE, message, Position(path)))
    return make_report(
        findings, summary="\n".join(line for run in runs.values() for line in _mutation_lines(run)), titles=codes.TITLES,
        checks=[check for path, run in runs.items() for check in _mutation_checks(run, path)],
        scores={"mutation": {path: run.to_json() for path, run in runs.items()}},
    )


def _mutation_lines(run: MutationRun) -> Iterator[str]:
    width = max([len(score.policy) for score in run.policies], default=0)
    for score in run.policies:
        killed, share = score.killed.total(), percent(score.killed.total(), score.tried)
        yield f"{score.policy:{width}}  {killed}/{score.tried}" + ("" if share is None else f" {share:.1f} %")
    share = percent(run.killed, run.tried)
    yield f"{run.killed} of {run.tried} changes are noticed" + ("" if share is None else f" ({share:.1f} %)")
    equivalent = sum(score.equivalent for score in run.policies)
    if equivalent:
        yield f"{equivalent} changes match the same operations and do not count"


def _mutation_checks(run: MutationRun, path: str) -> Iterator[Check]:
    for score in run.policies:
        status: Any = "passed" if not score.survived else "failed"
        yield Check(f"{score.policy}/mutants", path, status, f"{score.killed.total()} of {score.tried} noticed")
