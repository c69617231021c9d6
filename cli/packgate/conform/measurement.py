"""Everything that one lane is measured by: the probes, what is rendered, and the passes over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.conform import setup
from packgate.conform.lane import Setting
from packgate.conform.managed import hook_commands, managed_files
from packgate.conform.measure import refusals, run
from packgate.conform.probes import case_probes, one_of_each, spellings
from packgate.conform.report import lane_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.conform.lane import Engine, Lane
    from packgate.conform.probes import Probe
    from packgate.render.subject import Subject

# How much is tried: one case of either polarity of every policy and some spellings; every case and some; every case and all of them.
CASES, SPELLINGS, QUICK = "cases", "all", "quick"
EXTENTS = (QUICK, CASES, SPELLINGS)
# Of the spellings, one in so many is tried when little is.
_SOME = 15


@dataclass(frozen=True, slots=True)
class Measurement:
    """``hook``: the one that is installed, which decides as the subject does."""

    subject: Subject
    hook: setup.InstalledHook
    probes: list[Probe]

    def passes(self, lane: Lane, engine: Engine, tick: Callable[[int], None] | None = None) -> dict[str, Any]:
        """Try all probes with the rules alone, then with the hook, and without either what rules seem to have stopped needlessly; the
        figures of the lane."""
        native = run(lane, engine, self.native(lane), self.probes, native=True, tick=tick)
        hooked = run(lane, engine, self.hooked(lane), self.probes, native=False, tick=tick)
        doubtful = {probe.name: probe for probe in (*native.doubtful, *hooked.doubtful)}
        refused = refusals(lane, engine, Setting(files=dict(lane.allowing)), list(doubtful.values()))
        return lane_data(lane.title, engine.version, native.without(refused, native=True), hooked.without(refused, native=False))

    def native(self, lane: Lane) -> Setting:
        """The lane's agent with the rules alone."""
        return setup.native(managed_files(lane.name, self.subject, setup.SILENT), hook_commands(lane.name, setup.SILENT), lane.silence)

    def hooked(self, lane: Lane) -> Setting:
        """The lane's agent with rules and hook."""
        launcher = self.hook.launcher
        return setup.hooked(managed_files(lane.name, self.subject, launcher), hook_commands(lane.name, launcher), self.hook)


def probes_of(subject: Subject, extent: str) -> list[Probe]:
    """What is tried, by how much is wanted."""
    probes = case_probes(subject.cases, subject.gate)
    ways = spellings(subject.cases, subject.gate)
    return (one_of_each(probes) if extent == QUICK else probes) + (ways if extent == SPELLINGS else ways[::_SOME])
