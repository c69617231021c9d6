"""Builtins that run code or other commands: ``eval``, ``source``, ``trap``, ``exec``, ``command``, ``builtin``."""

from __future__ import annotations

from packgate.model.value import join
from packgate.shell.merge import Snapshot, merge, restore
from packgate.shell.paths import resolve_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.walk import Walk

# Signals whose traps run while the shell goes on, not when it ends.
_AT_END = ("EXIT", "0")


def evaluate_words(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``eval``: its arguments, joined by blanks, are code."""
    words = argv[2:] if len(argv) > 1 and argv[1] == "--" else argv[1:]
    return run_code(walk, _spaced(words), state, span, "eval")


def run_code(walk: Walk, code: Value, state: State, span: tuple[int, int], via: str) -> int | None:
    """Walk code in this shell; where it can be one of several texts, each of them."""
    from packgate.shell.partial import variants

    choices = None if isinstance(code, str) else variants(code)
    if choices is None:
        return walk.code(code, state, span, via)
    before = Snapshot(state)
    outcomes: list[Snapshot] = []
    for text in choices:
        restore(state, before)
        walk.code(text, state, span, via)
        outcomes.append(Snapshot(state))
    merge(state, outcomes)
    return None


# Options of the shell with which it prints the lines that it reads or runs.
_SHOWING = frozenset(("verbose", "xtrace"))


def _spaced(words: list[Value]) -> Value:
    out: list[Value] = []
    for i, word in enumerate(words):
        if i:
            out.append(" ")
        out.append(word)
    return join(out)


def source(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``source FILE``: its commands run in this shell when the line itself says what is in it; else the host, which
    has learnt of the command, judges the file."""
    operands = argv[2:] if len(argv) > 1 and argv[1] == "--" else argv[1:]
    if not operands:
        return 1
    if state.options & _SHOWING:
        # What the file sets is shown as it is carried out.
        walk.host.opened(resolve_path(state.cwd, operands[0]), "read", None, span)
    content = content_of(walk, operands[0], state)
    if not isinstance(content, str) and not any(isinstance(part, str) for part in content.parts):
        from packgate.shell.partial import variants

        if variants(content) is None:
            return None
    arguments = state.arguments
    if len(operands) > 1:
        state.arguments = operands[1:]
    status = run_code(walk, content, state, span, "source")
    if walk.left is not None and walk.left.kind == "return":
        walk.left = None
    state.arguments = arguments
    return status


def content_of(walk: Walk, path: Value, state: State) -> Value:
    """What reading a path yields: a process substitution, standard input, or what the host knows."""
    from packgate.shell.streams import Stream

    content = state.read(path)
    if content is not None:
        return content
    if path in ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "-"):
        stream = state.fds.get(0)
        if isinstance(stream, Stream):
            return stream.value
    return walk.host.content(resolve_path(state.cwd, path))


def trap(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``trap CODE SIGNAL…``: code for the end of the shell runs then; any other is walked at once."""
    words = argv[2:] if len(argv) > 1 and argv[1] == "--" else argv[1:]
    later = any(signal in _AT_END for signal in words[1:] if isinstance(signal, str))
    if len(words) < 2 or words[0] in ("-", "", "-p", "-l"):
        if later and words[0] in ("-", ""):
            state.traps = {}
        return 0
    if later:
        state.traps = {"EXIT": words[0]}
        state.trap_span = span
    else:
        inner = state.copy()
        run_code(walk, words[0], inner, span, "trap")
        walk.left = None
    return 0


def replace(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``exec COMMAND``; without a command its redirections stay."""
    i = 1
    while i < len(argv):
        word = argv[i]
        if not isinstance(word, str) or word[:1] != "-" or word == "--":
            break
        i += 2 if word.endswith("a") else 1
    if i < len(argv) and argv[i] == "--":
        i += 1
    if i >= len(argv):
        return 0
    return _through(walk, "exec", argv[i:], state, span, False)


def command(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``command NAME``: functions are passed over. ``command -v`` only looks the name up."""
    i = 1
    while i < len(argv):
        word = argv[i]
        if not isinstance(word, str) or word[:1] != "-" or len(word) == 1:
            break
        i += 1
        if word == "--":
            break
        if "v" in word or "V" in word:
            from packgate.shell.fold import look_up

            walk.write(state, look_up(argv[i:], state), span)
            return None
    return _through(walk, "command", argv[i:], state, span, False) if i < len(argv) else 0


def builtin(walk: Walk, argv: list[Value], state: State, span: tuple[int, int]) -> int | None:
    """``builtin NAME``."""
    words = argv[2:] if len(argv) > 1 and argv[1] == "--" else argv[1:]
    return _through(walk, "builtin", words, state, span, False) if words else 0


def _through(
    walk: Walk, wrapper: str, argv: list[Value], state: State, span: tuple[int, int], functions: bool
) -> int | None:
    from packgate.shell.commands import dispatch

    via = walk.via
    walk.via = (*via, wrapper)
    status = dispatch(walk, argv, state, span, functions)
    walk.via = via
    return status

