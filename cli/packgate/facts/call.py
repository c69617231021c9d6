"""One call of a program with its arguments read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.program import Given, Level
    from packgate.model.value import Value
    from packgate.shell.state import State

# How harmless an option makes a call: not at all, changes nothing, prints its manual.
ACTIVE = 0
DRY = 1
HELP = 2


class Call:
    """``given`` is what of the level can concern a call with these options, ``words`` is the sub-command, ``operands`` what follows it,
    ``options`` the values of each option by its key (an empty list for a flag), ``flags`` every option in all its spellings, ``after``
    the position in ``operands`` where ``--`` stood, ``undecided`` whether the sub-command is a word which is not known,
    ``environment`` the values that the level marks for its environment, ``settled`` what they tell, each once it was asked for,
    ``repository`` the root of the repository that the line works in."""

    __slots__ = (
        "after", "argv", "environment", "flags", "given", "level", "neutral", "operands", "options", "program", "repository", "settled",
        "span", "state", "stdin", "undecided", "variables", "words",
    )  # fmt: skip

    given: Given

    def __init__(
        self,
        program: str,
        argv: list[Value],
        state: State,
        level: Level,
        stdin: Value | None = None,
        span: tuple[int, int] = (0, 0),
        variables: tuple[str, ...] = (),
    ) -> None:
        self.program = program
        self.argv = argv
        self.state = state
        self.level = level
        self.stdin = stdin
        self.span = span
        self.variables = variables
        self.words: list[str] = []
        self.operands: list[Value] = []
        self.options: dict[str, list[Value]] = {}
        self.flags: list[str] = []
        self.after: int | None = None
        self.undecided = False
        self.environment: list[Value] | None = None
        self.settled: tuple[Value, ...] | None = None
        self.neutral = ACTIVE
        self.repository: str | None = None

    def option(self, key: str) -> Value | None:
        """The last value of an option, by any of its spellings; None when it is absent or a flag."""
        declared = self.level.options.get(key)
        values = self.options.get(declared.key if declared is not None else key)
        return values[-1] if values else None

    def has(self, key: str) -> bool:
        """Whether an option is given, by any of its spellings."""
        declared = self.level.options.get(key)
        return (declared.key if declared is not None else key) in self.options
