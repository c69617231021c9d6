"""Sources of the catalog at run time: where in a call a value comes from."""

from __future__ import annotations

from packgate.facts.parsers import PARSERS, SPLITTERS, split_values
from packgate.facts.wildcard import Globs
from packgate.model.value import join
from packgate.shell.state import OF_THE_SHELL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from packgate.facts.call import Call
    from packgate.facts.program import Option
    from packgate.model.value import Value

    Values = list[Value]


class Source:
    """A place in a call. ``it`` is the item of the rule's ``each``; ``cost`` orders sources by what looking there takes;
    ``by_name`` ones are present wherever an option of theirs is given."""

    __slots__ = ()
    cost = 1
    by_name = False

    def values(self, call: Call, it: Value | None) -> Values:
        """The values that stand there, in order."""
        raise NotImplementedError

    def present(self, call: Call, it: Value | None) -> bool:
        """Whether something stands there."""
        return bool(self.values(call, it))

    def possible(self, options: Collection[str]) -> bool:
        """Whether something can stand there in a call with these options."""
        return True


class TextSource(Source):
    """Literal text."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def values(self, call: Call, it: Value | None) -> Values:
        return [self.text]


class OperandSource(Source):
    """One operand, or a range with both its ends. Positions start at 1, negative ones count from the end."""

    __slots__ = ("end", "first", "one")

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.end: int | None = last if last > 0 else None if last == -1 else last + 1
        self.one = first == last

    def values(self, call: Call, it: Value | None) -> Values:
        operands = call.operands
        if self.one:
            index = self.first - 1 if self.first > 0 else len(operands) + self.first
            return [operands[index]] if 0 <= index < len(operands) else []
        return operands[self.first - 1:self.end]


class OptionSource(Source):
    """The values of one option; a flag is present without a value."""

    __slots__ = ("key",)
    cost = 0
    by_name = True

    def __init__(self, key: str) -> None:
        self.key = key

    def values(self, call: Call, it: Value | None) -> Values:
        return call.options.get(self.key, [])

    def present(self, call: Call, it: Value | None) -> bool:
        return self.key in call.options

    def possible(self, options: Collection[str]) -> bool:
        return self.key in options


class SettingSource(Source):
    """The values of an option that is given as ``name=value`` or ``name value``, for one name."""

    __slots__ = ("key", "name")

    def __init__(self, key: str, name: str) -> None:
        self.key = key
        self.name = name.lower()

    def values(self, call: Call, it: Value | None) -> Values:
        out: Values = []
        for value in call.options.get(self.key, ()):
            head = value if isinstance(value, str) else value.parts[0]
            if isinstance(head, str) and head[:len(self.name)].lower() == self.name:
                rest = head[len(self.name):]
                if rest[:1] in ("=", " ") and rest:
                    tail = rest.lstrip().removeprefix("=").lstrip()
                    out.append(tail if isinstance(value, str) else join([tail, *value.parts[1:]]))
        return out

    def possible(self, options: Collection[str]) -> bool:
        return self.key in options


class OptionsSource(Source):
    """The values of every option that a glob describes."""

    __slots__ = ("globs",)
    by_name = True

    def __init__(self, glob: str) -> None:
        self.globs = Globs((glob,))

    def values(self, call: Call, it: Value | None) -> Values:
        return [value for key, values in call.options.items() if self.globs.match(key) for value in values]

    def present(self, call: Call, it: Value | None) -> bool:
        return self.possible(call.options)

    def possible(self, options: Collection[str]) -> bool:
        return any(self.globs.match(key) for key in options)


class RestSource(Source):
    """The operands after ``--``."""

    __slots__ = ()

    def values(self, call: Call, it: Value | None) -> Values:
        return [] if call.after is None else call.operands[call.after:]

    def present(self, call: Call, it: Value | None) -> bool:
        return call.after is not None


class EnvironmentSource(Source):
    """An environment variable that the program sees. ``shell``: the shell itself may give it a value."""

    __slots__ = ("name", "shell")

    def __init__(self, name: str) -> None:
        self.name = name
        self.shell = name in OF_THE_SHELL

    def values(self, call: Call, it: Value | None) -> Values:
        state, name = call.state, self.name
        if not self.shell and name not in state.environment and name not in state.variables and name not in state.temporary:
            return []
        return [] if (value := state.env(name)) is None else [value]


class AssignedSource(Source):
    """The values of operands ``name=value``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def values(self, call: Call, it: Value | None) -> Values:
        out: Values = []
        for operand in call.operands:
            parts = PARSERS["keyval"](operand)
            if parts is not None and parts["name"] == self.name:
                out.append(parts["value"])
        return out


