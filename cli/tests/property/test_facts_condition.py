"""What is left of a level, once the options of a call are known, says of the call what the whole level does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from packgate.catalog.load import load_builtin
from packgate.facts.arguments import read_call
from packgate.facts.program import Given
from packgate.model.value import Glob, Origin, Text, join, unknown
from packgate.shell.state import State

PROGRAMS = (
    "curl", "wget", "git push", "git reset", "git commit", "docker run", "tar", "rsync", "rm", "find", "psql", "aws s3 rm", "kubectl delete", "sed",
    "openssl", "scp", "dd", "chmod", "npm install", "pip install", "bash", "sudo", "crontab", "ssh",
)
VALUES = st.sampled_from([
    "a", "-", "@file", "@-", "x=@-", "https://example.org/x", "/etc/passwd", "DELETE", "production", "{}", "777", "u+s", "host:path",
    unknown(Origin("variable", "x")), join(["/tmp/", Text((Glob("*"),))]), unknown(Origin("file", "/x")),
])


@st.composite
def calls(draw):
    names = draw(st.sampled_from(PROGRAMS)).split()
    program = load_builtin().program(names[0])
    assert program is not None
    level = read_call(program, names[0], list(names), State()).level
    argv = list(names)
    for spelling in draw(st.lists(st.sampled_from([*sorted(level.options), "--unknown"]), max_size=4)):
        argv.append(spelling)
        if draw(st.booleans()):
            argv.append(draw(VALUES))
    argv.extend(draw(st.lists(VALUES, max_size=3)))
    stdin = draw(st.sampled_from([None, "text", unknown(Origin("network", "x"))]))
    return read_call(program, names[0], argv, State(), stdin)


def holds(condition, call, it):
    return condition is None or condition.holds(call, it)


def values(sources, call, it):
    return [value for source in sources for value in source.values(call, it)]


@given(calls(), VALUES)
def test_rules_and_wraps_that_are_left_out_would_not_hold(call, item):
    level = call.level
    given_options = Given(level, frozenset(call.options))
    rules, wraps = {left.rule: left for left in given_options.rules}, dict(given_options.wraps)
    for rule in level.rules:
        left = rules.get(rule)
        for it in [None, item] if rule.each is None else rule.each.values(call, None):
            assert holds(rule.condition, call, it) == (left is not None and holds(left.condition, call, it))
    for wrap in level.wraps:
        runs = wrap.runs is not None and bool(wrap.runs.values(call, None))
        assert wrap in wraps or not runs or not holds(wrap.condition, call, None)
        assert wrap not in wraps or holds(wrap.condition, call, None) == holds(wraps[wrap], call, None)


@given(calls(), VALUES)
def test_what_is_left_of_a_rule_has_the_values_of_the_whole_rule(call, item):
    given_options = Given(call.level, frozenset(call.options))
    assert values(given_options.environment, call, None) == values(call.level.environment, call, None)
    for left in given_options.rules:
        rule = left.rule
        if rule.each is not None:
            assert left.each is not None
            assert left.each.values(call, None) == rule.each.values(call, None)
        for it in (None, item):
            known = {name: (source.values(call, it), is_path) for name, source, is_path in left.fields}
            for name, source in rule.fields:
                found, is_path = known.get(name, ([], name in rule.paths))
                assert (found, is_path) == (source.values(call, it), name in rule.paths)
            assert values(left.environment, call, it) == values(rule.environment, call, it)
            assert values(left.sends, call, it) == values(rule.sends, call, it)


def test_options_rule_out_most_of_a_long_level():
    program = load_builtin().program("curl")
    assert program is not None
    call = read_call(program, "curl", ["curl", "-s", "https://example.org"], State())
    assert len(call.level.given(call.options).rules) < len(call.level.rules) / 2
    assert call.level.given(call.options) is call.level.given({"--silent": []})
