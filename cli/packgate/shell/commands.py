"""Simple commands: assignments, words and redirections are expanded, then the command is run as far as that can be
known: a function, a builtin, or a program whose output folding may know."""

from __future__ import annotations

from packgate.model.value import Origin, Text, join, origins_of, unknown
from packgate.shell import control
from packgate.shell.aliases import alias_of, has_global, run_alias
from packgate.shell.builtins import BUILTINS
from packgate.shell.builtins_variables import printf_to_variable
from packgate.shell.calls import call
from packgate.shell.command import Command
from packgate.shell.expand import add_word, declared
from packgate.shell.fields import size_of
from packgate.shell.fold import fold, unknown_output
from packgate.shell.limits import ALL_FIELDS, ALL_TEXT, FIELDS, FOLD_TEXT
from packgate.shell.merge import Snapshot, merge, restore
from packgate.shell.partial import either, variants
from packgate.shell.redirects import close_redirects, keep_redirects, open_redirects
from packgate.shell.streams import Sink, Stream, buffer_for
from packgate.shell.substitution import run_pending
from packgate.shell.tree import Assignment, Function, Literal
from packgate.shell.undeclared import may_vanish, without_inner, without_undeclared
from packgate.shell.variables import assign, assigned_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import Node, Redirect, SimpleCommand, Word
    from packgate.shell.walk import Walk

# The function that bash calls for a command that it does not find.
_NOT_FOUND = "command_not_found_handle"
# Programs that hardly ever fail.
_SUCCEED = frozenset(("echo", "printf", "pwd", "date", "basename", "dirname", "seq", "sleep"))
# Programs that read their input when they are given nothing else.
_SHELLS = frozenset(("ash", "bash", "dash", "ksh", "sh", "zsh"))
# Builtins that print what is set when they are not told to set anything.
_LISTING = frozenset(("set", "export", "declare", "typeset", "readonly", "local", "alias", "trap", "shopt", "hash"))
# Their arguments that look like assignments expand as such.
DECLARATIONS = frozenset(("declare", "export", "local", "readonly", "typeset", "alias"))


def simple(walk: Walk, node: SimpleCommand, state: State) -> int | None:
    """Walk one simple command; its exit status as far as known."""
    span = walk.frame.span
    if span is None:
        span = (node.start, node.end)
    if not walk.spend(span):
        return None
    if state.aliases and node.words:
        name = alias_of(walk, node.words[0], state)
        if name or (state.shell == "zsh" and has_global(walk, node, state)):
            return run_alias(walk, node, name, state, span)
    names, since = walk.names, len(walk.pending)
    walk.names = []
    walk.vanishes = False
    if node.texts is not None:
        status = _with_words(walk, node, [*node.texts], [], state, span)
    elif node.words:
        argv, arrays = _argv(walk, node.words, state)
        walk.vanishes = (len(argv) > 2 or (len(argv) == 2 and argv[0] in _SHELLS)) and may_vanish(node.words[-1], argv[-1], state)
        status = _with_words(walk, node, argv, arrays, state, span) if argv else _bare(walk, node, state)
    else:
        status = _bare(walk, node, state)
    if len(walk.pending) > since:
        run_pending(walk, state, since)
    walk.names = names
    return status


