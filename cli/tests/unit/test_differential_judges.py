"""Bash as the judge between our tree and that of mvdan/sh: it takes our side only where we read what it reads."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from explained import without_misread
from printed_form import _held, bash_agrees, printed_form
from readings import read_ours

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="no bash")


@pytest.mark.parametrize("script", [
    "a # note\\\nb",
    "c <<EOF && [[ a > b ]]\nd\nEOF\ne",
    "a <<-'EOF' | b &\n\tc\n\tEOF\nd >f",
    "for i do a; done &>f; coproc a b; x <&-",
    "case a in (b) c <<EOF;;\nd\nEOF\nesac 2>f; if a; then b; elif c; then d; fi",
    "a | time b",
])  # fmt: skip
def test_bash_reads_what_we_read(script: str) -> None:
    assert BASH is not None
    assert bash_agrees(script, BASH)


def test_another_reading_is_not_what_bash_printed() -> None:
    assert BASH is not None
    printed = printed_form("a # note\\\nb", BASH)
    assert printed is not None
    assert _held(read_ours("a b")[0]) != _held(read_ours(printed)[0])


def test_nothing_is_run(tmp_path: Path) -> None:
    assert BASH is not None
    assert printed_form(f"echo a > {tmp_path}/made; : $(echo b > {tmp_path}/too)", BASH) is not None
    assert list(tmp_path.iterdir()) == []


def test_what_is_replaced_keeps_its_place() -> None:
    for script in ("a # b\\\nc", "a | time b", "x; !(a) b", "coproc a b", "time -- a", "m=([a]= b)", "a && [[ b > c ]]"):
        changed = without_misread(script)
        assert changed != script
        assert len(changed) == len(script)
