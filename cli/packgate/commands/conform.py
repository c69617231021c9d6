"""`packgate conform`: what agents and engines really stop."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from packgate import clock
from packgate.commands.shared import BrokenPacks, open_cache, open_sound, pack_option, print_findings, print_text
from packgate.conform.lanes import NAMES, find_lane
from packgate.conform.measurement import CASES, EXTENTS
from packgate.conform.oracles.registry import CHECKERS, ENGINES
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packgate.conform.measurement import Measurement
    from packgate.conform.setup import InstalledHook
    from packgate.render.subject import Subject
    from packgate.source.workspace import Workspace

_FORMATS = ("text", "json")


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from packgate.conform.payloads.templates import NAMES as RECORDED

    names = RECORDED if context.params.get("payloads") else (*NAMES, *ENGINES)
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command("conform")
@click.option("--target", "targets", multiple=True, metavar="TARGET", shell_complete=_complete,
              help="The agent or policy engine to try; repeatable. Default: all that are here.")
@click.option("--engine", metavar="PATH", help="The program, or a folder that holds it. With one --target.")
@pack_option
@click.option("--extent", type=click.Choice(EXTENTS), default=CASES, show_default=True,
              help="One case of each polarity of every policy and some spellings; every case and some; every case and all of them.")
@click.option("--rules-only", is_flag=True,
              help="Ask the agents' own rule checkers (codex, gemini) rather than agents: native rules alone.")
@click.option("--payloads", is_flag=True,
              help="Ask the hook with recorded payloads of agents instead: no agent is needed, and all of them take minutes together.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="With --payloads: how many processes. Default: processors, at most 4.")
@click.option("--json", "into", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also write all figures as JSON.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="How the matrix is printed.")
def command(
    targets: tuple[str, ...], engine: str | None, packs: tuple[str, ...], extent: str, rules_only: bool, payloads: bool, jobs: int | None,
    into: Path | None, form: str,
) -> int:
    """Measure what agents stop, on the real programs.

    Every case becomes a tool call that a scripted model makes in the real agent, with the rendered rules alone and with the hook beside
    them. Agents run without network, without your files, and with shells that run nothing (Linux namespaces). An agent is looked for at
    --engine, in PACKGATE_ENGINE_<NAME>, in the folders of PACKGATE_ENGINES, on PATH and in installed packages; one that is not here is
    passed over, and said so. Takes minutes for each agent. Policy engines (opa, by the Python package regopy; cerbos) get the rendered
    policies and the facts of every case, and are held against packgate's own answers. Exit code 1: something that must be stopped was not,
    something was stopped wrongly, or an engine says otherwise than packgate.

    With --payloads no agent runs: cases are put into payloads that were recorded from the agents' clients, the hook's own code answers, and
    what the client makes of the answer counts. So every case in every way of writing can be tried, on any machine.

    \b
    Examples:
      packgate conform --payloads --pack ./packs/payments
      packgate conform --payloads --extent all --target cursor --jobs 2
      packgate conform --target claude-code --extent quick
      packgate conform --target codex --engine ~/codex/bin/codex
      packgate conform --target codex --rules-only
      packgate conform --target opa --target cerbos --extent all
      PACKGATE_ENGINES=~/agents packgate conform --extent all --json matrix.json
    """
    from packgate.conform.oracles.run import check_names, fails

    if engine is not None and len(targets) != 1:
        raise click.UsageError("--engine goes with one --target")
    if payloads and (engine is not None or rules_only):
        raise click.UsageError("--payloads goes without --engine and --rules-only: no agent runs")
    if jobs is not None and not payloads:
        raise click.UsageError("--jobs goes with --payloads")
    if payloads:
        return _asked(targets, packs, extent, jobs, into, form)
    check_names(targets, rules_only=rules_only)
    asked = targets or ((*CHECKERS, *ENGINES) if rules_only else (*NAMES, *ENGINES))
    try:
        data = _measured(asked, engine, packs, extent, rules_only=rules_only)
    except BrokenPacks as broken:
        print_findings(broken.findings)
        return FINDINGS
    if into is not None:
        into.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print_text(_printed(data, form))
    failing = any(_fails(lane) for lane in data["lanes"].values())
    return FINDINGS if failing or any(fails(each) for kind in ("engines", "rules") for each in data[kind].values()) else CLEAN


def _asked(targets: Sequence[str], packs: Sequence[str], extent: str, jobs: int | None, into: Path | None, form: str) -> int:
    """The passes over recorded payloads, printed."""
    from packgate.conform.payloads.ask import check_names
    from packgate.conform.payloads.text import has_problems, text
    from packgate.testing.spread import processors

    check_names(targets)
    try:
        figures, names = asked_by_payloads(packs, targets, extent, jobs or processors(), partial(_say, "payloads"))
    except BrokenPacks as broken:
        print_findings(broken.findings)
        return FINDINGS
    data = {"measured": clock.now()[:10], "pack": ", ".join(names), "extent": extent, "payloads": figures}
    written = json.dumps(data, indent=1, sort_keys=True) + "\n"
    if into is not None:
        into.write_text(written, encoding="utf-8")
    print_text(written if form == "json" else text(data))
    return FINDINGS if any(map(has_problems, figures.values())) else CLEAN


def asked_by_payloads(
    packs: Sequence[str], targets: Sequence[str], extent: str, jobs: int, tick: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """The figures of agents (all, where none is named) by recorded payloads, and the names of the packs. Raises `BrokenPacks`, and
    `UserError` where the layers of a decision are compiled modules: the hook's image is made of sources, and read into this process."""
    from packgate.conform.payloads.ask import ask
    from packgate.facts import program

    if not str(program.__file__).endswith(".py"):
        raise UserError("recorded payloads are decided from the hook's image, which is made of sources", "pip uninstall packgate-compiled")

    space = open_sound(packs)
    subject = subject_of(space)
    with TemporaryDirectory(prefix="packgate-conform-") as folder:
        figures = ask(subject, hook_of(space, folder), targets, extent, jobs, clock.now(), tick)
    return figures, [pack.name for pack in space.packs]


