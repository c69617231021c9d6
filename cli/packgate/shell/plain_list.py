"""Lists of plain commands, as most lines of more than one command are: commands of plain or quoted words with plain redirections, joined
by ``|``, ``&&``, ``||``, ``;`` and ``&``. One expression reads a command of them; the tree is that of the parser, which a test holds.
"""

from __future__ import annotations

import re

from packgate.shell.plain import NOT_COMMANDS, PLAIN_NAME, QUOTED_WORD, unquoted_words
from packgate.shell.syntax import Lazy
from packgate.shell.tree import AndOr, Literal, Pipeline, Redirect, Script, SimpleCommand, Statement, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.shell.tree import Assignment, Node

    ReadWords = Callable[[int, int], list[Word | Assignment]]

_END = r"(?=[ \t;&|]|\Z)"
_TARGET = r"[ \t]*+([A-Za-z0-9_@%+:,./=-]++)"
# With three groups for each form: the descriptor, the operator and the target.
_REDIRECTION = rf"[ \t]++(?:([0-9]?)(>>?|<){_TARGET}|([0-9]?)(>&)([0-9]++)|()(&>){_TARGET}){_END}"
# A command, its redirections, and the operator behind it.
_COMMAND = Lazy(
    rf"({PLAIN_NAME}{_END}(?:[ \t]++{QUOTED_WORD}{_END})*+)((?:{re.sub(r'[(](?![?])', '(?:', _REDIRECTION)})*+)"
    r"[ \t]*+(&&|\|\||\|(?!&)|;(?![;&|])|&(?![>|!])|\Z)[ \t]*+"
).match
_REDIRECTIONS = Lazy(_REDIRECTION).match
_LONGEST = 2_000
_MOST_WORDS = 500


def plain_list(source: str, shell: str, read_words: ReadWords) -> Script | None:
    """The tree of a line that is such a list; None when that is not certain. ``read_words`` reads the words between two positions as parts
    of the tree."""
    end = len(source)
    if end > _LONGEST or shell not in ("bash", "sh"):
        return None
    start = position = end - len(source.lstrip(" \t"))
    statements: list[Statement] = []
    # Of the statement that is being read: what stands before the operator `joint`, and the commands of the pipeline.
    left: Node | None = None
    joint = ""
    piped: list[Node] = []
    while position < end:
        match = _COMMAND(source, position, end)
        if match is None:
            return None
        command = _command(source, match, read_words)
        if command is None:
            return None
        position = match.end()
        operator = match.group(3)
        piped.append(command)
        if operator == "|":
            continue
        node = command if len(piped) == 1 else Pipeline(piped, piped[0].start, command.end, stderr=[False] * (len(piped) - 1))
        left = node if left is None else AndOr(joint, left, node, left.start, node.end)
        piped = []
        joint = operator
        if operator != "&&" and operator != "||":
            statements.append(Statement(left, operator == "&", left.start, left.end))
            left = None
    # An operator wants a command behind it.
    return Script(statements, start, end) if statements and left is None and not piped else None


def _command(source: str, match: re.Match[str], read_words: ReadWords) -> SimpleCommand | None:
    text = match.group(1)
    start, behind = match.span(1)
    texts = unquoted_words(text) if "'" in text or '"' in text or "\\" in text else text.split()
    if texts[0] in NOT_COMMANDS or len(texts) > _MOST_WORDS:
        return None
    redirects: list[Redirect] = []
    end = behind
    position, stop = match.span(2)
    while position < stop:
        found = _REDIRECTIONS(source, position, stop)
        if found is None:
            return None
        redirects.append(_redirect(found))
        end = position = found.end()
    return SimpleCommand([], [], redirects, start, end, texts, lambda: read_words(start, behind))


def _redirect(match: re.Match[str]) -> Redirect:
    last = match.lastindex or 0
    fd, op, target = match.group(last - 2), match.group(last - 1), match.group(last)
    start, end = match.span(last)
    begin = match.start(last - 1) - len(fd)
    return Redirect(op, Word([Literal(target, False, start, end)], start, end), begin, end, int(fd) if fd else None)
