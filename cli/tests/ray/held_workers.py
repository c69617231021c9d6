"""Workers of Ray that tell what they do in a journal, and wait in the middle of it to be killed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.impact.simulation.ray_engine import RangeReader, ShareDecider

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "PACKGATE_TEST_JOURNAL"
_LONGEST = 60


class Journal:
    """A file of lines (what, half, process, name), and the files ``hold-HALF`` and ``killed-HALF``."""

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.folder = Path(folder or os.environ[FOLDER])

    def tell(self, what: str, half: str, name: str) -> None:
        with open(self.folder / "journal", "ab", buffering=0) as file:
            file.write(f"{what} {half} {os.getpid()} {name}\n".encode())

    def lines(self, what: str, half: str) -> list[tuple[int, str]]:
        path = self.folder / "journal"
        found = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        return [(int(process), name) for said, of, process, name in found if (said, of) == (what, half)]

    def hold(self, half: str, name: str) -> None:
        """Wait to be killed, where that is wanted, after something was done and before all is."""
        killed = self.folder / f"killed-{half}"
        if not (self.folder / f"hold-{half}").exists() or killed.exists() or not self.lines("end", half):
            return
        self.tell("held", half, name)
        limit = time.monotonic() + _LONGEST
        while not killed.exists() and time.monotonic() < limit:
            time.sleep(0.02)


class HeldReader(RangeReader):
    """Waits when it has given some of the ranges of a table."""

    def __call__(self, table: Any) -> Iterator[Any]:
        journal, name = Journal(), str(table.column("number")[0].as_py())
        journal.tell("begin", "read", name)
        for number, found in enumerate(super().__call__(table)):
            yield found
            if number == table.num_rows // 2:
                journal.hold("read", name)
        journal.tell("end", "read", name)


class HeldDecider(ShareDecider):
    """Waits when it has decided a share, before it gives it."""

    def __call__(self, table: Any) -> Any:
        journal, name = Journal(), str(table.column("share")[0].as_py())
        journal.tell("begin", "decide", name)
        found = super().__call__(table)
        journal.hold("decide", name)
        journal.tell("end", "decide", name)
        return found
