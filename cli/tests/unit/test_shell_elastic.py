"""Lists of which some elements may be several or none: globs, and what one of several branches adds."""

from __future__ import annotations

import pytest
from shell_host import Recorder

from packgate.model.value import Text, show
from packgate.shell.evaluate import evaluate
from packgate.shell.state import State

EITHER = "[[ $RANDOM -gt 9 ]] && "
CASES = [
    ("f() { echo $# \"$1\" \"$2\"; }; f q r s", ["3", "q", "r"]),
    ("f() { echo $# \"$1\" \"$2\"; }; f *.txt q r", [None, "*.txt", None]),
    ("f() { echo $# \"$1\" \"$2\" \"$3\"; }; f q *.txt r", [None, "q", "*.txt", None]),
    ("f() { shift; echo \"$@\"; }; f *.txt q r", ["*.txt", "q", "r"]),
    ("f() { shift 2; echo \"$@\"; }; f *.txt q r", ["*.txt", None, "r"]),
    ("l=(*.txt q); echo ${#l[@]} \"${l[0]}\" \"${l[1]}\" \"${l[-1]}\"", [None, "*.txt", None, None]),
    ("l=(a *.txt q); echo \"${l[@]:0:1}\" \"${l[@]:2}\"", ["a", None]),
    ("set -- a b; " + EITHER + "set -- a; echo $# \"$1\" \"$2\"", [None, "a", "<|b>"]),
    ("l=(a b c); " + EITHER + "l=(x); echo ${#l[@]} \"$l\" \"${l[2]}\"", [None, "<a|x>", None]),
    ("l=s; " + EITHER + "l=(s y); echo ${#l[@]} \"$l\" \"${l[1]}\"", [None, "s", "<|y>"]),
    ("declare -A m=([a]=1); " + EITHER + "m[b]=2; echo ${#m[@]} \"${m[a]}\" \"${m[b]}\"", [None, "1", "<|2>"]),
    ("f() { echo $# \"$1\" \"$2\"; }; f $u q; f $u q r", [None, None, None]),
    ("f() { echo $# \"$1\" \"$2\"; }; f \"$u\" q", ["2", "<$u>", "q"]),
    ("f() { shift; echo \"$@\"; }; f $u q r", [None, None, "r"]),
    (EITHER + "IFS=:; x='a:b c'; echo $x \"$x\" abc $*", [None, "a:b c", "abc"]),
    (EITHER + "IFS=:; x=abc; echo $x", ["abc"]),
    ("set -- A 'B C'; echo \"${*/x/y}$@\"", [None, "B C"]),
    ("IFS=; l=(a 'b c'); echo ${l[@]%x}", [None]),
    ("echo $(base64 -d <<< 'YWJj*ZGVm')", [None]),
    ("x=~=~; echo $x", [None]),
    ("set -- a b; shift 3; echo $# $1", ["2", "a"]),
    ("shopt -s nullglob; let x=2*3; echo $x", [None]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_what_is_not_determined_is_unknown(line: str, expected: list[str | None]) -> None:
    host = Recorder()
    evaluate(line, State("/w", "/home/dev", {}), host)
    argv, *_ = host.commands[-1]
    assert argv[0] == "echo"
    found = [None if isinstance(value, Text) and show(value) not in expected else show(value) for value in argv[1:]]
    assert found == expected
