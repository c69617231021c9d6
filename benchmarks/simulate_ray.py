"""The same simulation by processes of this machine and by Ray, without and with killed workers; and how many bytes an event has on its way.

    python benchmarks/simulate_ray.py [--events 60000] [--policies 1000] [--workers 2] [--json FILE]

Events and policies are those of benchmarks/simulate.py, as Parquet in row groups of a few thousand events. Ray runs on a cluster of its own on this
machine, which says what it costs and that it is right, not how it scales. In the last run a worker of each half is killed (SIGKILL) when
it has begun something and not ended it, after others have ended theirs.

*Seconds* are of the wall clock; those of Ray are without the start of the cluster, which is said apart. *Bytes of an event*: as the line that
the log holds, as Parquet (zstd), as what goes from readers to deciders, and as what deciders send back. *Processor*: what reading and deciding an event take of it, half of the actions distinct.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from simulate import policies, write_events

from packgate.eventstore.rows import EVENT
from packgate.impact.simulation.as_json import as_json
from packgate.impact.simulation.lines import ranges
from packgate.impact.simulation.ray_cluster import cluster
from packgate.impact.simulation.ray_engine import RangeReader, ShareDecider, on_cluster
from packgate.impact.simulation.result import result_of
from packgate.impact.simulation.running import Plan, Ran, simulate
from packgate.impact.simulation.tables import DecideShares, ReadRanges, sealed, table_of_ranges, version

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 4096
SHARE_BYTES = 4 * 1024 * 1024
JOURNAL = "PACKGATE_BENCHMARK_JOURNAL"


def tell(what: str, half: str, name: int) -> None:
    """Add a line to the journal."""
    with open(os.environ[JOURNAL], "ab", buffering=0) as file:
        file.write(f"{what} {half} {os.getpid()} {name}\n".encode())


class ToldReader(RangeReader):
    """A reader that tells what it begins and ends."""

    def __call__(self, table: Any) -> Iterator[Any]:
        """As it does."""
        number = table.column("number")[0].as_py()
        tell("begin", "read", number)
        yield from super().__call__(table)
        tell("end", "read", number)


class ToldDecider(ShareDecider):
    """A decider that tells what it begins and ends."""

    def __call__(self, table: Any) -> Any:
        """As it does."""
        share = table.column("share")[0].as_py()
        tell("begin", "decide", share)
        found = super().__call__(table)
        tell("end", "decide", share)
        return found


class Killer(threading.Thread):
    """Kills a worker of each half at work; ``killed`` says which, and what they had begun."""

    def __init__(self, journal: Path) -> None:
        super().__init__(daemon=True)
        self.journal = journal
        self.killed: list[tuple[str, int, int]] = []

    def run(self) -> None:
        """Until both are killed."""
        for half in ("read", "decide"):
            while not any(each == half for each, _, _ in self.killed):
                begun = self.at_work(half)
                if begun and self._done(half):
                    os.kill(begun[0][0], signal.SIGKILL)
                    time.sleep(0.2)
                    # Else it ended what it did just before: that shows nothing, so another is killed.
                    if begun[0] in self.at_work(half):
                        self.killed.append((half, *begun[0]))
                time.sleep(0.005)

    def at_work(self, half: str) -> list[tuple[int, int]]:
        """(process, name) of what was begun and not ended."""
        lines = self._lines(half)
        ended = {(process, name) for what, process, name in lines if what == "end"}
        return [(process, name) for what, process, name in lines if what == "begin" and (process, name) not in ended]

    def _done(self, half: str) -> bool:
        return any(what == "end" for what, _, _ in self._lines(half))

    def _lines(self, half: str) -> list[tuple[str, int, int]]:
        found = [line.split() for line in self.journal.read_text().splitlines()]
        return [(what, int(process), int(name)) for what, of, process, name in found if of == half]


def write_rows(log: Path, target: Path) -> None:
    """The events of a log as Parquet. Each names the line before it by its digest, and its decision by a random id, as those of a real log do:
    these are most of what does not compress."""
    import pyarrow
    from pyarrow import parquet

    lines, chooser, before = [], random.Random(5), "0" * 64
    for line in log.read_text(encoding="utf-8").splitlines():
        named = re.sub(r'"decision_id":"d-[0-9a-f]{32}"', f'"decision_id":"d-{chooser.getrandbits(128):032x}"', line, count=1)
        lines.append(named.replace(f'"prev":"sha256:{"0" * 64}"', f'"prev":"sha256:{before}"'))
        before = hashlib.sha256(lines[-1].encode()).hexdigest()
    parquet.write_table(pyarrow.table({EVENT: lines}), target, row_group_size=ROWS, compression="zstd", use_dictionary=False)


def halves(plan: Plan, count: int, shares: int = 8) -> tuple[dict[str, int], dict[str, Any]]:
    """Bytes of an event that go from readers to deciders, and back from them; and what of the processor's time each half takes."""
    import pyarrow

    sides = sealed((plan.before, plan.after))
    reader, decider = ReadRanges(version(), sides, shares), DecideShares(version(), sides, plan.now)
    start = time.process_time()
    blocks = pyarrow.concat_tables(list(reader(table_of_ranges(ranges(plan.paths, 1 << 23)))))
    read = time.process_time() - start
    dealt = [blocks.filter(pyarrow.compute.equal(blocks.column("share"), share)) for share in range(shares)]
    start = time.process_time()
    found = [decider(each) for each in dealt if each.num_rows]
    decided = time.process_time() - start
    size = {"shuffled": round(blocks.nbytes / count), "decided": round(sum(each.nbytes for each in found) / count)}
    return size, {
        "reading_us": round(read / count * 1e6, 1), "deciding_us": round(decided / count * 1e6, 1), "reading_share": round(read / (read + decided), 3),
    }


