"""The page about what agents can be told says what the tables say, of every agent."""

from __future__ import annotations

from pathlib import Path

from packgate.docs.enforcement import KINDS, TITLES, enforcement_pages
from packgate.hook.limits import LIMITS, STANDS_IN
from packgate.hook.lowering import FAULTS, SEEN, TABLE


def test_every_agent_is_on_the_page_with_every_row() -> None:
    (text,) = enforcement_pages(Path("x")).values()
    assert set(TITLES) == set(TABLE) == set(SEEN) == set(FAULTS) == set(LIMITS) == set(STANDS_IN)
    for agent, rows in TABLE.items():
        section = text.split(f"\n## {TITLES[agent]}\n")[1].split("\n## ")[0]
        for key, cells in rows.items():
            assert KINDS.get(key, key).lower() in section.lower()
            for outcome, (carried, _) in cells.items():
                assert f"| {outcome} | {'itself' if carried == outcome else carried} |" in section
        assert section.count("\n- ") == len(LIMITS[agent])
    assert "[run]" not in text
    assert "Never run here" in text.split("\n## Cursor\n")[1].split("\n## ")[0]
