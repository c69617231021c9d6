"""The interface between the evaluator and whoever wants to know what a line does. For type checkers only."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from packgate.model.operation import Note
    from packgate.model.value import Value
    from packgate.shell.command import Command

    class Host(Protocol):
        """The world around the shell: learns what runs, and answers what it can know of the outcome."""

        def run(self, command: Command) -> Value | None:
            """One simple command, in the order of execution, builtins included. Returns its standard output as far as
            it is known, or None to let the evaluator decide."""

        def opened(self, path: Value, mode: str, content: Value | None, span: tuple[int, int]) -> None:
            """A redirection opens ``path``, absolute where the working folder is known: mode ``read``, ``write``,
            ``append`` or ``both``. For ``write`` and ``append`` it is called after the command ran, with what was
            written as far as known; content is None where that did not pass here (``2>``)."""

        def content(self, path: Value) -> Value:
            """What reading ``path`` (as in `opened`) yields: known when the same line wrote it, else unknown with
            origin ``file``."""

        def assigned(self, name: str, value: Value, exported: bool, span: tuple[int, int]) -> None:
            """A variable of the shell was set; ``exported`` when commands that follow inherit it."""

        def note(self, note: Note) -> None:
            """Something could not be evaluated."""
