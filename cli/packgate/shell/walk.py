"""The walk over a line: what expansion, builtins and compound commands need of the evaluator."""

from __future__ import annotations

from packgate.model.operation import PARTIAL, Note
from packgate.model.value import Origin, join, unknown
from packgate.shell.limits import COMMANDS, ITERATIONS
from packgate.shell.streams import Sink
from packgate.shell.tree import SimpleCommand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value
    from packgate.shell.command import Host
    from packgate.shell.limits import Budget
    from packgate.shell.state import State, Stored
    from packgate.shell.tree import Node, ProcessSub, Redirect, Script

# Unknown pieces of code that is parsed again stand in its text as characters of a private plane.
PLACEHOLDER = 0xF0000


class Frame:
    """The text that nodes of a tree refer to: ``span`` replaces their own positions in nested code, ``holes`` are the
    pieces that placeholder characters stand for."""

    __slots__ = ("holes", "source", "span")

    def __init__(self, source: str, span: tuple[int, int] | None, holes: tuple[Part, ...]) -> None:
        self.source = source
        self.span = span
        self.holes = holes


class FunctionBody:
    """A defined function: its body and the text it stands in."""

    __slots__ = ("exported", "frame", "node")

    def __init__(self, node: Node, frame: Frame) -> None:
        self.node = node
        self.frame = frame
        self.exported = False


class Call:
    """A function call that is being walked: a call like one of these would never end."""

    __slots__ = ("arguments", "name", "variables")

    def __init__(self, name: str, arguments: list[Value], variables: dict[str, Stored]) -> None:
        self.name = name
        self.arguments = arguments
        self.variables = variables


class Leave:
    """How a path was left: by ``exit``, ``return``, ``break`` or ``continue``, and of how many loops."""

    __slots__ = ("kind", "loops")

    def __init__(self, kind: str, loops: int = 1) -> None:
        self.kind = kind
        self.loops = loops


class Pending:
    """A ``>(…)`` whose command runs once its path was written to."""

    __slots__ = ("content", "names", "node", "path")

    def __init__(self, path: str, node: ProcessSub) -> None:
        self.path = path
        self.node = node
        self.content: Value | None = None
        self.names: tuple[str, ...] = ()


