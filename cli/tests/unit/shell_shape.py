"""The tree of a script as compact text, for tests.

Words: quoted text in ``'…'``, double quotes in ``"…"``, ``{name op args}`` for parameters. Commands: ``[words]``.
"""

from __future__ import annotations

from typing import Any

from packgate.shell import tree
from packgate.shell.parser import parse


def shape(source: str, shell: str = "bash") -> str:
    """The shape of a script that must have no problem."""
    parsed = parse(source, shell)
    assert [problem.message for problem in parsed.problems] == []
    return of(parsed.script)


def messages(source: str, shell: str = "bash") -> list[str]:
    """What is wrong with a script."""
    return [problem.message for problem in parse(source, shell).problems]


def of(node: Any) -> str:
    """The shape of any node."""
    if isinstance(node, list):
        return " ".join(of(item) for item in node)
    return _RENDER[type(node)](node)


def _literal(node: tree.Literal) -> str:
    return f"'{node.text}'" if node.quoted else node.text


def _word(node: tree.Word) -> str:
    return "".join(of(part) for part in node.parts)


def _parameter(node: tree.Parameter) -> str:
    index = f"[{of(node.index)}]" if node.index else ""
    name = "#" * node.length + "!" * node.indirect + node.name + index
    return "{" + " ".join(filter(None, [name, node.op, *[of(word) or "''" for word in node.args]])) + "}"


def _redirect(node: tree.Redirect) -> str:
    fd = "" if node.fd is None else str(node.fd)
    body = f"<{of(node.body)}>" if node.body is not None else ""
    return f"{fd}{'{' + node.fd_name + '}' if node.fd_name else ''}{node.op}{of(node.target)}{body}"


def _assignment(node: tree.Assignment) -> str:
    index = f"[{of(node.index)}]" if node.index else ""
    value = of(node.value) if node.value else ""
    if node.array is not None:
        items = [(f"[{of(key)}]=" if key else "") + of(word) for key, word in node.array]
        value = "(" + " ".join(items) + ")"
    return f"{node.name}{index}{'+' if node.append else ''}={value}"


def _simple(node: tree.SimpleCommand) -> str:
    return "[" + " ".join(of(part) for part in [*node.assignments, *node.words, *node.redirects]) + "]"


def _pipeline(node: tree.Pipeline) -> str:
    pipes = [" |& " if both else " | " for both in node.stderr] + [""]
    inside = "".join(of(command) + pipe for command, pipe in zip(node.commands, pipes, strict=True))
    return ("time " if node.timed else "") + ("! " if node.negated else "") + inside


def _script(node: tree.Script) -> str:
    return " ".join(of(statement.node) + (" &" if statement.background else ";") for statement in node.statements)


def _compound(text: str, node: Any) -> str:
    return " ".join([text, *[of(redirect) for redirect in node.redirects]])


def _if(node: tree.If) -> str:
    clauses = " elif ".join(f"{of(condition)} then {of(body)}" for condition, body in node.clauses)
    return _compound(f"if {clauses}{' else ' + of(node.otherwise) if node.otherwise else ''} fi", node)


def _for(node: tree.For) -> str:
    words = "" if node.words is None else f" in ({of(node.words)})"
    return _compound(f"{'select' if node.select else 'for'} {node.name}{words} do {of(node.body)} done", node)


def _arithmetic_for(node: tree.ArithmeticFor) -> str:
    clauses = "; ".join(of(clause) if clause else "-" for clause in (node.init, node.condition, node.step))
    return _compound(f"for (({clauses})) do {of(node.body)} done", node)


def _case(node: tree.Case) -> str:
    items = [f"({'|'.join(of(word) for word in patterns)}) {of(body)} {end}" for patterns, body, end in node.items]
    return _compound(f"case {of(node.word)} in {' '.join(items)} esac", node)


_RENDER: dict[type, Any] = {
    tree.Script: _script,
    tree.Literal: _literal,
    tree.Quoted: lambda node: '"' + "".join(of(part) for part in node.parts) + '"',
    tree.Parameter: _parameter,
    tree.CommandSub: lambda node: f"$({of(node.script)})",
    tree.ArithmeticSub: lambda node: f"$(({of(node.body)}))",
    tree.ProcessSub: lambda node: f"{node.direction}({of(node.script)})",
    tree.ExtGlob: lambda node: f"{node.kind}({'|'.join(of(word) for word in node.alternatives)})",
    tree.Word: _word,
    tree.Redirect: _redirect,
    tree.Assignment: _assignment,
    tree.SimpleCommand: _simple,
    tree.Pipeline: _pipeline,
    tree.AndOr: lambda node: f"({of(node.left)} {node.op} {of(node.right)})",
    tree.If: _if,
    tree.While: lambda node: _compound(f"{'until' if node.until else 'while'} {of(node.condition)} do {of(node.body)} done", node),
    tree.For: _for,
    tree.ArithmeticFor: _arithmetic_for,
    tree.Case: _case,
    tree.Function: lambda node: f"function {node.name} {of(node.body)}",
    tree.Group: lambda node: _compound("{ " + of(node.script) + " }", node),
    tree.Subshell: lambda node: _compound("( " + of(node.script) + " )", node),
    tree.Arithmetic: lambda node: _compound(f"(({of(node.body)}))", node),
    tree.Test: lambda node: _compound("[[ " + " ".join(of(word) for word in node.words) + " ]]", node),
    tree.Coproc: lambda node: f"coproc {node.name or '-'} {of(node.body)}",
}
