"""Our shell parser against two judges: mvdan/sh for the words of every command, bash for what is valid at all."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packgate.shell.parser import parse

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
import differential
import explained
from compose import script
from expansion import Place, admits, print_of
from explained import WE_REFUSE, Seen, explain
from explained_expansion import EXPANSION, reasons
from judges import find_shfmt
from readings import read_ours

SHFMT = find_shfmt()
BASH = shutil.which("bash")

VALID = [
    "", "a", "a;", "a & b &", "a && b || c", "a |\n\n b", "a &&\nb", "! a", "!", "! ! a", "time", "time -p a | b",
    "time -- a", "!(a)", "(a)", "((a); b)", "(( a + (b) ))", "$((a); b)", "echo $(( (1) ))", "{ a; }", "{(a); }",
    "{ a\n}", "echo }", "echo {", "if a; then b; elif c; then d; else e; fi", "if\\\n a; then b; fi",
    "while a; do b; done < x > y", "until a\ndo b\ndone", "for x in a b; do c; done", "for x; do c; done",
    "for x\ndo c; done", "for x in; do c; done", "for x in a; { b; }", "for in in in; do a; done",
    "for ((;;)) do a; done", "for ((i=0; i<3; i++)); { a; }", "select x in a; do b; done", "case x in esac",
    "case a in (a) ;; b|c) x;& *) esac", "case a in\na) b;;\n\nesac > f | c", "case x in in|x) ;; esac", "f() { a; }",
    "f ()\n( a )", "function f { a; }", "function f() if a; then b; fi", "f-x() { a; } > y", "f() { a; }; f",
    "coproc a b", "coproc x { a; }", "[[ a == b && ( -f c || ! d ) ]]", "[[ a =~ (b c|d)+$ ]]", "[[ a &&\nb ]]",
    "[ a ]", "a=(b [1]=c $(d))", "a=(\n1 # c\n2)", "a+=(b) c", "a[1 + 2]=b", "a=b c=d", "declare -a x=(1 2) y",
    "let a=(1)", "a > b 2>&1 < c >> d", "&> x a", "a >&- 2<&1 {fd}<>x >| y", "a > >(b) < <(c)", "a <<< 'b c'",
    "a <<X\n$b\nX\nc", "a <<-X\n	b\n	X", "a <<X <<Y\n1\nX\n2\nY", "a <<'X Y'\n$(\nX Y", "echo $(a <<X\nb\nX\n)",
    "echo $(a # b)\n)", "a <<X", "echo `a b`", "echo \"`a \"b\"`\"",
    "echo ${a:-\"b}\"} ${a/b/c} ${#a} ${!a} ${a[@]} ${a:1:2}", "echo \"${a:-'}'}\"", "echo $'a\\'b' $\"c\"",
    "echo a#b # c '", "# only", "a \\\n b", "a &\\\n& b", "echo \\", "echo $( ) ``", "echo {a,b", "a ; # x\n",
    "echo $(case x in a) b;; esac)", "f() { a; } <<X\nb\nX", "while read a; do b; done <<X\nc\nX",
    "echo \"$(echo \")\")\"", "echo a=b{c,d}e", "-x", "%1", "[x", "a=", "a=; b", "~/x", "* ? [a-z]", "a 2 >b",
    "12>x a", "]]>(a)", "fi<(a) b", "a | time", "a | time && b", "a |& time -p b",
]  # fmt: skip
INVALID = [
    ";", "; a", "a ;; b", "a & & b", "a && && b", "a | | b", "a ||", "a |", "| a", "& a", "a &; b", "(", ")", "( )",
    "(a", "(a))", "(a) b", "{ a;", "{ a }", "{ }", "}", "fi", "then a", "do", "if a; then b", "if a; b; fi",
    "if a; then fi", "if; then a; fi", "while do a; done", "while a; done", "for", "for x in a; b; done",
    "for x in a do b; done", "case", "case a b) c;; esac", "case a in b c) d;; esac", "case a in b) c", "esac",
    "[[ a", "]]", "f() a", "f() g() { a; }", "function f coproc a", "function f a", "f(", "f(a) { b; }", "a (b)", "a=b(c)", "echo a=(b)", "a=(b", "a=(b;c)",
    "a=((b))", "a[;b", "$(a", "$((1+2)", "`a", "'a", "\"a", "\"$(a\"", "${a", "\"${a\"", "echo >", "a > ; b", "a <",
    "cat <<", "a > (b)", "coproc", "a | ! b", "! | a", "{ a; } b", "echo $(fi)", "echo \"$(a ;; b)\"", "((1+2)",
    "$'a", "a &> ", "a <(b", "f() { a; } b", "a 0<2>f", "for ((;;;)) do a; done", "for ((a;b)) do c; done", "select", "! &", "time &", "echo \"${a:-'}\"",
]  # fmt: skip


def bash_accepts(source: str, *options: str) -> bool:
    """Whether bash parses a script; it is not run. A heredoc that the end of the file closes is only a warning."""
    assert BASH is not None
    done = subprocess.run([BASH, *options, "-n"], input=source.encode(), capture_output=True, check=False)
    return all(b"warning" in line for line in done.stderr.splitlines())


needs_bash = pytest.mark.skipif(BASH is None, reason="bash isn't installed")
needs_shfmt = pytest.mark.skipif(SHFMT is None, reason="shfmt isn't installed (pip install shfmt-py)")


@needs_bash
@pytest.mark.parametrize("source", VALID)
def test_a_valid_script_has_no_problem(source: str) -> None:
    assert bash_accepts(source)
    assert [problem.message for problem in parse(source).problems] == []


@needs_bash
@pytest.mark.parametrize("source", INVALID)
def test_an_invalid_script_has_a_problem(source: str) -> None:
    assert not bash_accepts(source)
    assert parse(source).problems


@needs_bash
@needs_shfmt
@pytest.mark.parametrize("kind", ["syntax", "posix", "expansion"])
@pytest.mark.parametrize("first", range(0, 200, 50))
def test_composed_scripts_are_what_the_judges_say(kind: str, first: int) -> None:
    if kind == "posix" and differential.DASH is None:
        pytest.skip("dash isn't installed")
    tally = differential.JUDGES[kind](range(first, first + 50))
    assert tally.unexplained == []
    compared = {"syntax": "trees equal to those of shfmt", "posix": "scripts read as POSIX", "expansion": "outputs known and right"}
    assert tally.counts[compared[kind]] >= 20


def test_every_reason_is_on_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "differential.md").read_text(encoding="utf-8")
    known = [*explained.WE_REFUSE, *explained.WE_ACCEPT, *explained.TREE, *explained.POSIX, *EXPANSION]
    for reason in known:
        assert f"| {reason.name} | {reason.why.replace('|', chr(92) + '|')} |" in page
    told = set(re.findall(r"^\| ([a-z-]+) \| ", page, re.MULTILINE)) - {"name", "scripts"}
    assert told == {reason.name for reason in known}


def test_a_wrong_reading_is_a_difference() -> None:
    value, host = print_of("x=a; printf '%s\\0' $x *.txt $u", place := Place("bash"), 0)
    place.close()
    assert admits(value, host, "a\0a.txt\0b.txt\0")
    assert not admits(value, host, "b\0a.txt\0")
    assert explain(Seen("echo a", "", ""), WE_REFUSE) is None


def names(script: str, ours: str = "", said: str = "") -> list[str]:
    """The reasons of a difference between bash and our evaluation."""
    assert BASH is not None
    place = Place(BASH)
    try:
        return [reason.name for reason in reasons(Seen(script, ours, said), lambda changed: differential.agrees(changed, place))]
    finally:
        place.close()


FAILS = "/s/0: line 2: 1/0: division by 0 (error token is \"0\")"
REASONS = [
    ("home", "printf '%s\\0' a ~nobody~", "", ""),
    ("error", "x=a\nprintf '%s\\0' $((1/0))\nprintf '%s\\0' b", "", FAILS),
    ("undeclared", "printf '%s\\0' \"$(printf '%s|' a $ux b)\"", "variable:ux", ""),
    ("dollar-dollar", "printf '%s\\0' \"$$(echo \"a b\")\"", "", ""),
    ("ansi-c-in-braces", "x=a; printf '%s\\0' \"$(printf '%s|' ${x:+$'a b'})\"", "", ""),
]  # fmt: skip


@needs_bash
@pytest.mark.parametrize(("name", "script", "ours", "said"), REASONS)
def test_a_reason_holds_when_without_it_both_agree(name: str, script: str, ours: str, said: str) -> None:
    assert names(script, ours, said) == [name]


@pytest.mark.parametrize(("name", "script", "ours", "said"), REASONS)
def test_a_reason_alone_excuses_nothing(name: str, script: str, ours: str, said: str) -> None:
    tried: list[str] = []
    assert reasons(Seen(script, ours, said), lambda changed: bool(tried.append(changed))) == (), name
    assert tried
    assert script not in tried


def test_the_generated_scripts_are_rich() -> None:
    sources = [script(Random(seed)) for seed in range(150)]
    commands = sum(len(read_ours(source)[0].commands) for source in sources)
    assert commands > 500
    for construct in ("if ", "case ", "<<", "$(", "`", "$'", "\\\n", "f() {", "for ", "<("):
        assert sum(construct in source for source in sources) >= 3


@needs_bash
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 10_000))
def test_a_cut_script_is_refused_where_bash_refuses_it(seed: int, cut: int) -> None:
    source = script(Random(seed))
    source = source[: cut % (len(source) + 1)].rstrip("\\")
    if parse(source).problems == []:
        assert bash_accepts(source, "-O", "extglob")
