"""The parts of evaluation on their own: arithmetic, patterns, braces, fields, state, paths, limits, hostile input."""

from __future__ import annotations

import time

import pytest
from shell_host import Recorder, state, walk

from packgate.model.value import Glob, Hole, Origin, Text, join, show, unknown
from packgate.shell.arithmetic import evaluate as calculate
from packgate.shell.braces import sequence
from packgate.shell.escapes import decode_bytes, encode_text, unescape
from packgate.shell.evaluate import evaluate
from packgate.shell.evaluator import Evaluator
from packgate.shell.fields import Active, Alternatives, Fields, finish
from packgate.shell.limits import BRACE_WORDS, COMMANDS, DEPTH, LOOP, Budget
from packgate.shell.merge import Snapshot, merge, restore
from packgate.shell.partial import each, either, one_of, split_blank, split_lines, variants
from packgate.shell.paths import normal, resolve_path
from packgate.shell.patterns import compile_pieces, match_prefix, matches, replace, reverse
from packgate.shell.state import UNSET, State, element, with_element
from packgate.shell.walk import Frame

X = Hole((Origin("variable", "X"),))


# --- arithmetic ----------------------------------------------------------------------------------------------------

NUMBERS = {
    "1+2*3": 7, "(1+2)*3": 9, "2**3**2": 512, "-7/2": -3, "-7%3": -1, "7/0": None, "1<<4": 16, "5&3|8^1": 9,
    "!0": 1, "~0": -1, "0x1F": 31, "010": 8, "2#101": 5, "36#z": 35, "64#_": 63, "1?2:3": 2, "0?2:3": 3, "1,2": 2,
    "x": 5, "y": 5, "z+1": None, "u": 0, "x=7": 7, "x+=1": 6, "x++": 5, "++x": 6, "a[1]": 20, "a[0]+a[-1]": 30,
    "1 ||": None, "((": None, "1 2": None, "": 0, "  4 ": 4, "9223372036854775807+1": -9223372036854775808,
    "1 && 0 || 1": 1, "3 > 2 == 1": 1, "08": None, "x=y=3": 3, "0 && (x=9)": 0, "'5'": 5, "é": None,
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_arithmetic(text: str) -> None:
    shell = state()
    for name, value in (("x", "5"), ("y", "x"), ("Z", unknown(Origin("input")))):
        shell.set(name, value)
    shell.set("z", unknown(Origin("input")))
    shell.set("a", ["10", "20"])
    walker = Evaluator(Recorder(), Budget(), Frame("", None, ()), ())
    assert calculate(walker, text, shell) == NUMBERS[text]


def test_skipped_operands_assign_nothing() -> None:
    host = walk("x=1; : $((0 && (x=2))) $((1 || (x=3))) $((1 ? 4 : (x=5))); a $x")
    assert host.lines[-1] == "a|1"


# --- patterns ------------------------------------------------------------------------------------------------------

MATCHES = [
    ("a*", "abc", True), ("a*", "b", False), ("*", "", True), ("?", "", False), ("a?c", "abc", True),
    ("[ab]c", "bc", True), ("[!a]", "a", False), ("[^a]", "b", True), ("[a-c]", "b", True), ("[]]", "]", True),
    ("[[:digit:]]", "5", True), ("[a", "[a", True), ("a+(b)", "abbb", True), ("@(x|yy)z", "yyz", True),
    ("?(a)b", "b", True), ("*(ab)", "ababab", True), ("!(a)", "b", True), ("!(a)", "a", False), ("+(a|b)c", "abac", True),
    ("*.tar.*", "x.tar.gz", True), ("a*b*c", "aXbYc", True), ("**", "abc", True), ("@(a*(b)c)", "abbc", True),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "expected"), MATCHES)
def test_patterns(pattern: str, text: str, expected: bool) -> None:
    tokens = compile_pieces([Active(pattern)])
    assert tokens is not None
    assert matches(tokens, text) is expected
    assert matches(reverse(tokens), text[::-1]) is expected


