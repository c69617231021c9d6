"""Effort without a clock: how many calls a piece of work makes, the same on every machine. What compiled modules call is not seen."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from packgate.model import policy

# Whether the layers of a decision are compiled modules, as in the separate wheel.
COMPILED = not str(policy.__file__).endswith(".py")


def calls(work: Callable[[], object]) -> int:
    """The number of Python and C functions that are called while the work is done."""
    count = 0

    def seen(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        if event in ("call", "c_call"):
            count += 1

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def grows_linearly(work: Callable[[int], object], size: int) -> bool:
    """Whether twice the size makes at most two and a half times the calls (and some that every run makes)."""
    if COMPILED:
        pytest.skip("calls of compiled modules can't be counted")
    return calls(lambda: work(2 * size)) <= 2.5 * calls(lambda: work(size)) + 2_000
