"""What is wrong with a catalog, collected over all its files."""

from __future__ import annotations

import difflib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class CatalogProblem:
    """One mistake. ``pointer`` is the way to it in the document (keys and list positions), ``file`` names the document."""

    __slots__ = ("file", "hint", "message", "pointer")

    def __init__(self, file: str, pointer: tuple[str | int, ...], message: str, hint: str | None = None) -> None:
        self.file = file
        self.pointer = pointer
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        where = "/".join(str(step) for step in self.pointer)
        return f"{self.file}: {where}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class CatalogError(ValueError):
    """A catalog that can't be used; ``problems`` lists every mistake that was found."""

    def __init__(self, problems: list[CatalogProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Place:
    """A position in a document while it is compiled, with the list that collects mistakes."""

    __slots__ = ("file", "pointer", "problems")

    def __init__(self, file: str, problems: list[CatalogProblem], pointer: tuple[str | int, ...] = ()) -> None:
        self.file = file
        self.problems = problems
        self.pointer = pointer

    def at(self, *steps: str | int) -> Place:
        """The place of a key or item below this one."""
        return Place(self.file, self.problems, self.pointer + steps)

    def wrong(self, message: str, hint: str | None = None) -> None:
        """Record a mistake here."""
        self.problems.append(CatalogProblem(self.file, self.pointer, message, hint))

    def check_keys(self, found: dict[str, Any], known: Iterable[str]) -> None:
        """Record every key that is not known, with the nearest known one."""
        names = sorted(known)
        for key in found:
            if key not in names:
                self.at(key).wrong(f"unknown key {key!r}", did_you_mean(key, names))

    def mapping(self, value: Any) -> dict[str, Any]:
        """The value as a mapping; another type is a mistake and reads as empty."""
        if isinstance(value, dict):
            return value
        self.wrong(f"expected a mapping, found {value!r}")
        return {}

    def listing(self, value: Any) -> list[Any]:
        """The value as a list; another type is a mistake and reads as empty."""
        if isinstance(value, list):
            return value
        self.wrong(f"expected a list, found {value!r}")
        return []

    def text(self, value: Any) -> str:
        """The value as text (a number as it prints); another type is a mistake and reads as empty."""
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        self.wrong(f"expected text, found {value!r}")
        return ""

    def choice(self, value: Any, known: Iterable[str]) -> str:
        """The value as one of the known words."""
        names = sorted(known)
        if value not in names:
            self.wrong(f"expected one of {', '.join(names)}, found {value!r}", did_you_mean(str(value), names))
            return names[0]
        return str(value)


def did_you_mean(word: str, known: list[str]) -> str | None:
    """A hint that names the nearest known word, or None when nothing is near."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else None