class StdinSource(Source):
    """What the call reads from standard input."""

    __slots__ = ()

    def values(self, call: Call, it: Value | None) -> Values:
        return [] if call.stdin is None else [call.stdin]


class FolderSource(Source):
    """The directory that the call works in, below the repository's root where it lies there."""

    __slots__ = ()

    def values(self, call: Call, it: Value | None) -> Values:
        cwd = call.state.cwd
        head = cwd if isinstance(cwd, str) else cwd.parts[0]
        root = call.repository
        if root is None or not isinstance(head, str) or not (head + "/").startswith(root + "/"):
            return [cwd]
        rest = head[len(root) + 1:]
        if isinstance(cwd, str):
            return [rest] if rest else []
        return [join([rest, *cwd.parts[1:]])]


class CommandSource(Source):
    """The sub-command: all its words joined, or one of them (1-based, negative from the end)."""

    __slots__ = ("index",)

    def __init__(self, index: int | None) -> None:
        self.index = index

    def values(self, call: Call, it: Value | None) -> Values:
        words = call.words
        if self.index is None:
            return [" ".join(words)] if words else []
        index = self.index - 1 if self.index > 0 else len(words) + self.index
        return [words[index]] if 0 <= index < len(words) else []


class ProgramSource(Source):
    """The program's name."""

    __slots__ = ()

    def values(self, call: Call, it: Value | None) -> Values:
        return [call.program]


class ItemSource(Source):
    """The item of ``each``."""

    __slots__ = ()

    def values(self, call: Call, it: Value | None) -> Values:
        return [] if it is None else [it]


class ParsedSource(Source):
    """A part of what a parser makes of another source's values."""

    __slots__ = ("inner", "parser", "part")
    cost = 2

    def __init__(self, inner: Source, parser: str, part: str) -> None:
        self.inner = inner
        self.parser = parser
        self.part = part

    def values(self, call: Call, it: Value | None) -> Values:
        values = self.inner.values(call, it)
        if self.parser in SPLITTERS:
            pieces = [piece for value in values for piece in split_values(value, self.parser)]
            return [_inside(piece, call.repository) for piece in pieces] if self.parser == "names" else pieces
        out: Values = []
        for value in values:
            parts = PARSERS[self.parser](value)
            found = None if parts is None else parts.get(self.part)
            if found is not None and found != "":
                out.append(found)
        return out

    def possible(self, options: Collection[str]) -> bool:
        return self.inner.possible(options)


def _inside(name: Value, repository: str | None) -> Value:
    """A path without the folder that the repository lies in, which says nothing of what a file is for."""
    return name[len(repository):] if repository is not None and isinstance(name, str) and name.startswith(repository + "/") else name


_FIXED = {"cwd": FolderSource(), "stdin": StdinSource(), "program": ProgramSource(), "it": ItemSource(), "rest": RestSource()}


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
        return ParsedSource(source_from(data[1], options), data[2], data[3] or "")
    return _FIXED[kind]


def value_from(data: list[Any], options: dict[str, Option]) -> Source:
    """What a field takes, from its compiled form: a source alone stands for itself."""
    if data[0] == "all" and len(data[1]) == 1:
        return source_from(data[1][0], options)
    return FieldValue(data, options)


class FieldValue(Source):
    """What a field takes: the values of all its sources, or of the first that has any; with ``into`` the paths of files
    that are put into a directory or become it."""

    __slots__ = ("first", "into", "sources")

    def __init__(self, data: list[Any], options: dict[str, Option]) -> None:
        self.first = data[0] == "first"
        self.into = value_from(data[1], options) if data[0] == "into" else None
        listed = data[2][1] if data[0] == "into" else data[1]
        self.sources = [source_from(item, options) for item in listed]

    def values(self, call: Call, it: Value | None) -> Values:
        if self.into is not None:
            return _into(self.into.values(call, it), self._listed(call, it))
        return self._listed(call, it)

    def possible(self, options: Collection[str]) -> bool:
        return self.into.possible(options) if self.into is not None else any(source.possible(options) for source in self.sources)

    def _listed(self, call: Call, it: Value | None) -> Values:
        if len(self.sources) == 1:
            return self.sources[0].values(call, it)
        out: Values = []
        for source in self.sources:
            found = source.values(call, it)
            if self.first and found:
                return found
            out.extend(found)
        return out


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
