"""Code that starts copies of itself, or job after job, until the machine stands still: told from the syntax tree."""

from __future__ import annotations

from packgate.shell.tree import AndOr, Function, Group, If, Literal, Pipeline, Script, SimpleCommand, Subshell, While, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import Node

# Commands that keep a loop from running as fast as it can.
_PACE = ("wait", "sleep", "read", "inotifywait")


def multiplies(body: Node | Script, name: str) -> bool:
    """Whether a function that calls itself does so in the background, or more than once in one pipeline."""
    if isinstance(body, Script):
        return any(
            (statement.background and calls(statement.node, name)) or multiplies(statement.node, name)
            for statement in body.statements
        )
    if isinstance(body, Pipeline):
        return sum(calls(command, name) for command in body.commands) > 1
    if isinstance(body, (Group, Subshell)):
        return multiplies(body.script, name)
    if isinstance(body, Function):
        return multiplies(body.body, name)
    if isinstance(body, AndOr):
        return any(multiplies(part, name) for part in operands(body))
    return False


def calls(node: Node | Script, name: str) -> bool:
    """Whether a command calls a function in plain words, outside of what only runs under a condition."""
    if isinstance(node, Script):
        return any(calls(statement.node, name) for statement in node.statements)
    if isinstance(node, SimpleCommand):
        return bool(node.words) and plain(node.words[0]) == name
    if isinstance(node, Pipeline):
        return any(calls(command, name) for command in node.commands)
    if isinstance(node, (Group, Subshell)):
        return calls(node.script, name)
    if isinstance(node, AndOr):
        return any(calls(part, name) for part in operands(node))
    return False


def starts_jobs(body: Script) -> bool:
    """Whether one turn of a loop leaves something running in the background; ``wait`` and ``sleep`` after it set the pace."""
    pending = False
    for statement in body.statements:
        node = statement.node
        if statement.background or _starts(node):
            pending = True
        elif isinstance(node, SimpleCommand) and node.words and plain(node.words[0]) in _PACE:
            pending = False
    return pending


def waits(condition: Script) -> bool:
    """Whether a condition takes its time (``while sleep 10; do …``)."""
    nodes = [statement.node for statement in condition.statements]
    return any(isinstance(node, SimpleCommand) and bool(node.words) and plain(node.words[0]) in _PACE for node in nodes)


def _starts(node: Node) -> bool:
    if isinstance(node, (Group, Subshell)):
        return starts_jobs(node.script)
    if isinstance(node, If):
        return any(starts_jobs(branch) for _, branch in node.clauses)
    return isinstance(node, While) and starts_jobs(node.body)


def operands(node: AndOr) -> list[Node]:
    """The commands of a chain of ``&&`` and ``||``, without recursion: it can be thousands long."""
    found: list[Node] = []
    left: Node = node
    while isinstance(left, AndOr):
        found.append(left.right)
        left = left.left
    return [left, *reversed(found)]


def plain(word: object) -> str | None:
    """The text of a word that holds no expansion; None otherwise."""
    if not isinstance(word, Word) or any(not isinstance(part, Literal) for part in word.parts):
        return None
    return "".join(part.text for part in word.parts if isinstance(part, Literal))
