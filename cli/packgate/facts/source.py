"""Sources of the catalog at run time: where in a call a value comes from."""

from __future__ import annotations

from packgate.facts.parsers import PARSERS
from packgate.facts.wildcard import Globs
from packgate.model.value import join
from packgate.shell.state import OF_THE_SHELL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from packgate.facts.call import Call
    from packgate.model.value import Value

    Values = list[Value]


class Source:
    """A place in a call. ``it`` is the item of the rule's ``each``; ``by_name`` ones are present wherever an
    option of theirs is given."""

    __slots__ = ()
    by_name = False

    def values(self, call: Call, it: Value | None) -> Values:
        """The values that stand there, in order."""
        raise NotImplementedError

    def present(self, call: Call, it: Value | None) -> bool:
        """Whether something stands there."""
        return bool(self.values(call, it))

    def given(self, options: Collection[str]) -> Source | None:
        """What is left of it for calls that give these options; None where nothing can stand there."""
        return self


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
    by_name = True

    def __init__(self, key: str) -> None:
        self.key = key

    def values(self, call: Call, it: Value | None) -> Values:
        return call.options.get(self.key, [])

    def present(self, call: Call, it: Value | None) -> bool:
        return self.key in call.options

    def given(self, options: Collection[str]) -> Source | None:
        return self if self.key in options else None


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

    def given(self, options: Collection[str]) -> Source | None:
        return self if self.key in options else None


class OptionsSource(Source):
    """The values of every option that a glob describes."""

    __slots__ = ("globs",)
    by_name = True

    def __init__(self, glob: str) -> None:
        self.globs = Globs((glob,))

    def values(self, call: Call, it: Value | None) -> Values:
        return [value for key, values in call.options.items() if self.globs.match(key) for value in values]

    def present(self, call: Call, it: Value | None) -> bool:
        return self.given(call.options) is not None

    def given(self, options: Collection[str]) -> Source | None:
        return self if any(self.globs.match(key) for key in options) else None


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
