"""What the catalog makes of places in a call: a part of what stands there, several of them as one, and all of it from its compiled form."""

from __future__ import annotations

from packgate.facts.parsers import PARSERS, SPLITTERS, split_values
from packgate.facts.source import (
    AssignedSource,
    CommandSource,
    EnvironmentSource,
    FolderSource,
    ItemSource,
    OperandSource,
    OptionSource,
    OptionsSource,
    ProgramSource,
    RestSource,
    SettingSource,
    Source,
    StdinSource,
    TextSource,
)
from packgate.model.value import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from packgate.facts.call import Call
    from packgate.facts.program import Option
    from packgate.facts.source import Values
    from packgate.model.value import Value


class ParsedSource(Source):
    """A part of what a parser makes of another source's values."""

    __slots__ = ("inner", "parse", "parser", "part")

    def __init__(self, inner: Source, parser: str, part: str) -> None:
        self.inner = inner
        self.parser = parser
        self.parse = PARSERS[parser]
        self.part = part

    def values(self, call: Call, it: Value | None) -> Values:
        out: Values = []
        for value in self.inner.values(call, it):
            parts = self.parse(value)
            found = None if parts is None else parts.get(self.part)
            if found is not None and found != "":
                out.append(found)
        return out

    def given(self, options: Collection[str]) -> Source | None:
        inner: Source | None = self.inner.given(options)
        if inner is None:
            return None
        return self if inner is self.inner else ParsedSource(inner, self.parser, self.part)


class SplitSource(Source):
    """The pieces that a parser of several values makes of another source's values."""

    __slots__ = ("inner", "parser")

    def __init__(self, inner: Source, parser: str) -> None:
        self.inner = inner
        self.parser = parser

    def values(self, call: Call, it: Value | None) -> Values:
        pieces = [piece for value in self.inner.values(call, it) for piece in split_values(value, self.parser)]
        return [_inside(piece, call.repository) for piece in pieces] if self.parser == "names" else pieces

    def given(self, options: Collection[str]) -> Source | None:
        inner: Source | None = self.inner.given(options)
        if inner is None:
            return None
        return self if inner is self.inner else SplitSource(inner, self.parser)


def _inside(name: Value, repository: str | None) -> Value:
    """A path without the folder that the repository lies in, which says nothing of what a file is for."""
    return name[len(repository):] if repository is not None and isinstance(name, str) and name.startswith(repository + "/") else name


class FieldValue(Source):
    """What a field takes: the values of all its sources, or of the ``first`` that has any; with ``into`` the paths of files
    that are put into a directory or become it."""

    __slots__ = ("first", "into", "sources")

    def __init__(self, sources: list[Source], first: bool, into: Source | None) -> None:
        self.sources = sources
        self.first = first
        self.into = into

    def values(self, call: Call, it: Value | None) -> Values:
        out: Values = []
        for source in self.sources:
            found = source.values(call, it)
            if found:
                if self.first:
                    out = found
                    break
                out.extend(found)
        return out if self.into is None else _into(self.into.values(call, it), out)

    def given(self, options: Collection[str]) -> Source | None:
        into = None if self.into is None else self.into.given(options)
        left = [source for source in [source.given(options) for source in self.sources] if source is not None]
        if into is None and (self.into is not None or not left):
            return None
        if into is None and len(left) == 1:
            return left[0]
        return self if into is self.into and left == self.sources else FieldValue(left, self.first, into)


def _into(directories: Values, names: Values) -> Values:
    """The destination itself, and each name inside it unless the destination looks like the new name of one file."""
    out: Values = list(directories)
    for directory in directories:
        text = directory if isinstance(directory, str) else ""
        last = text.rsplit("/", 1)[-1]
        if len(names) == 1 and "." in last[1:] and last != "..":
            continue
        for name in names:
            parts = PARSERS["basename"](name)
            if parts is not None and parts[""] != last:
                out.append(join([directory, "/", parts[""]]))
    return out


_FIXED: dict[str, Source] = {
    "cwd": FolderSource(), "stdin": StdinSource(), "program": ProgramSource(), "it": ItemSource(), "rest": RestSource(),
}


def source_from(data: list[Any], options: dict[str, Option]) -> Source:
    """A source from its compiled form; option names are those of the level it stands in."""
    kind = data[0]
    if kind in ("all", "first", "into"):
        return value_from(data, options)
    if kind == "text":
        return TextSource(data[1])
    if kind == "operands":
        return OperandSource(data[1], data[2])
    if kind == "option":
        option = options.get(data[1])
        return OptionSource(option.key if option is not None else data[1])
    if kind == "setting":
        option = options.get(data[1])
        return SettingSource(option.key if option is not None else data[1], data[2])
    if kind == "options":
        return OptionsSource(data[1])
    if kind == "env":
        return EnvironmentSource(data[1])
    if kind == "assigned":
        return AssignedSource(data[1])
    if kind == "command":
        return CommandSource(data[1])
    if kind == "parse":
        inner = source_from(data[1], options)
        return SplitSource(inner, data[2]) if data[2] in SPLITTERS else ParsedSource(inner, data[2], data[3] or "")
    return _FIXED[kind]


def value_from(data: list[Any], options: dict[str, Option]) -> Source:
    """What a field takes, from its compiled form: a source alone stands for itself."""
    if data[0] == "all" and len(data[1]) == 1:
        return source_from(data[1][0], options)
    into = value_from(data[1], options) if data[0] == "into" else None
    listed = data[2][1] if into is not None else data[1]
    return FieldValue([source_from(item, options) for item in listed], data[0] == "first", into)
