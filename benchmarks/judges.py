"""Judges of the syntax of composed scripts, many scripts to a process: bash and dash say what they accept, mvdan/sh what it
reads. Nothing is run: the shells only parse (``-n``)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from readings import Reading
from readings_shfmt import reading_of

# Parses file after file and prints the exit status of each.
PARSE_ALL = 'i=0; while [ $i -lt "$1" ]; do $2 $3 "$i" >/dev/null 2>"$i.err" </dev/null; echo $?; i=$((i+1)); done'
MOST = 40
# Bash tells what is wrong inside `[[ … ]]`, and parses on.
REFUSAL = re.compile(r"conditional|expected `\)'|syntax error|unexpected")
PLACE = re.compile(r"(?:[^:\n]*:)?(\d+):\d+:")


def find_shfmt() -> str | None:
    """The program of mvdan/sh: beside the interpreter (PyPI ``shfmt-py``), else on the path."""
    beside = Path(sys.executable).with_name("shfmt")
    return str(beside) if beside.exists() else shutil.which("shfmt")


@contextmanager
def _files(scripts: list[str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="packgate-syntax-") as folder:
        for number, script in enumerate(scripts):
            Path(folder, str(number)).write_text(script, encoding="utf-8", newline="")
        yield Path(folder)


def accepted(scripts: list[str], shell: str, options: str = "-n") -> list[tuple[bool, str]]:
    """Whether a shell parses each script, and what it said. A heredoc that the end of the file closes is only a warning."""
    with _files(scripts) as folder:
        command = ["/bin/sh", "-c", PARSE_ALL, "sh", str(len(scripts)), shell, options]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env={"LC_ALL": "C.UTF-8"})
        said = [(folder / f"{number}.err").read_text(encoding="utf-8", errors="replace") for number in range(len(scripts))]
    return [(_is_clean(status, errors), errors) for status, errors in zip(done.stdout.split(), said, strict=True)]


def _is_clean(status: str, errors: str) -> bool:
    return status == "0" and REFUSAL.search(errors) is None


def read_shfmt(scripts: list[str], program: str) -> list[Reading | str]:
    """What mvdan/sh reads in each script, or its message where it refuses one."""
    found: list[Reading | str] = []
    for start in range(0, len(scripts), MOST):
        found += _together(scripts[start : start + MOST], program)
    return found


def _together(scripts: list[str], program: str) -> list[Reading | str]:
    """Several scripts as one file. Where it is refused, the script that holds the place that is told is judged alone; if that is
    not it, each half."""
    parts = [script.encode() + b"\n\n" for script in scripts]
    done = subprocess.run([program, "--to-json"], input=b"".join(parts), capture_output=True, check=False)
    if done.returncode == 0:
        return _divided(json.loads(done.stdout).get("Stmts", []), scripts, parts)
    message = done.stderr.decode("utf-8", "replace").strip()
    if len(scripts) == 1:
        return [message]
    guilty = _holder(message, parts)
    alone = _together([scripts[guilty]], program)
    if isinstance(alone[0], str):
        before = _together(scripts[:guilty], program) if guilty else []
        return before + alone + (_together(scripts[guilty + 1 :], program) if guilty + 1 < len(scripts) else [])
    middle = len(scripts) // 2
    return _together(scripts[:middle], program) + _together(scripts[middle:], program)


def _holder(message: str, parts: list[bytes]) -> int:
    """Which script holds the line of a message such as ``3:1: …``."""
    found = PLACE.match(message)
    line = int(found[1]) if found is not None else 1
    for number, part in enumerate(parts):
        line -= part.count(b"\n")
        if line <= 0:
            return number
    return len(parts) - 1


def _divided(statements: list[dict[str, Any]], scripts: list[str], parts: list[bytes]) -> list[Reading | str]:
    out: list[Reading | str] = []
    base = index = 0
    for script, part in zip(scripts, parts, strict=True):
        mine = []
        while index < len(statements) and statements[index]["Pos"]["Offset"] < base + len(part):
            mine.append(statements[index])
            index += 1
        out.append(_moved(reading_of(mine), script, base))
        base += len(part)
    return out


def _moved(reading: Reading, script: str, base: int) -> Reading:
    """A reading with positions in characters of its script."""
    if script.isascii():
        return Reading(
            [(at - base, assigns, words) for at, assigns, words in reading.commands],
            [(at - base, op, target, body) for at, op, target, body in reading.redirects],
            [(at - base, kind, detail) for at, kind, detail in reading.skeleton],
        )
    data = script.encode()

    def place(at: int) -> int:
        return len(data[: at - base].decode("utf-8", "ignore"))

    return Reading(
        [(place(at), assigns, words) for at, assigns, words in reading.commands],
        [(place(at), op, target, body) for at, op, target, body in reading.redirects],
        [(place(at), kind, detail) for at, kind, detail in reading.skeleton],
    )
