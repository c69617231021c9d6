"""Compound commands: groups, subshells, definitions, conditions; branches and loops have modules of their own."""

from __future__ import annotations

from packgate.shell import arithmetic, branches, iteration, truth
from packgate.shell.expand import quoted_text
from packgate.shell.tree import (
    Arithmetic,
    ArithmeticFor,
    Case,
    Coproc,
    For,
    Function,
    Group,
    If,
    Subshell,
    Test,
    While,
)
from packgate.shell.walk import FunctionBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.state import State
    from packgate.shell.tree import Node
    from packgate.shell.walk import Walk


def compound(walk: Walk, node: Node, state: State) -> int | None:
    """Walk a compound command; its exit status as far as known."""
    if isinstance(node, Group):
        return walk.script(node.script, state)
    if isinstance(node, Subshell):
        inner = state.copy()
        status = walk.script(node.script, inner)
        walk.finish(inner)
        walk.left = None
        return status
    if isinstance(node, If):
        return branches.if_command(walk, node, state)
    if isinstance(node, For):
        return iteration.for_command(walk, node, state)
    if isinstance(node, While):
        return iteration.while_command(walk, node, state)
    if isinstance(node, Case):
        return branches.case_command(walk, node, state)
    if isinstance(node, Function):
        state.functions = {**state.functions, node.name: FunctionBody(node, walk.frame)}
        return 0
    if isinstance(node, Test):
        return truth.double_bracket(walk, node, state)
    if isinstance(node, Arithmetic):
        value = arithmetic.evaluate(walk, quoted_text(walk, node.body.parts, state), state)
        return None if value is None else int(value == 0)
    if isinstance(node, ArithmeticFor):
        return iteration.arithmetic_for(walk, node, state)
    if isinstance(node, Coproc):
        inner = state.copy()
        walk.node(node.body, inner)
        walk.left = None
        state.background = True
        return 0
    return None
