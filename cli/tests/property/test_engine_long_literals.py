"""Long pieces and many parts of partly known text lead to the same places by the short cuts as one after another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packgate.engine import partly
from packgate.engine.automaton import Automaton
from packgate.engine.patterns import compile_glob
from packgate.model.value import Glob, Hole, join

PATTERNS = ("/etc/**", "*.pem", "/srv/*/a", "**/b/**", "/{a,b}/[a-b]*", "a?b", ".env", "/a/b")
PARTS = st.one_of(
    st.text("ab./", min_size=1, max_size=12), st.just(Hole(())), st.just(Hole((), choices=("a", "b/"))), st.sampled_from([Glob("*"), Glob("?"), Glob("**")])
)


@given(st.sampled_from(PATTERNS), st.lists(PARTS, min_size=1, max_size=5))
def test_the_walk_together_leads_to_the_same_places(pattern: str, parts: list[str | Hole | Glob]) -> None:
    text = join([*parts, Hole(())])
    if isinstance(text, str):
        return
    machine = Automaton(compile_glob(pattern, "path").tree())
    found = []
    for limit in (10_000, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(partly, "_TOGETHER", limit)
            places = partly.reach(machine, text)
        found.append(({place: len(word) for place, word in places.items()}, partly.verdict(machine, text)))
    assert found[0] == found[1]


@given(st.sampled_from(PATTERNS), st.lists(PARTS, min_size=1, max_size=4), st.integers(1, 6))
def test_a_text_of_many_parts_is_judged_as_one_of_few(pattern: str, parts: list[str | Hole | Glob], times: int) -> None:
    text = join([*parts * times, Hole(())])
    if isinstance(text, str):
        return
    machine = Automaton(compile_glob(pattern, "path").tree())
    found = []
    for limit in (10_000, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(partly, "_MANY", limit)
            found.append(partly.verdict(machine, text))
    assert found[0] == found[1]
