"""Dated results of the long measurements, committed beside them."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "results"


def record(name: str, figures: dict[str, Any]) -> Path:
    """Write ``results/<name>.json``: the figures, the day, and what they were measured on."""
    FOLDER.mkdir(exist_ok=True)
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER, capture_output=True, text=True, check=False)
    result = {
        "measured": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": done.stdout.strip() or None,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        **figures,
    }
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    return path
