"""What the evaluator hands to whoever wants to know what a line does."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.host import Host as Host
    from packgate.shell.state import State


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
