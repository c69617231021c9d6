"""Patterns of each kind, on fields of each type."""

import pytest
from effort import grows_linearly

from packgate.engine import MAY, MUST, NO, Context, PatternError, check_pattern
from packgate.engine.addresses import in_range, parse_address, parse_range
from packgate.engine.automaton import Automaton
from packgate.engine.conditions import Check
from packgate.engine.matcher import Regular
from packgate.engine.patterns import Compiler
from packgate.model.action import shell_action
from packgate.model.policy import Condition, Pattern
from packgate.model.value import Glob, Hole, Origin, Text, unknown

ACTION = shell_action(
    "true", home="/home/dev", cwd="/home/dev/proj", repo={"root": "/home/dev/proj/", "default_branch": "Trunk"},
)
CONTEXT = Context(ACTION)


def judge(pattern, value, type="word", context=CONTEXT, detectors=None, lists=None):
    made = pattern if isinstance(pattern, Pattern) else Pattern("glob", pattern)
    check = Check(Condition("f", (made,)), type, Compiler(lists or {}, detectors))
    return check.verdict((value,), context)


@pytest.mark.parametrize(("type", "pattern", "matching", "other"), [
    ("word", "abc", ["abc"], ["ABC", "abcd", ""]),
    ("word", "a*", ["a", "a/b", "a\nb"], ["ba", "A"]),
    ("word", "*prod*", ["prod", "my-prod-1"], ["PROD", "pro"]),
    ("word", "{a,b}-[0-9]?", ["a-1x", "b-9/"], ["c-1x", "a-1"]),
    ("word", r"\*", ["*"], ["a", ""]),
    ("word", r"a\{b,c\}", ["a{b,c}"], ["ab"]),
    ("word-nocase", "DROP*", ["drop table", "DROP DATABASE"], ["undrop"]),
    ("word-nocase", "[A-C]x", ["ax", "CX"], ["dx"]),
    ("word-nocase", "[!A]x", ["bx"], ["ax", "AX"]),
    ("branch", "main", ["main"], ["Main", "x/main"]),
    ("branch", "release/*", ["release/1"], ["release/1/2", "release"]),
    ("branch", "release/**", ["release/1/2", "release"], ["releases/1"]),
    ("branch", "*", ["main"], ["a/b"]),
    ("branch", "**", ["main", "a/b"], []),
    ("host", "*.Corp.example", ["a.b.corp.example", "X.CORP.EXAMPLE"], ["corp.example", "corp.example.evil"]),
    ("url", "https://*.corp/*", ["https://a.corp/x/y", "HTTPS://A.CORP/"], ["http://a.corp/"]),
    ("text", "*password*", ["a\npassword\n"], ["pass word"]),
    ("path", "/etc/**", ["/etc", "/etc/a/b"], ["/etcx", "/x/etc/a"]),
    ("path", "/etc/*", ["/etc/passwd"], ["/etc/a/b", "/etc"]),
    ("path", "/etc/", ["/etc"], ["/etc/a"]),
    ("path", "/", ["/"], ["/a"]),
    ("path", "/**", ["/", "/a/b"], []),
    ("path", ".env", ["/a/.env", "/.env"], ["/a/.env.local", "/a/x.env", "/.env/a"]),
    ("path", ".env*", ["/a/.env.local", "/a/.env"], ["/a/x.env", "/.env/a"]),
    ("path", "*.pem", ["/a/b.pem", "/.pem"], ["/a.pem/b", "/a/b.PEM"]),
    ("path", ".github/workflows/**", ["/x/.github/workflows/a/b.yml", "/x/.github/workflows"], ["/x/.github/a", "/x.github/workflows/a"]),
    ("path", "a/*/c", ["/x/a/b/c"], ["/a/b/b/c", "/xa/b/c"]),
    ("path", "a/**/c", ["/a/c", "/x/a/b/b/c"], ["/a/b"]),
    ("path", "~/.ssh/**", ["/home/dev/.ssh", "/home/dev/.ssh/id_rsa"], ["/root/.ssh/id_rsa", "/x/home/dev/.ssh"]),
    ("path", "~", ["/home/dev"], ["/home/dev/a"]),
    ("path", "~/*", ["/home/dev/a"], ["/home/dev/a/b", "/home/dev"]),
    ("path", "./src/**", ["/home/dev/proj/src/a"], ["/src/a"]),
    ("path", "./**", ["/home/dev/proj/a", "/home/dev/proj"], ["/home/dev/project"]),
    ("path", "{/etc,/usr}/**", ["/etc/a", "/usr"], ["/var"]),
])
def test_globs(type, pattern, matching, other):
    assert [value for value in matching if judge(pattern, value, type) != MUST] == []
    assert [value for value in other if judge(pattern, value, type) != NO] == []


