"""What is known of a shell's state after one of several branches was taken."""

from __future__ import annotations

from packgate.model.value import ANY, DIGITS, Origin, unknown
from packgate.shell.elastic import merged
from packgate.shell.partial import either
from packgate.shell.state import DEFAULT_IFS, Unset, in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State, Stored


class Snapshot:
    """The parts of a state that branches change: cheap to take before a command that may not run."""

    __slots__ = ("arguments", "attributes", "cwd", "exported", "old_cwd", "options", "taints", "variables")

    def __init__(self, state: State) -> None:
        self.cwd = state.cwd
        self.old_cwd = state.old_cwd
        self.variables = state.variables
        self.exported = state.exported
        self.arguments = state.arguments
        self.attributes = state.attributes
        self.options = state.options
        self.taints = state.taints


def restore(state: State, before: Snapshot) -> None:
    """Take a state back to what it was."""
    state.cwd = before.cwd
    state.old_cwd = before.old_cwd
    state.variables = before.variables
    state.exported = before.exported
    state.arguments = before.arguments
    state.attributes = before.attributes
    state.options = before.options
    state.taints = before.taints


def merge(state: State, others: list[Snapshot]) -> None:
    """Make ``state`` describe that either it or one of the others came to be."""
    for other in others:
        if other.cwd != state.cwd:
            state.cwd = either([state.cwd, other.cwd])
        if other.old_cwd != state.old_cwd and other.old_cwd is not None:
            state.old_cwd = other.old_cwd if state.old_cwd is None else either([state.old_cwd, other.old_cwd])
        if other.exported is not state.exported:
            state.exported = state.exported | other.exported
        if other.taints is not state.taints:
            state.taints = {**other.taints, **state.taints}
        if other.options is not state.options:
            state.options = state.options & other.options
        if other.arguments is not state.arguments:
            state.arguments = merged(state.arguments, other.arguments)
        if other.variables is not state.variables and other.variables != state.variables:
            _merge_variables(state, other.variables)


def _merge_variables(state: State, other: dict[str, Stored]) -> None:
    merged = dict(state.variables)
    for name in sorted(state.variables.keys() | other.keys()):
        mine = state.variables.get(name)
        theirs = other.get(name)
        if mine is None:
            mine = _before(state, name)
        if theirs is None:
            theirs = _before(state, name)
        if mine != theirs:
            merged[name] = _merge_stored(mine, theirs)
    state.variables = merged


def widen(state: State, before: Snapshot) -> None:
    """Make everything unknown that changed since a snapshot: any number of further turns may have changed it."""
    widened = dict(state.variables)
    for name in sorted(state.variables.keys() | before.variables.keys()):
        now, then = state.variables.get(name), before.variables.get(name)
        if now == then:
            continue
        digits = isinstance(now, str) and now.isdigit() and (not isinstance(then, str) or then.isdigit())
        widened[name] = unknown(Origin("variable", name), chars=DIGITS if digits else ANY)
    state.variables = widened
    if state.cwd != before.cwd:
        state.cwd = unknown(Origin("variable", "PWD"))


def _before(state: State, name: str) -> Stored:
    """What a variable is that the line has not set on one of the branches."""
    declared = state.environment.get(name) if name != "IFS" else DEFAULT_IFS
    return declared if declared is not None else unknown(Origin("variable", name))


def _merge_stored(mine: Stored, theirs: Stored) -> Stored:
    if isinstance(mine, Unset):
        mine = [] if isinstance(theirs, list) else ""
    if isinstance(theirs, Unset):
        theirs = [] if isinstance(mine, list) else ""
    if isinstance(mine, dict) or isinstance(theirs, dict):
        return _merge_tables(_table(mine), _table(theirs))
    if isinstance(mine, list) and isinstance(theirs, list):
        return merged(mine, theirs)
    if isinstance(mine, list):
        return merged(mine, [theirs]) if isinstance(theirs, str) else mine
    if isinstance(theirs, list):
        return merged([mine], theirs) if isinstance(mine, str) else theirs
    return either([mine, theirs])


def _table(stored: Stored) -> dict[str, Value]:
    if isinstance(stored, dict):
        return stored
    if isinstance(stored, list):
        return {str(i): value for i, value in enumerate(stored)}
    return {} if isinstance(stored, Unset) else {"0": stored}


def _merge_tables(mine: dict[str, Value], theirs: dict[str, Value]) -> dict[str, Value]:
    return in_order({key: either([mine.get(key, ""), theirs.get(key, "")]) for key in {**mine, **theirs}})
