"""Loops: unrolled where their words or conditions are known, walked once where they are not."""

from __future__ import annotations

from packgate.model.operation import FULL
from packgate.model.value import Origin, unknown
from packgate.shell import arithmetic
from packgate.shell.expand import add_words, quoted_text
from packgate.shell.limits import LOOP
from packgate.shell.lookup import use_arguments
from packgate.shell.merge import Snapshot, merge, restore, widen
from packgate.shell.multiplying import plain, starts_jobs, waits
from packgate.shell.partial import either
from packgate.shell.relocate import push_children
from packgate.shell.tree import Literal, SimpleCommand, Word
from packgate.shell.walk import Leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.relocate import Tree
    from packgate.shell.state import State
    from packgate.shell.tree import ArithmeticFor, For, Script, While
    from packgate.shell.walk import Walk


# A loop that only a command of its body ends is followed so many turns; so many ways in which it may have ended are kept.
TURNS = 64
MAY_END = 16
_ENDING = ("break", "return", "exit")


def for_command(walk: Walk, node: For, state: State) -> int | None:
    """``for`` and ``select`` over words."""
    span = walk.span(node.start, node.end)
    names = walk.names
    walk.names = []
    if node.words is None:
        values = list(state.arguments)
        use_arguments(walk, state)
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
        _body(walk, node.body, state)
        walk.left = None
        merge(state, [before])
        return None
    status: int | None = 0
    if not values:
        # It does not run, as far as the line says; what it holds is walked all the same.
        inner = state.copy()
        inner.set(node.name, unknown(Origin("argument", node.name)))
        _body(walk, node.body, inner)
        walk.left = None
    may_end: list[Snapshot] = []
    for value in values:
        if not walk.iterate(span):
            break
        state.set(node.name, value)
        before = Snapshot(state)
        status = _body(walk, node.body, state)
        if walk.may_leave:
            may_end += [before, Snapshot(state)]
            walk.may_leave = False
        if not _goes_on(walk):
            break
    if may_end:
        merge(state, may_end[:MAY_END])
        walk.may_leave = True
    return status


def _body(walk: Walk, body: Script, state: State) -> int | None:
    """One turn of a loop."""
    walk.loops += 1
    status = walk.script(body, state)
    walk.loops -= 1
    return status


def _goes_on(walk: Walk) -> bool:
    """Whether a loop goes on after a turn: not after ``break``, nor when what is around it is left."""
    left = walk.left
    if left is None:
        return True
    if left.kind in ("break", "continue"):
        if left.loops > 1:
            walk.left = Leave(left.kind, left.loops - 1)
            return False
        walk.left = None
        return left.kind == "continue"
    return False


def arithmetic_for(walk: Walk, node: ArithmeticFor, state: State) -> int | None:
    """``for ((…; …; …))``."""
    span = walk.span(node.start, node.end)
    _expression(walk, node.init, state)
    for turn in range(LOOP):
        value = _expression(walk, node.condition, state)
        if value == 0:
            return 0
        if not walk.iterate(span):
            return None
        before = Snapshot(state)
        _body(walk, node.body, state)
        if not _goes_on(walk):
            return 0 if walk.left is None else None
        if walk.may_leave:
            merge(state, [before])
        _expression(walk, node.step, state)
        endless = node.condition is None and not (turn < TURNS and _may_end(node.body))
        if value is None or endless:
            if endless:
                _note_jobs(walk, node.body, span)
            widen(state, before)
            return None
    walk.limit(f"{LOOP} iterations of one loop", span)
    _note_jobs(walk, node.body, span)
    return None


def _expression(walk: Walk, word: Word | None, state: State) -> int | None:
    return arithmetic.evaluate(walk, quoted_text(walk, word.parts, state), state) if word is not None else 1


def while_command(walk: Walk, node: While, state: State) -> int | None:
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
        walk.may_leave = False
        _body(walk, node.body, state)
        left = not _goes_on(walk)
        if runs is False:
            # Never entered: walked for what it holds.
            restore(state, entered)
            walk.left = None
            return 0
        if runs is None or walk.may_leave:
            walk.left = None
            merge(state, [entered])
            return None
        still = before.variables == state.variables and before.cwd == state.cwd
        if not left and not walk.consumed and (still or _is_constant(node.condition)) and not waits(node.condition):
            _note_jobs(walk, node.body, span)
        if left:
            return 0 if walk.left is None else None
        if still and not walk.consumed:
            return None
        if not walk.consumed and _is_constant(node.condition) and not (turn < TURNS and _may_end(node.body)):
            # An endless loop: one more turn with whatever it changes unknown stands for all others.
            widen(state, before)
            _body(walk, node.body, state)
            walk.left = None
            return None
        walk.consumed = False
    walk.limit(f"{LOOP} iterations of one loop", span)
    return None


def _note_jobs(walk: Walk, body: Script, span: tuple[int, int]) -> None:
    """Tell that a loop without end starts a job at every turn."""
    if starts_jobs(body):
        walk.note("endless-jobs", "a loop without end starts one background job after the other", FULL, span)


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


def _may_end(body: Script) -> bool:
    """Whether something in a body ends the loop, in plain words."""
    todo: list[Tree] = [body]
    while todo:
        node = todo.pop()
        if isinstance(node, SimpleCommand) and node.words and plain(node.words[0]) in _ENDING:
            return True
        push_children(node, todo)
    return False
