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


def both_ways(pattern: str, parts: list[str | Hole | Glob], short_cut: str) -> list[tuple[dict[tuple[int, int], int], int]]:
    """Where a pattern comes to on a text and what it says to it, without a short cut and with it."""
    text = join([*parts, Hole(())])
    machine = Automaton(compile_glob(pattern, "path").tree())
    found = []
    for limit in (10_000, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(partly, short_cut, limit)
            places = partly.reach(machine, text)
            found.append(({place: len(word) for place, word in places.items()}, partly.verdict(machine, text)))
    return found


@given(st.sampled_from(PATTERNS), st.lists(PARTS, min_size=1, max_size=5))
def test_the_walk_together_leads_to_the_same_places(pattern: str, parts: list[str | Hole | Glob]) -> None:
    without, with_it = both_ways(pattern, parts, "_TOGETHER")
    assert without == with_it


@given(st.sampled_from(PATTERNS), st.lists(PARTS, min_size=1, max_size=4), st.integers(1, 6))
def test_a_text_of_many_parts_is_judged_as_one_of_few(pattern: str, parts: list[str | Hole | Glob], times: int) -> None:
    without, with_it = both_ways(pattern, parts * times, "_MANY")
    assert without == with_it
