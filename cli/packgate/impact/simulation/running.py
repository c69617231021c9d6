"""A simulation, carried out: ranges are read, then shares decided, by one process or by many, with the same result."""

from __future__ import annotations

import gc
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.impact.simulation.deciding import Decided, Decider, merge
from packgate.impact.simulation.pair import Pair, relevant_actor
from packgate.impact.simulation.reading import Reader
from packgate.impact.simulation.work import Work, take_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from packgate.impact.simulation.lines import Range
    from packgate.impact.simulation.pair import Policies
    from packgate.impact.simulation.reading import Read

# Bytes of a range, and of the events of a share: what a process holds at a time.
RANGE = 8 * 1024 * 1024
SHARE = 16 * 1024 * 1024
MOST_SHARES = 4096
# Nearly all objects of a decision end with it: looking for cycles among them more often costs more than it frees.
COLLECT = 100_000
# Events are read by several processes only where starting them pays.
_LITTLE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated: the two states of the policies, the files of events (paths, or addresses as text), and the time that waivers are
    held against (RFC 3339)."""

    before: Policies
    after: Policies
    paths: tuple[Path | str, ...]
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """What a simulation found: the ranges, what was read of each, and what all shares came to."""

    plan: Plan
    ranges: tuple[Range, ...]
    reads: tuple[Read, ...]
    decided: Decided


class _Worker:
    """What one process does. The gates are made when a share is first decided."""

    def __init__(self, plan: Plan, folder: str, shares: int, count: int) -> None:
        self.plan = plan
        self.work = Work(Path(folder), shares)
        self.count = count
        self.reader = Reader(relevant_actor((plan.before, plan.after)), shares)
        self.decider: Decider | None = None

    def read(self, part: Range) -> None:
        self.work.put_range(part.number, *self.reader.read(part))

    def decide(self, share: int) -> None:
        if self.decider is None:
            self.decider = Decider(Pair(self.plan.before, self.plan.after, self.plan.now))
        self.work.put_share(share, self.decider.share(self.work.blocks(share, self.count)))


# The worker of this process, where it is one of many.
_own: list[_Worker] = []


def simulate(
    plan: Plan, *, workers: int | None = None, folder: Path | None = None, range_bytes: int = RANGE, share_bytes: int = SHARE,
    tick: Callable[[int], Callable[[], None] | None] | None = None,
) -> Ran:
    """Simulate. ``workers``: how many processes, by default one for every processor where there is much to do; ``folder``: where it works,
    so that it can be taken up again when it was ended (emptied at the end), by default a temporary one; ``tick``: given the number of
    steps, gives what is called after each.

    The result does not depend on workers, ranges or shares. Raises `UserError` for files that can't be read, for a folder of another
    simulation, and when a process was killed.
    """
    with ExitStack() as stack:
        place = folder if folder is not None else Path(stack.enter_context(TemporaryDirectory(prefix="packgate-simulation-")))
        parts, shares = take_up(
            place, plan.paths, (plan.before, plan.after), plan.now, range_bytes, lambda total: shares_for(total, share_bytes),
        )
        work = Work(place, shares)
        setup = plan, str(place), shares, len(parts)
        left = [part for part in parts if not work.has_range(part.number)]
        undecided = [share for share in range(shares) if not work.has_share(share)]
        step = (tick(len(left) + len(undecided)) if tick is not None else None) or _nothing
        if workers is None:
            workers = processors() if sum(part.end - part.start for part in parts) > _LITTLE else 1
        if workers > 1:
            _many(setup, min(workers, max(len(left), len(undecided), 1)), left, undecided, step)
        else:
            _alone(_Worker(*setup), left, undecided, step)
        decided = work.share(0)
        for share in range(1, shares):
            merge(decided, work.share(share))
        found = Ran(plan, tuple(parts), tuple(work.read(part.number) for part in parts), decided)
        if folder is not None:
            work.clear()
    return found


def _alone(own: _Worker, parts: Iterable[Range], shares: Iterable[int], step: Callable[[], None]) -> None:
    """Both halves by this process."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT)
    try:
        for part in parts:
            own.read(part)
            step()
        for share in shares:
            own.decide(share)
            step()
    finally:
        gc.set_threshold(*before)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shares_for(total: int, share_bytes: int) -> int:
    """In how many shares so many bytes are dealt out: enough that no process waits long for the last one."""
    return min(max(total // share_bytes, 1) + (total > _LITTLE) * 15, MOST_SHARES)


def _many(setup: tuple[Any, ...], workers: int, parts: Sequence[Range], shares: Sequence[int], step: Callable[[], None]) -> None:
    """Both halves by several processes, the second when the first is done."""
    executor = ProcessPoolExecutor(workers, get_context("spawn"), _start, setup)
    try:
        _all(executor, [partial(_read, part) for part in parts], step)
        _all(executor, [partial(_decide, share) for share in shares], step)
    except BrokenProcessPool:
        raise UserError(
            "a process of the simulation was killed", "fewer --workers need less memory; with --resume FOLDER it can be taken up again",
        ) from None
    finally:
        executor.shutdown(cancel_futures=True)


def _all(executor: ProcessPoolExecutor, tasks: Iterable[Callable[[], None]], step: Callable[[], None]) -> None:
    for future in as_completed([executor.submit(task) for task in tasks]):
        future.result()
        step()


def _start(*setup: Any) -> None:
    """Make this process a worker: it ends when the one that started it does, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    above = parent_process()
    if above is not None:
        threading.Thread(target=_end_with, args=(above.sentinel,), daemon=True).start()
    gc.set_threshold(COLLECT)
    _own[:] = [_Worker(*setup)]


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _read(part: Range) -> None:
    _own[0].read(part)


def _decide(share: int) -> None:
    _own[0].decide(share)


def _nothing() -> None:
    return
