"""All cases and all ways of writing, asked about by every agent's client, on several processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

from packgate.conform.measurement import QUICK, SPELLINGS
from packgate.conform.payloads.asking import Hook
from packgate.conform.payloads.shared import SharedGate, tells_clients_apart
from packgate.conform.payloads.tally import Tally
from packgate.conform.payloads.trying import attempt
from packgate.conform.probes import case_probes, one_of_each, rewritten
from packgate.hook.opening import open_image
from packgate.hook.prepared_gate import open_gate
from packgate.hook.settings import read_settings
from packgate.testing.evasion import COMMANDS, ways_of_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from packgate.conform.probes import Probe
    from packgate.conform.setup import InstalledHook
    from packgate.engine.gate import Gate
    from packgate.testing.cases import Case

# Of the ways of writing, one in so many is tried where not all are.
_SOME = 250
# Parts of the work for each process: few enough to cost nothing, enough to end together.
_PARTS = 24


@dataclass(frozen=True, slots=True)
class Unit:
    """A case, whether it is tried as it stands, and the ways of writing that it is tried in."""

    case: Case
    itself: bool
    ways: slice


@dataclass(frozen=True, slots=True)
class Pass:
    """``gate`` says what the packs want, ``hook`` is what clients ask; ``agents`` are the names of those clients."""

    gate: Gate
    hook: Hook
    agents: tuple[str, ...]
    units: tuple[Unit, ...]

    def probes(self, unit: Unit) -> Iterator[Probe]:
        """What is tried of a unit."""
        if unit.itself:
            yield from case_probes([unit.case], self.gate)
        yield from rewritten(unit.case, self.gate, unit.ways)

    def part(self, units: Sequence[Unit]) -> dict[str, Tally]:
        """Try some units; what was counted, by agent."""
        tallies = {agent: Tally() for agent in self.agents}
        for unit in units:
            for probe in self.probes(unit):
                for agent, tally in tallies.items():
                    tally.add(probe, attempt(agent, probe, self.hook))
        return tallies

    def run(self, jobs: int = 1, tick: Callable[[int, int], None] | None = None) -> dict[str, Tally]:
        """Try all. ``tick`` is told how many units are done, and of how many."""
        total = {agent: Tally() for agent in self.agents}
        done = 0
        for count, tallies in self._parts(jobs):
            done += count
            for agent, tally in tallies.items():
                total[agent].join(tally)
            if tick is not None:
                tick(done, len(self.units))
        return total

    def _parts(self, jobs: int) -> Iterator[tuple[int, dict[str, Tally]]]:
        # Neighbours are of one policy, and take about as long: every part has some of all.
        count = min(_PARTS * jobs, len(self.units))
        parts = [self.units[start::count] for start in range(count)]
        if jobs < 2:
            yield from ((len(part), self.part(part)) for part in parts)
            return
        # Gates are inherited: they can't be sent, and take seconds to make.
        global _inherited
        _inherited = self
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            work = {pool.submit(_inherited_part, start, count): len(part) for start, part in enumerate(parts)}
            for future in as_completed(work):
                yield work[future], future.result()


_inherited: Pass | None = None


def _inherited_part(start: int, count: int) -> dict[str, Tally]:
    assert _inherited is not None
    return _inherited.part(_inherited.units[start::count])


def make_pass(cases: Sequence[Case], gate: Gate, installed: InstalledHook, agents: Sequence[str], extent: str, now: str) -> Pass:
    """All that is to be tried, by how much is wanted (see `measurement.EXTENTS`). ``now``: RFC 3339."""
    opened = open_gate(open_image(installed.image))
    # An assignment can be one of an agent.
    shared = SharedGate(opened, shares=opened.assignments is None and not tells_clients_apart(gate.engine.packs))
    hook = Hook(shared, read_settings(installed.settings), now)
    return Pass(gate, hook, tuple(agents), tuple(_units(cases, gate, extent)))


def _units(cases: Sequence[Case], gate: Gate, extent: str) -> Iterator[Unit]:
    names = {probe.name for probe in one_of_each(case_probes(cases, gate))} if extent == QUICK else None
    ways = ways_of_cases(cases, gate, COMMANDS)
    for number, case in enumerate(cases):
        own = ways.get(id(case), slice(0, 0))
        if extent != SPELLINGS:
            # Other ones with every case.
            own = slice((own.start or 0) + number % _SOME * (own.step or 1), own.stop, (own.step or 1) * _SOME)
        yield Unit(case, names is None or case.name in names, own)
