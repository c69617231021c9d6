"""Compound commands: branches, loops, groups and function calls."""

from __future__ import annotations

from packgate.model.value import Origin, unknown
from packgate.shell import arithmetic, truth
from packgate.shell.expand import add_words, pattern_pieces, quoted_text, single
from packgate.shell.limits import LOOP
from packgate.shell.merge import Snapshot, merge, widen
from packgate.shell.partial import either, variants
from packgate.shell.patterns import compile_pieces, matches
from packgate.shell.streams import Sink
from packgate.shell.tree import (
    Arithmetic,
    ArithmeticFor,
    Case,
    Coproc,
    For,
    Function,
    Group,
    If,
    Literal,
    SimpleCommand,
    Subshell,
    Test,
    While,
    Word,
)
from packgate.shell.walk import FunctionBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import Node, Script
    from packgate.shell.walk import Walk

RECURSION = 16


def compound(walk: Walk, node: Node, state: State) -> int | None:
    """Walk a compound command; its exit status as far as known."""
    if isinstance(node, Group):
        return walk.script(node.script, state)
    if isinstance(node, Subshell):
        inner = state.copy()
        status = walk.script(node.script, inner)
        walk.finish(inner)
        walk.left = False
        return status
    if isinstance(node, If):
        return _if(walk, node, state)
    if isinstance(node, For):
        return _for(walk, node, state)
    if isinstance(node, While):
        return _while(walk, node, state)
    if isinstance(node, Case):
        return _case(walk, node, state)
    if isinstance(node, Function):
        state.functions = {**state.functions, node.name: FunctionBody(node, walk.frame)}
        return 0
    if isinstance(node, Test):
        return truth.double_bracket(walk, node, state)
    if isinstance(node, Arithmetic):
        value = arithmetic.evaluate(walk, quoted_text(walk, node.body.parts, state), state)
        return None if value is None else int(value == 0)
    if isinstance(node, ArithmeticFor):
        return _arithmetic_for(walk, node, state)
    if isinstance(node, Coproc):
        inner = state.copy()
        walk.node(node.body, inner)
        state.background = True
        return 0
    return None


def restore(state: State, before: Snapshot) -> None:
    """Take a state back to what it was."""
    state.cwd = before.cwd
    state.old_cwd = before.old_cwd
    state.variables = before.variables
    state.exported = before.exported
    state.arguments = before.arguments
    state.options = before.options
    state.taints = before.taints


# --- branches ------------------------------------------------------------------------------------------------------


class Branches:
    """Alternatives of which one runs: each starts from the same state, and in the end all that may have run merge."""

    __slots__ = ("before", "outcomes", "outer", "outputs", "state", "walk")

    def __init__(self, walk: Walk, state: State) -> None:
        self.walk = walk
        self.state = state
        self.before = Snapshot(state)
        self.outer = state.fds.get(1)
        self.outputs: list[Value] = []
        self.outcomes: list[Snapshot] = []

    def run(self, scripts: list[Script], taken: bool | None) -> None:
        """Walk one alternative. ``taken`` False: it is walked for what it holds, but has no effect on the rest."""
        here, sink = self._begin()
        for script in scripts:
            self.walk.script(script, self.state)
        self._finish(here, sink, taken)

    def run_node(self, node: Node, taken: bool | None) -> None:
        """The same for one command."""
        here, sink = self._begin()
        self.walk.node(node, self.state)
        self._finish(here, sink, taken)

    def _begin(self) -> tuple[Snapshot, Sink]:
        here = Snapshot(self.state)
        sink = Sink()
        self.state.fds[1] = sink
        self.walk.left = False
        return here, sink

    def _finish(self, here: Snapshot, sink: Sink, taken: bool | None) -> None:
        state, walk = self.state, self.walk
        if taken is not False:
            self.outputs.append(sink.text())
            if isinstance(self.outer, Sink):
                self.outer.names.extend(sink.names)
            if not walk.left:
                self.outcomes.append(Snapshot(state))
            elif taken is None:
                walk.may_leave = True
        walk.left = False
        restore(state, here)

    def skip(self) -> None:
        """None of the alternatives may have run."""
        self.outputs.append("")
        self.outcomes.append(Snapshot(self.state))

    def end(self, span: tuple[int, int]) -> None:
        """Bring the outcomes together."""
        state = self.state
        if self.outer is not None:
            state.fds[1] = self.outer
        else:
            state.fds.pop(1, None)
        if self.outcomes:
            restore(state, self.outcomes[0])
            merge(state, self.outcomes[1:])
        if self.outputs:
            self.walk.write(state, either(self.outputs), span)


def _if(walk: Walk, node: If, state: State) -> int | None:
    branches = Branches(walk, state)
    decided = False
    # Whether every condition so far is known not to hold.
    certain = True
    for condition, body in node.clauses:
        inner = state.copy() if decided else state
        status = walk.script(condition, inner)
        certain = certain and status is not None
        walk.left = False
        if decided or (status is not None and status != 0):
            branches.run([body], False)
        else:
            branches.run([body], True if status == 0 else None)
            decided = status == 0
    if node.otherwise is not None:
        branches.run([node.otherwise], False if decided else True if certain else None)
    elif not decided:
        branches.skip()
    branches.end(walk.span(node.start, node.end))
    return None


def _case(walk: Walk, node: Case, state: State) -> int | None:
    word = single(walk, node.word, state)
    branches = Branches(walk, state)
    decided = False
    for at, (patterns, _, terminator) in enumerate(node.items):
        found = False if decided else _matches_any(walk, word, patterns, state)
        branches.run(_bodies(node, at), found)
        decided = decided or (found is True and terminator != ";;&")
    if not decided:
        branches.skip()
    branches.end(walk.span(node.start, node.end))
    return None


