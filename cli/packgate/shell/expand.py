"""Expansion of words, in the shell's order: braces, tilde, parameters, substitutions, splitting, globs."""

from __future__ import annotations

from packgate.model.value import DIGITS, Glob, Hole, Origin, Text, join, origins_of, unknown
from packgate.shell import arithmetic, parameters
from packgate.shell.braces import expand_braces
from packgate.shell.fields import UNCLEAR, Alternatives, Fields
from packgate.shell.limits import ALL_FIELDS, ALL_TEXT, FIELD_TEXT, FIELDS, TEXT_SIZE
from packgate.shell.partial import trim_newlines, variants
from packgate.shell.splitting import is_split, sign
from packgate.shell.state import DEFAULT_IFS
from packgate.shell.substitution import process_substitution
from packgate.shell.targets import is_list
from packgate.shell.tilde import is_assignment, names_command, tilde, tilde_assignment
from packgate.shell.tree import ArithmeticSub, CommandSub, ExtGlob, Literal, Parameter, ProcessSub, Quoted, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.fields import Piece
    from packgate.shell.state import State
    from packgate.shell.tree import WordPart
    from packgate.shell.walk import Walk

_CONDITIONAL = ("", "-", "=", "?", "+")
_SPECIAL = frozenset("*?[{~=")


def add_words(walk: Walk, words: list[Word], state: State, out: list[Value]) -> None:
    """Expand words into arguments, appended to ``out``."""
    for word in words:
        add_word(walk, word, state, out)


def add_word(walk: Walk, word: Word, state: State, out: list[Value]) -> None:
    """Expand one word into any number of arguments."""
    parts = word.parts
    if len(parts) == 1:
        part = parts[0]
        if isinstance(part, Literal):
            if (part.quoted or _SPECIAL.isdisjoint(part.text)) and not walk.frame.holes:
                out.append(part.text)
                return
        elif isinstance(part, Quoted):
            if not part.parts:
                out.append("")
                return
            if len(part.parts) == 1:
                part = part.parts[0]
                if isinstance(part, Literal) and not walk.frame.holes:
                    out.append(part.text)
                    return
    fields = Fields(True, "noglob" not in state.options, _ifs(state), state.shell != "zsh")
    if walk.budget.text > ALL_TEXT:
        fields.size = TEXT_SIZE
    few = len(out) < FIELDS and walk.budget.fields < ALL_FIELDS
    variants = brace_variants(walk, word, state) if few else [word.parts]
    # What brace expansion made has no tildes of assignments.
    braced = len(variants) > 1
    for variant in variants:
        fields.split = state.shell != "bash" or is_split(variant)
        _add_parts(walk, _tilde(walk, variant, state, False, braced), state, fields)
        fields.flush()
    if fields.limited or fields.cut:
        walk.limit("text", walk.span(word.start, word.end))
    walk.budget.fields += len(fields.done)
    walk.budget.text += fields.size + FIELD_TEXT * len(fields.done)
    most = FIELDS if walk.budget.fields < ALL_FIELDS else 1
    if len(out) + len(fields.done) > FIELDS or most == 1:
        walk.limit("words", walk.span(word.start, word.end))
        del fields.done[max(most == 1, most - len(out)) :]
    out.extend(fields.done)


def brace_variants(walk: Walk, word: Word, state: State) -> list[list[WordPart]]:
    """The words, as parts, that brace expansion makes of a word."""
    for part in word.parts:
        if isinstance(part, Literal) and not part.quoted and "{" in part.text and "nobraceexpand" not in state.options:
            variants, limited = expand_braces(word.parts)
            if limited:
                walk.limit("brace expansion", walk.span(word.start, word.end))
            return variants
    return [word.parts]


def single(walk: Walk, word: Word, state: State, assignment: bool = False) -> Value:
    """Expand a word to one value, without splitting and without globs: the right side of an assignment, a here-string,
    the word of ``case``."""
    parts = word.parts
    if len(parts) == 1 and isinstance(parts[0], Literal) and not walk.frame.holes:
        part = parts[0]
        if part.quoted or "~" not in part.text:
            return part.text
    fields = Fields(False, False, _ifs(state))
    if walk.budget.text > ALL_TEXT:
        fields.size = TEXT_SIZE
    _add_parts(walk, _tilde(walk, parts, state, assignment), state, fields)
    walk.budget.text += fields.size
    if fields.limited or walk.budget.text > ALL_TEXT:
        walk.limit("text", walk.span(word.start, word.end))
        if walk.budget.text > ALL_TEXT:
            return unknown(Origin("limit", "text"))
    return _joined(fields)


