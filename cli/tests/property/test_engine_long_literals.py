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


def found(pattern: str, parts: list[str | Hole | Glob]) -> dict[tuple[int, int], int]:
    """Where a pattern comes to on a text, and after how many characters at least."""
    places = partly.reach(Automaton(compile_glob(pattern, "path").tree()), join([*parts, Hole(())]))
    return {place: len(word) for place, word in places.items()}


@given(st.sampled_from(PATTERNS), st.lists(PARTS, min_size=1, max_size=5))
def test_the_walk_together_leads_to_the_same_places(pattern: str, parts: list[str | Hole | Glob]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partly, "_TOGETHER", 10_000)
        one_by_one = found(pattern, parts)
        patch.setattr(partly, "_TOGETHER", 0)
        assert found(pattern, parts) == one_by_one


@given(st.sampled_from(PATTERNS), st.lists(PARTS, min_size=1, max_size=4), st.integers(1, 6))
def test_a_text_of_many_parts_leads_to_the_same_places_without_words(pattern: str, parts: list[str | Hole | Glob], times: int) -> None:
    machine = Automaton(compile_glob(pattern, "path").tree())
    text = join([*parts * times, Hole(())])
    assert set(partly.reached(machine, text)) == set(partly.reach(machine, text))