class Walk:
    """One evaluation of one text. The methods that raise are the evaluator's."""

    __slots__ = (
        "active_aliases", "budget", "calls", "captured", "consumed", "frame", "host", "left", "loops", "may_leave", "names",
        "pending", "vanishes", "via",
    )  # fmt: skip

    def __init__(self, host: Host, budget: Budget, frame: Frame, via: tuple[str, ...]) -> None:
        self.host = host
        self.budget = budget
        self.frame = frame
        self.via = via
        # Environment variables whose values went into what is being expanded.
        self.names: list[str] = []
        self.pending: list[Pending] = []
        self.calls: list[Call] = []
        # Set by `exit`, `return`, `break` and `continue`: what follows is not reached.
        self.left: Leave | None = None
        # How many loops of the same function are being walked.
        self.loops = 0
        # The same under an unknown condition.
        self.may_leave = False
        # Set when a command consumed input: a loop over input is not at a standstill.
        self.consumed = False
        # Set by a command substitution: its status is that of an assignment.
        self.captured = False
        self.active_aliases: tuple[str, ...] = ()
        # Whether the last word of the command is an unquoted variable of which nothing is known: when empty, there is no such word.
        self.vanishes = False

    # --- the evaluator -----------------------------------------------------------------------------------------------

    def script(self, script: Script, state: State) -> int | None:
        """Walk a list of commands; the exit status of the last as far as known."""
        raise NotImplementedError

    def node(self, node: Node, state: State) -> int | None:
        """Walk one command; its exit status as far as known."""
        raise NotImplementedError

    def code(self, source: Value, state: State, span: tuple[int, int], via: str = "") -> int | None:
        """Parse and walk text in the same shell (``eval``, an alias, a trap)."""
        raise NotImplementedError

    # --- shared services ---------------------------------------------------------------------------------------------

    def capture(self, script: Script, state: State) -> Value:
        """The output of a command substitution, before trailing newlines are removed."""
        inner = state.copy()
        sink = Sink()
        inner.fds[1] = sink
        names = self.names
        self.names = []
        path = file_read(script)
        state.status = self.script(script, inner) if path is None else self.copy_file(path, inner)
        self.captured = True
        self.finish(inner)
        self.left = None
        self.names = names
        names.extend(sink.names)
        return sink.text()

    def copy_file(self, redirect: Redirect, state: State) -> int | None:
        """``$(< file)``: the content of the file."""
        raise NotImplementedError

    def finish(self, state: State) -> None:
        """A shell ends: its EXIT traps run."""
        if state.traps:
            code = state.traps.get("EXIT")
            state.traps = {}
            if code is not None:
                self.left = None
                self.code(code, state, state.trap_span, "trap")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a node stands in the source text of the line."""
        return self.frame.span if self.frame.span is not None else (start, end)

    def note(self, code: str, text: str, coverage: str, span: tuple[int, int]) -> None:
        """Tell the host what could not be evaluated."""
        self.host.note(Note(code, text, coverage, span))

    def limit(self, what: str, span: tuple[int, int]) -> None:
        """Tell the host, once for each kind, that a limit stopped the evaluation."""
        if what not in self.budget.reported:
            self.budget.reported.add(what)
            self.note("limit", f"the limit of {what} was reached; what is beyond it was not analysed", PARTIAL, span)

    def spend(self, span: tuple[int, int]) -> bool:
        """Count one command; False when the limit is reached."""
        self.budget.commands += 1
        if self.budget.commands > COMMANDS:
            self.limit(f"{COMMANDS} commands", span)
            return False
        return True

    def iterate(self, span: tuple[int, int]) -> bool:
        """Count one iteration of a loop; False when the limit is reached."""
        self.budget.iterations += 1
        if self.budget.iterations > ITERATIONS:
            self.limit(f"{ITERATIONS} loop iterations", span)
            return False
        return True

    def write(self, state: State, value: Value, span: tuple[int, int], fd: int = 1) -> None:
        """A command wrote to a descriptor."""
        sink = state.fds.get(fd)
        if not isinstance(sink, Sink):
            return
        for name in self.names:
            if name not in sink.names:
                sink.names.append(name)
        if not sink.write(value):
            self.limit("text", span)
        if sink.kept and sink.path is not None and value != "":
            self.host.opened(sink.path, "append", value, span)

    def resolve(self, text: str) -> Value:
        """Text of the source with its placeholders replaced by the pieces they stand for."""
        holes = self.frame.holes
        if not holes:
            return text
        pieces: list[Value | Part] = []
        for char in text:
            number = ord(char) - PLACEHOLDER
            pieces.append(holes[number] if 0 <= number < len(holes) else char)
        return join(pieces)


def file_read(script: Script) -> Redirect | None:
    """The redirection of a script that is nothing but ``< file``."""
    if len(script.statements) != 1:
        return None
    node = script.statements[0].node
    if not isinstance(node, SimpleCommand) or node.words or node.assignments or len(node.redirects) != 1:
        return None
    return node.redirects[0] if node.redirects[0].op == "<" else None


def encode(source: Value) -> tuple[str, tuple[Part, ...]]:
    """Code as text to parse: unknown and glob pieces become placeholder characters, returned beside it."""
    if isinstance(source, str):
        return source, ()
    holes: list[Part] = []
    out: list[str] = []
    for part in source.parts:
        if isinstance(part, str):
            out.append(part)
        else:
            out.append(chr(PLACEHOLDER + len(holes)))
            holes.append(part)
    return "".join(out), tuple(holes)


def unknown_variable(name: str) -> Value:
    """The value of a variable that neither the line nor the declared environment sets."""
    return unknown(Origin("variable", name))
