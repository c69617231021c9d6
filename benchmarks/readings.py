"""What our parser reads in a script, in a form that another parser's reading can be put into (`readings_shfmt`).

A word becomes a text in which quotes are resolved and every expansion is a marker between two control characters. Arithmetic
and subscripts lose their white space.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from packgate.shell import tree
from packgate.shell.parser import parse
from packgate.shell.relocate import push_children

Commands = list[tuple[int, list[str], list[str]]]


class Reading(NamedTuple):
    """What a script holds, each list by position: simple commands (with assignments and words), redirections, and the
    skeleton around them (kind and detail)."""

    commands: Commands
    redirects: list[tuple[int, str, str, str]]
    skeleton: list[tuple[int, str, str]]

    def sort(self) -> None:
        """Put every list in order."""
        self.commands.sort()
        self.redirects.sort()
        self.skeleton.sort()


def read_ours(source: str, shell: str = "bash") -> tuple[Reading, list[str]]:
    """Our reading, and the messages of its problems."""
    parsed = parse(source, shell)
    reading = Reading([], [], [])
    todo: list[Any] = [parsed.script]
    while todo:
        node = todo.pop()
        assert 0 <= node.start <= node.end <= len(source), type(node).__name__
        if isinstance(node, tree.SimpleCommand):
            _command(node, reading)
        elif isinstance(node, tree.Redirect):
            body = _word(node.body) if node.body is not None else ""
            fd = "{" + node.fd_name + "}" if node.fd_name else "" if node.fd is None else str(node.fd)
            reading.redirects.append((_operator(source, node.start), node.op, fd + " " + _word(node.target), body))
        else:
            _frame(node, reading.skeleton)
        push_children(node, todo)
    reading.sort()
    return reading, [problem.message for problem in parsed.problems]


def _operator(source: str, start: int) -> int:
    """Where the operator of a redirection stands, behind its descriptor and the line continuations between them."""
    while source[start] not in "<>&":
        start += 1
    return start


def _command(node: tree.SimpleCommand, reading: Reading) -> None:
    if not node.words and not node.assignments:
        return
    first = min([*node.words, *node.assignments], key=lambda part: part.start)
    words = [_word(word) if isinstance(word, tree.Word) else _assignment(word) for word in node.words]
    if words and words[0] == "let":
        words = ["".join(word.split()) for word in words]
    reading.commands.append((first.start, [_assignment(item) for item in node.assignments], words))


def _frame(node: Any, out: list[tuple[int, str, str]]) -> None:
    """The entry of what is not a simple command, if it has one."""
    if isinstance(node, tree.Statement):
        if node.background:
            out.append((node.start, "&", ""))
    elif isinstance(node, tree.Pipeline):
        if node.negated:
            out.append((node.start, "!", ""))
        if node.timed:
            out.append((0, "time", ""))
        out.extend((part.start, "|&" if stderr else "|", "") for part, stderr in zip(node.commands[1:], node.stderr, strict=True))
    elif isinstance(node, tree.AndOr):
        out.append((node.right.start, node.op, ""))
    elif isinstance(node, tree.Compound):
        out.append((node.start, *_compound(node)))


def _compound(node: tree.Compound) -> tuple[str, str]:
    """Kind and detail of a compound command."""
    if isinstance(node, tree.If):
        return "if", f"{len(node.clauses)} {node.otherwise is not None}"
    if isinstance(node, tree.While):
        return "until" if node.until else "while", ""
    if isinstance(node, tree.For):
        words = "-" if node.words is None else "|".join(_word(word) for word in node.words)
        return "select" if node.select else "for", f"{node.name} {words}"
    if isinstance(node, tree.ArithmeticFor):
        return "for ((", ";".join(_bare(part) for part in (node.init, node.condition, node.step))
    if isinstance(node, tree.Case):
        items = ["|".join(_word(word) for word in patterns) + terminator for patterns, _, terminator in node.items]
        return "case", " ".join([_word(node.word), *items])
    if isinstance(node, tree.Test):
        return "[[", " ".join(_word(word) for word in node.words)
    if isinstance(node, tree.Arithmetic):
        return "((", _bare(node.body)
    return _named(node)


def _named(node: tree.Compound) -> tuple[str, str]:
    if isinstance(node, tree.Function):
        return "function", node.name
    if isinstance(node, tree.Coproc):
        return "coproc", node.name or ""
    return "{" if isinstance(node, tree.Group) else "(", ""


def _assignment(node: tree.Assignment) -> str:
    index = f"[{_bare(node.index)}]" if node.index is not None else ""
    if node.array is not None:
        values = "(" + " ".join(("" if key is None else f"[{_bare(key)}]=") + _word(word) for key, word in node.array) + ")"
    else:
        values = _word(node.value)
    return node.name + index + ("+" if node.append else "") + "=" + values


def _word(word: tree.Word | None) -> str:
    return "".join(_part(part) for part in word.parts) if word is not None else ""


def _bare(word: tree.Word | None) -> str:
    return "".join(_word(word).split())


def _part(part: Any) -> str:
    if isinstance(part, tree.Literal):
        return part.text
    if isinstance(part, tree.Quoted):
        return "".join(_part(inner) for inner in part.parts)
    if isinstance(part, tree.Parameter):
        return _parameter(part)
    if isinstance(part, tree.ArithmeticSub):
        return f"\x01$(({_bare(part.body)}))\x02"
    if isinstance(part, tree.ProcessSub):
        return f"\x01{part.direction}()\x02"
    return "\x01$()\x02" if isinstance(part, tree.CommandSub) else "\x01glob\x02"


def _parameter(part: tree.Parameter) -> str:
    op = part.op
    args = [_bare(argument) if op == ":" else _word(argument) for argument in part.args]
    excl = part.indirect or op.startswith("!")
    if op == "//":
        op = "/"
    if op[:1] == "@" and len(op) > 1:
        op, args = "@", [op[1:]]
    if op in ("!*", "!@"):
        op = "names" + op[1:]
    if op == "!keys":
        op = ""
    index = f"[{_bare(part.index)}]" if part.index is not None else ""
    return f"\x01{'#' * part.length}{'!' * excl}{part.name}{index}{op}{'|'.join(args).rstrip('|')}\x02"
