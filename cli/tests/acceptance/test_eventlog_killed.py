"""The long test of the event log (`benchmarks/eventlog.py`), short: writers that are killed at random lose nothing that was acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "eventlog.py"


def test_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    command = [
        sys.executable, str(_SCRIPT), "--writers", "4", "--lines", "2500", "--seconds-between-kills", "0.03", "--json", str(tmp_path / "figures"),
        "--into", str(tmp_path / "log"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads((tmp_path / "figures").read_text())
    assert figures["lines"] >= 2500
    assert figures["acknowledged"] > 1000
    assert figures["kills"] > 4
    assert (figures["missing"], figures["twice"], figures["errors"]) == (0, 0, 0)
