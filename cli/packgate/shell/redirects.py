"""Redirections: opening descriptors for a command, and reporting what was read and written."""

from __future__ import annotations

from packgate.model.value import Origin, join, origins_of, unknown
from packgate.shell.expand import add_word, quoted_text, single
from packgate.shell.limits import REDIRECTS
from packgate.shell.paths import resolve_path
from packgate.shell.streams import Closed, Sink, Stream
from packgate.shell.undeclared import without_inner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import Descriptor, State
    from packgate.shell.tree import Redirect, Word
    from packgate.shell.walk import Walk

_MODES = {">": "write", ">|": "write", ">>": "append", "&>": "write", "&>>": "append", "<>": "both", ">&": "write"}
_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


def open_redirects(walk: Walk, redirects: list[Redirect], state: State) -> list[Sink]:
    """Carry out redirections in order, in a copy of the descriptors; the files that were opened for writing."""
    state.fds = state.fds.copy()
    sinks: list[Sink] = []
    if len(redirects) > REDIRECTS:
        walk.limit("redirections", walk.span(redirects[0].start, redirects[-1].end))
    for redirect in redirects[:REDIRECTS]:
        _open(walk, redirect, state, sinks)
    return sinks


def close_redirects(walk: Walk, sinks: list[Sink], state: State) -> None:
    """Report what was written to the files of a command that has run."""
    for sink in sinks:
        if sink.path is None:
            continue
        for pending in walk.pending:
            if sink.path == pending.path:
                pending.content = sink.text()
                pending.names = tuple(sink.names)
                break
        else:
            for path in (sink.path, sink.shorter):
                if path is not None:
                    walk.host.opened(path, sink.mode, sink.text() if sink.known() else None, sink.span)


def keep_redirects(walk: Walk, sinks: list[Sink]) -> None:
    """The same for ``exec``: the files stay open, and later writes are reported one by one."""
    for sink in sinks:
        sink.kept = True
        for path in (sink.path, sink.shorter):
            if path is not None:
                walk.host.opened(path, sink.mode, "", sink.span)


def _open(walk: Walk, redirect: Redirect, state: State, sinks: list[Sink]) -> None:
    op = redirect.op
    if op in ("<<", "<<-", "<<<"):
        _here(walk, redirect, state)
        return
    target = _target(walk, redirect.target, state)
    span = walk.span(redirect.start, redirect.end)
    output = op[0] in ">&" or op == "<>"
    fd = _number(walk, redirect, state, 1 if op[0] in ">&" else 0)
    if op in ("<&", ">&") and _duplicate(target, fd, state, redirect):
        return
    known = _inherited(target, state)
    inner = without_inner(target, state)
    shorter = None if inner is target else resolve_path(state.cwd, inner)
    target = resolve_path(state.cwd, target)
    if known is not None:
        _dup(state, fd, known)
        if op[0] == "&":
            _dup(state, 2, known)
    elif op == "<>" and fd == 0:
        walk.host.opened(target, "both", None, span)
        state.fds[fd] = Stream(walk.host.content(target), tuple(walk.names))
    elif output:
        sink = Sink(target, _MODES.get(op, "write"), span)
        sink.shorter = shorter
        sink.standard = fd == 1
        if op == "<>":
            sink.input = Stream(walk.host.content(target), tuple(walk.names))
        sinks.append(sink)
        state.fds[fd] = sink
        if op[0] == "&" or (op == ">&" and redirect.fd is None):
            state.fds[2] = sink
    else:
        content = state.read(target)
        if content is None:
            for path in (target, shorter):
                if path is not None:
                    walk.host.opened(path, "read", None, span)
            content = walk.host.content(target if shorter is None else shorter)
        state.fds[fd] = Stream(content, tuple(walk.names))


def _target(walk: Walk, word: Word, state: State) -> Value:
    fields: list[Value] = []
    add_word(walk, word, state, fields)
    return fields[0] if len(fields) == 1 else join(fields)


def _number(walk: Walk, redirect: Redirect, state: State, default: int) -> int:
    if redirect.fd_name is not None:
        fd = 10
        while fd in state.fds:
            fd += 1
        state.set(redirect.fd_name, str(fd))
        return fd
    return redirect.fd if redirect.fd is not None else default


def _duplicate(target: Value, fd: int, state: State, redirect: Redirect) -> bool:
    """``2>&1``, ``3<&-``; False when the target of ``>&`` is a file."""
    if not isinstance(target, str):
        if redirect.op == "<&":
            state.fds[fd] = Stream(unknown(*origins_of(target), Origin("input")))
        return redirect.op == "<&"
    if target == "-":
        state.fds[fd] = Closed()
        return True
    moved = target.endswith("-")
    digits = target[:-1] if moved else target
    if not digits.isdigit() or len(digits) > 6:
        return redirect.op == "<&" or redirect.fd is not None
    _dup(state, fd, int(digits))
    both = state.fds.get(fd)
    if redirect.op == "<&" and isinstance(both, Sink) and both.input is not None:
        state.fds[fd] = both.input
    if moved:
        state.fds[int(digits)] = Closed()
    return True


def _dup(state: State, fd: int, source: int) -> None:
    descriptor: Descriptor | None = state.fds.get(source)
    if descriptor is not None:
        state.fds[fd] = descriptor
    else:
        state.fds.pop(fd, None)


def _inherited(target: Value, state: State) -> int | None:
    """The descriptor that a path such as ``/dev/stdout`` or ``/proc/self/fd/3`` names, when it is open."""
    if not isinstance(target, str) or not target.startswith(("/dev/", "/proc/self/fd/")):
        return None
    if target in _STANDARD:
        return _STANDARD[target]
    if state.read(target) is not None:
        return None
    if target.startswith(("/dev/fd/", "/proc/self/fd/")):
        number = target.rpartition("/")[2]
        if number.isdigit() and len(number) < 7:
            return int(number)
    return None


def _here(walk: Walk, redirect: Redirect, state: State) -> None:
    """Heredocs and here-strings."""
    before = len(walk.names)
    if redirect.op == "<<<":
        value: Value = join((single(walk, redirect.target, state, state.shell != "zsh"), "\n"))
    elif redirect.body is not None:
        value = quoted_text(walk, redirect.body.parts, state)
    else:
        value = ""
    fd = _number(walk, redirect, state, 0)
    state.fds[fd] = Stream(value, tuple(walk.names[before:]))