def declared(walk: Walk, word: Word, state: State, out: list[Value]) -> None:
    """Expand ``name=value`` among the arguments of a declaration: the value as in an assignment, but for braces."""
    if len(word.parts) == 1 and isinstance(word.parts[0], Literal) and "{" not in word.parts[0].text:
        out.append(_declared(walk, word, state))
        return
    variants = brace_variants(walk, word, state)
    out.extend(_declared(walk, Word(variant, word.start, word.end), state) for variant in variants)


def _declared(walk: Walk, word: Word, state: State) -> Value:
    first = word.parts[0]
    if not isinstance(first, Literal):
        return single(walk, word, state, True)
    name, _, rest = first.text.partition("=")
    head = len(name) + 1
    parts: list[WordPart] = [Literal(rest, False, first.start + head, first.end)] if rest else []
    value = single(walk, Word([*parts, *word.parts[1:]], word.start + head, word.end), state, True)
    return join((walk.resolve(name), "=", value))


def quoted_text(walk: Walk, parts: list[WordPart], state: State) -> Value:
    """Expand parts as inside double quotes: an unquoted heredoc, a subscript, an arithmetic expression."""
    if len(parts) == 1 and isinstance(parts[0], Literal):
        return walk.resolve(parts[0].text)
    fields = Fields(False, False, _ifs(state))
    for part in parts:
        add_part(walk, part, state, fields, True)
    if fields.limited and parts:
        walk.limit("text", walk.span(parts[0].start, parts[-1].end))
    return _joined(fields)


def _joined(fields: Fields) -> Value:
    fields.flush()
    if len(fields.done) == 1:
        return fields.done[0]
    out: list[Value] = []
    for i, value in enumerate(fields.done):
        if i:
            out.append(" ")
        out.append(value)
    return join(out)


def pattern_pieces(walk: Walk, word: Word, state: State) -> list[Piece]:
    """Expand a word for pattern matching: what was quoted is text, the rest keeps its glob meaning."""
    fields = Fields(False, True, " ")
    for part in _tilde(walk, word.parts, state, False):
        if isinstance(part, ExtGlob):
            items = [pattern_pieces(walk, item, state) for item in part.alternatives]
            fields.piece(Alternatives(part.kind, items))
        else:
            add_part(walk, part, state, fields, False)
    pieces: list[Piece] = []
    for value in fields.done:
        pieces.extend((value,) if isinstance(value, str) else value.parts)
    pieces.extend(fields.current or [])
    return pieces


# --- parts -----------------------------------------------------------------------------------------------------------


def _add_parts(walk: Walk, parts: list[WordPart], state: State, fields: Fields) -> None:
    for i, part in enumerate(parts):
        if isinstance(part, ExtGlob) and part.kind in ("@", "+", "?") and fields.split:
            _alternatives(walk, parts, i, state, fields)
            return
        add_part(walk, part, state, fields, False)


def add_part(walk: Walk, part: WordPart, state: State, fields: Fields, quoted: bool) -> None:
    """Expand one part of a word into fields."""
    if isinstance(part, Literal):
        _literal(walk, part, fields, quoted)
    elif isinstance(part, Quoted):
        _quoted(walk, part, state, fields)
    elif isinstance(part, Parameter):
        # What is beyond the limit is not kept; only an argument can run something.
        if not fields.limited or part.args or part.index is not None:
            parameters.expand(walk, part, state, fields, quoted)
    elif isinstance(part, CommandSub):
        fields.value(trim_newlines(walk.capture(part.script, state)), quoted)
    elif isinstance(part, ArithmeticSub):
        text = quoted_text(walk, part.body.parts, state)
        number = arithmetic.evaluate(walk, text, state)
        if number is not None:
            fields.value(str(number), quoted)
        else:
            fields.piece(Hole(origins_of(text) or (Origin("command", "arithmetic"),), DIGITS))
    elif isinstance(part, ProcessSub):
        fields.value(process_substitution(walk, part, state), True)
    else:
        _ext_glob(walk, part, state, fields)


def _literal(walk: Walk, part: Literal, fields: Fields, quoted: bool) -> None:
    if walk.frame.holes:
        value = walk.resolve(part.text)
        for piece in (value,) if isinstance(value, str) else value.parts:
            if not isinstance(piece, str):
                fields.piece(piece)
            elif quoted or part.quoted:
                fields.quoted(piece)
            else:
                fields.active(piece)
    elif quoted or part.quoted:
        fields.quoted(part.text)
    else:
        fields.active(part.text)


