"""The README's five-minute tour, executed: every `$` line runs, and the lines below it must appear in what it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def steps() -> list[tuple[str, list[str]]]:
    """Commands of the tour with the lines that they must print."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line.strip())
    return found


def test_the_tour_runs_as_it_stands(tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "packgate"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\nexec {sys.executable} -m packgate \"$@\"\n", encoding="utf-8")
    tool.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    environment = {
        "PATH": f"{tool.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "cli"), "LC_ALL": "C.UTF-8",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    folder = work
    assert len(steps()) >= 10
    for command, expected in steps():
        if command.startswith("cd "):
            folder = folder / command[3:]
            continue
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
        output = done.stdout + done.stderr
        wanted = next((int(line[5:]) for line in expected if re.fullmatch(r"exit \d+", line)), 0)
        assert done.returncode == wanted, f"$ {command}\nexit {done.returncode}\n{output}"
        for line in expected:
            if not re.fullmatch(r"exit \d+", line):
                assert line in output, f"$ {command}\nlacks {line!r} in\n{output}"


def test_the_tour_needs_bash() -> None:
    if subprocess.run(["bash", "--version"], capture_output=True, check=False).returncode:
        pytest.skip("bash is absent")