def _measured(targets: Sequence[str], engine: str | None, packs: Sequence[str], extent: str, *, rules_only: bool) -> dict[str, Any]:
    """``rules_only``: agents are not started, their checkers are asked."""
    from packgate.conform.measurement import probes_of
    from packgate.conform.oracles.run import ask

    agents = [target for target in targets if target not in ENGINES and not rules_only]
    for target in agents:
        find_lane(target)
    space = open_sound(packs)
    subject = subject_of(space)
    lanes, skipped = _lanes(agents, engine, space, subject, extent) if agents else ({}, {})
    oracles = [target for target in targets if target not in agents]
    asked = ask(oracles, engine, os.environ, subject, probes_of(subject, extent) if oracles else ())
    return {
        "measured": clock.now()[:10], "pack": ", ".join(pack.name for pack in space.packs), "extent": extent, "lanes": lanes,
        "engines": asked.engines, "rules": asked.rules, "skipped": {**skipped, **asked.skipped},
    }


def _lanes(
    agents: Sequence[str], engine: str | None, space: Workspace, subject: Subject, extent: str,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The figures of agents, and why some were passed over."""
    from packgate.conform.lane import Absent
    from packgate.render.targets import TARGETS

    lanes: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    with TemporaryDirectory(prefix="packgate-conform-") as folder:
        measurement = measurement_of(space, subject, extent, folder)
        for target in agents:
            lane = find_lane(target)
            found = lane.find(engine, os.environ) if target in TARGETS else Absent("nothing is rendered for it yet")
            if isinstance(found, Absent):
                skipped[target] = found.reason
                continue
            lanes[target] = measurement.passes(lane, found, _progress(lane.title, 2 * len(measurement.probes)))
    return lanes, skipped


def make_measurement(packs: Sequence[str], extent: str, folder: str) -> tuple[Measurement, list[str]]:
    """The measurement of some packs, and their names; the hook is installed in ``folder``. Raises `BrokenPacks`."""
    space = open_sound(packs)
    return measurement_of(space, subject_of(space), extent, folder), [pack.name for pack in space.packs]


def subject_of(space: Workspace) -> Subject:
    """What is rendered and tried: the packs at stage block, with the repository's own corpora."""
    from packgate.render.subject import from_workspace

    corpora = Path(space.root) / "testcases" if space.root else None
    return from_workspace(space, stage="block", corpora=corpora, cache=open_cache())


def measurement_of(space: Workspace, subject: Subject, extent: str, folder: str) -> Measurement:
    """What agents are measured with; the hook is installed in ``folder``. Raises `BrokenPacks`."""
    from packgate.conform.measurement import Measurement, probes_of

    return Measurement(subject, hook_of(space, folder), probes_of(subject, extent))


def hook_of(space: Workspace, folder: str) -> InstalledHook:
    """A hook that decides with the packs, installed in ``folder``. Raises `BrokenPacks`."""
    from packgate.conform.setup import install_hook
    from packgate.installation.local_bundles import Unfit, install_packs

    bundles = os.path.join(folder, "bundles")
    try:
        install_packs(bundles, [os.path.abspath(result.path) for result in space.results], "block", clock.now())
    except Unfit as unfit:
        raise BrokenPacks(unfit.findings) from unfit
    return install_hook(folder, bundles)


def _progress(title: str, total: int) -> Callable[[int], None]:
    """Says on standard error how far a lane has come."""
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        _say(title, done, total)

    return tick


def _say(title: str, done: int, total: int) -> None:
    sys.stderr.write(f"{title}: {done}/{total}\n")
    sys.stderr.flush()


def _fails(lane: dict[str, Any]) -> bool:
    return bool(lane["missed"] or lane["wrong"]["hook"])


def _printed(data: dict[str, Any], form: str) -> str:
    from packgate.conform.oracles.text import oracle_text
    from packgate.conform.text import text

    return json.dumps(data, indent=1, sort_keys=True) + "\n" if form == "json" else oracle_text(data) + text(data)
