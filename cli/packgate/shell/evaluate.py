"""Partial evaluation of shell text: the commands that it runs, in order, as far as the text decides them.

`evaluate` walks a script the way a shell would. What only the world can decide stays an unknown piece with its origin;
where a condition is unknown both branches are walked. Nothing is ever executed.
"""

from __future__ import annotations

from packgate.model.operation import OPAQUE, PARTIAL, Note
from packgate.model.value import Origin, unknown
from packgate.shell import commands, control
from packgate.shell.branches import Branches
from packgate.shell.builtins import BUILTINS
from packgate.shell.command import Command
from packgate.shell.limits import ALL_CODE, COMMANDS, DEPTH, LEVELS
from packgate.shell.merge import Snapshot, merge, restore
from packgate.shell.parser import parse
from packgate.shell.partial import either, variants
from packgate.shell.plain import plain_words
from packgate.shell.streams import Sink, Stream, buffer_for
from packgate.shell.tree import AndOr, Pipeline, SimpleCommand
from packgate.shell.undeclared import without_undeclared
from packgate.shell.walk import Frame, Walk, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.command import Host
    from packgate.shell.state import Descriptor, State
    from packgate.shell.tree import Node, Redirect, Script


def evaluate(
    source: Value,
    state: State,
    host: Host,
    span: tuple[int, int] | None = None,
    via: tuple[str, ...] = (),
    stdin: Value | None = None,
) -> Value:
    """Parse and walk shell text; return its standard output as far as known.

    ``state`` is changed as the text changes its shell. With ``span``, everything that is reported carries that span
    (nested code); else spans are positions in ``source``. ``via`` names the wrappers that the code came through, and
    ``stdin`` is what it reads, if that differs from the state's descriptor 0. Never raises: problems become notes.
    """
    choices = None if isinstance(source, str) else variants(source)
    if choices is None or len(choices) == 1:
        return _evaluate(source, state, host, span, via, stdin)
    before = Snapshot(state)
    outputs: list[Value] = []
    outcomes: list[Snapshot] = []
    for text in choices:
        restore(state, before)
        outputs.append(_evaluate(text, state, host, span, via, stdin))
        outcomes.append(Snapshot(state))
    merge(state, outcomes)
    return either(outputs)


def evaluate_line(source: str, state: State, host: Host) -> None:
    """As `evaluate`, for a whole line, whose output nobody but its reader sees: what programs print is worked out only where the
    line itself reads it."""
    where = (0, len(source))
    budget = state.budget
    budget.depth += 1
    try:
        words = plain_words(source, state.shell)
        if words is None or words[0] in BUILTINS or words[0] == "printf" or state.aliases or state.functions:
            walk = Evaluator(host, budget, Frame(source, None, ()), ())
            walk.text(source, state, where)
            walk.finish(state)
        else:
            # One program with its arguments: nothing of the shell is left to walk.
            budget.code += len(source)
            budget.commands += 1
            budget.fields += len(words)
            host.run(Command(words, state, where))
    except RecursionError:
        Evaluator(host, budget, Frame(source, None, ()), ()).limit("nesting", where)
    budget.depth -= 1


def _evaluate(
    source: Value, state: State, host: Host, span: tuple[int, int] | None, via: tuple[str, ...], stdin: Value | None
) -> Value:
    budget = state.budget
    where = span if span is not None else (0, len(source) if isinstance(source, str) else 0)
    if budget.depth >= DEPTH:
        if "depth" not in budget.reported:
            budget.reported.add("depth")
            host.note(Note("limit", f"code nested deeper than {DEPTH} levels was not analysed", PARTIAL, where))
        return unknown(Origin("limit", "depth"))
    text, holes = (source, ()) if isinstance(source, str) else encode(source)
    walk = Evaluator(host, budget, Frame(text, span, holes), via)
    outer_out, outer_in = state.fds.get(1), state.fds.get(0)
    sink = state.fds[1] = buffer_for(outer_out)
    if stdin is not None:
        state.fds[0] = Stream(stdin)
    budget.depth += 1
    try:
        walk.text(text, state, where)
        walk.finish(state)
    except RecursionError:
        walk.limit("nesting", where)
    budget.depth -= 1
    _put_back(state, sink, outer_out)
    if stdin is not None:
        if outer_in is not None:
            state.fds[0] = outer_in
        else:
            del state.fds[0]
    return sink.text()


