"""What is said of a partly known path without the machine of a pattern is what the machine would say."""

from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from packgate.engine.context import Context
from packgate.engine.matcher import Regular
from packgate.engine.shapes import path_glob, word_glob
from packgate.model.action import shell_action
from packgate.model.value import DIGITS, NAME, Glob, Hole, Origin, Text, join

PIECES = st.lists(st.sampled_from(["**", "*", "a", "ab", ".env", "b.json", "x*", "*.pem", "a?", "[ab]c", "{a,bc}", "c\\*", "dd-*-e"]), min_size=1, max_size=4)
PATTERNS = st.builds(lambda pieces, root: root + "/".join(pieces), PIECES, st.sampled_from(["", "/", "/"]))
PARTS = st.lists(
    st.one_of(
        st.sampled_from(["/", "a", "/a/", "/home/dev/", ".env", "b.json", "/x", "-e", "dd-"]),
        st.sampled_from([
            Hole((Origin("variable", "X"),)), Hole((Origin("input"),), NAME), Hole((), DIGITS), Hole((Origin("encoded"),)),
            Hole((), choices=("a", "/b")), Glob("*"), Glob("?"), Glob("**"), Glob("[ab]"),
        ]),
    ),
    min_size=1, max_size=4,
)


@given(PATTERNS, PARTS, st.sampled_from(["path", "word"]))
def test_shortcuts_change_nothing(pattern, parts, kind):
    text = join(parts)
    if not isinstance(text, Text):
        return
    make = path_glob if kind == "path" else lambda source: word_glob(source, "word")

    def verdicts() -> list[int]:
        context = Context(shell_action("x", home="/home/dev"))
        matcher = make(pattern)
        return [matcher.certain(text, context), matcher.fires(text, context)]

    short = verdicts()
    with mock.patch.object(Regular, "_least_shared", return_value=0), mock.patch("packgate.engine.matcher.tells_nothing", return_value=False):
        assert short == verdicts()
