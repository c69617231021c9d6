"""Partial evaluation of shell text: the commands that it runs, in order, as far as the text decides them.

`evaluate` walks a script the way a shell would. What only the world can decide stays an unknown piece with its origin;
where a condition is unknown both branches are walked. Nothing is ever executed.
"""

from __future__ import annotations

from packgate.model.operation import PARTIAL, Note
from packgate.model.value import Origin, unknown
from packgate.shell import commands
from packgate.shell.builtins import BUILTINS
from packgate.shell.command import Command
from packgate.shell.evaluator import Evaluator
from packgate.shell.limits import DEPTH
from packgate.shell.merge import Snapshot, merge, restore
from packgate.shell.partial import either, variants
from packgate.shell.plain import plain_words
from packgate.shell.streams import Sink, Stream, buffer_for
from packgate.shell.undeclared import without_undeclared
from packgate.shell.walk import Frame, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.command import Host
    from packgate.shell.state import Descriptor, State


def evaluate(
    source: Value,
    state: State,
    host: Host,
    span: tuple[int, int] | None = None,
    via: tuple[str, ...] = (),
    stdin: Value | None = None,
) -> Value:
    """Parse and walk shell text; return its standard output as far as known.

    ``state`` is changed as the text changes its shell. With ``span``, everything that is reported carries that span
    (nested code); else spans are positions in ``source``. ``via`` names the wrappers that the code came through, and
    ``stdin`` is what it reads, if that differs from the state's descriptor 0. Never raises: problems become notes.
    """
    choices = None if isinstance(source, str) else variants(source)
    if choices is None or len(choices) == 1:
        return _evaluate(source, state, host, span, via, stdin)
    before = Snapshot(state)
    outputs: list[Value] = []
    outcomes: list[Snapshot] = []
    for text in choices:
        restore(state, before)
        outputs.append(_evaluate(text, state, host, span, via, stdin))
        outcomes.append(Snapshot(state))
    merge(state, outcomes)
    return either(outputs)


def evaluate_line(source: str, state: State, host: Host) -> None:
    """As `evaluate`, for a whole line, whose output nobody but its reader sees: what programs print is worked out only where the
    line itself reads it."""
    where = (0, len(source))
    budget = state.budget
    budget.depth += 1
    try:
        words = plain_words(source, state.shell)
        if words is None:
            budget.code += len(source)
            walk = Evaluator(host, budget, Frame(source, None, ()), ())
            walk.parsed(source, state)
            walk.finish(state)
        elif words[0] in BUILTINS or words[0] == "printf" or state.aliases or state.functions:
            walk = Evaluator(host, budget, Frame(source, None, ()), ())
            walk.text(source, state, where)
            walk.finish(state)
        else:
            # One program with its arguments: nothing of the shell is left to walk.
            budget.code += len(source)
            budget.commands += 1
            budget.fields += len(words)
            host.run(Command(words, state, where))
    except RecursionError:
        Evaluator(host, budget, Frame(source, None, ()), ()).limit("nesting", where)
    budget.depth -= 1


def _evaluate(
    source: Value, state: State, host: Host, span: tuple[int, int] | None, via: tuple[str, ...], stdin: Value | None
) -> Value:
    budget = state.budget
    where = span if span is not None else (0, len(source) if isinstance(source, str) else 0)
    if budget.depth >= DEPTH:
        if "depth" not in budget.reported:
            budget.reported.add("depth")
            host.note(Note("limit", f"code nested deeper than {DEPTH} levels was not analysed", PARTIAL, where))
        return unknown(Origin("limit", "depth"))
    text, holes = (source, ()) if isinstance(source, str) else encode(source)
    walk = Evaluator(host, budget, Frame(text, span, holes), via)
    outer_out, outer_in = state.fds.get(1), state.fds.get(0)
    sink = state.fds[1] = buffer_for(outer_out)
    if stdin is not None:
        state.fds[0] = Stream(stdin)
    budget.depth += 1
    try:
        walk.text(text, state, where)
        walk.finish(state)
    except RecursionError:
        walk.limit("nesting", where)
    budget.depth -= 1
    _put_back(state, sink, outer_out)
    if stdin is not None:
        if outer_in is not None:
            state.fds[0] = outer_in
        else:
            del state.fds[0]
    return sink.text()


def run_argv(
    argv: list[Value],
    state: State,
    host: Host,
    span: tuple[int, int],
    stdin: Value | None = None,
    via: tuple[str, ...] = (),
    variables: tuple[str, ...] = (),
) -> Value:
    """Run an expanded command as an external program (what ``sudo``, ``env`` or ``xargs`` start): it is reported to
    the host, and its output is the host's answer, else what folding yields, else unknown."""
    walk = Evaluator(host, state.budget, Frame("", span, ()), via)
    if not argv or not walk.spend(span):
        return ""
    # Whoever starts it writes its output, which is returned.
    outer = state.fds.get(1)
    sink = state.fds[1] = buffer_for(outer)
    found = [commands.external(walk, words, state, span, stdin, variables)[0] for words in _possible(argv, state)]
    _put_back(state, sink, outer)
    return either(found)


def _put_back(state: State, sink: Sink, outer: Descriptor | None) -> None:
    """Standard output is what it was before a capture; the variables that flowed into the capture flow on."""
    if outer is None:
        state.fds.pop(1, None)
        return
    state.fds[1] = outer
    if sink.names and isinstance(outer, Sink):
        outer.names.extend(name for name in sink.names if name not in outer.names)


def _possible(argv: list[Value], state: State) -> list[list[Value]]:
    """The commands that an argv may be, where its command word is not wholly known."""
    name = argv[0]
    if isinstance(name, str):
        return [argv]
    choices = variants(name)
    if choices is not None:
        return [[*text.split(), *argv[1:]] for text in choices if text.split()] or [argv]
    shorter = without_undeclared(argv, name, state)
    return [argv] if shorter is None else [argv, shorter]


def trace_prompt(state: State, host: Host, span: tuple[int, int], name: str = "PS4", via: tuple[str, ...] = ()) -> Value:
    """Expand a prompt variable for what its substitutions run: ``PS4`` of a shell started with ``-x``."""
    from packgate.shell.nested import expand_prompt

    value = state.get(name)
    if value is None:
        return ""
    walk = Evaluator(host, state.budget, Frame("", span, ()), via)
    return expand_prompt(walk, value, state)
