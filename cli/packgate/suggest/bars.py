"""How far it has come, told to whoever shows it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Tick = Callable[[], None] | None
    # How many steps, what they are, and from how many on it is worth showing -> what is called after each step, None when it is not shown.
    Bars = Callable[[int, str, int], AbstractContextManager[Tick]]

# Fewer events are read before a bar could be.
LONG = 500


@contextmanager
def quiet(total: int, label: str, long: int) -> Iterator[Tick]:
    """Shows nothing."""
    yield None