def timed(run: Any) -> tuple[float, str]:
    """Seconds, and what was found as text."""
    start = time.perf_counter()
    ran: Ran = run()
    seconds = time.perf_counter() - start
    return seconds, json.dumps(as_json(result_of(ran)), sort_keys=True)


def measure(folder: Path, count: int, many: int, workers: int) -> dict[str, Any]:
    """All figures."""
    log, rows, journal = folder / "events.jsonl", folder / "events.parquet", folder / "journal"
    write_events(log, count)
    write_rows(log, rows)
    journal.touch()
    os.environ[JOURNAL] = str(journal)
    plan = Plan(policies(many, "audit"), policies(many, "block"), (rows,), "2026-02-01T00:00:00Z")
    parts = ranges(plan.paths, 1 << 23)
    print(f"{count:,} events, {many:,} policies, {len(parts)} row groups, load {os.getloadavg()[0]:.1f}", flush=True)
    local, first = timed(lambda: simulate(plan, workers=workers, share_bytes=SHARE_BYTES))
    print(f"  local: {local:.1f} s", flush=True)
    begun = time.perf_counter()
    with cluster(processors=workers) as ray:
        start = time.perf_counter() - begun
        whole, second = timed(lambda: on_cluster(ray, plan, parts, workers=workers, share_bytes=SHARE_BYTES))
        print(f"  Ray: {whole:.1f} s, and {start:.1f} s to start the cluster", flush=True)
        killer = Killer(journal)
        killer.start()
        broken, third = timed(lambda: on_cluster(
            ray, plan, parts, workers=workers, share_bytes=SHARE_BYTES, reader=ToldReader, decider=ToldDecider))
    print(f"  Ray, with workers killed at work ({', '.join(half for half, _, _ in killer.killed)}): {broken:.1f} s", flush=True)
    found = json.loads(first)
    travelling, processor = halves(plan, count)
    return {
        "events": count, "policies": many, "workers": workers, "row_groups": len(parts), "load": round(os.getloadavg()[0], 1),
        "distinct": found["replayed"]["distinct"], "stopped": found["outcomes"]["changes"]["stopped"]["count"],
        "local": {"seconds": round(local, 2), "events_per_second": round(count / local)},
        "ray": {"seconds": round(whole, 2), "events_per_second": round(count / whole), "start_seconds": round(start, 2)},
        "killed": {"seconds": round(broken, 2), "workers": [half for half, _, _ in killer.killed]},
        "bytes_of_an_event": {
            "line": round(log.stat().st_size / count), "parquet": round(rows.stat().st_size / count), **travelling,
        },
        "processor": processor,
        "identical": first == second == third and [half for half, _, _ in killer.killed] == ["read", "decide"],
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--policies", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.events, options.policies, options.workers)
    print(f"  bytes of an event: {figures['bytes_of_an_event']}; the same tables, with both halves hit: {figures['identical']}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures) + "\n", encoding="utf-8")
    return 0 if figures["identical"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