def test_quoted_pieces_of_a_pattern_are_text() -> None:
    tokens = compile_pieces(["*", Active("*")])
    assert tokens is not None
    assert matches(tokens, "*x")
    assert not matches(tokens, "xx")
    groups = compile_pieces(["a", Alternatives("@", [["b"], [Active("c*")]])])
    assert groups is not None
    assert matches(groups, "ab")
    assert matches(groups, "accc")
    assert not matches(groups, "a")
    assert compile_pieces([X]) is None


def test_prefixes_and_replacement() -> None:
    tokens = compile_pieces([Active("*/")])
    assert tokens is not None
    assert (match_prefix(tokens, "a/b/c", False), match_prefix(tokens, "a/b/c", True)) == (2, 4)
    assert match_prefix(tokens, "abc", True) == -1
    letters = compile_pieces([Active("[ab]")])
    assert letters is not None
    assert replace(letters, "xaybz", "-", True) == "x-y-z"
    assert replace(letters, "xaybz", "-", False) == "x-ybz"


def test_a_pattern_that_takes_too_long_is_unknown() -> None:
    tokens = compile_pieces([Active("*a" * 200)])
    assert tokens is not None
    assert matches(tokens, "a" * 20_000) is None


# --- braces, fields ------------------------------------------------------------------------------------------------


def test_sequences() -> None:
    assert sequence("1..3") == ["1", "2", "3"]
    assert sequence("03..1") == ["03", "02", "01"]
    assert sequence("a..e..2") == ["a", "c", "e"]
    assert sequence("1..b") is None
    assert sequence("x") is None
    assert len(sequence("1..99999999") or []) == BRACE_WORDS


def test_fields_are_split_at_ifs() -> None:
    def split(text: str, ifs: str) -> list[object]:
        fields = Fields(True, True, ifs)
        fields.value(text, False)
        fields.flush()
        return list(fields.done)

    assert split(" a  b ", " \t\n") == ["a", "b"]
    assert split("a::b:", ":") == ["a", "", "b"]
    assert split("a , b,c", ", ") == ["a", "b", "c"]
    assert split("a b", "") == ["a b"]
    assert split("", ":") == []
    assert split("x*", " \t\n") == [Text(("x", Glob("*")))]


def test_globs_of_a_field() -> None:
    assert finish([Active("a*b?")]) == Text(("a", Glob("*"), "b", Glob("?")))
    assert finish([Active("[a-c]x")]) == Text((Glob("[a-c]"), "x"))
    assert finish(["*", Active("a[")]) == "*a["
    assert finish([Active("/etc/[p]asswd")]) == "/etc/passwd"
    assert finish([Active("/a/["), "x", Active("]")]) == "/a/x"
    assert finish([Active("[p]s")]) == Text((Glob("[p]"), "s"))
    assert finish([Active("a/[b/c]")]) == "a/[b/c]"
    assert finish([Active("[["), X, Active("]")]) == Text((Glob("?"),))
    assert finish([Active("**/x")]) == Text((Glob("**"), "/x"))


# --- partly known text ---------------------------------------------------------------------------------------------


def test_choices() -> None:
    value = one_of(["b", "a"])
    assert variants(value) == ["a", "b"]
    assert variants(join(("x", value, value))) == ["xaa", "xab", "xba", "xbb"]
    assert variants(Text((X,))) is None
    assert each(value, str.upper) == one_of(["A", "B"])
    assert either(["a", "a"]) == "a"
    assert either(["a", Text((X,))]) == Text((X,))
    assert either([str(number) for number in range(20)]) == Text((Hole(),))


def test_splitting_partly_known_text() -> None:
    assert split_blank(join(("a b", X, " c"))) == ["a", join(("b", X)), "c"]
    assert split_lines(join(("a\nb", X, "\n"))) == ["a", join(("b", X))]
    assert split_blank(join((" ", X, " "))) == [Text((X,))]


