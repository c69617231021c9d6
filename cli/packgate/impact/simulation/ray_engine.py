"""A simulation by Ray Data: the same halves as `running` carries out, between them Ray's shuffle.

    ranges → ReadRanges (actors) → blocks → by share → DecideShares (actors) → `gather`

A worker that ends in the middle is started again, and what it had begun is done again from the start; what it gave before counts once,
since Ray keeps a table whole or not at all. `gather` holds that against the marks of all blocks.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.eventstore.places import absolute
from packgate.impact.simulation.deciding import Decided
from packgate.impact.simulation.lines import ranges
from packgate.impact.simulation.ray_cluster import cluster
from packgate.impact.simulation.running import COLLECT, RANGE, SHARE, Ran, processors, shares_for
from packgate.impact.simulation.tables import DecideShares, ReadRanges, gather, sealed, table_of_ranges, version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packgate.impact.simulation.lines import Range
    from packgate.impact.simulation.running import Plan

# Tasks of reading for each worker: enough that none waits long for the last one, and few enough to plan.
_TASKS = 16
_MOST_PARTITIONS = 1024
# Ray's unit of a processor.
_UNIT = 10_000


class RangeReader(ReadRanges):
    """One that has a process for itself."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        gc.set_threshold(COLLECT)


class ShareDecider(DecideShares):
    """One that has a process for itself."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        gc.set_threshold(COLLECT)


def simulate_on_ray(
    plan: Plan, *, address: str | None = None, workers: int | None = None, range_bytes: int = RANGE, share_bytes: int = SHARE,
    progress: bool = False,
) -> Ran:
    """Simulate with a cluster of Ray: one of its own, or that at an address. ``workers``: how many actors of each half, by default one for
    every processor; ``progress``: whether Ray shows its own bars.

    The result is that of `running.simulate`. Raises `UserError` for files that can't be read, on a worker too, without Ray, and for
    workers of another version; `NotWhole` when a part is missing or came twice.
    """
    parts = ranges(plan.paths, range_bytes)
    if not parts:
        return Ran(plan, (), (), Decided())
    with cluster(address, processors=workers or processors(), store=sum(part.end - part.start for part in parts)) as ray:
        return on_cluster(ray, plan, parts, workers=workers, share_bytes=share_bytes, progress=progress)


def on_cluster(
    ray: Any, plan: Plan, parts: Sequence[Range], *, workers: int | None = None, share_bytes: int = SHARE, progress: bool = False,
    reader: type[ReadRanges] = RangeReader, decider: type[DecideShares] = ShareDecider,
) -> Ran:
    """Simulate ranges with the cluster that Ray is connected to. Raises as `simulate_on_ray` does."""
    there = int(ray.cluster_resources().get("CPU", 1))
    count = min(workers or there, len(parts))
    shares = shares_for(sum(part.end - part.start for part in parts), share_bytes)
    sides = sealed((plan.before, plan.after))
    pool = ray.data.ActorPoolStrategy(size=count)
    # The shuffle needs a whole processor while those who decide are there already.
    part = min(max(there - 1, 0) * _UNIT // (2 * count) / _UNIT, 1.0)
    with _settings(ray, progress), _told(ray):
        blocks = ray.data.from_arrow(_tables(parts, count)).map_batches(
            reader, batch_size=None, batch_format="pyarrow", fn_constructor_args=(version(), sides, shares), compute=pool,
        ).materialize()
        decided = blocks.groupby("share", num_partitions=min(shares + 1, _MOST_PARTITIONS)).map_groups(
            decider, batch_format="pyarrow", fn_constructor_args=(version(), sides, plan.now), compute=pool, num_cpus=part,
        )
        reads, found = gather(len(parts), decided.iter_batches(batch_size=None, batch_format="pyarrow"))
    return Ran(plan, tuple(parts), tuple(reads), found)


def _tables(parts: Sequence[Range], workers: int) -> list[Any]:
    """Ranges as tables, each for one task; files as any worker may name them."""
    size = max(len(parts) // (workers * _TASKS), 1)
    known = [replace(part, path=absolute(part.path)) for part in parts]
    return [table_of_ranges(known[start:start + size]) for start in range(0, len(known), size)]


@contextmanager
def _told(ray: Any) -> Iterator[None]:
    """What Ray raises, as `UserError`."""
    try:
        yield
    except ray.exceptions.RayError as error:
        raise UserError(
            f"the simulation on Ray was ended: {_cause(error)}",
            "every node needs this version of packgate, and memory for a share; fewer --workers need less",
        ) from error


def _cause(error: BaseException) -> str:
    """What Ray's report of an error says last: the error itself, after the stack of the worker."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


@contextmanager
def _settings(ray: Any, progress: bool) -> Iterator[None]:
    """Ray Data's settings for a simulation."""
    context = ray.data.DataContext.get_current()
    # A node that ends while it starts a worker is no defect of the worker.
    wanted = {"enable_progress_bars": progress, "max_consecutive_actor_init_deaths": 8}
    before = {name: getattr(context, name) for name in wanted if hasattr(context, name)}
    for name in before:
        setattr(context, name, wanted[name])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(context, name, value)
