"""What the speed benchmarks share: a baseline to compare with, and times that noise can only lengthen.

What one process does is timed by the processor time that it takes, so that whatever else runs on the machine matters less.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

LOOP = 200_000
# What starting Python costs at least: no site-packages, no environment.
FLOOR = (sys.executable, "-I", "-S", "-E", "-c", "pass")


def loop_ns() -> float:
    """Nanoseconds for one turn of a fixed pure-Python loop: the baseline that takes the machine out of a figure."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        count = 0
        for number in range(LOOP):
            count += number & 7
        best = min(best, time.process_time() - start)
    return best / LOOP * 1e9


def each_us(work: Callable[[Any], object], items: Sequence[Any], rounds: int) -> list[float]:
    """Microseconds that the work takes on every item: the least of several rounds over all of them."""
    best = [float("inf")] * len(items)
    clock = time.process_time
    for _ in range(rounds):
        for place, item in enumerate(items):
            start = clock()
            work(item)
            taken = clock() - start
            if taken < best[place]:
                best[place] = taken
    return [seconds * 1e6 for seconds in best]


def per_second(work: Callable[[Any], object], items: Sequence[Any], rounds: int) -> float:
    """How many items a second, over whole rounds without a look at the clock in between: the best round."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for item in items:
            work(item)
        best = min(best, time.process_time() - start)
    return len(items) / best


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Mean and percentiles of times in microseconds."""
    ordered = sorted(times)
    shares = (("median", 0.5), ("p90", 0.9), ("p99", 0.99))
    cut = {name: ordered[min(int(len(ordered) * share), len(ordered) - 1)] for name, share in shares}
    return {name: round(value, 1) for name, value in {"mean": statistics.fmean(ordered), **cut, "max": ordered[-1]}.items()}


def process_ms(command: Sequence[str], runs: int, **options: Any) -> float:
    """Milliseconds that a whole process takes: the least of several runs. Exit code 1 (findings) is a result like any other;
    raises `RuntimeError` for one beyond it."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, **options).returncode
        best = min(best, time.perf_counter() - start)
        if code > 1:
            raise RuntimeError(f"{' '.join(command)}: exit code {code}")
    return best * 1e3
