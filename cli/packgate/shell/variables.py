"""Setting variables: plain and array assignments, attributes, and telling the host."""

from __future__ import annotations

from packgate.model.value import Origin, join, unknown
from packgate.shell import arithmetic
from packgate.shell.expand import add_word, brace_variants, quoted_text, single
from packgate.shell.fields import size_of
from packgate.shell.limits import FIELDS, TEXT_SIZE
from packgate.shell.lookup import special
from packgate.shell.partial import map_literals
from packgate.shell.state import elements, in_order, is_sparse, keys, scalar, with_element
from packgate.shell.targets import subscript
from packgate.shell.tree import Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State, Stored
    from packgate.shell.tree import Assignment
    from packgate.shell.walk import Walk


def set_variable(
    walk: Walk, state: State, name: str, value: Value, span: tuple[int, int], names: tuple[str, ...] = ()
) -> None:
    """Set a scalar variable as an assignment does; ``names`` are the outside variables that its value depends on."""
    if size_of(value) > 2 * TEXT_SIZE:
        walk.limit("text", span)
        value = unknown(Origin("limit", "text"))
    if state.attributes:
        name = _referenced(state, name)
        attributes = state.attributes.get(name, "")
        if attributes:
            if "r" in attributes and scalar(state.lookup(name)) is not None:
                return
            value = _converted(walk, value, attributes, state)
    stored = state.variables.get(name)
    if isinstance(stored, (list, dict)):
        state.set(name, with_element(stored, "0", value))
    else:
        state.set(name, value)
    if names or state.taints:
        state.taint(name, names)
    if "allexport" in state.options:
        state.export(name)
    walk.host.assigned(name, value, state.is_exported(name), span)
    if name == "PS4" and "xtrace" in state.options:
        trace(walk, state)


def trace(walk: Walk, state: State) -> None:
    """Tracing is on: the substitutions of PS4 run before every command."""
    prompt = state.get("PS4")
    if prompt is not None:
        from packgate.shell.nested import expand_prompt

        expand_prompt(walk, prompt, state)


def _referenced(state: State, name: str) -> str:
    for _ in range(8):
        if "n" not in state.attributes.get(name, ""):
            break
        target = scalar(state.lookup(name))
        if not isinstance(target, str) or not target or target == name:
            break
        name = target
    return name


def _converted(walk: Walk, value: Value, attributes: str, state: State) -> Value:
    if "i" in attributes:
        number = arithmetic.evaluate(walk, value, state)
        return str(number) if number is not None else special("RANDOM", state) or ""
    if "l" in attributes:
        return map_literals(value, str.lower)
    if "u" in attributes:
        return map_literals(value, str.upper)
    return value


def assigned_value(walk: Walk, assignment: Assignment, state: State) -> Value:
    """The scalar value of an assignment, with what ``+=`` adds it to."""
    value = single(walk, assignment.value, state, True) if assignment.value is not None else ""
    if not assignment.append:
        return value
    before = state.get(assignment.name)
    if "i" in state.attributes.get(assignment.name, ""):
        return join(("" if before is None else before, "+", value))
    if before is None and state.lookup(assignment.name) is None:
        before = special(assignment.name, state)
    whole = join(("" if before is None else before, value))
    if not isinstance(whole, str) and size_of(whole) > TEXT_SIZE:
        walk.limit("text", walk.span(assignment.start, assignment.end))
        return unknown(Origin("limit", "text"))
    return whole


def assign(walk: Walk, assignment: Assignment, state: State) -> None:
    """Carry out an assignment of the shell itself."""
    names = walk.names
    walk.names = []
    span = walk.span(assignment.start, assignment.end)
    if assignment.array is not None:
        _assign_array(walk, assignment, state)
    elif assignment.index is not None:
        value = single(walk, assignment.value, state, True) if assignment.value is not None else ""
        key = subscript(walk, assignment.index, state, assignment.name)
        stored = state.lookup(assignment.name)
        if "A" in state.attributes.get(assignment.name, "") and not isinstance(stored, dict):
            stored = {}
        state.set(assignment.name, with_element(stored, key if key is not None else "0", value, assignment.append))
        if walk.names:
            state.taint(assignment.name, (*state.taints.get(assignment.name, ()), *walk.names))
    else:
        value = assigned_value(walk, assignment, state)
        set_variable(walk, state, assignment.name, value, span, tuple(walk.names))
    walk.names = names


def _assign_array(walk: Walk, assignment: Assignment, state: State) -> None:
    name = assignment.name
    items = _array_words(walk, assignment, state)
    # Its words may have set elements, too.
    stored = state.lookup(name) if assignment.append else None
    associative = "A" in state.attributes.get(name, "")
    if associative or (isinstance(stored, dict) and not is_sparse(stored)):
        state.set(name, _table(items, stored if isinstance(stored, dict) else {}))
    else:
        result = _indexed(walk, items, stored, state)
        if len(elements(result)) > FIELDS:
            walk.limit("words", walk.span(assignment.start, assignment.end))
            result = elements(result)[:FIELDS]
        state.set(name, result)
    state.taint(name, tuple(walk.names))


def _array_words(walk: Walk, assignment: Assignment, state: State) -> list[tuple[Value | None, list[Value]]]:
    """The elements of ``name=(…)``: subscript or None, and the fields of the word."""
    out: list[tuple[Value | None, list[Value]]] = []
    for index, word in assignment.array or []:
        if index is None:
            fields: list[Value] = []
            add_word(walk, word, state, fields)
            out.append((None, fields))
            continue
        key = quoted_text(walk, index.parts, state)
        indexed = state.shell == "bash" and "A" not in state.attributes.get(assignment.name, "")
        made = brace_variants(walk, word, state) if indexed else [word.parts]
        values = [single(walk, Word(parts, word.start, word.end), state) for parts in made]
        # What braces make of an element of an indexed array is no longer read as an assignment to it.
        out.append((key, values) if len(values) == 1 else (None, [join(("[", key, "]=", value)) for value in values]))
    return out


def _indexed(walk: Walk, items: list[tuple[Value | None, list[Value]]], stored: Stored | None, state: State) -> Stored:
    """The elements of an indexed array; a word without a subscript comes after the one before it."""
    if not isinstance(stored, dict) and all(key is None for key, _ in items):
        return [*elements(stored), *(value for _, fields in items for value in fields)]
    table = {int(key): value for key, value in zip(keys(stored), elements(stored), strict=True)}
    following = max(table, default=-1) + 1
    for key, fields in items:
        if key is not None:
            number = arithmetic.evaluate(walk, key, state) or 0
            following = number if number >= 0 else number + max(table, default=-1) + 1
        for value in fields:
            table[following] = value
            following += 1
    ordered = sorted(table)
    if ordered == list(range(len(ordered))):
        return [table[number] for number in ordered]
    return {str(number): table[number] for number in ordered}


def _table(items: list[tuple[Value | None, list[Value]]], before: dict[str, Value]) -> dict[str, Value]:
    """The elements of an associative array; without subscripts words are keys and values in turn."""
    table = dict(before)
    loose: list[Value] = []
    for key, fields in items:
        if key is None:
            loose.extend(fields)
        elif isinstance(key, str):
            table[key] = fields[0]
    for i in range(0, len(loose), 2):
        key = loose[i]
        if isinstance(key, str):
            table[key] = loose[i + 1] if i + 1 < len(loose) else ""
    return in_order(table)
