"""One meaning for a pattern: shapes, machines, `re` and inclusion agree."""

import re
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from packgate.engine import MUST, NO, Context, PatternError
from packgate.engine.automaton import Automaton
from packgate.engine.inclusion import included, overlap
from packgate.engine.matcher import Matcher, Regular
from packgate.engine.outline import Outline
from packgate.engine.partly import expand, verdict
from packgate.engine.patterns import compile_glob
from packgate.engine.regexes import parse_regex
from packgate.engine.sieve import Sieve, judge_known
from packgate.model.action import shell_action
from packgate.model.value import DIGITS, NAME, Glob, Hole, Text, join

CONTEXT = Context(shell_action("true"))
CALM = settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
TYPES = ("word", "word-nocase", "path", "branch")

piece = st.sampled_from(["a", "b", "A", ".", "/", "*", "**", "?", "[ab]", "[!a]", "{a,b}", "{a/**,.b}", "\\*", "-", "[", "{", "é"])
glob = st.one_of(
    st.lists(piece, max_size=5).map("".join),
    st.builds("".join, st.tuples(st.sampled_from(["", "*", "**/", "/", "*/"]), st.text("ab./", max_size=3),
                                 st.sampled_from(["", "*", "/**", "**", "/*", "/"]))),
)
string = st.text("abA./-*é[{", max_size=6)
hole = st.one_of(
    st.just(Hole()), st.just(Hole()), st.just(Hole((), NAME)), st.just(Hole((), DIGITS)), st.just(Hole((), "any", ("a", "/b"))),
)


def compiled(text, type):
    matcher = compile_glob(text, type)
    assume(isinstance(matcher, Regular))
    return matcher


def folded(text, type):
    return text.lower() if type == "word-nocase" else text


@CALM
@given(glob, string, st.sampled_from(TYPES))
def test_a_shape_answers_as_its_machine(text, value, type):
    matcher = compiled(text, type)
    value = folded(value, type)
    assert bool(matcher.known(value, CONTEXT)) == Automaton(matcher.tree()).matches(value)
    if matcher.known(value, CONTEXT):
        assert value.startswith(matcher.head)
        assert value.endswith(matcher.tail)


@CALM
@given(st.lists(glob, min_size=1, max_size=6), st.lists(string, min_size=1, max_size=4), st.sampled_from(TYPES))
def test_a_sieve_answers_as_its_matchers_one_by_one(texts, values, type):
    matchers = [compiled(text, type) for text in texts]
    sieve = Sieve(matchers)
    # Twice, since it remembers.
    for value in [*values, *values]:
        value = folded(value, type)
        assert sieve.judge(value, CONTEXT) == judge_known(matchers, value, CONTEXT)


@CALM
@given(glob, st.text("ab./", max_size=4), hole, st.text("ab./", max_size=4), st.sampled_from(TYPES))
def test_a_shape_answers_as_its_machine_about_unknown_text(text, head, unknown, tail, type):
    matcher = compiled(text, type)
    value = join([head, unknown, tail])
    assert isinstance(value, Text)
    assert matcher.certain(value, CONTEXT) == verdict(Automaton(matcher.tree()), value)


mixed = st.lists(
    st.one_of(st.text("ab./", min_size=1, max_size=3), hole, st.sampled_from([Glob("*"), Glob("?"), Glob("[ab]")])), min_size=1, max_size=5,
)


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(glob, mixed, st.sampled_from(TYPES))
def test_a_shape_answers_as_its_machine_about_mixed_text(text, parts, type):
    value = join(parts)
    assume(isinstance(value, Text))
    matcher = compiled(text, type)
    expected = verdict(Automaton(matcher.tree()), value)
    assert matcher.certain(value, CONTEXT) == expected
    assert matcher.certain(value, CONTEXT) == expected


@CALM
@given(glob, st.text("ab./", max_size=3), hole, string, st.sampled_from(TYPES))
def test_a_verdict_is_true_of_what_fills_the_hole(text, head, unknown, filling, type):
    value = join([head, unknown])
    strings = expand(value) or (head + filling,)
    assume(unknown.chars == "any")
    found = compiled(text, type).certain(value, CONTEXT)
    hits = [bool(compiled(text, type).known(folded(each, type), CONTEXT)) for each in strings]
    assert not (found == 2 and not all(hits))
    assert not (found == 0 and any(hits))


