"""For files of every style: the edited text says the old data with the one change, and was changed in one place."""

from __future__ import annotations

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from packgate.source.edit import SECTIONS, STAGES, set_stage
from packgate.source.yaml import parse_yaml

NAMES = st.sampled_from(["force-push", "a", "b1", "null", "true", "secret-read", "no", "drop-table"])
STAGE = st.sampled_from(STAGES)
COMMENTS = st.sampled_from(["", "", "  # why: not", " # {a: b}", " # 'x'"])


@st.composite
def scalars(draw: st.DrawFn, text: str) -> str:
    quotes = ['"', "'"] if text in ("null", "true") else ["", "", '"', "'"]
    quote = draw(st.sampled_from(quotes))
    return f"{quote}{text}{quote}"


@st.composite
def rollouts(draw: st.DrawFn) -> str:
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    lines = draw(st.lists(st.sampled_from(["# about this file", "", "---"]), max_size=1))
    for key in draw(st.permutations(["pack", *SECTIONS]))[: draw(st.integers(0, 3))]:
        lines += draw(st.lists(st.sampled_from(["", "# above"]), max_size=2))
        lines += draw(sections(key))
    lines += draw(st.lists(st.sampled_from(["", "# below"]), max_size=2))
    return newline.join(lines) + draw(st.sampled_from(["", newline]))


@st.composite
def sections(draw: st.DrawFn, key: str) -> list[str]:
    comment = draw(COMMENTS)
    if key == "pack":
        return [f"pack: {draw(scalars(draw(STAGE)))}{comment}"]
    entries = [
        f"{draw(scalars(name))}: {draw(scalars(draw(STAGE)))}" for name in draw(st.lists(NAMES, unique=True, max_size=3))
    ]
    form = draw(st.sampled_from(["block", "flow", "lines"]))
    if form == "flow" or not entries:
        pad = draw(st.sampled_from(["", " "]))
        return [f"{key}: {{{pad}{', '.join(entries)}{pad}}}{comment}"]
    indent = " " * draw(st.integers(1, 5))
    if form == "lines":
        return [f"{key}: {{{comment}", *(f"{indent}{entry}," for entry in entries[:-1]), f"{indent}{entries[-1]}{comment}", "  }"]
    return [f"{key}:{comment}", *(f"{indent}{entry}{draw(COMMENTS)}" for entry in entries)]


@settings(max_examples=600, deadline=None)
@given(rollouts(), st.sampled_from(["pack", *SECTIONS]), NAMES, STAGE)
def test_one_change_in_one_place(text: str, key: str, name: str, stage: str) -> None:
    document = parse_yaml(text, "rollout.yaml")
    assert not document.diagnostics, document.diagnostics
    after = set_stage(text, key, None if key == "pack" else name, stage)
    expected = copy.deepcopy(document.data or {})
    if key == "pack":
        expected["pack"] = stage
    else:
        expected.setdefault(key, {})[name] = stage
    assert parse_yaml(after, "rollout.yaml").data == expected
    head = next((i for i, (old, new) in enumerate(zip(text, after, strict=False)) if old != new), min(len(text), len(after)))
    rest = text[head:]
    tail = next((i for i in range(min(len(rest), len(after) - head)) if rest[len(rest) - 1 - i] != after[len(after) - 1 - i]),
                min(len(rest), len(after) - head))
    replaced = rest[: len(rest) - tail]
    # What went away is a stage at most: comments, layout and other entries stay.
    assert "\n" not in replaced
    assert len(replaced) <= len("'block'"), replaced
    # Done twice, nothing more happens.
    assert set_stage(after, key, None if key == "pack" else name, stage) == after
