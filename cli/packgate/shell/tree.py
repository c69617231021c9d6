"""The syntax tree of a shell script: what the parser yields and the evaluator walks.

Every node has ``start`` and ``end``, the half-open range of code points in the source text. Quotes are resolved by the
parser: a word is a list of parts that say whether they were quoted. Expansion (braces, tildes, parameters, globs) is
the evaluator's work.
"""

from __future__ import annotations

from packgate.shell.word_tree import ArithmeticSub, CommandSub, ExtGlob, Literal, Parameter, ProcessSub, Quoted, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Union

    from packgate.shell.word_tree import WordPart as WordPart

    Node = Union[
        "SimpleCommand", "Pipeline", "AndOr", "If", "While", "For", "ArithmeticFor", "Case", "Function", "Group",
        "Subshell", "Arithmetic", "Test", "Coproc",
    ]

__all__ = [
    "AndOr", "Arithmetic", "ArithmeticFor", "ArithmeticSub", "Assignment", "Case", "CommandSub", "Compound", "Coproc", "ExtGlob", "For",
    "Function", "Group", "If", "Literal", "Parameter", "Parsed", "Pipeline", "Problem", "ProcessSub", "Quoted", "Redirect", "Script",
    "SimpleCommand", "Statement", "Subshell", "Test", "While", "Word",
]


class Redirect:
    """One redirection. ``op`` is ``<``, ``>``, ``>>``, ``>|``, ``<>``, ``&>``, ``&>>``, ``<&``, ``>&``, ``<<``,
    ``<<-`` or ``<<<``. ``fd`` is the number written before it, ``fd_name`` the name of ``{name}>``. For a heredoc
    ``target`` is the delimiter and ``body`` the text (tabs of ``<<-`` removed), a quoted literal when the delimiter
    was quoted."""

    __slots__ = ("body", "end", "fd", "fd_name", "op", "start", "target")

    def __init__(
        self,
        op: str,
        target: Word,
        start: int,
        end: int,
        fd: int | None = None,
        fd_name: str | None = None,
        body: Word | None = None,
    ) -> None:
        self.op = op
        self.target = target
        self.start = start
        self.end = end
        self.fd = fd
        self.fd_name = fd_name
        self.body = body


class Assignment:
    """``name=value``, ``name+=value``, ``name[i]=value`` or ``name=(…)``; ``array`` holds (subscript or None, word)."""

    __slots__ = ("append", "array", "end", "index", "name", "start", "value")

    def __init__(
        self,
        name: str,
        value: Word | None,
        start: int,
        end: int,
        append: bool = False,
        index: Word | None = None,
        array: list[tuple[Word | None, Word]] | None = None,
    ) -> None:
        self.name = name
        self.value = value
        self.start = start
        self.end = end
        self.append = append
        self.index = index
        self.array = array


class SimpleCommand:
    """Assignments, words and redirections; ``words`` may be empty. An argument of ``declare``, ``export``, ``local``,
    ``readonly`` or ``typeset`` that looks like an array assignment is an `Assignment` within ``words``.

    ``texts`` are the words of a command that has plain or quoted ones only, which expand to themselves: its ``words`` are read
    when they are asked for.
    """

    __slots__ = ("_words", "assignments", "end", "read_words", "redirects", "start", "texts")

    def __init__(
        self,
        assignments: list[Assignment],
        words: list[Word | Assignment],
        redirects: list[Redirect],
        start: int,
        end: int,
        texts: list[str] | None = None,
        read_words: Callable[[], list[Word | Assignment]] | None = None,
    ) -> None:
        self.assignments = assignments
        self._words = words
        self.redirects = redirects
        self.start = start
        self.end = end
        self.texts = texts
        self.read_words = read_words

    @property
    def words(self) -> list[Word | Assignment]:
        """The command's name and arguments."""
        if self.read_words is not None:
            self._words = self.read_words()
            # Whoever has them may change them.
            self.read_words = self.texts = None
        return self._words


class Pipeline:
    """Commands joined by ``|`` or ``|&`` (``stderr[i]`` for the pipe after command i); one command alone only when it
    is negated or timed."""

    __slots__ = ("commands", "end", "negated", "start", "stderr", "timed")

    def __init__(
        self, commands: list[Node], start: int, end: int, negated: bool = False, timed: bool = False,
        stderr: list[bool] | None = None,
    ) -> None:
        self.commands = commands
        self.start = start
        self.end = end
        self.negated = negated
        self.timed = timed
        self.stderr = stderr if stderr is not None else []