def run_argv(
    argv: list[Value],
    state: State,
    host: Host,
    span: tuple[int, int],
    stdin: Value | None = None,
    via: tuple[str, ...] = (),
    variables: tuple[str, ...] = (),
) -> Value:
    """Run an expanded command as an external program (what ``sudo``, ``env`` or ``xargs`` start): it is reported to
    the host, and its output is the host's answer, else what folding yields, else unknown."""
    walk = Evaluator(host, state.budget, Frame("", span, ()), via)
    if not argv or not walk.spend(span):
        return ""
    # Whoever starts it writes its output, which is returned.
    outer = state.fds.get(1)
    sink = state.fds[1] = buffer_for(outer)
    found = [commands.external(walk, words, state, span, stdin, variables)[0] for words in _possible(argv, state)]
    _put_back(state, sink, outer)
    return either(found)


def _put_back(state: State, sink: Sink, outer: Descriptor | None) -> None:
    """Standard output is what it was before a capture; the variables that flowed into the capture flow on."""
    if outer is None:
        state.fds.pop(1, None)
        return
    state.fds[1] = outer
    if sink.names and isinstance(outer, Sink):
        outer.names.extend(name for name in sink.names if name not in outer.names)


def _possible(argv: list[Value], state: State) -> list[list[Value]]:
    """The commands that an argv may be, where its command word is not wholly known."""
    name = argv[0]
    if isinstance(name, str):
        return [argv]
    choices = variants(name)
    if choices is not None:
        return [[*text.split(), *argv[1:]] for text in choices if text.split()] or [argv]
    shorter = without_undeclared(argv, name, state)
    return [argv] if shorter is None else [argv, shorter]