def test_paths() -> None:
    assert normal("//a/./b/../c/") == "/a/c"
    assert normal("../x") == "../x"
    assert resolve_path("/a", "../b") == "/b"
    assert resolve_path("/a", join(("b/", X, "/c/.."))) == join(("/a/b/", X))
    assert resolve_path("/a", Text((X,))) == Text((X,))
    assert resolve_path(one_of(["/a", "/b"]), "c") == one_of(["/a/c", "/b/c"])


def test_escapes() -> None:
    assert unescape("a\\nb\\x41\\101\\u00e9") == ("a\nbAA\u00e9", False)
    assert unescape("a\\cb") == ("a", True)
    assert unescape("\\xc3\\xa9") == ("\u00e9", False)
    assert unescape("\\ud800\\") == ("\ufffd\\", False)
    for data in (b"\x1f\x8b\x00", b"abc", "\u00e9".encode(), bytes(range(256))):
        assert encode_text(decode_bytes(data)) == data


# --- state ---------------------------------------------------------------------------------------------------------


def test_state_tells_declared_unset_and_unknown_apart() -> None:
    shell = State("/w", "/h", {"A": "1"})
    assert (shell.get("A"), shell.env("A"), shell.get("B"), shell.get("HOME"), shell.env("HOME")) == ("1", "1", None, "/h", "/h")
    shell.set("B", "2")
    assert (shell.get("B"), shell.env("B")) == ("2", None)
    shell.export("B")
    assert shell.env("B") == "2"
    shell.set("A", UNSET)
    assert (shell.get("A"), shell.lookup("A")) == (None, UNSET)
    assert shell.lookup("Q") is None


def test_copies_and_children() -> None:
    shell = State("/w", "/h", {"A": "1"})
    shell.set("x", "1")
    shell.set("y", ["1", "2"])
    copy = shell.copy()
    copy.set("x", "2")
    copy.cwd = "/q"
    assert (shell.get("x"), shell.cwd, copy.get("y")) == ("1", "/w", "1")
    shell.export("x")
    child = shell.child("sh", ["p"], name="n")
    assert (child.get("x"), child.get("y"), child.get("A"), child.shell, child.arguments, child.name) == (
        "1", None, "1", "sh", ["p"], "n",
    )  # fmt: skip
    assert shell.child(clean=True).get("A") is None
    assert child.budget is shell.budget


def test_elements() -> None:
    assert with_element(["a"], "1", "b") == ["a", "b"]
    assert with_element(["a"], "-1", "b") == ["b"]
    assert with_element(["a"], "5", "b") == {"0": "a", "5": "b"}
    assert with_element(None, "0", "b") == ["b"]
    assert (element(["a", "b"], "-1"), element({"k": "v"}, "k"), element(["a"], "9")) == ("b", "v", None)


def test_merge_and_restore() -> None:
    shell = state()
    shell.set("x", "1")
    before = Snapshot(shell)
    shell.set("x", "2")
    shell.set("n", "3")
    shell.cwd = "/other"
    merge(shell, [before])
    assert shell.get("x") == one_of(["1", "2"])
    assert show(shell.get("n") or "") == "<$n>"
    assert shell.cwd == one_of(["/home/dev/proj", "/other"])
    restore(shell, before)
    assert (shell.get("x"), shell.cwd) == ("1", "/home/dev/proj")


# --- limits --------------------------------------------------------------------------------------------------------

LIMITED = {
    "a;" * (COMMANDS + 5): f"{COMMANDS} commands",
    "echo {1..100000}": "brace expansion",
    "echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}": "brace expansion",
    f"for ((i=0;i<{LOOP + 2};i++)); do a; done": f"{LOOP} iterations",
    f"i=0; while [ $i -lt {LOOP + 2} ]; do i=$((i+1)); done": f"{LOOP} iterations",
    f"for i in {{1..{LOOP + 2}}}; do a; done": f"{LOOP} iterations",
    "f() { f x$1; }; f": "16 recursive calls",
    "x='eval \"$x\"'; eval \"$x\"": f"{DEPTH} levels",
    "x=aaaaaaaaaaaaaaaa; for i in {1..20}; do x=$x$x; done": "text",
    "x='a a a a a a a a'; for i in {1..5}; do x=\"$x $x $x $x $x\"; done; echo $x": "words",
}


