"""`packgate conform`: what agents and engines really stop."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from packgate import clock
from packgate.commands.shared import BrokenPacks, open_cache, open_workspace, pack_option, print_findings, print_text
from packgate.conform.lanes import NAMES
from packgate.conform.measurement import CASES, EXTENTS
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packgate.conform.measurement import Measurement

_FORMATS = ("text", "json")


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in NAMES if name.startswith(incomplete)]


@click.command("conform")
@click.option("--target", "targets", multiple=True, metavar="TARGET", shell_complete=_complete,
              help="The agent to try; repeatable. Default: all that are here.")
@click.option("--engine", metavar="PATH", help="The agent's program, or a folder that holds it. With one --target.")
@pack_option
@click.option("--extent", type=click.Choice(EXTENTS), default=CASES, show_default=True,
              help="One case of each polarity of every policy and some spellings; every case and some; every case and all of them.")
@click.option("--json", "into", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also write all figures as JSON.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="How the matrix is printed.")
def command(targets: tuple[str, ...], engine: str | None, packs: tuple[str, ...], extent: str, into: Path | None, form: str) -> int:
    """Measure what agents stop, on the real programs.

    Every case becomes a tool call that a scripted model makes in the real agent, with the rendered rules alone and with the hook beside
    them. Agents run without network, without your files, and with shells that run nothing (Linux namespaces). An agent is looked for at
    --engine, in PACKGATE_ENGINE_<NAME>, in the folders of PACKGATE_ENGINES, on PATH and in installed packages; one that is not here is
    passed over, and said so. Takes minutes for each agent. Exit code 1: something that must be stopped was not, or was stopped wrongly.

    \b
    Examples:
      packgate conform --target claude-code --extent quick
      packgate conform --target codex --engine ~/codex/bin/codex
      PACKGATE_ENGINES=~/agents packgate conform --extent all --json matrix.json
    """
    if engine is not None and len(targets) != 1:
        raise click.UsageError("--engine goes with one --target")
    try:
        data = _measured(targets or NAMES, engine, packs, extent)
    except BrokenPacks as broken:
        print_findings(broken.findings)
        return FINDINGS
    if into is not None:
        into.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print_text(_printed(data, form))
    return FINDINGS if any(_fails(lane) for lane in data["lanes"].values()) else CLEAN


def _measured(targets: Sequence[str], engine: str | None, packs: Sequence[str], extent: str) -> dict[str, Any]:
    from packgate.conform.lane import Absent
    from packgate.conform.lanes import find_lane
    from packgate.render.targets import TARGETS

    lanes: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    with TemporaryDirectory(prefix="packgate-conform-") as folder:
        measurement, names = make_measurement(packs, extent, folder)
        for target in targets:
            lane = find_lane(target)
            found = lane.find(engine, os.environ) if target in TARGETS else Absent("nothing is rendered for it yet")
            if isinstance(found, Absent):
                skipped[target] = found.reason
                continue
            lanes[target] = measurement.passes(lane, found, _progress(lane.title, 2 * len(measurement.probes)))
    return {"measured": clock.now()[:10], "pack": ", ".join(names), "extent": extent, "lanes": lanes, "skipped": skipped}


def make_measurement(packs: Sequence[str], extent: str, folder: str) -> tuple[Measurement, list[str]]:
    """The measurement of some packs, and their names; the hook is installed in ``folder``. Raises `BrokenPacks`."""
    from packgate.conform.measurement import Measurement, probes_of
    from packgate.conform.setup import install_hook
    from packgate.installation.local_bundles import Unfit, install_packs
    from packgate.render.subject import from_workspace

    space = open_workspace(packs)
    if not space.ok:
        raise BrokenPacks(space.diagnostics)
    bundles = os.path.join(folder, "bundles")
    try:
        install_packs(bundles, [os.path.abspath(result.path) for result in space.results], "block", clock.now())
    except Unfit as unfit:
        raise BrokenPacks(unfit.findings) from unfit
    corpora = Path(space.root) / "testcases" if space.root else None
    subject = from_workspace(space, stage="block", corpora=corpora, cache=open_cache())
    return Measurement(subject, install_hook(folder, bundles), probes_of(subject, extent)), [pack.name for pack in space.packs]


def _progress(title: str, total: int) -> Callable[[int], None]:
    """Says on standard error how far a lane has come."""
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        sys.stderr.write(f"{title}: {done}/{total}\n")
        sys.stderr.flush()

    return tick


def _fails(lane: dict[str, Any]) -> bool:
    return bool(lane["missed"] or lane["wrong"]["hook"])


def _printed(data: dict[str, Any], form: str) -> str:
    from packgate.conform.text import text

    return json.dumps(data, indent=1, sort_keys=True) + "\n" if form == "json" else text(data)