def plain(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """As `simple`, for a command that is nothing but known words."""
    if walk.frame.span is not None:
        span = walk.frame.span
    if not walk.spend(span):
        return None
    names, since = walk.names, len(walk.pending)
    walk.names = []
    walk.vanishes = False
    status = dispatch(walk, argv, state, span)
    state.last_argument = argv[-1]
    if len(walk.pending) > since:
        run_pending(walk, state, since)
    walk.names = names
    return status


def _argv(walk: Walk, words: list[Word | Assignment], state: State) -> tuple[list[Value], list[Assignment]]:
    """The expanded words, and the array assignments among the arguments of a declaration."""
    argv: list[Value] = []
    arrays: list[Assignment] = []
    declares = False
    noglob = False
    for word in words:
        if isinstance(word, Assignment):
            if word.array is not None or word.index is not None:
                arrays.append(word)
                argv.append(word.name)
            else:
                argv.append(join((word.name, "=", assigned_value(walk, word, state))))
            continue
        if declares and _assigns(word):
            declared(walk, word, state, argv)
            continue
        add_word(walk, word, state, argv)
        if len(argv) == 1 and not declares:
            declares = argv[0] in DECLARATIONS
            if argv[0] == "noglob" and state.shell == "zsh" and "noglob" not in state.options:
                noglob = True
                state.options = state.options | {"noglob"}
        elif argv and argv[0] in ("command", "builtin"):
            declares = argv[-1] in DECLARATIONS
    if noglob:
        state.options = state.options - {"noglob"}
    if len(argv) > FIELDS:
        walk.limit("words", walk.span(words[0].start, words[-1].end))
        del argv[FIELDS:]
    return argv, arrays


def _few(walk: Walk, assignments: list[Assignment]) -> list[Assignment]:
    """The assignments of one command that are carried out."""
    if len(assignments) <= FIELDS:
        return assignments
    walk.limit("assignments", walk.span(assignments[0].start, assignments[-1].end))
    return assignments[:FIELDS]


def _assigns(word: Word) -> bool:
    first = word.parts[0] if word.parts else None
    return isinstance(first, Literal) and not first.quoted and "=" in first.text


def _bare(walk: Walk, node: SimpleCommand, state: State) -> int | None:
    """No command word: assignments of the shell itself, and redirections that only open files."""
    walk.captured = False
    for assignment in _few(walk, node.assignments):
        assign(walk, assignment, state)
    status = state.status if walk.captured else 0
    if node.redirects:
        fds = state.fds
        sinks = open_redirects(walk, node.redirects, state)
        close_redirects(walk, sinks, state)
        state.fds = fds
    return status


def _with_words(
    walk: Walk, node: SimpleCommand, argv: list[Value], arrays: list[Assignment], state: State, span: tuple[int, int]
) -> int | None:
    temporary, fds = state.temporary, state.fds
    for assignment in _few(walk, node.assignments):
        if assignment.array is None and assignment.index is None:
            value = assigned_value(walk, assignment, state)
            state.temporary = {**state.temporary, assignment.name: value}
        else:
            assign(walk, assignment, state)
    sinks: list[Sink] = []
    if node.redirects:
        # What stands before the command holds for it alone: redirections are expanded without.
        during, state.temporary = state.temporary, temporary
        sinks = open_redirects(walk, node.redirects, state)
        state.temporary = during
    status = dispatch(walk, argv, state, span)
    for assignment in arrays:
        assign(walk, assignment, state)
    if node.redirects:
        if argv[0] == "exec" and len(argv) == 1:
            keep_redirects(walk, sinks)
        else:
            close_redirects(walk, sinks, state)
            state.fds = fds
    if node.assignments:
        state.temporary = temporary
    state.last_argument = argv[-1]
    return status


def copy_file(walk: Walk, redirect: Redirect, state: State) -> None:
    """What ``$(< file)`` stands for."""
    span = walk.span(redirect.start, redirect.end)
    if walk.spend(span):
        open_redirects(walk, [redirect], state)
        stream = state.fds.get(0)
        if isinstance(stream, Stream):
            walk.write(state, stream.value, span)


def redirected(walk: Walk, node: Node, state: State) -> int | None:
    """A compound command with redirections, which hold for everything inside."""
    if isinstance(node, Function):
        return control.compound(walk, node, state)
    names, since, fds = walk.names, len(walk.pending), state.fds
    walk.names = []
    sinks = open_redirects(walk, node.redirects, state)  # type: ignore[union-attr]
    walk.names = names
    status = control.compound(walk, node, state)
    close_redirects(walk, sinks, state)
    state.fds = fds
    if len(walk.pending) > since:
        run_pending(walk, state, since)
    return status


# --- running -------------------------------------------------------------------------------------------------------


# The programs that do what the builtins of their names do, and nothing else.
_TRUTHS = frozenset(("/bin/true", "/usr/bin/true", "/bin/false", "/usr/bin/false"))


def dispatch(walk: Walk, argv: list[Value], state: State, span: tuple[int, int], functions: bool = True) -> int | None:
    """Run an expanded command; its exit status as far as known."""
    name = argv[0]
    if not isinstance(name, str):
        return _unknown_name(walk, argv, name, state, span)
    if functions and name in state.functions:
        return call(walk, name, argv, state, span)
    builtin = BUILTINS.get(name)
    if builtin is None and name in _TRUTHS:
        builtin = BUILTINS[name.rpartition("/")[2]]
    if name == "printf" and len(argv) > 3 and argv[1] == "-v":
        builtin = printf_to_variable
    if builtin is None:
        return _program(walk, argv, state, span)
    stream = state.fds.get(0)
    stdin: Value | None = None
    if isinstance(stream, Stream):
        stdin = stream.value
        walk.names.extend(stream.names)
    variables = tuple(dict.fromkeys(walk.names)) if walk.names else ()
    output = walk.host.run(Command(argv, state, span, stdin, walk.via, variables))
    if output is None and name in _LISTING and (len(argv) == 1 or "-p" in argv):
        output = unknown_output(name, None)
    if output is not None:
        walk.write(state, output, span)
    return builtin(walk, argv, state, span)


def _program(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """An external program. Where an undeclared variable stands inside a word, or is the last word, what runs without it is walked as
    well; so is what the line says to do about unknown commands."""
    vanishes, walk.vanishes = walk.vanishes, False
    status = external(walk, argv, state, span)[1]
    for word in argv:
        if not isinstance(word, str):
            joined = [without_inner(word, state) for word in (argv[:-1] if vanishes else argv)]
            if joined != argv:
                inner = state.copy()
                inner.fds[1] = Sink()
                external(walk, joined, inner, span)
            break
    if _NOT_FOUND in state.functions:
        call(walk, _NOT_FOUND, [_NOT_FOUND, *argv], state.copy(), span)
    return status


def external(
    walk: Walk,
    argv: list[Value],
    state: State,
    span: tuple[int, int],
    stdin: Value | None = None,
    variables: tuple[str, ...] = (),
) -> tuple[Value, int | None]:
    """Run a program: the host learns of it, and its output is the host's answer, else folded, else unknown."""
    walk.budget.fields += len(argv)
    if walk.budget.fields > ALL_FIELDS:
        walk.limit("words", span)
        return unknown(Origin("limit", "words")), None
    stream = state.fds.get(0)
    if stdin is None and isinstance(stream, Stream):
        stdin = stream.value
        if stream.names:
            walk.names.extend(stream.names)
    if walk.names:
        variables = tuple(dict.fromkeys((*walk.names, *variables)))
    command = Command(argv, state, span, stdin, walk.via, variables)
    output = walk.host.run(command)
    status: int | None = 0 if argv[0] in _SUCCEED else None
    if walk.pending:
        _feed_pending(walk, argv, stdin)
    if stdin is None and 1 not in state.fds:
        # Nothing of the line reads what it prints.
        return "", status
    if output is None:
        output = _folded(walk, command)
    if output != "":
        walk.write(state, output, span)
    return output, status


def _folded(walk: Walk, command: Command) -> Value:
    """The output of a program that can be computed, as long as there is not too much of it in all."""
    if walk.budget.text > ALL_TEXT:
        walk.limit("text", command.span)
        return unknown(Origin("limit", "text"))
    output = fold(walk, command)
    walk.budget.text += FOLD_TEXT * size_of(output)
    return output


def _feed_pending(walk: Walk, argv: list[Value], stdin: Value | None) -> None:
    """What a program writes to the ``>(…)`` paths among its arguments: `tee` copies its input, others are unknown."""
    for pending in walk.pending:
        if pending.content is None and pending.path in argv:
            if argv[0] == "tee" and stdin is not None:
                pending.content = stdin
                pending.names = tuple(walk.names)
            else:
                program = argv[0] if isinstance(argv[0], str) else ""
                pending.content = unknown(Origin("command", program), *(origins_of(stdin) if stdin is not None else ()))


def _unknown_name(walk: Walk, argv: list[Value], name: Text, state: State, span: tuple[int, int]) -> int | None:
    """The command word is not wholly known. Each of finitely many choices is run; where variables of which nothing is
    known would be empty, what then runs is walked as well."""
    choices = variants(name)
    if choices is not None:
        return _choices(walk, choices, argv, state, span)
    status = external(walk, argv, state, span)[1]
    shorter = without_undeclared(argv, name, state)
    if shorter is None:
        return status
    if shorter[0] in BUILTINS:
        # No program that stands before it could change the folder or the variables of this shell: the line means it to be empty.
        return dispatch(walk, shorter, state, span)
    before = Snapshot(state)
    dispatch(walk, shorter, state, span)
    merge(state, [before])
    return None


def _choices(
    walk: Walk, choices: list[str], argv: list[Value], state: State, span: tuple[int, int]
) -> int | None:
    before = Snapshot(state)
    outcomes: list[Snapshot] = []
    outputs: list[Value] = []
    outer = state.fds.get(1)
    for choice in choices:
        restore(state, before)
        sink = buffer_for(outer)
        state.fds[1] = sink
        words: list[Value] = [*choice.split(), *argv[1:]]
        if words:
            dispatch(walk, words, state, span)
        outcomes.append(Snapshot(state))
        outputs.append(sink.text())
    if outer is not None:
        state.fds[1] = outer
    else:
        del state.fds[1]
    merge(state, outcomes)
    walk.write(state, either(outputs), span)
    return None
