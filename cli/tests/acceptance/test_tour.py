"""The README's five-minute tour, executed: every `$` line runs, and the lines below it must appear in what it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_line import ROOT
from pages import Reader, steps

if TYPE_CHECKING:
    from pathlib import Path


def test_the_tour_runs_as_it_stands(tmp_path: Path) -> None:
    tour = steps(ROOT / "README.md")
    assert len(tour) >= 10
    reader = Reader(tmp_path)
    for step in tour:
        reader.follow(step)
