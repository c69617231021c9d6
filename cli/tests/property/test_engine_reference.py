"""The engine agrees with the naive evaluator of `reference` on generated packs and actions."""

import re
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from packgate.engine import compile_packs, decide
from packgate.model.action import shell_action
from packgate.model.operation import Analysis, Operation
from packgate.model.policy import MODES, STAGES, Condition, Default, Outcome, Pack, Pattern, Policy, Rollout
from packgate.model.value import NAME, Glob, Hole, join

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from reference import LETTERS, LONGEST, Reference

FIELDS = {"operation": "word-nocase", "path": "path", "branch": "branch", "word": "word"}
FAMILIES = ("f", "g", "command")
CALM = {"deadline": None, "suppress_health_check": list(HealthCheck)}

def short(text):
    """Whether a pattern can match something that the reference spells out."""
    spelled = re.sub(r"\{[^}]*\}", "xx", re.sub(r"\[[^]]*\]", "x", text)).replace("*", "")
    return len(spelled) + 2 * text.startswith("./") < LONGEST


name = st.text("ab.", min_size=1, max_size=2)
token = st.one_of(name, st.sampled_from(["*", "?", "[ab]", "[!a]", "{a,b.}", "*", "/"]))
glob = st.lists(token, min_size=1, max_size=3).map("".join).map(lambda text: text.replace("//", "/").replace("***", "**")).filter(short)
path_glob = st.one_of(
    glob.map(lambda text: text.rstrip("/") or "a"),
    st.builds(
        lambda head, text, tail: head + text.strip("/") + tail,
        st.sampled_from(["/", "./", "**/", ""]), glob, st.sampled_from(["", "/**", "/a"]),
    ).filter(lambda text: text.strip("/*.") and short(text)),
)
word_glob = st.one_of(glob, st.sampled_from(["a", "b", "a*", "*a", "*a*", "A"]))
patterns = {
    "operation": st.sampled_from(["a", "b", "A", "a*", "*", "ab", "[ab]"]).map(lambda t: Pattern("glob", t)),
    "path": path_glob.map(lambda t: Pattern("glob", t)),
    "branch": st.one_of(glob, st.sampled_from(["a", "a/**", "**", "a/*"])).map(lambda t: Pattern("glob", t))
    | st.just(Pattern("context", "repo.default_branch")),
    "word": word_glob.map(lambda t: Pattern("glob", t)),
}
hole = st.one_of(
    st.just(Hole()), st.just(Hole((), NAME)),
    st.lists(name, min_size=1, max_size=2, unique=True).map(lambda each: Hole((), "any", tuple(each))),
)
literal = st.text(LETTERS, min_size=1, max_size=3).map(lambda text: text.replace("//", "/"))
shell_glob = st.sampled_from([Glob("*"), Glob("?"), Glob("[ab]")])


def value(literals):
    return st.one_of(
        literals, literals,
        st.builds(lambda *parts: join(parts), literals, hole),
        st.builds(lambda *parts: join(parts), hole, literals),
        st.builds(lambda *parts: join(parts), literals, hole, literals),
        st.builds(lambda *parts: join(parts), literals, shell_glob),
        st.builds(lambda *parts: join(parts), literals, shell_glob, literals),
    )


