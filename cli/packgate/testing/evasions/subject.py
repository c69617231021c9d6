"""A command that is to be rewritten: its parts by the parser, and what holds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.shell.parser import parse
from packgate.shell.tree import AndOr, Function, Group, Literal, Pipeline, Quoted, SimpleCommand, Subshell, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from packgate.shell.tree import Node, Redirect, Script

# Builtins that are no programs: `env` and its kind can't start them.
BUILTINS = frozenset(
    ". : alias bg bind break builtin caller cd command compgen complete continue declare dirs disown enable eval exec exit export fc fg"
    " getopts hash help history jobs let local logout mapfile popd pushd read readarray readonly return set shift shopt source suspend"
    " times trap type typeset ulimit umask unalias unset wait".split()
)
# Those whose whole effect is on the shell that runs them.
STATE = frozenset("export declare typeset readonly alias set unset cd".split())
# Those that show or change what the shell and its variables are.
_OWN = frozenset("env printenv set export declare typeset history fc alias jobs dirs trap".split())
_NOT_POSIX = ("<(", ">(", "<<<", "&>", "|&", "[[", "$'", "((", "=(", "{", "function ", "source ", "-E ", ";&")
_GLOB = frozenset("*?[{}~!^#=")


class Part:
    """A simple command of a line. ``values[i]`` is what word i means when nothing in it is expanded, else None."""

    __slots__ = ("node", "own", "program", "values", "words")

    def __init__(self, node: SimpleCommand, own: frozenset[str]) -> None:
        self.node = node
        # Names of functions and aliases of the same line.
        self.own = own
        self.words: list[Word] = [word for word in node.words if isinstance(word, Word)]
        self.values = [constant(word) for word in self.words]
        self.program = self.values[0] if self.values else None

    @property
    def external(self) -> bool:
        """Whether it surely starts a program."""
        program = self.program
        if not program or program in BUILTINS or program in self.own or len(self.words) != len(self.node.words):
            return False
        if program == "printf":
            return self.values[1:2] != ["-v"]
        return not (program == "kill" and any(value is None or value.startswith("%") for value in self.values))

    @property
    def constant(self) -> bool:
        """Whether every word is."""
        return bool(self.values) and len(self.words) == len(self.node.words) and all(value is not None for value in self.values)

    @property
    def arguments(self) -> list[tuple[Word, str]]:
        """The constant words behind the program."""
        return [(word, value) for word, value in zip(self.words[1:], self.values[1:], strict=True) if value is not None]

    @property
    def together(self) -> bool:
        """Whether nothing stands between its words."""
        first, last = self.words[0].start, self.words[-1].end
        return not any(first < redirect.start < last for redirect in self.node.redirects)


class Subject:
    """A command line. ``parts`` are the simple commands that the line itself runs, in order; those inside substitutions, loops and
    functions are not among them. ``lone`` is the only one, of a line that is nothing else."""

    __slots__ = ("aliases", "cwd", "env", "heredoc", "home", "lone", "parts", "text")

    def __init__(self, text: str, cwd: str, home: str, env: Mapping[str, str] | None = None) -> None:
        self.text = text.strip(" \t\n")
        self.cwd = cwd
        self.home = home
        self.env = env or {}
        parsed = parse(self.text)
        if parsed.problems:
            raise ValueError(parsed.problems[0].message)
        nodes = list(run_by(parsed.script))
        simple = [node for node in nodes if isinstance(node, SimpleCommand)]
        self.aliases = aliases(self.text, simple)
        own = frozenset((*self.aliases, *(node.name for node in nodes if isinstance(node, Function))))
        self.parts = [Part(node, own) for node in sorted(simple, key=lambda node: node.start)]
        statements = parsed.script.statements
        alone = len(statements) == 1 and isinstance(statements[0].node, SimpleCommand) and not statements[0].background
        self.lone = self.parts[0] if alone and self.parts and self.parts[0].words else None
        self.heredoc = "<<" in self.text.replace("<<<", "")

    @property
    def body(self) -> str:
        """The line with what ends it: ``;``, or a line end where that is needed."""
        return self.text + ("\n" if self.heredoc or self.text.endswith("&") or "#" in self.text else "; ")

    @property
    def child(self) -> bool:
        """Whether it does the same in a child of the shell."""
        return not all(part.program in STATE or not part.words for part in self.parts)

    @property
    def posix(self) -> bool:
        """Whether `sh` surely reads it as bash does."""
        return self.child and not any(sign in self.text for sign in _NOT_POSIX)

    @property
    def portable(self) -> bool:
        """Whether nothing in it depends on variables, on whose home directory it is, or on what only this shell knows."""
        return self.child and not self.env and not set(self.text) & set("$~`") and not any(
            part.program in _OWN or (part.program == "cd" and len(part.words) == 1) for part in self.parts
        )

    @property
    def one_line(self) -> bool:
        """Whether it has no line end."""
        return "\n" not in self.text

    def edited(self, edits: Iterable[tuple[int, int, str]]) -> str | None:
        """The text with ranges replaced; None when there is nothing to replace or nothing changes."""
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return None if text == self.text else text

    def each_program(self, change: Callable[[str], str | None]) -> str | None:
        """Every constant program word changed, other than aliases, which only a plain word names."""
        edits = []
        for part in self.parts:
            if part.program and part.program not in self.aliases and part.words[0] is part.node.words[0]:
                new = change(part.program)
                if new is not None:
                    edits.append((part.words[0].start, part.words[0].end, new))
        return self.edited(edits)

    def each_argument(self, change: Callable[[str], str | None]) -> str | None:
        """Every constant argument changed, and every constant file that a redirection names."""
        edits = []
        for part in self.parts:
            found = [*part.arguments, *targets(part.node.redirects)]
            for word, value in found:
                new = change(value)
                if new is not None:
                    edits.append((word.start, word.end, new))
        return self.edited(edits)

    def each_external(self, prefix: str) -> str | None:
        """Something put before every program that is surely one."""
        return self.edited((part.words[0].start, part.words[0].start, prefix) for part in self.parts if part.external)


def aliases(text: str, nodes: Iterable[SimpleCommand]) -> set[str]:
    """Names that the commands make aliases of."""
    found = set()
    for node in nodes:
        words = [text[word.start:word.end] for word in node.words]
        if words[:1] == ["alias"]:
            found |= {word.partition("=")[0] for word in words[1:]}
    return found


def run_by(script: Script) -> Iterator[Node]:
    """The commands that a script itself runs, lists and groups taken apart."""
    waiting: list[Node] = [statement.node for statement in script.statements]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Pipeline):
            waiting.extend(node.commands)
        elif isinstance(node, AndOr):
            waiting.extend((node.left, node.right))
        elif isinstance(node, (Group, Subshell)):
            waiting.extend(statement.node for statement in node.script.statements)
        else:
            yield node


def targets(redirects: Iterable[Redirect]) -> list[tuple[Word, str]]:
    """The constant file names of redirections."""
    found = []
    for redirect in redirects:
        value = constant(redirect.target)
        if value is not None and redirect.op not in ("<<", "<<-", "<<<", ">&", "<&"):
            found.append((redirect.target, value))
    return found


def constant(word: Word) -> str | None:
    """What a word means when nothing in it can expand, else None."""
    out: list[str] = []
    for part in word.parts:
        if isinstance(part, Quoted):
            if not all(isinstance(inner, Literal) for inner in part.parts):
                return None
            out.extend(inner.text for inner in part.parts if isinstance(inner, Literal))
        elif isinstance(part, Literal) and (part.quoted or not _expands(part.text, first=not out)):
            out.append(part.text)
        else:
            return None
    return "".join(out)


def _expands(text: str, *, first: bool) -> bool:
    """Whether unquoted text may mean something else than itself."""
    if any(char in "*?[" for char in text) or ("{" in text and ("," in text or ".." in text)):
        return True
    return (first and text[:1] == "~") or ":~" in text or "=~" in text
