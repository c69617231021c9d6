"""`find`: what `-delete`, `-exec` and the writing actions do to the files below the start directories.

Source: find(1) of GNU findutils 4.10 and of FreeBSD 14.
"""

from __future__ import annotations

from packgate.facts.fields import absolute, add_scope
from packgate.facts.nested import within
from packgate.facts.paths import normalise
from packgate.model.operation import Operation
from packgate.model.value import Glob, join
from packgate.shell.evaluate import run_argv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Part, Value

_LEADING = ("-H", "-L", "-P", "-E", "-X", "-d", "-s", "-x")
_EXEC = ("-exec", "-execdir", "-ok", "-okdir")
_NAMES = ("-name", "-iname")
_WRITES = ("-fprint", "-fprint0", "-fls", "-fprintf")


class _Search:
    """What the words of a call say: the start directories, the names it looks for, and its actions."""

    __slots__ = ("commands", "deletes", "depth", "files", "formats", "names", "starts", "writes")

    def __init__(self, words: list[Value]) -> None:
        self.starts: list[Value] = []
        self.names: list[Value] = []
        self.commands: list[tuple[str, list[Value]]] = []
        self.writes: list[Value] = []
        # What `-fprintf` writes, by file; the starts that are files of the line.
        self.formats: dict[Value, Value] = {}
        self.files: list[Value] = []
        self.deletes = False
        self.depth: str | None = None
        index = self._read_starts(words)
        while index < len(words):
            index = self._read(words, index)

    def _read_starts(self, words: list[Value]) -> int:
        index = 0
        while index < len(words) and words[index] in _LEADING:
            index += 1
        if index < len(words) and words[index] == "-f":
            index += 1
        while index < len(words) and not _is_expression(words[index]):
            self.starts.append(words[index])
            index += 1
        if not self.starts:
            self.starts.append(".")
        # It says that an empty one does not exist.
        self.starts = [start for start in self.starts if start != ""]
        return index

    def _read(self, words: list[Value], index: int) -> int:
        """Read one primary; the position after it."""
        word = words[index]
        following = words[index + 1] if index + 1 < len(words) else ""
        if word == "-delete":
            self.deletes = True
        elif isinstance(word, str) and word in _EXEC:
            end = index + 1
            while end < len(words) and words[end] != ";" and not (words[end] == "+" and words[end - 1] == "{}"):
                end += 1
            self.commands.append((word, words[index + 1:end]))
            return end + 1
        elif isinstance(word, str) and word in _NAMES:
            negated = index > 0 and words[index - 1] in ("!", "-not")
            if not negated:
                self.names.append(following)
            return index + 2
        elif isinstance(word, str) and word in _WRITES:
            self.writes.append(following)
            if word == "-fprintf" and index + 2 < len(words):
                self.formats[following] = words[index + 2]
            return index + (3 if word == "-fprintf" else 2)
        elif word == "-maxdepth" and isinstance(following, str):
            self.depth = following
            return index + 2
        return index + 1

    def found(self) -> list[Value]:
        """The files that the search can find, as partly known paths."""
        if self.depth == "0":
            return self.starts
        out: list[Value] = []
        for start in self.starts:
            if start in self.files:
                out.append(start)
                continue
            head: list[Value | Part] = [start] if isinstance(start, str) and start.endswith("/") else [start, "/"]
            across = Glob("*" if self.depth == "1" else "**")
            out.extend(join([*head, *([] if self.depth == "1" else [across]), *_pattern(name)]) for name in self.names)
            if not self.names:
                out.append(join([*head, across]))
        return out


def _is_expression(word: Value) -> bool:
    return isinstance(word, str) and (word.startswith("-") or word in ("(", ")", "!", ","))


def _pattern(name: Value) -> list[Value | Part]:
    """A `-name` pattern as pieces of a path: its wildcards are filled from file names."""
    if not isinstance(name, str):
        return [name]
    out: list[Value | Part] = []
    index = 0
    literal = ""
    while index < len(name):
        end = index + 1
        if name[index] == "[":
            close = name.find("]", index + 2)
            end = close + 1 if close > 0 else end
        if name[index] in "*?" or end > index + 1:
            out.extend((literal, Glob(name[index:end])))
            literal = ""
        else:
            literal += name[index]
        index = end
    out.append(literal)
    return [piece for piece in out if piece != ""]


def handle(call: Call, session: Session, common: Fields) -> Value | None:
    """The operations of the actions; the output of a search that only prints is the paths it finds."""
    search = _Search(call.argv[1:])
    if session.files:
        search.files = [start for start in search.starts if session.written(absolute(start, call, session.context)) is not None]
    paths = search.found()
    if search.deletes:
        for path in [*paths, *(search.starts if not search.names else ())]:
            _file_operation("delete-file", "delete", path, call, session, common)
    for path in search.writes:
        _file_operation("modify-file", "write", path, call, session, common)
        form = search.formats.get(path)
        if isinstance(form, str) and "%" not in form and "\\" not in form:
            session.remember(absolute(path, call, session.context), form)
    context = session.context.inside("find")
    outputs: list[Value] = []
    for kind, words in search.commands:
        for path in paths if any("{}" in str(word) for word in words) else paths[:1]:
            argv = [_fill(word, path) for word in words]
            state = call.state.copy()
            if kind.endswith("dir") and len(search.starts) == 1:
                state.cwd = normalise(search.starts[0], state.cwd)
                argv = [_fill(word, absolute(path, call, session.context)) for word in words]
            outputs.append(within(session, context, lambda argv=argv, state=state: run_argv(  # type: ignore[misc]
                argv, state, session, call.span, variables=call.variables
            )))
    if search.commands or search.deletes:
        # Of deeper searches it is not known how often they run a command.
        return join(outputs) if search.depth == "0" else None
    out: list[Value | Part] = []
    for path in paths:
        out.extend((path, "\n"))
    return join(out)


def _fill(word: Value, path: Value) -> Value:
    """A word of the command with ``{}`` replaced by the path."""
    if not isinstance(word, str) or "{}" not in word:
        return word
    out: list[Value | Part] = []
    for index, piece in enumerate(word.split("{}")):
        if index:
            out.append(path)
        out.append(piece)
    return join(out)


def _file_operation(family: str, operation: str, path: Value, call: Call, session: Session, common: Fields) -> None:
    context = session.context
    effect = "delete" if family == "delete-file" else "write"
    fields: Fields = {"operation": (operation,), "effect": (effect,), "path": (absolute(path, call, context),)}
    add_scope(fields, session, context)
    session.operations.append(Operation((family, "command"), fields, call.span, context.via, common))
