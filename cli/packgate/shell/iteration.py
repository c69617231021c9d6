"""Loops: unrolled where their words or conditions are known, walked once where they are not."""

from __future__ import annotations

from packgate.model.operation import FULL
from packgate.model.value import Origin, unknown
from packgate.shell import arithmetic
from packgate.shell.expand import add_words, quoted_text
from packgate.shell.limits import LOOP
from packgate.shell.lookup import use_arguments
from packgate.shell.merge import Snapshot, merge, restore, widen
from packgate.shell.multiplying import starts_jobs
from packgate.shell.partial import either
from packgate.shell.tree import Literal, SimpleCommand, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.state import State
    from packgate.shell.tree import ArithmeticFor, For, Script, While
    from packgate.shell.walk import Walk


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


def arithmetic_for(walk: Walk, node: ArithmeticFor, state: State) -> int | None:
    """``for ((…; …; …))``."""
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
            if node.condition is None:
                _note_jobs(walk, node.body, span)
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
        still = before.variables == state.variables and before.cwd == state.cwd
        if not left and not walk.consumed and (still or _is_constant(node.condition)):
            _note_jobs(walk, node.body, span)
        if left or (still and not walk.consumed):
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
