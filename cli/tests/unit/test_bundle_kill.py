"""`kill -9` at every write: of an activation, which leaves the old bundle or the new one whole; of a publication, likewise for readers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bundle_host import Network, Point, Publisher
from bundle_maker import make_bundle

from packgate.bundle.keys import rotate

TESTS = Path(__file__).resolve().parents[1]
NEWER = "2026-02-02T00:00:00Z"


@pytest.fixture
def publisher(tmp_path):
    made = Publisher(tmp_path)
    made.publish(1)
    Point(tmp_path / "point", made.root, Network()).pull(str(made.public))
    made.copy("first")
    return made


def run(what, folder):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    command = [sys.executable, str(TESTS / "kill_at_every_write.py"), what, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(("what", "before"), [("pull", 1), ("first-pull", None)])
def test_a_killed_activation(publisher, what, before) -> None:
    rotate(publisher.keys, ["timestamp", "root"], NEWER)
    publisher.publish(2, at=NEWER, assignments=b"assignments: []\n")
    seen = run(what, publisher.place)
    # The old one until the one step that activates, the new one from then on, and nothing else ever.
    step = seen.index(2)
    assert seen == [before] * step + [2] * (len(seen) - step)
    assert step > 25
    assert len(seen) > step + 1


def test_a_killed_publication(publisher) -> None:
    rotate(publisher.keys, ["timestamp", "snapshot"], NEWER)
    name, data = make_bundle(publisher.place / "repo", 2)
    (publisher.place / f"new-{name}").write_bytes(data)
    seen = run("publish", publisher.place)
    step = seen.index(2)
    assert seen == [1] * step + [2] * (len(seen) - step)
    assert step > 15
    assert len(seen) > step + 1
