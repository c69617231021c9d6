"""Everything that one lane is measured by: the probes, what is rendered, and the passes over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.conform import setup
from packgate.conform.managed import hook_commands, managed_files
from packgate.conform.measure import run
from packgate.conform.probes import case_probes, one_of_each, spellings
from packgate.conform.report import lane_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.conform.lane import Engine, Lane
    from packgate.conform.probes import Probe
    from packgate.render.subject import Subject

# How much is tried: every case; every case and all spellings of one command of every policy; one case of either polarity of every policy.
CASES, SPELLINGS, QUICK = "cases", "all", "quick"
EXTENTS = (QUICK, CASES, SPELLINGS)


@dataclass(frozen=True, slots=True)
class Trial:
    """``bundles``: the folder that the hook decides with."""

    subject: Subject
    bundles: str
    probes: list[Probe]

    def passes(self, lane: Lane, engine: Engine, tick: Callable[[int], None] | None = None) -> dict[str, Any]:
        """Try all probes with the rules alone, then with the hook; the figures of the lane."""
        files, commands = managed_files(lane.name, self.subject), hook_commands(lane.name)
        native = run(lane, engine, setup.native(files, commands, lane.silence), self.probes, native=True, tick=tick)
        hooked = run(lane, engine, setup.hooked(files, commands, self.bundles), self.probes, native=False, tick=tick)
        return lane_data(lane.title, engine.version, native, hooked)


def probes_of(subject: Subject, extent: str) -> list[Probe]:
    """What is tried, by how much is wanted."""
    probes = case_probes(subject.cases, subject.gate)
    if extent == QUICK:
        return one_of_each(probes)
    return probes + spellings(subject.cases, subject.gate) if extent == SPELLINGS else probes
