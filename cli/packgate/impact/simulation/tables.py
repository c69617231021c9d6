"""The two halves of a simulation as functions on Arrow tables: what an engine that moves tables between processes and machines is given.

A table of ranges becomes one of blocks, a row for each range and share; the rows of one share become one row with what it came to. What
moves is Arrow; inside a block is `marshal` of plain data, as in the files of an ordinary simulation, so both ends run the same version.

Every block has a mark, a digest of where it belongs and what it holds. The reader of a range adds up those of its blocks, who decides a
share those of the blocks that it was given: what was lost on the way, or came twice, makes the sums differ.
"""

from __future__ import annotations

import marshal
import pickle
import struct
import sys
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from packgate import __version__
from packgate.errors import UserError
from packgate.impact.simulation.deciding import Decided, Decider, merge
from packgate.impact.simulation.lines import Range
from packgate.impact.simulation.pair import Pair, relevant_actor
from packgate.impact.simulation.plain import decided_from, decided_to, is_empty, range_to, read_from
from packgate.impact.simulation.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packgate.impact.simulation.pair import Policies
    from packgate.impact.simulation.reading import Read

# Instead of a share: what a range holds beside actions, and why something could not be done.
BESIDE, FAILED = -1, -2
_MARKS = 1 << 128
_WHERE = struct.Struct("<qq")


class NotWhole(Exception):
    """What arrived is not what was sent: an engine lost something, or did something twice. The simulation says nothing."""


def version() -> str:
    """What has to be the same wherever a simulation runs."""
    return f"packgate {__version__}, {sys.implementation.cache_tag}"


def table_of_ranges(parts: Iterable[Range]) -> Any:
    """Ranges as a table (number, file, path, start, end, group)."""
    import pyarrow

    schema = pyarrow.schema([
        ("number", pyarrow.int64()), ("file", pyarrow.int64()), ("path", pyarrow.string()), ("start", pyarrow.int64()),
        ("end", pyarrow.int64()), ("group", pyarrow.int64()),
    ])
    return pyarrow.Table.from_pylist([{name: getattr(part, name) for name in schema.names} for part in parts], schema)


class ReadRanges:
    """Ranges → blocks. ``made_by``: the `version` of who sends ranges; ``sides``: pickled states of the policies."""

    def __init__(self, made_by: str, sides: bytes, shares: int) -> None:
        self.made_by = made_by
        self.sides = sides
        self.shares = shares
        self.reader: Reader | None = None

    def __call__(self, table: Any) -> Iterator[Any]:
        """A table (share, range, data) for every range: a row for each share that it holds something of, and one for what is beside."""
        for row in table.to_pylist():
            part = Range(**row)
            try:
                if self.reader is None:
                    self.reader = Reader(relevant_actor(_opened(self.made_by, self.sides)), self.shares)
                *blocks, rest = range_to(*self.reader.read(part))
            except UserError as error:
                yield _rows([(FAILED, part.number, _packed((error.message, error.hint)))])
                continue
            rows = [(share, part.number, _packed(block)) for share, block in enumerate(blocks) if not is_empty(block)]
            yield _rows([*rows, (BESIDE, part.number, _packed((rest, sum(mark(*row) for row in rows) % _MARKS)))])


class DecideShares:
    """The blocks of a share → what it came to. The gates are made once, when a share is first decided."""

    def __init__(self, made_by: str, sides: bytes, now: str | None) -> None:
        self.made_by = made_by
        self.sides = sides
        self.now = now
        self.decider: Decider | None = None

    def __call__(self, table: Any) -> Any:
        """A table of one row for a share; what is of no share goes on as it is."""
        rows = sorted(zip(*(table.column(name).to_pylist() for name in ("share", "range", "data")), strict=True))
        share = rows[0][0]
        if share < 0:
            return _rows(rows)
        try:
            if self.decider is None:
                self.decider = Decider(Pair(*_opened(self.made_by, self.sides), self.now))
        except UserError as error:
            return _rows([(FAILED, 0, _packed((error.message, error.hint)))])
        found = self.decider.share((number, *marshal.loads(data)) for _, number, data in rows)  # noqa: S302 - see `_packed`
        return _rows([(share, len(rows), _packed((decided_to(found), sum(mark(*row) for row in rows) % _MARKS)))])


def gather(count: int, tables: Iterable[Any]) -> tuple[list[Read], Decided]:
    """What was read of each of ``count`` ranges, and what all shares came to.

    Raises `UserError` for what could not be read, and `NotWhole` unless every range is there once, every share once, and of both what the
    other has.
    """
    reads: dict[int, Read] = {}
    shares: set[int] = set()
    decided: Decided | None = None
    sent = arrived = 0
    for table in tables:
        for share, number, data in zip(*(table.column(name).to_pylist() for name in ("share", "range", "data")), strict=True):
            block = marshal.loads(data)  # noqa: S302 - see `_packed`
            if share == FAILED:
                raise UserError(*block)
            content, marked = block
            if number in reads if share == BESIDE else share in shares:
                raise NotWhole(f"{'range' if share == BESIDE else 'share'} {number if share == BESIDE else share} came twice")
            if share == BESIDE:
                reads[number] = read_from(content)
                sent += marked
                continue
            shares.add(share)
            arrived += marked
            found = decided_from(content)
            if decided is None:
                decided = found
            else:
                merge(decided, found)
    if sorted(reads) != list(range(count)):
        raise NotWhole(f"{len(reads)} of {count} ranges came back")
    if sent % _MARKS != arrived % _MARKS:
        raise NotWhole("what was decided is not what was read")
    return [reads[number] for number in range(count)], decided or Decided()


def mark(share: int, number: int, data: bytes) -> int:
    """The mark of a block."""
    return int.from_bytes(blake2b(_WHERE.pack(share, number) + data, digest_size=16).digest(), "little")


def sealed(sides: Sequence[Policies]) -> bytes:
    """Both states of the policies, as they travel."""
    return pickle.dumps(tuple(sides))


def _opened(made_by: str, sides: bytes) -> tuple[Policies, Policies]:
    """The states of the policies, where the same version runs. Raises `UserError` elsewhere."""
    if made_by != version():
        raise UserError(f"a worker runs {version()}, but the simulation was begun by {made_by}", "install the same version everywhere")
    before, after = pickle.loads(sides)  # noqa: S301 - made by the process that was started to simulate, for its own workers
    return before, after


def _packed(block: Any) -> bytes:
    """Plain data as bytes. They are read by workers of the same simulation alone, which run the code that they are sent anyway."""
    return marshal.dumps(block, 2)


def _rows(rows: Sequence[tuple[int, int, bytes]]) -> Any:
    import pyarrow

    # Two billion bytes, the most of an ordinary column, are too few for a share.
    kinds = {"share": pyarrow.int64(), "range": pyarrow.int64(), "data": pyarrow.large_binary()}
    columns = zip(*rows, strict=True)
    return pyarrow.table({name: pyarrow.array(values, kind) for (name, kind), values in zip(kinds.items(), columns, strict=True)})
