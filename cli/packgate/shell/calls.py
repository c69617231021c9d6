"""Calls of the functions that a line defines."""

from __future__ import annotations

from packgate.model.operation import FULL, PARTIAL
from packgate.shell.multiplying import multiplies
from packgate.shell.tree import Function, Group, Script, Statement
from packgate.shell.walk import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import Node
    from packgate.shell.walk import Walk

RECURSION = 16


def call(walk: Walk, name: str, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """Walk the body of a function with its arguments as positional parameters."""
    body = state.functions[name]
    if _is_endless(walk, name, argv, state, span):
        return None
    frame, arguments = walk.frame, state.arguments
    walk.frame = body.frame
    walk.calls.append(Call(name, argv[1:], state.variables))
    taint = state.taints.get("@", ())
    state.arguments = argv[1:]
    state.taint("@", tuple(walk.names))
    state.saved.append({})
    loops, walk.loops = walk.loops, 0
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
    walk.loops = loops
    if walk.left is not None and walk.left.kind != "exit":
        walk.left = None
    walk.calls.pop()
    walk.frame, state.arguments = frame, arguments
    state.taint("@", taint)
    return status


def _is_endless(walk: Walk, name: str, argv: list[Value], state: State, span: tuple[int, int]) -> bool:
    """Whether a call repeats one that is being walked, with nothing changed, or recursion is too deep."""
    depth = 0
    for active in walk.calls:
        if active.name != name:
            continue
        depth += 1
        if active.arguments == argv[1:] and active.variables == state.variables:
            if f"call of {name}" not in walk.budget.reported:
                walk.budget.reported.add(f"call of {name}")
                walk.note("recursion", f"{name} calls itself without end", PARTIAL, span)
                if multiplies(state.functions[name].node, name):
                    walk.note("fork-bomb", f"{name} starts copies of itself without end", FULL, span)
            return True
    if depth >= RECURSION:
        walk.limit(f"{RECURSION} recursive calls", span)
        return True
    return False


def _leave_scope(state: State) -> None:
    """A function ends: its local variables get their former values back."""
    saved = state.saved.pop()
    if saved:
        kept = {name: stored for name, stored in state.variables.items() if name not in saved}
        former = {name: stored for name, stored in saved.items() if stored is not None}
        state.variables = {**kept, **former}


def _as_script(node: Node) -> Script:
    return Script([Statement(node, False, node.start, node.end)], node.start, node.end)
