"""The story of docs/story.md, executed: from a first rule to a rollback, and an attacker who replays old bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from command_line import ROOT
from pages import Reader, steps

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("tuf", reason="bundles are published with tuf, of the extra `tuf`")


def test_the_story_runs_as_it_stands(tmp_path: Path) -> None:
    story = steps(ROOT / "docs/story.md")
    assert len(story) >= 30
    reader = Reader(tmp_path)
    for step in story:
        reader.follow(step)
