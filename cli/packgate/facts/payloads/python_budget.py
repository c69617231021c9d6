"""How much of a Python program is followed: everything that takes time is counted in steps, each the time of a plain expression."""

from __future__ import annotations

# Steps of one program: more than a person writes on a command line, and some tenths of a second.
_STEPS = 30_000
# After these a loop runs once, over something unknown.
_MANY_STEPS = 12_000
# What takes as long as a step, or as so many: names that are copied and joined, unknown pieces of a text, a command that is run.
_NAMES_A_STEP = 8
_PIECES_A_STEP = 12
_COMMAND_STEPS = 25


class Exhausted(Exception):
    """The program has more steps than are followed."""


class Budget:
    """Counts steps."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps = 0

    def step(self) -> None:
        """Count one step. Raises `Exhausted`."""
        self.steps += 1
        if self.steps > _STEPS:
            raise Exhausted

    def count_command(self) -> None:
        """Count a command that the program runs. Raises `Exhausted`."""
        self._count(_COMMAND_STEPS)

    def count_names(self, names: int) -> None:
        """Count names that are copied, and joined afterwards. Raises `Exhausted`."""
        self._count(names // _NAMES_A_STEP)

    def count_pieces(self, pieces: int) -> None:
        """Count the pieces of a text that was put together. Raises `Exhausted`."""
        self._count(pieces // _PIECES_A_STEP)

    def many_steps(self) -> bool:
        """Whether so much was followed that loops need not be."""
        return self.steps > _MANY_STEPS

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > _STEPS:
            raise Exhausted
