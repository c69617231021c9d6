"""docs/extending-the-catalog.md and docs/writing-policies.md, followed to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import ROOT
from pages import Reader, steps


@pytest.mark.parametrize(("page", "least"), [("extending-the-catalog.md", 12), ("writing-policies.md", 8)])
def test_the_page_runs_as_it_stands(tmp_path: Path, page: str, least: int) -> None:
    todo = steps(ROOT / "docs" / page)
    assert len(todo) >= least
    assert any(step.path for step in todo)
    reader = Reader(tmp_path)
    for step in todo:
        reader.follow(step)
