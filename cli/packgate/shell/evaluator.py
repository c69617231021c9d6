"""The walk over a syntax tree: lists, pipelines and the choice between kinds of commands."""

from __future__ import annotations

from packgate.model.operation import OPAQUE, PARTIAL
from packgate.shell import commands, control
from packgate.shell.branches import Branches
from packgate.shell.limits import ALL_CODE, COMMANDS, DEPTH, LEVELS
from packgate.shell.merge import Snapshot, merge, restore
from packgate.shell.parser import parse
from packgate.shell.partial import either
from packgate.shell.plain import plain_words
from packgate.shell.streams import Sink, Stream, buffer_for
from packgate.shell.tree import AndOr, Pipeline, SimpleCommand
from packgate.shell.walk import Frame, Walk, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import Node, Redirect, Script


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
        return self.parsed(source, state)

    def parsed(self, source: str, state: State) -> int | None:
        """As `text`, for what is no plain command, and was counted."""
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
