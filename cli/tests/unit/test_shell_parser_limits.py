"""Hostile input: every shape is read in linear time, without an exception, and never silently given up."""

from __future__ import annotations

import pytest
from effort import grows_linearly

from packgate.shell.parser import MAX_LENGTH, parse
from packgate.shell.relocate import push_children

SIZE = 100_000
# Prefix that is repeated up to the size, and what follows it.
SHAPES: dict[str, tuple[str, str]] = {
    "subshells": ("( ", ""),
    "double parentheses": ("((", ""),
    "closed double parentheses": ("((", "a" + "))" * 50_000),
    "command substitutions": ("$(", ""),
    "arithmetic": ("$((", ""),
    "arithmetic that falls back": ("((: # (\n) )\n", ""),
    "brackets of arithmetic": ("$[", ""),
    "parameters": ("${a:-", ""),
    "quoted parameters": ('"${a:-', ""),
    "subscripts": ("a[", ""),
    "nested subscripts": ("a[$(", ""),
    "array": ("a=(", ""),
    "array elements": ("a=([", ""),
    "declared arrays": ("declare a=(x) ", ""),
    "heredocs on a line": ("<<A ", "\nA\n"),
    "heredocs": ("cat <<A\nA\n", ""),
    "tabbed heredocs": ("cat <<-A\n\t$x\n\tA\n", ""),
    "heredoc that never ends": ("<<A\nB\n", ""),
    "heredoc in a substitution": ("$(cat <<A\n", ""),
    "single quotes": ("'", "'"),
    "double quotes": ('"a', ""),
    "empty quotes": ("''\"\"", ""),
    "backticks": ("`a`", ""),
    "escaped backticks": ("`\\`", ""),
    "backslashes": ("\\", ""),
    "escapes": ("\\a b", ""),
    "line continuations": ("a\\\n", ""),
    "only line continuations": ("\\\n", ""),
    "word": ("a", ""),
    "brace expansion": ("{1..99999999}", ""),
    "nested braces": ("{a,", ""),
    "conditions": ("[[ ", ""),
    "condition groups": ("[[ ( ", ""),
    "regular expressions": ("[[ a =~ (", ""),
    "case": ("case a in ", ""),
    "case items": ("a) b;; ", ""),
    "if": ("if ", ""),
    "if then": ("if a; then ", ""),
    "elif": ("if a; then b; elif ", ""),
    "loops": ("while a; do ", ""),
    "for": ("for x in ", ""),
    "arithmetic loops": ("for ((", ""),
    "groups": ("{ ", ""),
    "functions": ("f() ", ""),
    "function groups": ("f() { ", ""),
    "function keywords": ("function f ", ""),
    "negations": ("! ", ""),
    "timed": ("time ", ""),
    "coprocesses": ("coproc ", ""),
    "pipes": ("a|", "b"),
    "conjunctions": ("a&&", "b"),
    "background": ("a&", ""),
    "redirections": (">a ", ""),
    "numbers": ("2", ">x"),
    "descriptors": ("{a}", ">x"),
    "process substitutions": ("<(", ""),
    "glob groups": ("@(", ""),
    "ansi quotes": ("$'\\", ""),
    "dollars": ("$", ""),
    "comments": ("# a\n", ""),
    "NUL": ("\0", ""),
    "NUL in words": ("a\0 ", ""),
    "carriage returns": ("a\r\n", ""),
    "surrogates": ("\ud800", ""),
    "wide white space": ("\u00a0", ""),
    "assignments": ("a=b ", ""),
    "hashes": ("#", ""),
    "percent": ("${a%", ""),
    "replacement": ("${a/", ""),
    "semicolons in cases": (";;", ""),
}


def hostile(shape: str, size: int) -> str:
    """The shape at about a size."""
    prefix, suffix = SHAPES[shape]
    return prefix * (size // len(prefix)) + suffix


@pytest.mark.parametrize("shape", SHAPES)
def test_hostile_shapes_are_read_in_linear_effort(shape: str) -> None:
    assert grows_linearly(lambda size: parse(hostile(shape, size), "bash"), 10_000)


@pytest.mark.parametrize("shape", SHAPES)
def test_hostile_shapes_of_full_size_are_read(shape: str) -> None:
    parsed = parse(hostile(shape, SIZE), "bash")
    assert parsed.script.end <= SIZE + len(SHAPES[shape][1]) + len(SHAPES[shape][0])


@pytest.mark.parametrize("shell", ["zsh", "dash"])
@pytest.mark.parametrize("shape", SHAPES)
def test_other_shells_read_hostile_shapes_in_linear_effort(shape: str, shell: str) -> None:
    assert grows_linearly(lambda size: parse(hostile(shape, size), shell), 4_000)


@pytest.mark.parametrize("shape", SHAPES)
def test_walking_a_hostile_tree_stays_within_the_source(shape: str) -> None:
    source = hostile(shape, 5_000)
    todo: list[object] = [parse(source).script]
    while todo:
        node = todo.pop()
        assert 0 <= node.start <= node.end <= len(source)  # type: ignore[attr-defined]
        push_children(node, todo)  # type: ignore[arg-type]


@pytest.mark.parametrize("opening", ["( ", "$(", "${a:-", "if ", "{ ", "a=([$(", "f() { ", "case a in a) ", "<(", "`\\`"])
def test_nesting_beyond_the_limit_is_a_problem(opening: str) -> None:
    assert parse(opening * 200).problems


def test_deep_nesting_works_on_a_deep_stack() -> None:
    def descend(levels: int) -> bool:
        return descend(levels - 1) if levels else bool(parse('"${a:-$(f() { case x in x) ' * 200).problems)

    assert descend(250)


def test_what_stands_before_the_limit_is_read() -> None:
    source = "rm -rf /x\n" + "( " * 100
    parsed = parse(source)
    assert parsed.script.statements[0].node.end == 9
    assert [problem.message for problem in parsed.problems] == ["nested more than 50 deep"]


def test_too_long_a_source_is_read_up_to_the_limit_and_said_to_be() -> None:
    parsed = parse("rm -rf /x\n" + "#" * MAX_LENGTH)
    assert parsed.problems[0].message == f"longer than {MAX_LENGTH} characters"
    assert len(parsed.script.statements) == 1


def test_too_many_commands_are_a_problem() -> None:
    parsed = parse("a;" * 5_001)
    assert [problem.message for problem in parsed.problems] == ["more than 5000 commands"]
    assert len(parsed.script.statements) == 5_000


def test_many_problems_are_capped() -> None:
    assert len(parse("`fi` " * 1000).problems) == 20
