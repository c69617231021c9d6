"""Folding: the output of harmless programs on known input, so that what a pipeline decodes or builds is seen.

Every function here is pure; nothing is executed. What can't be computed is unknown text that carries the origins of
the input.
"""

from __future__ import annotations

from packgate.model.value import Hole, Origin, join, origins_of, unknown
from packgate.shell.streams import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.command import Command
    from packgate.shell.state import State
    from packgate.shell.walk import Walk

TEXT = frozenset(("echo", "printf", "cat", "tee", "seq", "print"))
FILTERS = frozenset((
    "rev", "tac", "tr", "head", "tail", "cut", "sort", "uniq", "wc", "sed", "gsed", "grep", "egrep", "fgrep", "awk",
    "gawk", "mawk", "paste", "nl", "fold", "strings", "iconv", "dos2unix", "column", "ghead", "gtail", "gtr", "stdbuf",
))  # fmt: skip
# Those that let through what a pattern describes.
SELECTS = frozenset(("grep", "egrep", "fgrep", "awk", "gawk", "mawk"))
CODECS = frozenset((
    "base64", "gbase64", "base32", "xxd", "gzip", "gunzip", "zcat", "gzcat", "bzip2", "bunzip2", "bzcat", "xz", "unxz",
    "xzcat", "openssl", "uudecode", "basenc", "gbasenc",
))  # fmt: skip
FACTS = frozenset((
    "basename", "dirname", "realpath", "readlink", "date", "mktemp", "which", "uname", "whoami", "id", "logname", "expr",
    "hostname", "nproc", "pwd", "printenv", "arch", "type", "greadlink", "grealpath", "getconf", "tty", "dirs",
))  # fmt: skip
# Of what they do, only a few ways to decode or cut text.
TOOLS = frozenset(("jq", "gojq", "jaq", "perl", "python", "python3"))
# They print nothing when they succeed and are not asked to be verbose.
SILENT = frozenset((
    "rm", "mkdir", "rmdir", "mv", "cp", "ln", "chmod", "chown", "chgrp", "touch", "sleep", "kill", "true", "false", ":",
    "test", "[", "install", "truncate", "sync", "unlink", "shred", "mkfifo", "mknod", "cd", "exit", "umask", "ulimit",
    "disown", "bg", "return", "unset", "set", "shift", "bind", "stty", "reset",
))  # fmt: skip


class Given:
    """What a program reads: its arguments, standard input, files whose content the line decides, and the state."""

    __slots__ = ("argv", "name", "state", "stdin", "walk")

    def __init__(self, walk: Walk, command: Command, name: str) -> None:
        self.walk = walk
        self.argv = command.argv
        self.state = command.state
        self.stdin = command.stdin
        self.name = name

    def take_stdin(self) -> Value:
        """Standard input, which is consumed by this."""
        value = self.stdin
        if value is None:
            return unknown(Origin("input"))
        stream = self.state.fds.get(0)
        if isinstance(stream, Stream) and stream.value == value:
            stream.value = ""
            self.walk.consumed = True
        return value

    def inputs(self, operands: list[Value]) -> Value:
        """What a filter reads: its files one after another, else standard input."""
        if not operands:
            return self.take_stdin()
        if len(operands) == 1:
            return self.read(operands[0])
        return join([self.read(path) for path in operands])

    def read(self, path: Value) -> Value:
        """The content of a file, of ``-`` or of a path that the shell provides."""
        if path == "-":
            return self.take_stdin()
        from packgate.shell.builtins_code import content_of

        return content_of(self.walk, path, self.state)

    def failed(self, *values: Value) -> Value:
        """The output of this program on input that is not known well enough."""
        return unknown(Origin("command", self.name), *[origin for value in values for origin in origins_of(value)])


def fold(walk: Walk, command: Command) -> Value:
    """The output of a program as far as it is known."""
    first = command.argv[0]
    if not isinstance(first, str):
        return unknown(Origin("command"), *origins_of(first), *_stdin_origins(command))
    name = first.rpartition("/")[2] if "/" in first else first
    if name in SELECTS and command.stdin is not None and is_opaque(command.stdin):
        from packgate.shell.fold_names import selected

        return selected(command.argv, unknown_output(name, command.stdin))
    if name in FILTERS and len(command.argv) < 3 and is_opaque(command.stdin):
        return unknown_output(name, command.stdin)
    if name in TEXT:
        from packgate.shell import fold_text

        output = fold_text.run(Given(walk, command, name))
    elif name in FILTERS:
        from packgate.shell import fold_filters

        output = fold_filters.run(Given(walk, command, name))
    elif name in CODECS:
        from packgate.shell import fold_codecs

        output = fold_codecs.run(Given(walk, command, name))
    elif name in FACTS:
        from packgate.shell import fold_facts

        output = fold_facts.run(Given(walk, command, name))
    elif name in TOOLS:
        from packgate.shell import fold_tools

        output = fold_tools.run(Given(walk, command, name))
    elif name in SILENT and not any(is_verbose(word) for word in command.argv[1:]):
        return ""
    else:
        output = None
    return output if output is not None else unknown_output(name, command.stdin)


# Programs repeat; their unknown outputs are shared.
_OUTPUTS: dict[str, Value] = {}


def unknown_output(name: str, stdin: Value | None) -> Value:
    """The output of a program of which nothing is known but what it read."""
    if stdin is not None and not isinstance(stdin, str):
        return unknown(Origin("command", name), *origins_of(stdin))
    output = _OUTPUTS.get(name)
    if output is None:
        output = unknown(Origin("command", name))
        if len(_OUTPUTS) < 1_000:
            _OUTPUTS[name] = output
    return output


def is_opaque(stdin: Value | None) -> bool:
    """Whether nothing at all is known of what a filter reads."""
    if stdin is None or isinstance(stdin, str) or len(stdin.parts) != 1:
        return False
    part = stdin.parts[0]
    return isinstance(part, Hole) and not part.choices


def is_verbose(word: Value) -> bool:
    """Whether a word asks a silent program to print something."""
    if not isinstance(word, str):
        return not isinstance(word.parts[0], str)
    return word.startswith("--") and len(word) > 2 if word[:2] == "--" else word[:1] == "-" and "v" in word


def _stdin_origins(command: Command) -> tuple[Origin, ...]:
    return origins_of(command.stdin) if command.stdin is not None else ()


def look_up(names: list[Value], state: State) -> Value:
    """What ``command -v`` and ``which`` print for programs that are taken to be installed."""
    from packgate.shell import fold_facts

    return fold_facts.look_up(names, state)


def known(values: list[Value]) -> list[str] | None:
    """The values as strings; None when one of them is not wholly known."""
    texts = [value for value in values if isinstance(value, str)]
    return texts if len(texts) == len(values) else None


def options(argv: list[Value], valued: str) -> tuple[dict[str, str], list[Value]]:
    """Short and long options of a program, and its operands. ``valued`` are the letters that take a value. Long
    options are kept by their whole name, with ``""`` or what follows ``=``."""
    found: dict[str, str] = {}
    operands: list[Value] = []
    i = 1
    while i < len(argv):
        word = argv[i]
        i += 1
        if not isinstance(word, str) or len(word) < 2 or word[0] != "-":
            operands.append(word)
            continue
        if word == "--":
            operands.extend(argv[i:])
            break
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            found[name] = value
            continue
        for j, letter in enumerate(word[1:], 1):
            if letter not in valued:
                found[letter] = ""
                continue
            text: Value = word[j + 1 :]
            if not text and i < len(argv):
                text = argv[i]
                i += 1
            found[letter] = text if isinstance(text, str) else ""
            break
    return found, operands
