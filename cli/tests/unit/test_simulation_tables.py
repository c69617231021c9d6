"""The halves of a simulation as functions on Arrow tables: what they come to is what an ordinary run comes to, and a part that is missing or
came twice is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow
import pytest
from simulation_maker import as_parquet, make_log, plan_of

from packgate.errors import UserError
from packgate.impact.simulation.as_json import as_json
from packgate.impact.simulation.lines import ranges
from packgate.impact.simulation.result import result_of
from packgate.impact.simulation.running import Plan, Ran, simulate
from packgate.impact.simulation.tables import DecideShares, NotWhole, ReadRanges, gather, sealed, table_of_ranges, version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHARES = 5


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_log(tmp_path_factory.mktemp("events") / "log.jsonl", 1500)


def read(plan: Plan, size: int = 200_000, made_by: str | None = None) -> tuple[list[Any], Any]:
    """The ranges of a plan and all blocks of them, two ranges to a table."""
    parts = ranges(plan.paths, size)
    reader = ReadRanges(made_by or version(), sealed((plan.before, plan.after)), SHARES)
    tables = [table for start in range(0, len(parts), 2) for table in reader(table_of_ranges(parts[start:start + 2]))]
    return parts, pyarrow.concat_tables(tables)


def decide(plan: Plan, blocks: Any, made_by: str | None = None) -> list[Any]:
    """What each share comes to, in an order that nobody promised."""
    decider = DecideShares(made_by or version(), sealed((plan.before, plan.after)), plan.now)
    shares = sorted(set(blocks.column("share").to_pylist()), reverse=True)
    turned = blocks.take(list(range(blocks.num_rows - 1, -1, -1)))
    return [decider(turned.filter(pyarrow.compute.equal(turned.column("share"), share))) for share in shares]


def found(plan: Plan, parts: list[Any], tables: list[Any]) -> Any:
    return as_json(result_of(Ran(plan, tuple(parts), *(tuple(each) if isinstance(each, list) else each for each in gather(len(parts), tables)))))


def test_tables_come_to_what_an_ordinary_run_comes_to(log: Path, tmp_path: Path) -> None:
    rows = as_parquet(log, tmp_path / "rows.parquet", 400)
    for plan in (plan_of(log), plan_of(rows), plan_of(log, rows)):
        parts, blocks = read(plan)
        assert len(parts) >= 4
        assert found(plan, parts, decide(plan, blocks)) == as_json(result_of(simulate(plan, workers=1)))


def test_nothing_to_read_is_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    plan = plan_of(empty)
    assert found(plan, [], []) == as_json(result_of(simulate(plan)))
    empty.write_text("{damaged\n")
    parts, blocks = read(plan)
    assert found(plan, parts, decide(plan, blocks)) == as_json(result_of(simulate(plan)))


def rows_of(table: Any, keep: Callable[[dict[str, Any]], int]) -> Any:
    """The rows of a table, each as often as is said."""
    rows = [row for row in table.to_pylist() for _ in range(keep(row))]
    return pyarrow.Table.from_pylist(rows, table.schema)


@pytest.mark.parametrize("times", [0, 2])
def test_a_part_that_is_missing_or_came_twice_is_noticed(log: Path, times: int) -> None:
    plan = plan_of(log)
    parts, blocks = read(plan)
    whole = decide(plan, blocks)
    gather(len(parts), whole)

    def changed(share: int, number: int) -> Any:
        return rows_of(blocks, lambda row: times if (row["share"], row["range"]) == (share, number) else 1)

    # A block on its way, of a share and of what is beside; all of a range; a share's result.
    for share in (2, -1):
        with pytest.raises(NotWhole):
            gather(len(parts), decide(plan, changed(share, 1)))
    with pytest.raises(NotWhole):
        gather(len(parts), decide(plan, rows_of(blocks, lambda row: times if row["range"] == 1 else 1)))
    for place in range(len(whole)):
        with pytest.raises(NotWhole):
            gather(len(parts), [*whole[:place], *[whole[place]] * times, *whole[place + 1:]])
    # One lost and another twice, so that the number of blocks is right.
    other = rows_of(blocks, lambda row: {(1, 0): times, (1, 1): 2 - times}.get((row["share"], row["range"]), 1))
    with pytest.raises(NotWhole, match="not what was read"):
        gather(len(parts), decide(plan, other))


def test_another_version_and_a_file_that_is_gone_are_told(log: Path, tmp_path: Path) -> None:
    plan = plan_of(log)
    parts, blocks = read(plan, made_by="packgate 0.0.0, cpython-399")
    with pytest.raises(UserError, match=r"a worker runs packgate .* begun by packgate 0\.0\.0"):
        gather(len(parts), decide(plan, blocks))
    _, blocks = read(plan)
    with pytest.raises(UserError, match="a worker runs"):
        gather(len(parts), decide(plan, blocks, made_by="packgate 0.0.0, cpython-399"))
    copy = tmp_path / "gone.jsonl"
    copy.write_bytes(log.read_bytes())
    plan = plan_of(copy)
    parts = ranges(plan.paths, 200_000)
    copy.unlink()
    reader = ReadRanges(version(), sealed((plan.before, plan.after)), SHARES)
    with pytest.raises(UserError, match="gone.jsonl: can't be read"):
        gather(len(parts), [decided for table in reader(table_of_ranges(parts)) for decided in decide(plan, table)])
