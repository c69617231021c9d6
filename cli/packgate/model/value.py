"""Partly known text: what analysis knows of a word, a path, a piece of code or a stream.

A *value* is a plain ``str`` when it is known completely. Otherwise it is a `Text`: literal pieces, holes (text that
depends on something outside the line) and glob pieces (text that the shell fills from the names of existing files).
A `Text` never consists of literals alone; use `join` to build values, which keeps that invariant.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Union

    Value = Union[str, "Text"]
    Part = Union[str, "Hole", "Glob"]

# What a hole can stand for: any string, a non-empty run without slash or blank, or decimal digits.
ANY = "any"
NAME = "name"
DIGITS = "digits"


class Origin:
    """Where unknown text comes from.

    ``kind`` is one of ``variable`` (detail: its name), ``network`` (URL or host), ``file`` (path), ``command``
    (program whose output it is), ``argument`` (a positional parameter), ``input`` (standard input of the line),
    ``encoded`` (the decoder that produced it), ``secret`` (the secret store it was fetched from), ``variables`` (one
    after the other the names of all variables that begin with the detail), ``listed`` (what a listing was told to select: it says
    something of the names), ``limit`` (analysis stopped at a limit).
    """

    __slots__ = ("detail", "kind")

    def __init__(self, kind: str, detail: str = "") -> None:
        self.kind = kind
        self.detail = detail

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin) and other.kind == self.kind and other.detail == self.detail

    def __hash__(self) -> int:
        return hash((self.kind, self.detail))

    def __repr__(self) -> str:
        return f"{self.kind}:{self.detail}"


class Hole:
    """A piece of text that the line does not determine.

    ``chars`` bounds what it can be; ``choices``, when not empty, are the only strings it can be (a variable set
    differently on two branches); ``origins`` say where it comes from, sorted and without repeats.
    """

    __slots__ = ("chars", "choices", "origins")

    def __init__(self, origins: tuple[Origin, ...] = (), chars: str = ANY, choices: tuple[str, ...] = ()) -> None:
        self.origins = origins
        self.chars = chars
        self.choices = choices

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Hole)
            and other.chars == self.chars
            and other.choices == self.choices
            and other.origins == self.origins
        )

    def __hash__(self) -> int:
        return hash((self.chars, self.choices, self.origins))

    def __repr__(self) -> str:
        return f"Hole({self.origins!r}, {self.chars!r}, {self.choices!r})"


class Glob:
    """An unquoted glob piece: ``*``, ``**``, ``?`` or a bracket expression such as ``[a-z]`` or ``[!x]``."""

    __slots__ = ("pattern",)

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glob) and other.pattern == self.pattern

    def __hash__(self) -> int:
        return hash(self.pattern)

    def __repr__(self) -> str:
        return f"Glob({self.pattern!r})"


class Text:
    """Text with at least one hole or glob piece."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and other.parts == self.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __repr__(self) -> str:
        return f"Text({self.parts!r})"

    def __str__(self) -> str:
        return show(self)


def join(parts: Iterable[Value | Part]) -> Value:
    """Concatenate values and parts into a value: adjacent literals merge, and known text comes back as ``str``."""
    out: list[Part] = []
    run: list[str] = []
    for part in parts:
        if isinstance(part, str):
            run.append(part)
            continue
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, str):
                run.append(piece)
                continue
            if run:
                literal = run[0] if len(run) == 1 else "".join(run)
                if literal:
                    out.append(literal)
                run = []
            out.append(piece)
    literal = run[0] if len(run) == 1 else "".join(run)
    if not out:
        return literal
    if literal:
        out.append(literal)
    return Text(tuple(out))


def unknown(*origins: Origin, chars: str = ANY, choices: tuple[str, ...] = ()) -> Text:
    """A value of which nothing is known but where it comes from."""
    return Text((Hole(sort_origins(origins), chars, choices),))


def sort_origins(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """Origins in a fixed order and without repeats, so that equal knowledge has equal representation."""
    listed = tuple(origins)
    if len(listed) < 2:
        return listed
    return tuple(sorted(set(listed), key=lambda o: (o.kind, o.detail)))


def origins_of(value: Value) -> tuple[Origin, ...]:
    """Every origin of the holes of a value, sorted."""
    if isinstance(value, str):
        return ()
    if len(value.parts) == 1:
        part = value.parts[0]
        return part.origins if isinstance(part, Hole) else ()
    return sort_origins(o for part in value.parts if isinstance(part, Hole) for o in part.origins)


def has_holes(value: Value) -> bool:
    """Whether some of the text is unknown; a glob alone is not unknown text."""
    return not isinstance(value, str) and any(isinstance(part, Hole) for part in value.parts)


def has_globs(value: Value) -> bool:
    """Whether the shell will fill some of the text from file names."""
    return not isinstance(value, str) and any(isinstance(part, Glob) for part in value.parts)


def show(value: Value) -> str:
    """The value for people: literals as they are, globs as written, holes as ``<name>``."""
    if isinstance(value, str):
        return value
    out = []
    for part in value.parts:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, Glob):
            out.append(part.pattern)
        else:
            out.append(_show_hole(part))
    return "".join(out)


def _show_hole(hole: Hole) -> str:
    if hole.choices:
        return "<" + "|".join(hole.choices) + ">"
    if not hole.origins:
        return "<unknown>"
    first = hole.origins[0]
    if first.kind == "variable":
        return f"<${first.detail}>"
    return f"<{first.kind} {first.detail}>" if first.detail else f"<{first.kind}>"