path = st.lists(name, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
values = {
    "operation": st.sampled_from(["a", "b", "ab", "B"]) | st.just(join([Hole((), "any", ("a", "b"))])) | st.just(join([Hole()])),
    "path": value(path),
    "branch": value(literal),
    "word": value(literal),
}


@st.composite
def condition(draw, fields=tuple(FIELDS)):
    field = draw(st.sampled_from(fields))
    made = draw(st.lists(patterns[field], min_size=1, max_size=3))
    return Condition(field, tuple(made), draw(st.sampled_from(["any", "any", "all", "not"])))


defaults = st.sampled_from([
    Default(), Default(), Default("deny"), Default("audit"), Default("deny", ("p", "q")), Default("audit", ("p", "q")),
    Default({"shell": "deny", "file": "audit"}), Default({"shell": "audit"}), Default({"file": "deny"}, ("q",)),
])
clause = st.lists(condition(), min_size=1, max_size=2, unique_by=lambda each: each.field).map(tuple)


@st.composite
def pack(draw, label):
    default = draw(defaults)
    # An allow policy of one pack may lift the default of the other.
    modes = MODES if default.modes or draw(st.booleans()) else MODES[1:]
    policies = tuple(
        Policy(
            f"{label}{number}", label, tuple(draw(st.sets(st.sampled_from(FAMILIES), min_size=1, max_size=2))),
            Outcome(draw(st.sampled_from(modes))), tuple(draw(st.lists(clause, max_size=2))),
            tuple(draw(st.lists(clause, max_size=1))),
            tuple(draw(st.lists(condition(("branch",)), max_size=1)) if draw(st.integers(0, 4)) == 0 else ()),
        )
        for number in range(draw(st.integers(1, 7)))
    )
    rollout = Rollout(draw(st.sampled_from(STAGES)), {}, {policies[0].id: draw(st.sampled_from(STAGES))})
    return Pack(label, "1", policies, default=default, uncertain=draw(st.sampled_from(["audit", "warn", "block"])),
                rollout=rollout)


@st.composite
def operation(draw):
    families = tuple(draw(st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=2, unique=True)))
    chosen = draw(st.sets(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3))
    fields = {field: tuple(draw(st.lists(values[field], min_size=1, max_size=2))) for field in sorted(chosen)}
    return Operation(families, fields)


def action(root, branch, default):
    return shell_action("true", repo={"root": root, "branch": branch, "default_branch": default})


actions = st.builds(action, st.sampled_from([None, "/a"]), st.sampled_from([None, "a", "a/b"]), st.sampled_from([None, "a", "b"]))


def explain(packs, operations, made, stage):
    """What hypothesis prints of a failing example."""
    for each in packs:
        note(f"{each.name} default={each.default} uncertain={each.uncertain} rollout={each.rollout.pack} {each.rollout.policies}")
        for policy in each.policies:
            note(f"  {policy.id} {policy.when} {policy.outcome.mode} if={policy.clauses} unless={policy.exceptions} {policy.where}")
    note(f"{operations} {made.data} stage={stage}")


@settings(max_examples=200, **CALM)
@given(pack("p"), pack("q"), st.lists(operation(), min_size=1, max_size=2), actions, st.sampled_from([None, *STAGES]))
def test_agrees_with_the_reference(first, second, operations, made, stage):
    packs = [second, first]
    explain(packs, operations, made, stage)
    expected = Reference(packs, FIELDS, made).decide(operations, stage)
    decision = decide(made, Analysis(operations, []), compile_packs(packs, FIELDS), stage=stage)
    found = {
        "matches": [
            (next(i for i, each in enumerate(operations) if each is match.operation), match.pack, match.policy, match.effective)
            for match in decision.matches
        ],
        "may": decision.may_match, "mode": decision.mode, "decision": decision.decision, "would": decision.would,
    }
    assert found == expected
    assert decision.policy_ids == sorted({match[2] for match in expected["matches"]})


@settings(max_examples=1000, **CALM)
@given(st.data())
def test_every_pattern_and_value(data):
    """The same, for one condition at a time: many more patterns and values than in whole packs."""
    field = data.draw(st.sampled_from(["path", "word", "branch"]))
    policy = Policy("p", "k", ("f",), Outcome("block"), ((Condition(
        field, tuple(data.draw(st.lists(patterns[field], min_size=1, max_size=2))),
        data.draw(st.sampled_from(["any", "all", "not"])),
    ),),))
    packs = [Pack("k", "1", (policy,), rollout=Rollout("block"))]
    operations = [Operation(("f",), {field: tuple(data.draw(st.lists(values[field], min_size=1, max_size=2)))})]
    made = data.draw(actions)
    explain(packs, operations, made, None)
    expected = Reference(packs, FIELDS, made).decide(operations, None)
    decision = decide(made, Analysis(operations, []), compile_packs(packs, FIELDS))
    assert (len(decision.matches), decision.may_match) == (len(expected["matches"]), expected["may"])