atom = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\s", r"\.", "-", "^", "$", r"\b", r"\B", r"\W", "(?:ab)", "[a-c-]"])
bounded = st.builds("".join, st.tuples(atom, st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,2}", "{,2}", "*?"])))
regex = st.lists(bounded, min_size=1, max_size=4).map("".join)
regex = st.one_of(regex, st.builds("({}|{}){}".format, regex, regex, st.sampled_from(["", "?", "{2}"])))


@CALM
@given(st.booleans(), regex, st.text("abAB.- 1_é\n", max_size=6))
def test_a_regular_expression_means_what_re_says(nocase, text, value):
    text = "(?i)" + text if nocase else text
    try:
        machine = Automaton(parse_regex(text, 0))
    except PatternError:
        assume(False)
    # Before Python 3.14, `\B` of `re` did not match the empty text, as it does in every other engine.
    assume(value or r"\B" not in text)
    # `$` of `re` also matches before a last line end; ours is the end alone.
    expected = re.search(text.replace("$", r"\Z"), value, re.ASCII)
    assert machine.matches(value) == bool(expected)


WORDS = ["".join(word) for size in range(5) for word in product("ab/", repeat=size)]
small = st.lists(st.sampled_from(["a", "b", "/", "*", "?", "[ab]", "**", "{a,b}"]), min_size=1, max_size=4).map("".join)


@CALM
@given(st.lists(small, max_size=3), st.lists(small, max_size=3), st.sampled_from(["branch", "word"]))
def test_inclusion_agrees_with_brute_force(left, right, type):
    ours, others = [compiled(each, type) for each in left], [compiled(each, type) for each in right]

    def matches(matchers, word):
        return any(matcher.known(word, CONTEXT) for matcher in matchers)

    found = included(ours, others)
    counter = [word for word in WORDS if matches(ours, word) and not matches(others, word)]
    if found.holds:
        assert not counter
    else:
        assert matches(ours, found.witness)
        assert not matches(others, found.witness)
        assert not counter or len(found.witness) <= len(counter[0])
    common = overlap(ours, others)
    shared = [word for word in WORDS if matches(ours, word) and matches(others, word)]
    if common.holds:
        assert not shared
    else:
        assert matches(ours, common.witness)
        assert matches(others, common.witness)
        assert not shared or len(common.witness) <= len(shared[0])


@given(st.lists(small, min_size=1, max_size=4))
def test_every_set_includes_itself(globs):
    matchers = [compiled(each, "branch") for each in globs]
    assert included(matchers, matchers).holds is True


@CALM
@given(st.text("ab{},[]!^-\\*?/", max_size=30), st.sampled_from(TYPES), string)
def test_no_glob_is_refused_or_slow(text, type, value):
    matcher = compile_glob(text, type)
    assert isinstance(matcher, Matcher)
    assert matcher.known(value, CONTEXT) in (0, 1, 2)


@CALM
@given(st.text("ab(){}[]|*+?^$\\.,1dDbx-:P<>=!i", max_size=14), string)
def test_a_regular_expression_compiles_or_is_refused(text, value):
    try:
        node = parse_regex(text, 0)
    except PatternError:
        return
    assert Automaton(node).matches(value) in (True, False)
    # What we accept is a regular expression to everyone else too.
    re.compile(text)


@pytest.mark.parametrize("text", ["{" * 60, "{a," * 30, "[" * 60, "*" * 60 + "b", "{a,b}" * 30, "*a" * 30, "?" * 500])
def test_hostile_globs_are_linear(text):
    matcher = compile_glob(text, "word")
    assert matcher.known("a" * 2000 + "c", CONTEXT) in (0, 2)


@CALM
@given(glob, st.lists(st.one_of(st.text("ab./", min_size=1, max_size=4), st.sampled_from([Glob("*"), Glob("**"), Glob("?"), Glob("[ab]")]), hole),
                      min_size=1, max_size=5))
def test_the_shortcut_past_the_machine_answers_as_the_machine(text, parts):
    value = join(parts)
    assume(isinstance(value, Text))
    matcher = compiled(text, "path")
    assert matcher.fires(value, CONTEXT) == matcher.weighed(value, CONTEXT)


@CALM
@given(st.lists(st.one_of(st.text("ab./", min_size=1, max_size=4), st.sampled_from([Glob("*"), Glob("**"), Glob("?"), Glob("[ab]")]), hole),
                min_size=1, max_size=5), glob)
def test_a_sample_is_one_of_the_texts(parts, text):
    value = join(parts)
    assume(isinstance(value, Text))
    sample = Outline(value).sample()
    assume(sample is not None)
    found = verdict(Automaton(compiled(text, "path").tree()), value)
    held = Automaton(compiled(text, "path").tree()).matches(sample)
    assert not held if found == NO else held if found == MUST else True
