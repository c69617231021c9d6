"""The index finds everything that trying every policy finds, in packs large enough to be divided by literals."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packgate.engine import NO, Context, compile_packs
from packgate.engine.conditions import clause_verdict
from packgate.model.action import shell_action
from packgate.model.operation import Operation
from packgate.model.policy import Condition, Outcome, Pack, Pattern, Policy
from packgate.model.value import Glob, Hole, join

FIELDS = {"operation": "word-nocase", "path": "path", "branch": "branch", "host": "host", "word": "word"}
GLOBS = {
    "operation": ["push", "PUSH", "drop*", "DROP TABLE", "*", "delete", "d?op"],
    "path": ["/etc/**", "/etc/passwd", ".env", "*.pem", ".ssh/id_*", "~/.ssh/**", "./src/*", "/srv/*/x", "a/**/b", "{a,b}", "/", "~",
             "**", "/srv/app*", ".git*", "[ab]/c", r"a\*b", "src/"],
    "branch": ["main", "release/*", "release/**", "*", "hotfix-?", "**/wip", "v[0-9]*"],
    "host": ["*.Corp", "DB-1", "db-*", "10.0.0.0/8", "*", "*prod*"],
    "word": ["-f", "--force*", "*", "*x", "*mid*", "{-a,-b}"],
}


def either(*strings):
    """A value that is one of a few strings."""
    return join([Hole((), "any", strings)])


VALUES = {
    "operation": ["push", "Drop Table", "drop", "delete", "other", join([Hole()]), join(["dr", Hole()])],
    "path": ["/etc/passwd", "/etc", "/", "/home/dev", "/home/dev/.ssh/id_rsa", "/r/src/a", "/srv/1/x", "/a/b", "/q/a", "/q/b/c", "/q/.env",
             "/q/k.pem", "/a*b", "/.gitx", join(["/etc/", Hole()]), join([Hole()]), join(["/q/", Glob("*"), ".pem"]),
             either("/q/z", "/etc/passwd"), either("/q/z", "/r/src/a"), "/srv/app1", "/q/src"],
    "branch": ["main", "release/1", "release", "hotfix-1", "x/wip", "wip", "v1x", join(["release/", Hole()]), either("q", "main")],
    "host": ["a.corp", "DB-1", "db-2", "10.1.1.1", "my-prod", "A.CORP", join([Hole(), ".corp"])],
    "word": ["-f", "--force-x", "-a", "ax", "amidb", join(["--f", Hole()]), either("q", "-f")],
}
CONTEXT = Context(shell_action("true", home="/home/dev", repo={"root": "/r"}))


@st.composite
def condition(draw):
    field = draw(st.sampled_from(sorted(GLOBS)))
    globs = draw(st.lists(st.sampled_from(GLOBS[field]), min_size=1, max_size=3))
    return Condition(field, tuple(Pattern("glob", glob) for glob in globs), draw(st.sampled_from(["any", "any", "any", "all", "not"])))


clause = st.lists(condition(), min_size=1, max_size=3, unique_by=lambda each: each.field).map(tuple)
body = st.tuples(
    st.sets(st.sampled_from(["f", "g", "command"]), min_size=1).map(lambda families: tuple(sorted(families))),
    st.lists(clause, max_size=2).map(tuple),
)
operation = st.builds(
    Operation,
    st.sampled_from([("f",), ("f", "command"), ("g", "command"), ("f", "g"), ("other",)]),
    st.dictionaries(
        st.sampled_from(sorted(VALUES)), st.none(), max_size=4,
    ).flatmap(lambda fields: st.fixed_dictionaries(
        {field: st.lists(st.sampled_from(VALUES[field]), min_size=1, max_size=2).map(tuple) for field in fields},
    )),
)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(body, min_size=12, max_size=40), st.lists(operation, min_size=1, max_size=4))
def test_the_index_loses_nothing(bodies, operations):
    policies = tuple(Policy(f"p{n:02}", "k", when, Outcome("block"), clauses) for n, (when, clauses) in enumerate(bodies))
    engine = compile_packs([Pack("k", "1", policies)], FIELDS)
    for place, each in enumerate(operations):
        expected = []
        for rule in engine.rules:
            verdicts = [clause_verdict(checks, each, CONTEXT) for checks in rule.clauses]
            if rule.when & set(each.families) and max(verdicts) != NO:
                expected.append((rule.policy.id, max(verdicts), verdicts.index(max(verdicts))))
        found = engine.find(each, place, CONTEXT)
        assert [(one.rule.policy.id, one.verdict, one.number) for one in found] == expected
