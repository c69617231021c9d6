"""The comparison of conditions agrees with brute force over small alphabets, and its witnesses with the engine."""

from itertools import product
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packgate.impact.formal import LESS, MORE, OTHER, SAME, UNKNOWN, Witness, compare_conditions, fires
from packgate.model.policy import Condition, Outcome, Pack, Pattern, Policy

TYPES = {"word": "word", "branch": "branch", "path": "path"}
FAMILY = "f"
LETTERS = "ab"
# What brute force tries: every short text, and that the field is absent.
WORDS = ["".join(each) for size in (1, 2, 3) for each in product(LETTERS, repeat=size)]
BRANCHES = [*WORDS, "a/b", "b/a", "a/a", "b/b/a"]
PATHS = ["/", *("/" + "/".join(each) for size in (1, 2) for each in product(("a", "b", "ab"), repeat=size))]
TRIED = {"word": WORDS, "branch": BRANCHES, "path": PATHS}

globs = {
    "word": st.sampled_from(["a", "b", "ab", "a*", "*a", "*", "?b", "[ab]", "{a,bb}", "*ab*", "b?*"]),
    "branch": st.sampled_from(["a", "b", "a/*", "*", "**", "a/**", "*/a", "?"]),
    "path": st.sampled_from(["/a", "/a/**", "a", "*b", "/b/*", "**/ab", "./a", "~/b"]),
}


@st.composite
def condition(draw, name):
    patterns = draw(st.lists(globs[name], min_size=1, max_size=3, unique=True))
    return Condition(name, tuple(Pattern("glob", text) for text in patterns), draw(st.sampled_from(["any", "any", "any", "not", "all"])))


@st.composite
def clause(draw):
    names = draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=2, unique=True))
    return tuple(draw(condition(name)) for name in names)


@st.composite
def side(draw):
    policy = Policy(
        "p", "k", (FAMILY,), Outcome("block"), tuple(draw(st.lists(clause(), max_size=2))), tuple(draw(st.lists(clause(), max_size=2))),
    )
    return a_side(policy)


def a_side(policy, lists=()):
    pack = Pack("k", "1", (policy,), lists=dict(lists))
    return SimpleNamespace(name="k", pack=pack, types=TYPES, lists={}, policies={policy.id: policy})


def operations(*sides):
    """Operations over the fields that some side looks at; each field with every tried text, or absent."""
    used = {each.field for one in sides for part in (*one.policies["p"].clauses, *one.policies["p"].exceptions) for each in part}
    names = sorted(used)
    sizes = {name: TRIED[name] if len(names) < 3 else TRIED[name][:7] for name in names}
    for values in product(*([None, *sizes[name]] for name in names)):
        yield Witness(FAMILY, {name: value for name, value in zip(names, values, strict=True) if value is not None}, {})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(side(), side())
def test_agrees_with_brute_force(base, head):
    relation = compare_conditions(base, head, ["p"])[0]
    gained = lost = False
    for each in operations(base, head):
        old, new = fires(base.policies["p"], base, each), fires(head.policies["p"], head, each)
        gained, lost = gained or (new and not old), lost or (old and not new)
        if gained and lost:
            break
    if relation.kind == UNKNOWN:
        return
    # Brute force tries only short texts: what it finds must be known, what it does not find may still be there.
    assert not gained or relation.kind in (MORE, OTHER)
    assert not lost or relation.kind in (LESS, OTHER)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(side(), side())
def test_witnesses_are_what_the_engine_says(base, head):
    relation = compare_conditions(base, head, ["p"])[0]
    old, new = base.policies["p"], head.policies["p"]
    if relation.gained is not None:
        assert fires(new, head, relation.gained)
        assert not fires(old, base, relation.gained)
    if relation.lost is not None:
        assert fires(old, base, relation.lost)
        assert not fires(new, head, relation.lost)
    assert (relation.kind == SAME) <= (relation.gained is None and relation.lost is None)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(side())
def test_nothing_differs_from_itself(one):
    assert compare_conditions(one, one, ["p"])[0].kind == SAME
