"""`packgate explain` as its readers see it."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from packgate.cli import group


def explain(command: str) -> str:
    done = CliRunner().invoke(group, ["explain", command, "--pack", "recommended", "--cwd", "/home/dev/proj", "--home", "/home/dev"])
    assert done.exit_code == 0, done.output
    return done.output


def test_every_operation_is_underlined_with_its_number() -> None:
    assert "  echo cm0gLXJmIC9ldGM= | base64 -d | sh\n  ~~~~~~~~~~~~~~~~~~~~~ 1 ~~~~~~~~~ 2 ~~ 3\n" in explain("echo cm0gLXJmIC9ldGM= | base64 -d | sh")


@pytest.mark.parametrize(("command", "runs"), [
    ("echo cm0gLXJmIC9ldGM= | base64 -d | sh", ["3 runs as: rm -rf /etc"]),
    ("X=push; git $X origin main", ["git push origin main"]),
    ("echo 'rm -rf /etc' > /tmp/x.sh\nbash /tmp/x.sh", ["4 runs as: rm -rf /etc"]),
    ("cat notes.txt 2>/dev/null >> out.txt", []),
    ("cat <<E | sort\nx\nE", []),
])
def test_what_runs_with_other_words_than_are_written_is_told_and_nothing_else(command: str, runs: list[str]) -> None:
    found = re.findall(r"^  \d+ runs as: .*$", explain(command), re.MULTILINE)
    assert len(found) == len(runs)
    assert all(wanted in line for wanted, line in zip(runs, found, strict=True))


def test_a_long_command_is_folded() -> None:
    found = explain("true" + " && echo " + "a" * 500 + " && rm -rf /etc")
    command = found.partition("what it does:")[2].partition("  1. ")[0]
    assert max(map(len, command.splitlines())) <= 120
    assert "~ 3" in command


def test_nothing_of_a_command_acts_on_the_terminal() -> None:
    found = explain("rm -rf '/etc/\x1b[2J\u202e'; echo '\x07'")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", found)
    assert "\\x1b[2J\\u202e" in found


def test_a_key_of_several_lines_is_not_shown() -> None:
    found = explain("cat > k <<'E'\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\nE\n")
    assert "MIIEvQIBADANBg" not in found
    assert "[REDACTED:private-key]" in found
