"""Parameter expansion: ``$name`` and every form of ``${…}``."""

from __future__ import annotations

from packgate.model.operation import FULL
from packgate.model.value import DIGITS, Hole, Origin, unknown
from packgate.shell import zsh
from packgate.shell.elastic import count
from packgate.shell.limits import ALL_TEXT
from packgate.shell.lookup import spaced, variable
from packgate.shell.operators import case_change, cut_pattern, replace_pattern, substring, transform
from packgate.shell.partial import one_of
from packgate.shell.state import with_element
from packgate.shell.targets import listing, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.fields import Fields
    from packgate.shell.state import State, Stored
    from packgate.shell.targets import Target
    from packgate.shell.tree import Parameter, Word
    from packgate.shell.walk import Walk


def expand(walk: Walk, part: Parameter, state: State, fields: Fields, quoted: bool) -> None:
    """Expand one parameter into fields."""
    if not part.op and part.index is None and not part.length and not part.indirect and part.name not in "@*":
        if state.shell == "zsh" and isinstance(state.lookup(part.name), list):
            emit(zsh.whole_array(walk, part.name, state), fields, quoted)
        else:
            fields.value(variable(walk, part.name, state), quoted)
        return
    if state.shell == "zsh" and zsh.flags(part.op):
        zsh.expand_flagged(walk, part, state, fields, quoted)
        return
    if part.op in ("!*", "!@", "!keys"):
        emit(listing(part, state), fields, quoted, part.op)
        return
    known = len(walk.names)
    target = resolve(walk, part, state)
    if part.length or part.op in ("+", ":+"):
        # A length and "is it set" show nothing of the value.
        del walk.names[known:]
    if part.length:
        fields.value(_length(target), quoted)
    elif part.op and part.op.lstrip(":") in ("-", "=", "?", "+"):
        _conditional(walk, part, target, state, fields, quoted)
    else:
        if part.op and walk.budget.text > ALL_TEXT:
            walk.limit("text", walk.span(part.start, part.end))
            target.values = [unknown(Origin("limit", "text"))]
        elif part.op:
            _operate(walk, part, target, state)
        emit(target, fields, quoted, part.op)


def emit(target: Target, fields: Fields, quoted: bool, op: str = "") -> None:
    """Write a target's values as fields, the way its kind, its operator and the quotes ask for."""
    if not target.is_list:
        fields.value(target.values[0], quoted)
    elif not quoted and not fields.ifs and op[:1] in ("#", "%", "!"):
        # Without a separator bash leaves marks of its own in what it makes of a list.
        fields.piece(Hole((Origin("argument", target.name),)))
    elif target.star and (quoted or not fields.split):
        fields.value(spaced(target.values, fields.separator()), True)
    elif not fields.split:
        # A single word: what an operator yields is parted as `$*` is.
        alike = fields.ifs and op and (quoted or op[0] not in ":!/^,~")
        fields.value(spaced(target.values, fields.separator() if alike else " "), True)
    elif not quoted and fields.split_all and fields.ifs not in ("", " \t\n"):
        # Bash joins first, so that an empty element between two separators stays one.
        fields.value(spaced(target.values, fields.separator()), False)
    else:
        for i, value in enumerate(target.values):
            if i:
                fields.flush()
            fields.value(value, quoted)


def _length(target: Target) -> Value:
    if target.is_list:
        return count(target.values, target.name)
    value = target.values[0]
    return str(len(value)) if isinstance(value, str) else unknown(Origin("variable", target.name), chars=DIGITS)


def _operate(walk: Walk, part: Parameter, target: Target, state: State) -> None:
    """Apply an operator to every value of a target."""
    op = part.op
    if target.present is False and not target.is_list and op not in ("@a", "@A"):
        return
    if op == ":":
        modified = zsh.modify(part, target.values) if state.shell == "zsh" else None
        if modified is not None:
            target.values = modified
            return
        substring(walk, part, target, state)
    elif op[0] in "#%":
        target.values = cut_pattern(walk, part, target.values, state)
    elif op[0] == "/":
        target.values = replace_pattern(walk, part, target.values, state)
    elif op[0] in "^,~":
        target.values = case_change(walk, part, target.values, state)
    elif op[0] == "@":
        target.values = [transform(walk, op[1:], value, state, target.name) for value in target.values]


def _conditional(
    walk: Walk, part: Parameter, target: Target, state: State, fields: Fields, quoted: bool
) -> None:
    """``-``, ``=``, ``?`` and ``+``, each also with a colon. A variable of which nothing is known is taken to be unset
    when a default is given, which is remarked; with ``+`` both outcomes are kept."""
    kind = part.op[-1]
    present = target.present
    if present and part.op[0] == ":" and all(value == "" for value in target.values):
        present = False
    if kind == "+":
        _alternative(walk, part, present, target, state, fields, quoted)
        return
    if present:
        emit(target, fields, quoted)
        return
    word = part.args[0] if part.args else None
    if kind == "?":
        if word is not None:
            _single(walk, word, state)
        emit(target, fields, quoted)
        return
    if present is None:
        text = f"${target.name} is taken to be unset, so that its default holds"
        walk.note("assumed", text, FULL, walk.span(part.start, part.end))
    if word is None:
        fields.value("", quoted)
    elif kind == "=":
        value = _single(walk, word, state)
        stored: Stored = value
        if target.key is not None:
            stored = with_element(state.lookup(target.name), target.key, value)
        state.set(target.name, stored)
        fields.value(value, quoted)
    else:
        if quoted:
            fields.quoted("")
        _default(walk, word, state, fields, quoted)


def _alternative(
    walk: Walk, part: Parameter, present: bool | None, target: Target, state: State, fields: Fields, quoted: bool
) -> None:
    word = part.args[0] if part.args else None
    if present is False or word is None:
        if target.values or target.star or not target.is_list:
            fields.value("", quoted)
    elif present:
        if quoted:
            fields.quoted("")
        _default(walk, word, state, fields, quoted)
    else:
        value = _single(walk, word, state)
        fields.value(one_of(["", value]) if isinstance(value, str) else value, quoted)


def _single(walk: Walk, word: Word, state: State) -> Value:
    from packgate.shell.expand import single

    return single(walk, word, state)


def _default(walk: Walk, word: Word, state: State, fields: Fields, quoted: bool) -> None:
    """The word of a default is expanded where it stands: its own quotes count, its blanks split."""
    from packgate.shell.expand import default_word

    default_word(walk, word, state, fields, quoted)
