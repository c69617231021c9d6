"""Arguments: options in every spelling, sub-commands, operands."""

from __future__ import annotations

import pytest

from packgate.catalog.compile import compile_catalog
from packgate.facts.arguments import read_call
from packgate.facts.call import ACTIVE, DRY, HELP
from packgate.facts.program import Program
from packgate.model.value import Glob, Hole, Origin, Text, unknown
from packgate.shell.state import State
from packgate.source.vocabulary import builtin_vocabulary

GNU = {
    "options": ["-f --force", "--force-with-lease[=REF]", "-o --output FILE", "-v --verbose", "--color[=WHEN]", "-C DIR",
                "--arg NAME VALUE", "-x --exec CMD..."],
    "neutral": ["--dry-run!=none", "help"],
    "commands": {
        "push": {"options": ["-d --delete", "-n --dry-run"]},
        "remote add|rm": {"style": "posix"},
        "s3 *": {},
        "* delete-*": {},
        "s3 rm": {},
    },
}
HOLE = unknown(Origin("variable", "X"))


def call(*words, **program):
    entry = {"name": "p", "title": "P", **(program or GNU)}
    compiled = compile_catalog([("f.yaml", {"programs": [entry]})], builtin_vocabulary())["programs"][0]
    return read_call(Program(compiled), "p", ["p", *words], State())


@pytest.mark.parametrize(("words", "options", "operands"), [
    (["-f", "a"], {"--force": []}, ["a"]),
    (["a", "-vf", "b"], {"--verbose": [], "--force": []}, ["a", "b"]),
    (["-oOUT", "a"], {"--output": ["OUT"]}, ["a"]),
    (["-o", "OUT", "a"], {"--output": ["OUT"]}, ["a"]),
    (["-fo", "OUT", "a"], {"--force": [], "--output": ["OUT"]}, ["a"]),
    (["--output=OUT", "--outp", "2"], {"--output": ["OUT", "2"]}, []),
    (["--color", "a"], {"--color": []}, ["a"]),
    (["--color=always", "a"], {"--color": ["always"]}, ["a"]),
    (["--forc", "a"], {"--force": []}, ["a"]),
    (["--force-w", "a"], {"--force-with-lease": []}, ["a"]),
    (["--force", "--no-force", "a"], {"--no-force": []}, ["a"]),
    (["--no-force", "--force", "a"], {"--force": []}, ["a"]),
    (["--force", "--no-forc"], {"--no-forc": []}, []),
    (["--force=false", "a"], {}, ["a"]),
    (["--", "-f", "--x"], {}, ["-f", "--x"]),
    (["-", "a"], {}, ["-", "a"]),
    (["--arg", "k", "v", "a"], {"--arg": ["k", "v"]}, ["a"]),
    (["-x", "rm", "-f", "a"], {"--exec": ["rm", "-f", "a"]}, []),
    (["-5", "a"], {"-5": []}, ["a"]),
    (["-o"], {"--output": [""]}, []),
])
def test_gnu_arguments(words, options, operands):
    read = call(*words)
    assert (read.options, read.operands) == (options, operands)


@pytest.mark.parametrize(("words", "command", "operands", "level"), [
    (["push", "origin"], ["push"], ["origin"], True),
    (["-C", "dir", "push", "-d", "x"], ["push"], ["x"], True),
    (["remote", "add", "-x", "a", "-f"], ["remote", "add"], [], True),
    (["remote", "show"], [], ["remote", "show"], False),
    (["s3", "ls", "b"], ["s3", "ls"], ["b"], True),
    (["s3", "rm", "b"], ["s3", "rm"], ["b"], True),
    (["ec2", "delete-vpc", "v"], ["ec2", "delete-vpc"], ["v"], True),
    (["ec2", "describe"], [], ["ec2", "describe"], False),
    (["nothing"], [], ["nothing"], False),
])
def test_sub_commands(words, command, operands, level):
    read = call(*words)
    assert (read.words, read.operands) == (command, operands)
    assert (read.level is not call("nothing").level) is True
    assert bool(command) is level


def test_posix_style_ends_options_at_the_first_operand():
    read = call("-n", "5", "cmd", "-f", "--", "x", style="posix", options=["-n N"])
    assert (read.options, read.operands) == ({"-n": ["5"]}, ["cmd", "-f", "--", "x"])


def test_posix_style_of_a_sub_command_still_reads_its_options():
    read = call("exec", "-it", "api", "sh", "-c", commands={"exec": {"style": "posix"}})
    assert (sorted(read.options), read.operands) == (["-i", "-t"], ["api", "sh", "-c"])


def test_go_style_knows_no_bundles():
    read = call("-var", "a=b", "-auto-approve", "--target=x", style="go", options=["-var PAIR", "-target ADDRESS"])
    assert read.option("-var") == "a=b"
    assert read.option("-target") == "x"
    assert read.has("--auto-approve")


def test_keyval_style():
    read = call("if=a", "of=/dev/sdb", "x", style="keyval")
    assert (read.options, read.operands) == ({"--if": ["a"], "--of": ["/dev/sdb"]}, ["x"])


def test_unknown_options_can_take_values():
    read = call("--stack-name", "prod", "--yes", "--force", **{"unknown-options": "value"})
    assert read.options["--stack-name"] == ["prod"]
    assert read.options["--force"] == []


def test_flags_are_listed_in_all_spellings_without_values():
    assert call("-vf", "--output=x", "--undeclared=y").flags == [
        "-v", "--verbose", "-f", "--force", "-o", "--output", "--undeclared",
    ]


@pytest.mark.parametrize(("word", "options", "operands"), [
    (Text(("--output=", Hole())), {"--output": [Text((Hole(),))]}, []),
    (Text(("-o", Hole(), ".txt")), {"--output": [Text((Hole(), ".txt"))]}, []),
    (Text(("-f", Hole())), {"--force": []}, []),
    (HOLE, {}, [HOLE]),
    (Text((Glob("*"), ".py")), {}, [Text((Glob("*"), ".py"))]),
    (Text(("a", Hole())), {}, [Text(("a", Hole()))]),
])
def test_partly_unknown_words(word, options, operands):
    read = call(word)
    assert (read.options, read.operands) == (options, operands)


@pytest.mark.parametrize(("words", "neutral"), [
    (["push", "-n"], DRY), (["push", "--dry-run=none"], ACTIVE), (["push", "--dry-run=client"], DRY),
    (["help", "push"], DRY), (["push", "help"], DRY), (["push", "a", "help"], ACTIVE), (["push", "--help"], HELP), (["--version"], HELP),
    (["push", Text(("--dry-run=", Hole()))], ACTIVE), (["push", "--", "--help"], ACTIVE),
])
def test_neutral_calls(words, neutral):
    assert call(*words).neutral == neutral
