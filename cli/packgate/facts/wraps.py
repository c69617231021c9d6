"""Commands and code inside a command: what `wraps` of the catalog describes, and handlers."""

from __future__ import annotations

from packgate.facts.call import ACTIVE
from packgate.facts.context import OUTERMOST, Context
from packgate.facts.fields import absolute, text_of
from packgate.facts.handlers import handler
from packgate.facts.nested import SHELLS, Payload, read_code, within
from packgate.facts.parsers import PARSERS
from packgate.facts.scripts import read_file
from packgate.facts.yields import level_environment
from packgate.model.value import Origin, origins_of, unknown
from packgate.shell.evaluate import evaluate, run_argv, trace_prompt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.program import Wrap
    from packgate.facts.session import Session
    from packgate.facts.source import Source
    from packgate.model.value import Value
    from packgate.shell.state import State

# Names of this machine, and the root that it has anyway: what runs there runs here.
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1", "/")
# What the catalog says of a program that leaves a container for the machine that it runs on.
_HOST = "host:"


def run_wraps(call: Call, session: Session, common: Fields) -> Value | None:
    """Analyse everything that the call runs; its output where one inner command decides it."""
    outputs: list[Value | None] = []
    if call.neutral != ACTIVE:
        return None
    for wrap, condition in call.given.wraps:
        if condition is None or condition.holds(call):
            outputs.extend(_run(wrap, call, session, common))
    for name in call.level.handlers:
        output = handler(name)(call, session, common)
        if output is not None:
            outputs.append(output)
    return outputs[0] if len(outputs) == 1 else None


def _run(wrap: Wrap, call: Call, session: Session, common: Fields) -> list[Value | None]:
    if wrap.kind == "code":
        return _codes(wrap, call, session, common)
    context = inner_context(wrap, call, session)
    words = wrap.runs.values(call, None) if wrap.runs is not None else []
    state = inner_state(wrap, call)
    if wrap.assignments:
        words = _assignments(words, state)
    if words and words[0] == "--":
        words = words[1:]
    if not words:
        return []
    if wrap.join:
        code = text_of(words)
        output = within(session, context, lambda: evaluate(code, state, session, call.span, stdin=call.stdin))
        return [_arrived(output, context)]
    return [within(session, context, lambda: run_argv(
        words, state, session, call.span, stdin=call.stdin, variables=call.variables
    ))]


def _arrived(output: Value | None, context: Context) -> Value | None:
    """What a command on another host prints comes from the network, unless the line itself tells what it is."""
    if output is None or isinstance(output, str) or context.host is None:
        return output
    return unknown(*origins_of(output), Origin("network", str(context.host)))


def inner_context(wrap: Wrap, call: Call, session: Session) -> Context:
    """The context of what the wrap runs."""
    host = _first(wrap.host, call)
    place = _first(wrap.place, call)
    if place is None and wrap.kind == "remote":
        place = host if host is not None else "container"
    names = level_environment(call)
    if wrap.kind == "remote":
        names.extend(value for value in (host, place) if value is not None and value not in names)
    wrapper = call.program if call.level.via and wrap.via else None
    here = place == _HOST or (place in _THIS_MACHINE and session.context.place is None)
    user = _first(wrap.user, call)
    inner = session.context.inside(wrapper, None if here else place, host if wrap.kind == "remote" else None, user, tuple(names))
    if here and inner.place is not None:
        return Context(inner.via, None, inner.host, inner.user, inner.environment)
    return inner


def inner_state(wrap: Wrap, call: Call) -> State:
    """The state that an inner command starts with; another machine has neither our directory nor our variables."""
    if wrap.kind == "remote":
        return call.state.child("sh", cwd=unknown(Origin("variable", "PWD")), clean=True)
    cleared = any(source.present(call, None) for source in wrap.clear_env)
    state = call.state.child(clean=True) if cleared else call.state.copy()
    place = _first(wrap.place, call)
    if place is not None and place != _HOST and place not in _THIS_MACHINE:
        state.cwd = unknown(Origin("variable", "PWD"))
    directory = _first(wrap.cwd, call)
    if directory is not None:
        state.cwd = absolute(directory, call, OUTERMOST)
    return state


def _first(source: Source | None, call: Call) -> Value | None:
    values = source.values(call, None) if source is not None else []
    return values[0] if values else None


def _assignments(words: list[Value], state: State) -> list[Value]:
    """Take leading ``NAME=value`` words into the environment; the rest is the command."""
    index = 0
    for index, word in enumerate(words):
        parts = PARSERS["keyval"](word)
        if parts is None or not isinstance(parts["name"], str):
            return words[index:]
        state.variables[parts["name"]] = parts["value"]
        state.exported.add(parts["name"])
    return words[index + 1:]


def _codes(wrap: Wrap, call: Call, session: Session, common: Fields) -> list[Value | None]:
    values = wrap.runs.values(call, None) if wrap.runs is not None else []
    out: list[Value | None] = []
    if not values:
        return out
    context = inner_context(wrap, call, session)
    fields = _client_fields(wrap, call)
    arguments = wrap.args.values(call, None) if wrap.args is not None else []
    # A program of many names can be the name of its language.
    language = call.program if wrap.lang == "$program" else wrap.lang
    for value in [text_of(values)] if wrap.join and values else values:
        state = inner_state(wrap, call).child()
        if call.has("-x") and wrap.lang == "shell":
            _traced(state, call, session, context)
        payload = Payload(session, context, state, call.span, common, fields, level_environment(call))
        if wrap.file is not None:
            state.name, state.arguments = value, arguments
            out.append(read_file(value, language, payload, call))
            continue
        if wrap.reads_stdin:
            state.arguments = arguments
        else:
            payload.stdin = call.stdin
            # Only a shell takes the first word for its own name.
            first = 1 if wrap.lang in SHELLS and arguments else 0
            state.name, state.arguments = arguments[0] if first else state.name, arguments[first:]
        out.append(read_code(value, language, payload))
    return out


def _traced(state: State, call: Call, session: Session, context: Context) -> None:
    """A shell that traces expands ``PS4`` before every command, with the substitutions in it."""
    if state.get("PS4") is not None:
        within(session, context, lambda: trace_prompt(state, session, call.span))


def _client_fields(wrap: Wrap, call: Call) -> Fields:
    """The fields that a client gives to the operations of its code."""
    fields: Fields = {}
    listed = [*wrap.fields, ("host", wrap.host), ("user", wrap.user)]
    for name, source in listed:
        values = source.values(call, None) if source is not None else []
        if values:
            fields[name] = tuple(values)
    return fields