def test_home_with_special_characters_is_taken_literally():
    context = Context(shell_action("true", home="/home/[dev]*"))
    assert judge("~/a*", "/home/[dev]*/ab", "path", context) == MUST
    assert judge("~/a*", "/home/d/ab", "path", context) == NO


def test_an_unknown_home_still_has_its_tilde():
    context = Context(shell_action("true"))
    below = Text((Hole((Origin("variable", "HOME"),)), "/.ssh/id_rsa"))
    assert judge("~/.ssh/**", "~/.ssh/id_rsa", "path", context) == MUST
    assert judge("~/.ssh/**", below, "path", context) == MUST
    assert judge("~/.aws/**", below, "path", context) == NO


def test_an_unknown_root_matches_nothing_and_is_remembered():
    context = Context(shell_action("true"))
    assert judge("./src/**", "/home/dev/proj/src/a", "path", context) == NO
    assert list(context.missing) == ["repo.root is not known, so patterns that refer to it did not match"]


@pytest.mark.parametrize(("regex", "matching", "other"), [
    ("prod", ["prod", "xprodx"], ["pro"]),
    (r"^prod$", ["prod"], ["xprod", "prod\n"]),
    (r"\bprod\b", ["a-prod-b"], ["product"]),
    (r"AKIA[0-9A-Z]{16}", ["x AKIA" + "A1" * 8], ["AKIA" + "A" * 15]),
    (r"(?i)drop\s+table", ["DROP  TABLE x"], ["droptable"]),
    (r"a.c", ["abc"], ["a\nc"]),
    (r"(?s)a.c", ["a\nc"], ["ac"]),
    (r"[^a-z]\x41", ["1A"], ["aA"]),
])
def test_regular_expressions(regex, matching, other):
    pattern = Pattern("regex", regex)
    assert [value for value in matching if judge(pattern, value) != MUST] == []
    assert [value for value in other if judge(pattern, value) != NO] == []


@pytest.mark.parametrize(("regex", "reason"), [
    (r"(?=a)", "look-ahead"), (r"a(?!b)", "look-ahead"), (r"(?<=a)b", "look-behind"), (r"(?<!a)b", "look-behind"),
    (r"(a)\1", "back-reference"), (r"(?P<n>a)(?P=n)", "back-reference"), (r"(a+)+", "unbounded repeat"),
    (r"(a*b|c)*", "unbounded repeat"), (r"((a{1,5})*)+", "unbounded repeat"), (r"(?>a)", "atomic"), (r"a*+", "possessive"),
    (r"a{2000}", "more than 1000"), (r"(a{100}){100}", "multiply"), (r"a**", "multiple repeat"), ("(", "not closed"),
    (")", "unbalanced"), ("[a", "not closed"), ("*a", "nothing to repeat"), ("^*", "anchor"), ("a\\", "backslash"),
    (r"\p{L}", "escape"), ("(?m)a", "not supported"), ("a(?i)b", "not supported"), ("a{3,1}", "backwards"), ("(" * 50, "nested"),
])
def test_unsafe_regular_expressions_are_refused(regex, reason):
    with pytest.raises(PatternError, match=reason):
        check_pattern(Pattern("regex", regex), "word")


@pytest.mark.parametrize("pattern", [
    Pattern("regex", r"(a|b)*a(a|b){14}"), Pattern("regex", "a.*a.*a.*a.*a.*b"), Pattern("glob", "*a*a*a*a*a*b"),
])
def test_matching_is_linear_in_the_text(pattern):
    assert judge(pattern, "ab" * 20_000 + "a", "text") in (MUST, NO)
    assert grows_linearly(lambda size: judge(pattern, "ab" * size + "a", "text"), 4_000)


