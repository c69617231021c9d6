"""What the evaluator hands to whoever wants to know what a line does."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from packgate.model.operation import Note
    from packgate.model.value import Value
    from packgate.shell.state import State

    class Host(Protocol):
        """The world around the shell: learns what runs, and answers what it can know of the outcome."""

        def run(self, command: Command) -> Value | None:
            """One simple command, in the order of execution, builtins included. Returns its standard output as far as
            it is known, or None to let the evaluator decide."""

        def opened(self, path: Value, mode: str, content: Value | None, span: tuple[int, int]) -> None:
            """A redirection opens ``path``: mode ``read``, ``write``, ``append`` or ``both``. For ``write`` and
            ``append`` it is called after the command ran, with what was written as far as known."""

        def content(self, path: Value) -> Value:
            """What reading ``path`` yields: known when the same line wrote it, else unknown with origin ``file``."""

        def assigned(self, name: str, value: Value, exported: bool, span: tuple[int, int]) -> None:
            """A variable of the shell was set; ``exported`` when commands that follow inherit it."""

        def note(self, note: Note) -> None:
            """Something could not be evaluated."""


class Command:
    """One simple command after expansion.

    ``argv`` has at least one value. ``stdin`` is what it reads from standard input as far as known: text from a pipe,
    heredoc, here-string or file; None when it reads the terminal or nothing. ``span`` is the range of the source that it
    was written in; inside nested code (``sh -c``) that of the word that carries the code. ``state`` is the live state of
    the shell: read it, do not keep it. ``variables`` names the shell and environment variables, other than those that the
    line itself set to a constant, whose values went into ``argv`` or ``stdin``.
    """

    __slots__ = ("argv", "span", "state", "stdin", "variables", "via")

    def __init__(
        self,
        argv: list[Value],
        state: State,
        span: tuple[int, int],
        stdin: Value | None = None,
        via: tuple[str, ...] = (),
        variables: tuple[str, ...] = (),
    ) -> None:
        self.argv = argv
        self.state = state
        self.span = span
        self.stdin = stdin
        self.via = via
        self.variables = variables
