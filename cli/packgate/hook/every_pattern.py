"""Asks for every regular expression that the modules of an image compile only when they need it, so that an image can hold them."""

from __future__ import annotations

import sys

from packgate.facts.parsers import PARSERS
from packgate.guard.detectors import expressions
from packgate.hook import patterns
from packgate.shell.syntax import Lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def every_pattern(modules: Iterable[str]) -> list[tuple[Any, int]]:
    """The expressions, with flags, that the named modules compile when they are imported or later, whatever the action; those that a
    module makes of an action's own words can't be among them."""
    for name in modules:
        __import__(name)
        for value in list(vars(sys.modules[name]).values()):
            # `Lazy(…)` or its method.
            lazy = getattr(value, "__self__", value)
            if isinstance(lazy, Lazy):
                lazy.pattern()
    for text in expressions():
        patterns.compile(text)
    for parse in PARSERS.values():
        parse("x")
    return patterns.unforeseen