class AndOr:
    """``left && right`` or ``left || right``. Chains lean left and can be thousands long: walk ``left`` by a loop."""

    __slots__ = ("end", "left", "op", "right", "start")

    def __init__(self, op: str, left: Node, right: Node, start: int, end: int) -> None:
        self.op = op
        self.left = left
        self.right = right
        self.start = start
        self.end = end


class Statement:
    """A command of a list; ``background`` when ``&`` ended it."""

    __slots__ = ("background", "end", "node", "start")

    def __init__(self, node: Node, background: bool, start: int, end: int) -> None:
        self.node = node
        self.background = background
        self.start = start
        self.end = end


class Script:
    """A list of statements."""

    __slots__ = ("end", "start", "statements")

    def __init__(self, statements: list[Statement], start: int, end: int) -> None:
        self.statements = statements
        self.start = start
        self.end = end


class Compound:
    """What all compound commands have."""

    __slots__ = ("end", "redirects", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.redirects: list[Redirect] = []


class If(Compound):
    """``clauses`` are (condition, body) for ``if`` and each ``elif``."""

    __slots__ = ("clauses", "otherwise")

    def __init__(self, clauses: list[tuple[Script, Script]], otherwise: Script | None, start: int, end: int) -> None:
        super().__init__(start, end)
        self.clauses = clauses
        self.otherwise = otherwise


class While(Compound):
    """``while`` or ``until``."""

    __slots__ = ("body", "condition", "until")

    def __init__(self, condition: Script, body: Script, until: bool, start: int, end: int) -> None:
        super().__init__(start, end)
        self.condition = condition
        self.body = body
        self.until = until


class For(Compound):
    """``for`` and ``select``; ``words`` is None when there is no ``in``. zsh's ``repeat n`` has no name and ``n`` as its
    only word."""

    __slots__ = ("body", "name", "select", "words")

    def __init__(
        self, name: str, words: list[Word] | None, body: Script, start: int, end: int, select: bool = False
    ) -> None:
        super().__init__(start, end)
        self.name = name
        self.words = words
        self.body = body
        self.select = select


class ArithmeticFor(Compound):
    """``for ((init; condition; step))``."""

    __slots__ = ("body", "condition", "init", "step")

    def __init__(
        self, init: Word | None, condition: Word | None, step: Word | None, body: Script, start: int, end: int
    ) -> None:
        super().__init__(start, end)
        self.init = init
        self.condition = condition
        self.step = step
        self.body = body


class Case(Compound):
    """``items`` are (patterns, body, terminator: ``;;``, ``;&`` or ``;;&``)."""

    __slots__ = ("items", "word")

    def __init__(self, word: Word, items: list[tuple[list[Word], Script, str]], start: int, end: int) -> None:
        super().__init__(start, end)
        self.word = word
        self.items = items


class Function(Compound):
    """A function definition; ``body`` is any command. zsh's anonymous function is a group: the definition of ``(anon)``
    and a call of it."""

    __slots__ = ("body", "name")

    def __init__(self, name: str, body: Node, start: int, end: int) -> None:
        super().__init__(start, end)
        self.name = name
        self.body = body


class Group(Compound):
    """``{ …; }``."""

    __slots__ = ("script",)

    def __init__(self, script: Script, start: int, end: int) -> None:
        super().__init__(start, end)
        self.script = script


class Subshell(Compound):
    """``( … )``."""

    __slots__ = ("script",)

    def __init__(self, script: Script, start: int, end: int) -> None:
        super().__init__(start, end)
        self.script = script


class Arithmetic(Compound):
    """``(( … ))``."""

    __slots__ = ("body",)

    def __init__(self, body: Word, start: int, end: int) -> None:
        super().__init__(start, end)
        self.body = body


class Test(Compound):
    """``[[ … ]]``: its words, operators among them as plain literals."""

    __slots__ = ("words",)

    def __init__(self, words: list[Word], start: int, end: int) -> None:
        super().__init__(start, end)
        self.words = words


class Coproc(Compound):
    """``coproc [name] command``."""

    __slots__ = ("body", "name")

    def __init__(self, name: str | None, body: Node, start: int, end: int) -> None:
        super().__init__(start, end)
        self.name = name
        self.body = body


class Problem:
    """Why the text could not be read completely; ``offset`` is a code point."""

    __slots__ = ("message", "offset")

    def __init__(self, message: str, offset: int) -> None:
        self.message = message
        self.offset = offset


class Parsed:
    """A script and what kept it from being complete; what stands before a problem is still in the tree."""

    __slots__ = ("problems", "script")

    def __init__(self, script: Script, problems: list[Problem]) -> None:
        self.script = script
        self.problems = problems
