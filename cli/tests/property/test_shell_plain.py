"""A plain line means what the parser and the expansion make of it: words, spans, order, status and the state that is left."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packgate.shell import evaluate, evaluator
from packgate.shell.plain import plain_words
from packgate.shell.state import State
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parents[3]
WORDS = st.one_of(
    st.text("abcXYZ019_@%+:,./-", min_size=1, max_size=8),
    st.text("ax1_@%+:,./-=~^", min_size=1, max_size=6),
    st.text("ax1.,{}~", min_size=1, max_size=6),
    st.sampled_from([
        "cd", "pushd", "popd", "set", "unset", "shift", "exit", "return", "break", "read", "test", "[", "export", "eval", "echo", "time", "if", "-",
        "--", "..", "/tmp", "exec", "let", "source", ".", ":", "local", "typeset", "command", "noglob", "function", "in", "do", "end", "umask",
        "a=b", "=ls", "--x=/y", "a=b:c", "trap", "printf", "type", "hash", "getopts", "git", "1", "2", "%1", "+x", "-x",
        "HEAD~2", "HEAD^", "HEAD^^", "~", "~/x", "a=~", "a=b:~/c", "x:~", "root~", "a/~b", "a~~", "=~", "^x", "@{u}", "stash@{0}", "{a}", "{a,b}", "{1..3}",
    ]),
)
# Words with quotes, in which no shell but zsh has to look for anything.
QUOTED = st.lists(st.one_of(
    st.builds(lambda text, quote: f"{quote}{text}{quote}", st.text("ab ~*?[]{}()<>|&;#!=é^-,@%", max_size=6), st.sampled_from("'\"")),
    st.builds(lambda char: "\\" + char, st.sampled_from(";()*?!'\"$\\ ~{}#")),
    st.sampled_from(["{}", "{0}", "a", "-x", "--x=", "a=", ".", "=", "_", "~", "^", ":", "{", "}", ","]),
), min_size=1, max_size=4).map("".join)
WORDS = st.one_of(WORDS, WORDS, QUOTED)
LINES = st.builds(lambda words, gap: gap.join(words), st.lists(WORDS, min_size=1, max_size=5), st.sampled_from([" ", "  "]))
SHELLS = st.sampled_from(["bash", "sh", "zsh", "dash"])


class Told:
    """Everything that the evaluator tells its host."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def run(self, command):
        self.events.append(("run", list(command.argv), command.span, command.stdin, command.via, command.variables, command.state.cwd))

    def opened(self, path, mode, content, span):
        self.events.append(("opened", path, mode, content, span))

    def content(self, path):
        self.events.append(("content", path))
        return "echo 1"

    def assigned(self, name, value, exported, span):
        self.events.append(("assigned", name, value, exported, span))

    def note(self, note):
        self.events.append(("note", note.code, note.text, note.coverage, note.span))


# Not `__slots__`, which a compiled class has not.
SLOTS = [name for name in dir(State) if not name.startswith("_") and not callable(getattr(State, name)) and name not in ("budget", "fds")]


def outcome(line: str, shell: str, span: tuple[int, int] | None) -> tuple[object, ...]:
    told = Told()
    state = State("/home/dev/proj", "/home/dev", {"A": "1"}, shell, ["x", "y"])
    output = evaluate.evaluate(line, state, told, span)
    left = {name: getattr(state, name) for name in SLOTS}
    return told.events, output, left, state.budget.commands


def assert_same(line: str, shell: str, span: tuple[int, int] | None = None) -> None:
    if plain_words(line, shell) is None:
        return
    short = outcome(line, shell, span)
    with mock.patch.object(evaluator, "plain_words", return_value=None):
        assert short == outcome(line, shell, span)


@given(LINES, SHELLS, st.sampled_from([None, (3, 9)]))
def test_generated_lines(line, shell, span):
    assert_same(line, shell, span)


def test_the_plain_lines_of_the_corpora():
    cases, _ = load_corpora(ROOT / "testcases")
    lines = [case.action["command"] for case in cases if "command" in case.action]
    plain = [line for line in lines if plain_words(line, "bash") is not None]
    assert len(plain) > len(lines) / 4
    for line in plain:
        assert_same(line, "bash")


def told_of_line(line: str, shell: str, read: bool) -> tuple[list[object], int]:
    """What the host is told of a line, but for the files that are read to work out what is printed."""
    told = Told()
    state = State("/home/dev/proj", "/home/dev", {"A": "1"}, shell, ["x", "y"])
    if read:
        evaluate.evaluate(line, state, told)
    else:
        evaluate.evaluate_line(line, state, told)
    return [event for event in told.events if event[0] != "content"], state.budget.commands


@given(LINES, SHELLS)
def test_a_line_whose_output_nobody_reads(line, shell):
    assert told_of_line(line, shell, read=False) == told_of_line(line, shell, read=True)


def test_the_lines_of_the_corpora_whose_output_nobody_reads():
    for case in load_corpora(ROOT / "testcases")[0]:
        line = case.action.get("command")
        if line is not None:
            assert told_of_line(line, "bash", read=False) == told_of_line(line, "bash", read=True)


@pytest.mark.parametrize("line", [
    "", " ls", "ls ", "ls\n", "a=b", "a=b ls", "ls *", "ls ~", "ls x=~", "ls a:~", "ls ''~", "~/x", "a^", "ls $x", "ls $'x'", "'ls' x", "l's' x", "ls 'x", "ls 'a\nb'", 'ls "$x"', 'ls "a`b`"', 'ls "\\a"',
    "ls 'x'*", "ls a;b", "ls #x", "ls a\tb", "ls {a,b}", "ls {1..3}", "ls {a{b}}", "ls {", "ls }", "ls !x", "ls é", "export a=b",
    "if", "time ls", "command export a=~", "let a=1", "x" * 3_000,
])
def test_what_is_not_plain(line):
    assert plain_words(line, "bash") is None


@pytest.mark.parametrize("words", [["git", "diff", "HEAD~1", "--", "a^", "^b"], ["git", "log", "stash@{0}", "@{u}..", "{}"], ["x", "a~b/~c", "1^~", "", "a'~"]])
def test_signs_that_stand_for_themselves_there(words):
    line = " ".join(f'"{word}"' if not word or "'" in word else word for word in words)
    assert plain_words(line, "bash") == words
    assert plain_words(line, "zsh") is None
    assert_same(line, "bash")
    assert_same(line, "dash")


def test_programs_by_path_of_zsh_are_not_plain():
    assert plain_words("cat =ls", "bash") is not None
    assert plain_words("cat =ls", "zsh") is None


def test_quotes_and_escapes():
    line = """find 'a b' "c d" -exec x {} \\; e'f'"g"\\(h '' \"é\""""
    assert plain_words(line, "bash") == ["find", "a b", "c d", "-exec", "x", "{}", ";", "efg(h", "", "é"]
    assert plain_words(line, "zsh") is None
