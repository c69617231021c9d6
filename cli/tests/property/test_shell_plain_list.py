"""A list of plain commands has the tree that the parser reads, and means the same."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from packgate.shell import evaluate, parser
from packgate.shell.parser import parse
from packgate.shell.plain_list import plain_list
from packgate.shell.state import State
from packgate.shell.tree import SimpleCommand
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parents[3]
WORDS = st.sampled_from([
    "ls", "cd", "/tmp", "..", "echo", "git", "-x", "--x=y", "a=b", "1", "2", "12", "'a b'", '"a;b"', "x'y'", "\\;", "{}", "xargs", "export", "if", "time",
    "f()", "a[1]", "*", "~", "$x", "#", "!", "exec", "eval", "{", "-", ".", "%1", "[", "cat", "tee", "f", "coproc", "''", "é",
    "HEAD~1", "a^", "x=~", "a:~b", "~~", "''~", "@{u}", "{a}", "{v}",
])
MARKS = st.sampled_from([
    ";", "&", "&&", "||", "|", "|", "&&", "|&", ";;", "&|", "\n", "> f", ">f", "2>&1", "2> /dev/null", "&> f", "&>f", "< f", ">&2", "1>&2", ">> f",
    "12>f", "> 'f'", "> 2", ">&-", "<<< a", ">", "> f > g", "<(ls)", ")", ">|f", "> a=b",
])
LINES = st.lists(st.tuples(st.one_of(WORDS, WORDS, MARKS), st.sampled_from([" ", " ", " ", "", "  ", "\t"])), min_size=1, max_size=12).map(
    lambda parts: "".join(text + gap for text, gap in parts)
)
SHELLS = st.sampled_from(["bash", "sh", "zsh", "dash"])


def described(node: object) -> object:
    """A node with everything in it."""
    if isinstance(node, SimpleCommand):
        texts = node.texts
        return ("simple", node.start, node.end, texts, described(node.redirects), described(node.assignments), described(node.words))
    if isinstance(node, list):
        return [described(each) for each in node]
    if hasattr(node, "start"):
        names = sorted(name for name in dir(node) if not name.startswith("_") and not callable(getattr(node, name)))
        return (type(node).__name__, [(name, described(getattr(node, name))) for name in names])
    return node


def read(line: str, shell: str) -> object:
    parsed = parse(line, shell)
    return described(parsed.script), [(problem.message, problem.offset) for problem in parsed.problems]


def assert_same(line: str, shell: str) -> bool:
    fast = plain_list(line, shell, lambda start, stop: []) is not None
    if fast:
        short = read(line, shell)
        with mock.patch.object(parser, "plain_list", return_value=None):
            assert short == read(line, shell)
    return fast


@given(LINES, SHELLS)
def test_generated_lines(line, shell):
    assert_same(line, shell)


def test_the_lines_of_the_corpora():
    lines = [case.action["command"] for case in load_corpora(ROOT / "testcases")[0] if "command" in case.action]
    assert sum(assert_same(line, "bash") for line in lines) > len(lines) / 3


class Told:
    """The commands that the evaluator tells its host."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def run(self, command):
        self.events.append((list(command.argv), command.span, command.stdin, command.via, command.state.cwd))

    def opened(self, path, mode, content, span):
        self.events.append((path, mode, content, span))

    def content(self, path):
        return "echo 1"

    def assigned(self, name, value, exported, span):
        self.events.append((name, value, exported, span))

    def note(self, note):
        self.events.append((note.code, note.text))


@given(LINES)
def test_what_a_line_does(line):
    def told() -> tuple[object, ...]:
        host, state = Told(), State("/home/dev/proj", "/home/dev", {})
        evaluate.evaluate_line(line, state, host)
        return host.events, state.cwd, state.status, state.variables

    short = told()
    with mock.patch.object(parser, "plain_list", return_value=None):
        assert short == told()


def test_what_is_not_certain_is_left_to_the_parser():
    for line in ("", "a &&", "a |", "a;; b", "a |& b", "a &| b", "ls > $f", "if a; then b; fi", "a; # b", "a\nb", "a &!", "time ls", "a > f b", "a $(b)"):
        assert plain_list(line, "bash", lambda start, stop: []) is None
    assert plain_list("a; b", "zsh", lambda start, stop: []) is None
