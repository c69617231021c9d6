"""A word that is the whole of a declared option is read in one step as it is letter by letter."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from packgate.catalog.load import load_builtin
from packgate.facts.arguments import _Reader, read_call
from packgate.shell.plain import plain_words
from packgate.shell.state import State
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = ["git", "curl", "tar", "kubectl", "rm", "ssh", "sudo", "dd", "terraform", "find", "docker", "psql", "ls", "env", "aws", "npm"]
WORDS = st.sampled_from([
    "-f", "--force", "--no-force", "-rf", "-n", "--namespace", "prod", "--namespace=x", "-", "--", "push", "-o", "--output", "-x", "-var", "apply", "-h",
    "--help", "host", "-u", "--user", "root", "-d", "--data", "@f", "-C", "dir", "clean", "-i", "--dry-run", "--forc", "if=/dev/x", "-e", "-9", "+x", "rm",
])


def read(argv: list[str]) -> tuple[object, ...] | None:
    program = load_builtin().program(argv[0])
    if program is None:
        return None
    call = read_call(program, argv[0], list(argv), State("/home/dev"))
    return call.words, call.operands, call.options, call.flags, call.after, call.undecided, call.neutral, id(call.level)


def assert_same(argv: list[str]) -> None:
    found = read(argv)
    with mock.patch.object(_Reader, "_declared", return_value=False):
        assert found == read(argv)


@given(st.sampled_from(PROGRAMS), st.lists(WORDS, max_size=6))
def test_generated_calls(program, words):
    assert_same([program, *words])


def test_the_plain_lines_of_the_corpora():
    for case in load_corpora(ROOT / "testcases")[0]:
        words = plain_words(case.action.get("command", ""), "bash")
        if words:
            assert_same([str(word) for word in words])
