"""What real agents keep of the sessions of `benchmarks/transcript_sessions.py` is imported as the fixtures are: a version whose records have
changed is noticed here.

Not part of the quick suite: `pytest -m agents cli/tests/agents`, with the agents named as `packgate conform --help` says.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter

import pytest
from recorded_sessions import AGENTS, FOLDER, actions, events_of, recorded

from packgate.conform.lane import Absent

pytestmark = pytest.mark.agents


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_of_today_is_imported_as_the_recorded_one(agent, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER.parents[1] / "benchmarks"))
    import transcripts

    engine = transcripts.LANES[agent]().find(None, os.environ)
    if isinstance(engine, Absent):
        pytest.skip(engine.reason)
    new, old = tmp_path / "new", tmp_path / "old"
    old.mkdir()
    for name, text in transcripts.record(agent, engine).items():
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if path.suffix == ".sql":
            base = sqlite3.connect(path.with_suffix(".db"))
            base.executescript(text)
            base.close()
    events, counts = events_of([new], agent)
    assert not counts.damaged
    assert not counts.unknown
    before, _ = events_of(recorded(agent, old))
    assert _done(events) == _done(before)


def _done(events):
    return Counter((each["surface"], each.get("command") or each.get("path") or each.get("tool") or each.get("text")) for each in actions(events))