def _quoted(walk: Walk, part: Quoted, state: State, fields: Fields) -> None:
    inner = part.parts
    if inner and all(isinstance(item, Parameter) and is_list(item) for item in inner):
        # "$@" without arguments is no field at all.
        for item in inner:
            add_part(walk, item, state, fields, True)
        return
    fields.quoted("")
    beside = any(isinstance(item, Parameter) and is_list(item) for item in inner)
    for item in inner:
        if beside and isinstance(item, Parameter) and sign(item) == "*" and (item.op == ":" or item.op.lstrip(":") not in _CONDITIONAL):
            # Beside "$@" bash splits what an operator makes of "$*".
            scratch = Fields(False, False, fields.ifs)
            add_part(walk, item, state, scratch, True)
            fields.piece(Hole((Origin("argument", item.name),)))
            continue
        add_part(walk, item, state, fields, True)


def _ext_glob(walk: Walk, part: ExtGlob, state: State, fields: Fields) -> None:
    """An extended glob that has no finite meaning here; its words are still expanded for what they run."""
    for word in part.alternatives:
        pattern_pieces(walk, word, state)
    if part.kind != "qualifier":
        fields.piece(Glob("*"))


def _alternatives(walk: Walk, parts: list[WordPart], at: int, state: State, fields: Fields) -> None:
    """``@(a|b)``: every alternative can be the name of a file, so that each makes a field."""
    part = parts[at]
    if not isinstance(part, ExtGlob):
        return
    before = fields.current
    choices: list[list[Piece]] = [pattern_pieces(walk, word, state) for word in part.alternatives]
    if part.kind == "?":
        choices.append([])
    base = list(before) if before is not None else []
    for i, choice in enumerate(choices):
        if i:
            fields.flush()
        fields.current = [*base, *choice]
        if len(fields.done) <= FIELDS and i < FIELDS:
            _add_parts(walk, parts[at + 1 :], state, fields)
        else:
            walk.limit("words", walk.span(part.start, part.end))


def _is_unclear(part: Parameter, fields: Fields) -> bool:
    """Whether a list in the word of a default becomes other fields than elsewhere: with another IFS than that of the start."""
    if fields.ifs == "":
        return is_list(part) or part.name == "*"
    return fields.split and is_list(part) and fields.ifs != " \t\n"


def default_word(walk: Walk, word: Word, state: State, fields: Fields, quoted: bool) -> None:
    """Expand the word of ``${name:-word}`` where it stands."""
    parts = word.parts if quoted else _tilde(walk, word.parts, state, False, True)
    for part in parts:
        if isinstance(part, Parameter) and not quoted and _is_unclear(part, fields):
            # With another IFS bash splits some elements of a list here and keeps others.
            scratch = Fields(False, False, fields.ifs)
            add_part(walk, part, state, scratch, True)
            fields.piece(Hole((Origin("argument", part.name),)))
        elif isinstance(part, Literal) and not part.quoted and not quoted:
            # Unlike other literals of the source it is split, as the result of an expansion.
            fields.value(walk.resolve(part.text), False)
        else:
            add_part(walk, part, state, fields, quoted)


# --- tilde, IFS, trimming --------------------------------------------------------------------------------------------


def _tilde(walk: Walk, parts: list[WordPart], state: State, assignment: bool, plain: bool = False) -> list[WordPart]:
    """Replace a tilde prefix of the first literal (in assignments also after ``:``) by a quoted literal. With ``plain`` a word
    that looks like an assignment is none."""
    if not parts:
        return parts
    first = parts[0]
    if not isinstance(first, Literal) or first.quoted or "~" not in first.text:
        if state.shell == "zsh" and isinstance(first, Literal) and names_command(first):
            return [Literal(first.text[1:], False, first.start, first.end), *parts[1:]]
        if not assignment:
            return parts
    out: list[WordPart] = []
    for i, part in enumerate(parts):
        if isinstance(part, Literal) and not part.quoted and "~" in part.text:
            last = i == len(parts) - 1
            if assignment:
                out.extend(tilde_assignment(part, state, i == 0, last))
                continue
            if i == 0 and not (plain and is_assignment(part)):
                out.extend(tilde(part, state, last))
                continue
        out.append(part)
    return out


def _ifs(state: State) -> str:
    """What separates fields; when that is unknown, `UNCLEAR` and the characters that can, none when every one can."""
    value = state.get("IFS")
    if isinstance(value, Text):
        return UNCLEAR + "".join(variants(value) or [])
    return DEFAULT_IFS if value is None else value
