"""A command of words that expand to themselves, among others of a line, means what the parser and the expansion make of it."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from packgate.shell import evaluate, parser
from packgate.shell.parser import parse
from packgate.shell.relocate import push_children
from packgate.shell.simple import SimpleReader
from packgate.shell.state import State
from packgate.shell.tree import Literal, SimpleCommand
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parents[3]
WORDS = st.sampled_from([
    "ls", "cd", "echo", "export", "declare", "exec", "eval", "command", "time", "if", "then", "fi", "f()", "{", "}", "(", ")", "!", "x=1", "x+=2",
    "-x", "--x=y", "a=b", "a[1]", "a[1]=2", "1", "2", "/tmp/x", ".", "..", "%1", "+x", "{}", "{a,b}", "~", "*.py", "$x", "`ls`", "$(ls -l)",
    "'a b'", '"a b"', '"$x"', "a'b'", "\\;", "\\", "#c", "a#c", "=ls", "HEAD~1", "a^", "x=~", "a:~b", "''~", "@{u}", "{a}", "{v}", "é", "\\\n", "l\\\ns",
])
MARKS = st.sampled_from([
    ";", "&", "&&", "||", "|", "|&", "\n", "> f", ">f", "2>&1", "2> /dev/null", "&> f", "< f", "<<E\na $x\nE\n", "<<< a", ">& f", "{v}> f", "3<&-",
    ";;", "&>>f", ">|f", "<(ls)",
])
LINES = st.lists(st.tuples(st.one_of(WORDS, WORDS, WORDS, MARKS), st.sampled_from([" ", " ", " ", "", "  ", "\t"])), min_size=1, max_size=9).map(
    lambda parts: "".join(text + gap for text, gap in parts)
)
SHELLS = st.sampled_from(["bash", "sh", "zsh"])
WITHOUT_LISTS = mock.patch.object(parser, "plain_list", return_value=None)
WITHOUT = mock.patch.object(SimpleReader, "_plain_texts", return_value=None)


class Told:
    """Everything that the evaluator tells its host."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def run(self, command):
        self.events.append(("run", list(command.argv), command.span, command.stdin, command.via, command.variables, command.state.cwd))

    def opened(self, path, mode, content, span):
        self.events.append(("opened", path, mode, content, span))

    def content(self, path):
        return "echo 1"

    def assigned(self, name, value, exported, span):
        self.events.append(("assigned", name, value, exported, span))

    def note(self, note):
        self.events.append(("note", note.code, note.text, note.coverage, note.span))


def nodes(line: str, shell: str) -> list[object]:
    """Every node of the tree of a line, with its place, and the problems."""
    parsed = parse(line, shell)
    found: list[object] = [(problem.message, problem.offset) for problem in parsed.problems]
    todo = [parsed.script]
    while todo:
        node = todo.pop()
        found.append((type(node).__name__, node.start, node.end, (node.text, node.quoted) if isinstance(node, Literal) else None))
        push_children(node, todo)
    return found


def outcome(line: str, shell: str) -> tuple[object, ...]:
    told = Told()
    state = State("/home/dev/proj", "/home/dev", {"x": "1"}, shell)
    output = evaluate.evaluate(line, state, told)
    return told.events, output, state.variables, state.status, state.last_argument, state.cwd, state.budget.commands


def assert_same(line: str, shell: str) -> None:
    tree, meaning = nodes(line, shell), outcome(line, shell)
    with WITHOUT, WITHOUT_LISTS:
        assert tree == nodes(line, shell)
        assert meaning == outcome(line, shell)


@given(LINES, SHELLS)
def test_generated_lines(line, shell):
    assert_same(line, shell)


def test_the_lines_of_the_corpora():
    for case in load_corpora(ROOT / "testcases")[0]:
        line = case.action.get("command")
        if line is not None:
            assert_same(line, "bash")


def test_words_are_read_when_they_are_asked_for():
    node = parse("git log 'a b' 2> /dev/null | cat").script.statements[0].node.commands[0]
    assert isinstance(node, SimpleCommand)
    assert node.texts == ["git", "log", "a b"]
    assert [(word.start, word.end) for word in node.words] == [(0, 3), (4, 7), (8, 13)]
    # Whoever asked may have changed them.
    assert node.texts is None