@pytest.mark.parametrize("line", LIMITED, ids=LIMITED.values())
def test_limits_are_noted(line: str) -> None:
    notes = [note for note in walk(line).notes if note.code == "limit"]
    assert any(LIMITED[line] in note.text for note in notes), notes
    assert all(note.coverage == "partial" for note in notes)


def test_what_follows_a_limited_loop_is_walked() -> None:
    assert walk("for ((;;)); do for ((i=0;i<99999;i++)); do a; done; done; rm x").lines[-1] == "rm|x"


def test_endless_recursion_is_noted() -> None:
    host = walk(":(){ :|:& };:")
    assert [(note.code, note.coverage) for note in host.notes] == [("recursion", "partial"), ("fork-bomb", "full")]


def test_parse_problems_are_noted() -> None:
    assert [(note.code, note.coverage) for note in walk("rm x; echo 'a").notes] == [("parse", "partial")]
    assert [(note.code, note.coverage) for note in walk(")").notes] == [("parse", "opaque")]
    note = walk("bash -c 'echo \"'").notes[0]
    assert (note.code, note.span) == ("parse", (0, 16))


def test_nested_codes_share_one_budget() -> None:
    host = walk("bash -c '" + "a;" * 1_500 + "'; bash -c '" + "b;" * 1_500 + "'")
    assert len(host.commands) == COMMANDS


SIZE = 20_000
HOSTILE = {
    "lists": "a;" * SIZE, "pipes": "a|" * SIZE + "a", "ands": "a&&" * SIZE + "a", "substitutions": "$(" * SIZE,
    "parentheses": "(" * SIZE, "backticks": "`a` " * SIZE, "braces": "echo " + "{" * SIZE, "commas": "echo " + "{a," * SIZE,
    "brackets": "ls " + "[" * SIZE + "/" + "]" * 10, "stars": "ls " + "*?" * SIZE, "word": "x" * SIZE,
    "doubling": "a=$a$a;" * 1_500, "arithmetic": "echo $((" + "(" * SIZE, "sum": "echo $((" + "1+" * SIZE + "1))",
    "pattern": "x=" + "a" * SIZE + "; echo ${x##*a*a*a*a*b} ${x//a*b/c}",
    "groups": "x=" + "a" * 3_000 + "; echo ${x%%+(+(+(a)))b} ${x##!(*b)c}",
    "loops": "for i in {1..1000}; do for j in {1..1000}; do echo $i$j; done; done",
    "endless": "while :; do while :; do i=$((i+1)); done; done", "evals": "eval " * SIZE + "x",
    "arrays": "mapfile a <<< '" + "x\n" * SIZE + "'; for i in \"${a[@]}\"; do for j in \"${a[@]}\"; do x; done; done",
    "regex": "echo " + "a" * 4_000 + " | grep 'a*a*a*a*a*b' | sed -E 's/(a|aa)+$/b/'",
    "recursion": "".join(f"f{i}() {{ f{i - 1}; f{i - 1}; }};" for i in range(1, 40)) + "f39",
    "aliases": "".join(f"alias a{i}='a{i - 1};a{i - 1}'; " for i in range(1, 30)) + "a29", "nul": "a\0b;rm\0 x",
    "surrogates": "echo \udc80\ud800 | base64 | rev", "test": "[ " + "! " * SIZE + "a ]", "width": "printf %99999999d 1",
}  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_ends_soon(line: str) -> None:
    host = Recorder()
    begin = time.process_time()
    evaluate(line, state(), host)
    # Generous, since tests run on slow machines; what is not linear takes minutes.
    assert time.process_time() - begin < 5
    assert len(host.commands) <= COMMANDS
