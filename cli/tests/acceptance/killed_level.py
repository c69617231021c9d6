"""A program for tests: runs `packgate level ARGUMENTS` again and again, and kills itself with SIGKILL at one more point each time.

    python killed_level.py TEMPLATE FOLDER REPORT STRIDE ARGUMENTS…

TEMPLATE is a repository, copied to FOLDER before each run. A point is before or after anything that can be seen from outside: a git
process, a file that is replaced, removed or renamed. Of these every STRIDE-th is taken. For each, a line of JSON goes into REPORT: what was there right after the kill, and
what was there once the next `packgate level` had recovered it. The last line is of the run that nobody killed.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from level_repository import files_of, git, state

from packgate.cli import run
from packgate.gitio.writing import WritableRepository
from packgate.level.transaction import pending, recover

_STEPS = [(os, name) for name in ("replace", "unlink", "rmdir", "rename", "remove", "makedirs")] + [(WritableRepository, "_run")]
_ORIGINALS = [getattr(owner, name) for owner, name in _STEPS]


def _watch(point: int) -> None:
    """Let this process die at a point: even ones are before, odd ones after a step."""
    passed = 0

    def step(original: Any) -> Any:
        def watched(*arguments: Any, **named: Any) -> Any:
            nonlocal passed
            for after in (0, 1):
                if passed == point:
                    os.kill(os.getpid(), signal.SIGKILL)
                passed += 1
                if not after:
                    result = original(*arguments, **named)
            return result

        return watched

    for (owner, name), original in zip(_STEPS, _ORIGINALS, strict=True):
        setattr(owner, name, step(original))


def _copy(template: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder, symlinks=True, ignore=shutil.ignore_patterns("hooks", "logs", "info"))
    git(folder, "update-index", "-q", "--refresh")


def _run_here(folder: Path, arguments: list[str]) -> int:
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return run(["level", *arguments])


def _run_killed(folder: Path, arguments: list[str], point: int) -> int:
    # What is left of git's processes ends here, not in the child, which would wait for them in vain.
    gc.collect()
    child = os.fork()
    if child == 0:
        _watch(point)
        os._exit(_run_here(folder, arguments))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(template: Path, folder: Path, report: Path, every: int, arguments: list[str]) -> None:
    """Points one after the other, until a run ends by itself: each ``every``-th from when the journal is written on. Before, when there are
    objects at most, eight times as few will do."""
    stride, point, begun = 8 * every, 0, False
    # A first run in this process: what it imports is there for every one that follows.
    _copy(template, folder)
    _run_here(folder, arguments)
    with report.open("w", encoding="utf-8") as file:
        while True:
            _copy(template, folder)
            code = _run_killed(folder, arguments, point)
            if not begun and (code != -signal.SIGKILL or pending(WritableRepository(str(folder))) is not None):
                begun, stride, point = True, every, point - stride + every
                continue
            found: dict[str, Any] = {"code": code, "point": point, "tree": git(folder, "rev-parse", "HEAD^{tree}"), "files": files_of(folder)}
            recover(WritableRepository(str(folder)), lambda _: list)
            found["state"] = state(folder)
            file.write(json.dumps(found) + "\n")
            if code != -signal.SIGKILL:
                return
            point += stride


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
