"""Long work on several processors, where the system can fork."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")

# More processes than this repeat more of the warming-up than they save.
_MOST = 4
# For fewer items a process costs more than it saves.
_FEWEST = 250


def processors() -> int:
    """How many processors this process may use, as far as they are of use here; 1 where it can't fork safely."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity") or threading.active_count() > 1:
        return 1
    return min(_MOST, len(os.sched_getaffinity(0)))


def spread(function: Callable[[Sequence[T]], R], items: Sequence[T]) -> list[R]:
    """``function`` of each of several parts of the items, in their order. The last part is done here, the others in processes of
    their own, whose result is sent back with pickle; a part whose process fails is done here as well, so that its error is seen."""
    count = max(1, min(processors(), len(items) // _FEWEST))
    size = -(-len(items) // count) or 1
    parts = [items[start : start + size] for start in range(0, len(items), size)] or [items]
    started = [_start(function, part) for part in parts[:-1]]
    last = function(parts[-1])
    return [_finish(pid, pipe, function, part) for (pid, pipe), part in zip(started, parts, strict=False)] + [last]


def _start(function: Callable[[Sequence[T]], R], part: Sequence[T]) -> tuple[int, int]:
    source, target = os.pipe()
    pid = os.fork()
    if pid:
        os.close(target)
        return pid, source
    status = 1
    try:
        import pickle

        with os.fdopen(target, "wb") as out:
            pickle.dump(function(part), out)
        status = 0
    finally:
        # Neither handlers at exit nor buffered output of the parent belong to this process.
        os._exit(status)


def _finish(pid: int, pipe: int, function: Callable[[Sequence[T]], R], part: Sequence[T]) -> R:
    import pickle

    with os.fdopen(pipe, "rb") as source:
        data = source.read()
    _, status = os.waitpid(pid, 0)
    if status:
        return function(part)
    result: R = pickle.loads(data)  # noqa: S301 (from a process that this one started)
    return result
