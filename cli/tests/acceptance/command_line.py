"""Runs the real command line: in this process, or as a program of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from packgate.cli import run

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Done:
    """What a run left: exit code and output."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Both outputs."""
        return self.out + self.err


def packgate(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> Done:
    """`packgate ARGUMENTS`, with bytes on standard input, in a folder."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    source = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.chdir(cwd or os.getcwd()))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        stack.enter_context(mock.patch.object(sys, "stdin", source))
        code = run(list(arguments))
        out.flush()
        err.flush()
    return Done(code, _text(out), _text(err))


def program(*arguments: str, stdin: bytes = b"", cwd: Path | None = None, **environment: str) -> Done:
    """The same as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "packgate", *arguments], input=stdin, capture_output=True, cwd=cwd, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "cli"), **environment},
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


HEADER = """\
name: {name}
title: Policies of {name}
version: 1.0.0
owners: [security]
{more}threats:
  layer:
    title: Layer
    description: What goes wrong.
"""

DELETION = """\
policies:
  - id: {id}
    title: Delete a migration
    threat: layer
    impact: risky
    rationale: A migration that has run must not go away.
    when: [delete-file]
    if: {{path: ./migrations/**}}
    then: warn
    message: Add a new migration instead.
    tests:
      must_fire:
        - prompt: Remove the first migration.
          command: rm migrations/0001.sql
      must_not_fire:
        - prompt: Remove the build.
          command: rm build/out.txt
"""


def write_pack(packs: Path, name: str = "mine", policies: str | None = None, more: str = "") -> Path:
    """A pack with one file of policies; returns its folder."""
    folder = packs / name
    (folder / "policies").mkdir(parents=True)
    (folder / "pack.yaml").write_text(HEADER.format(name=name, more=more), encoding="utf-8")
    (folder / "policies" / "layer.yaml").write_text(policies or DELETION.format(id=f"{name}-deletion"), encoding="utf-8")
    return folder