def _bodies(node: Case, at: int) -> list[Script]:
    """The body of a clause, and those that it falls through to."""
    bodies: list[Script] = []
    for _, body, terminator in node.items[at:]:
        bodies.append(body)
        if terminator != ";&":
            break
    return bodies


def _matches_any(walk: Walk, word: Value, patterns: list[Word], state: State) -> bool | None:
    """Whether a word matches one of the patterns of a clause; None when that is unknown."""
    texts = variants(word)
    result: bool | None = False
    for pattern in patterns:
        tokens = compile_pieces(pattern_pieces(walk, pattern, state))
        found: bool | None = None
        if tokens is not None and texts is not None:
            answers = {matches(tokens, text) for text in texts}
            found = answers.pop() if len(answers) == 1 else None
        elif tokens is not None and len(tokens) == 1 and tokens[0].kind == 1:
            found = True
        if found:
            return True
        if found is None:
            result = None
    return result


# --- loops ---------------------------------------------------------------------------------------------------------


def _for(walk: Walk, node: For, state: State) -> int | None:
    span = walk.span(node.start, node.end)
    names = walk.names
    walk.names = []
    if node.words is None:
        values = list(state.arguments)
    else:
        values = []
        add_words(walk, node.words, state, values)
    taint = tuple(walk.names)
    walk.names = names
    state.taint(node.name, taint)
    if len(values) > LOOP:
        walk.limit(f"{LOOP} iterations of one loop", span)
        values = values[:LOOP]
    if node.select:
        before = Snapshot(state)
        state.set(node.name, either(values) if values else "")
        walk.script(node.body, state)
        merge(state, [before])
        return None
    status: int | None = 0
    if not values:
        # It does not run, as far as the line says; what it holds is walked all the same.
        inner = state.copy()
        inner.set(node.name, unknown(Origin("argument", node.name)))
        walk.script(node.body, inner)
        walk.left = False
    for value in values:
        if not walk.iterate(span):
            break
        state.set(node.name, value)
        status = walk.script(node.body, state)
        walk.left = False
    return status


def _arithmetic_for(walk: Walk, node: ArithmeticFor, state: State) -> int | None:
    span = walk.span(node.start, node.end)
    _expression(walk, node.init, state)
    for _ in range(LOOP):
        value = _expression(walk, node.condition, state) if node.condition is not None else None
        if value == 0:
            return 0
        if not walk.iterate(span):
            return None
        walk.script(node.body, state)
        walk.left = False
        _expression(walk, node.step, state)
        if value is None:
            return None
    walk.limit(f"{LOOP} iterations of one loop", span)
    return None


def _expression(walk: Walk, word: Word | None, state: State) -> int | None:
    return arithmetic.evaluate(walk, quoted_text(walk, word.parts, state), state) if word is not None else 1


def _while(walk: Walk, node: While, state: State) -> int | None:
    """A loop whose condition is known runs as often as it says, until nothing changes any more; one whose condition is
    unknown may run any number of times, and its body is walked once."""
    span = walk.span(node.start, node.end)
    for turn in range(LOOP):
        before = Snapshot(state)
        status = walk.script(node.condition, state)
        runs = None if status is None else (status == 0) != node.until
        if runs is False and turn > 0:
            return 0
        if not walk.iterate(span):
            return None
        entered = Snapshot(state)
        walk.left = walk.may_leave = False
        walk.script(node.body, state)
        left = walk.left
        walk.left = False
        if runs is False:
            # Never entered: walked for what it holds.
            restore(state, entered)
            return 0
        if runs is None or walk.may_leave:
            merge(state, [entered])
            return None
        if left or (before.variables == state.variables and before.cwd == state.cwd and not walk.consumed):
            return None
        if not walk.consumed and _is_constant(node.condition):
            # An endless loop: one more turn with whatever it changes unknown stands for all others.
            widen(state, before)
            walk.script(node.body, state)
            walk.left = False
            return None
        walk.consumed = False
    walk.limit(f"{LOOP} iterations of one loop", span)
    return None


def _is_constant(condition: Script) -> bool:
    """Whether a condition is plain text (``true``, ``:``, ``[ 1 ]``), so that no turn changes it."""
    for statement in condition.statements:
        node = statement.node
        if not isinstance(node, SimpleCommand):
            return False
        for word in node.words:
            if not isinstance(word, Word) or any(not isinstance(part, Literal) for part in word.parts):
                return False
    return True


# --- functions -----------------------------------------------------------------------------------------------------


def call(walk: Walk, name: str, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """Walk the body of a function with its arguments as positional parameters."""
    body = state.functions[name]
    if walk.calls.count(name) >= RECURSION:
        walk.limit(f"{RECURSION} recursive calls", span)
        return None
    frame, arguments = walk.frame, state.arguments
    walk.frame = body.frame
    walk.calls.append(name)
    state.arguments = argv[1:]
    state.saved.append({})
    node = body.node
    if isinstance(node, Function):
        inner = node.body
        if node.redirects:
            inner = Group(_as_script(node.body), node.start, node.end)
            inner.redirects = node.redirects
        status = walk.node(inner, state)
    else:
        status = walk.node(node, state)
    _leave_scope(state)
    walk.left = False
    walk.calls.pop()
    walk.frame, state.arguments = frame, arguments
    return status


def _leave_scope(state: State) -> None:
    """A function ends: its local variables get their former values back."""
    saved = state.saved.pop()
    if saved:
        kept = {name: stored for name, stored in state.variables.items() if name not in saved}
        for name, stored in saved.items():
            if stored is not None:
                kept[name] = stored
        state.variables = kept


def _as_script(node: Node) -> Script:
    from packgate.shell.tree import Script, Statement

    return Script([Statement(node, False, node.start, node.end)], node.start, node.end)

