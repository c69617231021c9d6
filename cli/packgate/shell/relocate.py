"""Moving a tree that was read from transformed text to the places of the original."""

from __future__ import annotations

from packgate.shell.tree import (
    AndOr,
    Arithmetic,
    ArithmeticFor,
    ArithmeticSub,
    Assignment,
    Case,
    CommandSub,
    Coproc,
    ExtGlob,
    For,
    Function,
    Group,
    If,
    Literal,
    Parameter,
    Pipeline,
    ProcessSub,
    Quoted,
    Redirect,
    Script,
    SimpleCommand,
    Statement,
    Subshell,
    Test,
    While,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    Tree = Union[
        Word, Literal, Quoted, Parameter, CommandSub, ArithmeticSub, ProcessSub, ExtGlob, Script, Statement, Redirect,
        Assignment, SimpleCommand, Pipeline, AndOr, If, While, For, ArithmeticFor, Case, Function, Group, Subshell,
        Arithmetic, Test, Coproc,
    ]


def relocate(root: Tree, positions: list[int]) -> None:
    """Replace every position ``p`` of a tree by ``positions[p]``; the list has one more entry than the text."""
    todo: list[Tree] = [root]
    while todo:
        node = todo.pop()
        node.start = positions[node.start]
        node.end = positions[node.end]
        push_children(node, todo)


def push_children(node: Tree, todo: list[Tree]) -> None:
    """Append the children of a node, in no particular order: what a walk over a whole tree needs."""
    if isinstance(node, (Word, Quoted)):
        todo.extend(node.parts)
    elif isinstance(node, SimpleCommand):
        todo.extend(node.assignments)
        todo.extend(node.words)
        todo.extend(node.redirects)
    elif isinstance(node, (CommandSub, ProcessSub)):
        todo.append(node.script)
    elif isinstance(node, Script):
        todo.extend(node.statements)
    elif isinstance(node, Statement):
        todo.append(node.node)
    elif isinstance(node, Pipeline):
        todo.extend(node.commands)
    elif isinstance(node, AndOr):
        todo.append(node.left)
        todo.append(node.right)
    elif isinstance(node, Parameter):
        todo.extend(node.args)
        _push_optional(todo, node.index)
    elif isinstance(node, ArithmeticSub):
        todo.append(node.body)
    elif isinstance(node, ExtGlob):
        todo.extend(node.alternatives)
    elif isinstance(node, Redirect):
        todo.append(node.target)
        _push_optional(todo, node.body)
    elif isinstance(node, Assignment):
        _push_assignment(node, todo)
    elif not isinstance(node, Literal):
        _push_compound(node, todo)


def _push_optional(todo: list[Tree], word: Word | None) -> None:
    if word is not None:
        todo.append(word)


def _push_assignment(node: Assignment, todo: list[Tree]) -> None:
    _push_optional(todo, node.value)
    _push_optional(todo, node.index)
    for index, word in node.array or ():
        _push_optional(todo, index)
        todo.append(word)


def _push_compound(
    node: If | While | For | ArithmeticFor | Case | Function | Group | Subshell | Arithmetic | Test | Coproc,
    todo: list[Tree],
) -> None:
    todo.extend(node.redirects)
    if isinstance(node, If):
        for condition, body in node.clauses:
            todo.append(condition)
            todo.append(body)
        if node.otherwise is not None:
            todo.append(node.otherwise)
    elif isinstance(node, While):
        todo.append(node.condition)
        todo.append(node.body)
    elif isinstance(node, For):
        todo.extend(node.words or ())
        todo.append(node.body)
    elif isinstance(node, ArithmeticFor):
        for clause in (node.init, node.condition, node.step):
            _push_optional(todo, clause)
        todo.append(node.body)
    elif isinstance(node, Case):
        todo.append(node.word)
        for patterns, script, _terminator in node.items:
            todo.extend(patterns)
            todo.append(script)
    elif isinstance(node, (Function, Arithmetic, Coproc)):
        todo.append(node.body)
    elif isinstance(node, (Group, Subshell)):
        todo.append(node.script)
    else:
        todo.extend(node.words)
