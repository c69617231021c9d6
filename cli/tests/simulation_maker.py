"""Events and policies to simulate: those of the benchmark, which has the same ones every time, as lines and as Parquet."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
try:
    from simulate import policies, write_events
finally:
    sys.path.pop(0)

from packgate.impact.simulation.running import Plan

NOW = "2026-02-01T00:00:00Z"


def plan_of(*paths: Path | str, policies_count: int = 60) -> Plan:
    """A pack at audit, and with a tenth of its policies at block, on these files."""
    return Plan(policies(policies_count, "audit"), policies(policies_count, "block"), paths, NOW)


def make_log(path: Path, count: int) -> Path:
    """So many events, half of them distinct, and at the end three lines that are none."""
    write_events(path, count)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"v": 1, "kind": "gap", "outcome": {"failure": "no-policies"}}\n{damaged\n\n')
    return path


def as_parquet(log: Path, target: Path, rows: int) -> Path:
    """The same events as Parquet, with where their lines stood."""
    lines = log.read_text(encoding="utf-8").splitlines()
    table = pyarrow.table({"event": lines, "file": [str(log)] * len(lines), "line": list(range(1, len(lines) + 1))})
    parquet.write_table(table, target, row_group_size=rows, compression="zstd")
    return target
