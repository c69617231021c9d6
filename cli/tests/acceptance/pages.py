"""Pages as tests: the files that a page shows are written, its commands run, and what stands below them must be printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from command_line import ROOT

_FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w*\n(.*?)```$", re.DOTALL | re.MULTILINE)
_CONSOLE = re.compile(r"^```console\n(.*?)```$", re.DOTALL | re.MULTILINE)


@dataclass
class Step:
    """A file to write, or a command to run with the lines that it must print."""

    command: str = ""
    expected: list[str] = field(default_factory=list)
    path: str = ""
    text: str = ""


def steps(page: Path) -> list[Step]:
    """The steps of a page, in its order."""
    source = page.read_text(encoding="utf-8")
    found: list[tuple[int, Step]] = [(match.start(), Step(path=match[1], text=match[2])) for match in _FILE.finditer(source)]
    for block in _CONSOLE.finditer(source):
        for number, line in enumerate(block[1].splitlines()):
            if line.startswith("$ "):
                found.append((block.start() + number, Step(command=line[2:])))
            elif line.strip():
                found[-1][1].expected.append(line.strip())
    return [step for _, step in sorted(found, key=lambda item: item[0])]


class Reader:
    """Somebody who follows a page, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        tool = folder / "bin" / "packgate"
        tool.parent.mkdir()
        tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m packgate "$@"\n', encoding="utf-8")
        tool.chmod(0o755)
        self.folder = folder / "work"
        self.folder.mkdir()
        self.environment = {
            "PATH": f"{tool.parent}:{os.environ['PATH']}", "HOME": str(folder), "PYTHONPATH": str(ROOT / "cli"), "LC_ALL": "C.UTF-8",
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(folder / "cache")),
        }

    def follow(self, step: Step) -> None:
        """Do a step. Raises `AssertionError` when a command ends or prints otherwise than the page says."""
        if step.path:
            path = self.folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
        elif step.command.startswith("cd "):
            self.folder = self.folder / step.command[3:]
        else:
            self._run(step)

    def _run(self, step: Step) -> None:
        done = subprocess.run(
            ["bash", "-c", step.command], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        output = done.stdout + done.stderr
        wanted = next((int(line[5:]) for line in step.expected if re.fullmatch(r"exit \d+", line)), 0)
        assert done.returncode == wanted, f"$ {step.command}\nexit {done.returncode}\n{output}"
        for line in step.expected:
            if not re.fullmatch(r"exit \d+", line):
                assert line in output, f"$ {step.command}\nlacks {line!r} in\n{output}"