def test_a_machine_over_its_budget_says_may():
    matcher = Regular(r"(a|b)*a(a|b){14}$", "word", glob=False)
    matcher._machine = Automaton(matcher.tree(), budget=20)
    assert matcher.certain(unknown(), CONTEXT) == MAY
    assert matcher.known("b" + "a" * 15, CONTEXT) == MUST
    assert matcher.known("b" * 40, CONTEXT) == NO


def test_lists_hold_patterns():
    lists = {"internal": ("*.corp.example", "10.0.0.0/8", "build-[0-9]")}
    pattern = Pattern("list", "internal")
    for host in ("a.corp.example", "10.2.3.4", "BUILD-7"):
        assert judge(pattern, host, "host", lists=lists) == MUST
    assert judge(pattern, "example.com", "host", lists=lists) == NO
    with pytest.raises(PatternError, match="no list"):
        judge(pattern, "a", "host")


def test_context_values_are_exact():
    pattern = Pattern("context", "repo.default_branch")
    assert judge(pattern, "Trunk", "branch") == MUST
    assert judge(pattern, "trunk", "branch") == NO
    assert judge(pattern, unknown(), "branch") == MAY
    assert judge(pattern, "TRUNK", "word-nocase") == MUST
    empty = Context(shell_action("true"))
    assert judge(pattern, "main", "branch", empty) == NO
    assert len(empty.missing) == 1


def test_detectors():
    def find(id, text):
        return {"key": "AKIA" in text}[id]

    key = Pattern("detector", "key")
    assert judge(key, "x AKIA", "text", detectors=find) == MUST
    assert judge(key, "x", "text", detectors=find) == NO
    assert judge(Pattern("detector", "other"), "x", "text", detectors=find) == MAY
    assert judge(key, "x", "text") == MAY
    assert judge(key, Text(("AKIA", Hole())), "text", detectors=find) == MUST
    assert judge(key, Text(("x", Hole())), "text", detectors=find) == MAY
    assert judge(key, Text(("x", Glob("*"))), "text", detectors=find) == NO


@pytest.mark.parametrize(("text", "expected"), [
    ("10.0.0.1", (32, 0x0A000001)), ("0x7f.1", (32, 0x7F000001)), ("2130706433", (32, 0x7F000001)), ("017700000001", (32, 0x7F000001)),
    ("::1", (128, 1)), ("[::1]", (128, 1)), ("::ffff:10.0.0.1", (32, 0x0A000001)), ("fe80::1%eth0", (128, 0xFE80 << 112 | 1)),
    ("1:2:3:4:5:6:7:8", (128, 0x00010002000300040005000600070008)), ("1.2.3.4.5", None), ("1.2.3.256", None), ("256.1", None),
    ("a.b", None), ("", None), ("1::2::3", None), ("1:2", None), ("12345::", None), ("08.1", None), ("::", (128, 0)),
])
def test_addresses(text, expected):
    assert parse_address(text) == expected


def test_ranges():
    assert in_range(parse_address("10.255.0.1"), parse_range("10.0.0.0/8"))
    assert not in_range(parse_address("11.0.0.1"), parse_range("10.0.0.0/8"))
    assert not in_range(parse_address("::1"), parse_range("0.0.0.0/0"))
    assert in_range(parse_address("::1"), parse_range("::/0"))
    assert [parse_range(text) for text in ("10.0.0.0/33", "x/8", "10.0.0.0/", "10.0.0.0/+8")] == [None] * 4
    cidr = Pattern("cidr", "10.0.0.0/8")
    assert judge(cidr, "10.1.2.3", "host") == MUST
    assert judge(cidr, "ten.example", "host") == NO
    assert judge(cidr, Text(("10.0.0.", Hole())), "host") == MAY
    assert judge(cidr, Text((Hole(), ".example")), "host") == NO
    assert judge(cidr, Text((Hole((), "any", ("10.0.0.1", "10.0.0.2")),)), "host") == MUST
    with pytest.raises(PatternError, match="range"):
        judge(Pattern("cidr", "10.0.0/8/8"), "x", "host")