class Evaluator(Walk):
    """The walk itself: lists, pipelines and the choice between kinds of commands."""

    def text(self, source: str, state: State, where: tuple[int, int]) -> int | None:
        """Parse text and walk it, with a note for whatever could not be read."""
        self.budget.code += len(source)
        if self.budget.code > ALL_CODE and self.budget.depth > 1:
            self.limit("nested code", where)
            return None
        if not state.aliases and self.budget.level < LEVELS and self.budget.commands < COMMANDS:
            words = plain_words(source, state.shell)
            if words is not None:
                state.status = commands.plain(self, words, state, (0, len(source)))
                return state.status
        parsed = parse(source, state.shell)
        for problem in parsed.problems:
            coverage = PARTIAL if parsed.script.statements else OPAQUE
            offset = (problem.offset, min(problem.offset + 1, len(source)))
            self.note("parse", problem.message, coverage, self.frame.span or offset)
        return self.script(parsed.script, state)

    def code(self, source: Value, state: State, span: tuple[int, int], via: str = "") -> int | None:
        if self.budget.depth >= DEPTH:
            self.limit(f"{DEPTH} levels of nested code", span)
            return None
        text, holes = encode(source)
        frame, outer_via = self.frame, self.via
        self.frame = Frame(text, span, holes)
        if via:
            self.via = (*outer_via, via)
        self.budget.depth += 1
        status = self.text(text, state, span)
        self.budget.depth -= 1
        self.frame, self.via = frame, outer_via
        return status

    def copy_file(self, redirect: Redirect, state: State) -> int | None:
        commands.copy_file(self, redirect, state)
        return 0

    def script(self, script: Script, state: State) -> int | None:
        budget = self.budget
        budget.level += 1
        status: int | None = 0
        if budget.level > LEVELS:
            self.limit("nesting", self.span(script.start, script.end))
            budget.level -= 1
            return None
        for statement in script.statements:
            if budget.commands > COMMANDS:
                break
            if self.left is not None:
                self._unused(statement.node, state)
                continue
            if statement.background:
                inner = state.copy()
                self.node(statement.node, inner)
                self.finish(inner)
                self.left = None
                state.background = True
                status = 0
            else:
                status = self.node(statement.node, state)
            state.status = status
        budget.level -= 1
        return status

    def node(self, node: Node, state: State) -> int | None:
        if isinstance(node, SimpleCommand):
            return commands.simple(self, node, state)
        if isinstance(node, AndOr):
            return self.and_or(node, state)
        if isinstance(node, Pipeline):
            return self.pipeline(node, state)
        if not node.redirects:
            return control.compound(self, node, state)
        return commands.redirected(self, node, state)

    def and_or(self, node: AndOr, state: State) -> int | None:
        """A chain of ``&&`` and ``||``. What follows ``&&`` runs in the state that success left; in the end the states
        of the parts that may have been skipped are merged."""
        chain: list[tuple[str, Node]] = []
        first: Node = node
        while isinstance(first, AndOr):
            chain.append((first.op, first.right))
            first = first.left
        status = self.node(first, state)
        skipped: list[Snapshot] = []
        chain.reverse()
        i = 0
        while i < len(chain):
            op, right = chain[i]
            i += 1
            if self.left is not None:
                self._unused(right, state)
                continue
            state.status = status
            runs = None if status is None else (status == 0) == (op == "&&")
            if runs is False:
                self._unused(right, state)
            elif runs:
                status = self.node(right, state)
            elif op == "&&" and i < len(chain) and chain[i][0] == "||":
                # `a && b || c` is an `if` with both branches.
                status = self._either(node, right, chain[i][1], state)
                i += 1
            elif op == "&&":
                status = self._and(right, state, skipped)
            else:
                status = self._or(right, state)
        merge(state, skipped)
        return status

    def _unused(self, right: Node, state: State) -> None:
        """A part that never runs is walked for what it holds; it has no effect."""
        unused = state.copy()
        unused.fds[1] = Sink()
        left, may_leave = self.left, self.may_leave
        self.left = None
        self.node(right, unused)
        self.left, self.may_leave = left, may_leave

    def _either(self, node: AndOr, first: Node, second: Node, state: State) -> int | None:
        branches = Branches(self, state)
        branches.run_node(first, None)
        branches.run_node(second, None)
        branches.end(self.span(node.start, node.end))
        return None

    def _optional(self, right: Node, state: State) -> int | None:
        """Walk a part that may not run: nor may its output be there."""
        outer = state.fds.get(1)
        if not isinstance(outer, Sink):
            return self.node(right, state)
        sink = buffer_for(outer)
        state.fds[1] = sink
        status = self.node(right, state)
        state.fds[1] = outer
        if sink.parts:
            outer.names.extend(sink.names)
            self.write(state, either(["", sink.text()]), self.span(right.start, right.end))
        return status

    def _and(self, right: Node, state: State, skipped: list[Snapshot]) -> int | None:
        """The right side of ``&&`` when the left one may have failed."""
        before = Snapshot(state)
        self._optional(right, state)
        if self.left is not None:
            # What goes on is the path on which it did not run.
            restore(state, before)
            self.left = None
            self.may_leave = True
        else:
            skipped.append(before)
        return None

    def _or(self, right: Node, state: State) -> int | None:
        """The right side of ``||`` when the left one may have succeeded."""
        before = Snapshot(state)
        status = self._optional(right, state)
        if self.left is not None:
            restore(state, before)
            self.left = None
            self.may_leave = True
            return 0
        merge(state, [before])
        return 0 if status == 0 else None

    def pipeline(self, node: Pipeline, state: State) -> int | None:
        commands = node.commands
        if len(commands) == 1:
            status = self.node(commands[0], state)
        else:
            status = self._pipe(node, state)
        if node.negated and status is not None:
            status = int(status == 0)
        return status

    def _pipe(self, node: Pipeline, state: State) -> int | None:
        """Every element runs in a copy of the state; what one writes the next reads."""
        last = len(node.commands) - 1
        stream: Stream | None = None
        status: int | None = None
        for i, command in enumerate(node.commands):
            inner = state.copy()
            consumed = self.consumed
            if stream is not None:
                inner.fds[0] = stream
            sink = Sink()
            if i < last:
                inner.fds[1] = sink
                if i < len(node.stderr) and node.stderr[i]:
                    inner.fds[2] = sink
            status = self.node(command, inner)
            self.left = None
            self.finish(inner)
            if stream is not None:
                # It read the pipe, not what a loop around the pipeline reads.
                self.consumed = consumed
            stream = Stream(sink.text(), tuple(sink.names))
        return status


def trace_prompt(state: State, host: Host, span: tuple[int, int], name: str = "PS4", via: tuple[str, ...] = ()) -> Value:
    """Expand a prompt variable for what its substitutions run: ``PS4`` of a shell started with ``-x``."""
    from packgate.shell.nested import expand_prompt

    value = state.get(name)
    if value is None:
        return ""
    walk = Evaluator(host, state.budget, Frame("", span, ()), via)
    return expand_prompt(walk, value, state)
