"""A progress bar for long work, on a terminal only."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import ProgressColumn

# Fewer steps are over before a bar could be read.
LONG = 500


def is_shown() -> bool:
    """Whether a bar can be seen by anybody."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def progress(total: int, label: str, long: int = LONG) -> Iterator[Callable[[], None] | None]:
    """Gives a function to call after each of ``total`` steps, None where there is nothing to show. The bar is on standard error, and
    is gone afterwards."""
    if total < long or not is_shown():
        yield None
        return
    from rich.progress import MofNCompleteColumn

    with _bar(total, label, MofNCompleteColumn()) as advance:
        yield lambda: advance(1)


@contextmanager
def progress_of(size: int, label: str, long: int = 8_000_000) -> Iterator[Callable[[int], None] | None]:
    """Like `progress`, for bytes: gives a function that is told how many more were read."""
    if size < long or not is_shown():
        yield None
        return
    from rich.progress import DownloadColumn, TimeRemainingColumn

    with _bar(size, label, DownloadColumn(), TimeRemainingColumn()) as advance:
        yield advance


@contextmanager
def _bar(total: int, label: str, *columns: ProgressColumn) -> Iterator[Callable[[int], None]]:
    """A bar with its label and what ``columns`` say of it: gives a function that is told how much further it is."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), *columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda more: bar.advance(task, more)
