"""The watch: whatever becomes of the process that works, the one that waits has an answer in time."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packgate.hook.failure import Failure
from packgate.hook.watch import watched

if TYPE_CHECKING:
    from collections.abc import Callable

_CLI = Path(__file__).resolve().parents[2]


def _code(work: Callable[[Callable[[bytes], None]], bytes], seconds: float) -> tuple[bytes, list[bytes], str | None]:
    result, told, failure = watched(work, seconds)
    assert failure is None or isinstance(failure, Failure)
    return result, told, None if failure is None else failure.code


def test_a_result_comes_back_whole() -> None:
    large = bytes(range(256)) * 20_000

    def work(tell: Callable[[bytes], None]) -> bytes:
        tell(b"one")
        tell(b"two")
        return large

    assert _code(work, 10) == (large, [b"one", b"two"], None)
    assert _code(lambda _: b"", 10) == (b"", [], None)


def _hang(_: Callable[[bytes], None]) -> bytes:
    time.sleep(60)
    return b"late"


def _compute(tell: Callable[[bytes], None]) -> bytes:
    """A long call of C code, which no signal handler of Python interrupts."""
    tell(b"begun")
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    return bytes(pow(3, 10 ** 8) & 255)


def _kill(tell: Callable[[bytes], None]) -> bytes:
    tell(b"begun")
    os.kill(os.getpid(), signal.SIGKILL)
    return b"never"


def _crash(_: Callable[[bytes], None]) -> bytes:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)
    return b"never"


def _raise(_: Callable[[bytes], None]) -> bytes:
    raise KeyboardInterrupt


def _leave(_: Callable[[bytes], None]) -> bytes:
    sys.exit(0)


@pytest.mark.parametrize(("work", "told", "code"), [
    (_hang, [], "time-out"), (_compute, [b"begun"], "time-out"), (_kill, [b"begun"], "killed"), (_crash, [], "killed"),
    (_raise, [], "killed"), (_leave, [], "killed"),
], ids=["hangs", "computes", "killed", "crashes", "raises", "leaves"])
def test_no_result(work: Callable[[Callable[[bytes], None]], bytes], told: list[bytes], code: str) -> None:
    assert _code(work, 0.3) == (b"", told, code)


def test_nothing_is_left_behind() -> None:
    started: list[int] = []

    def work(tell: Callable[[bytes], None]) -> bytes:
        tell(str(os.getpid()).encode())
        time.sleep(60)
        return b""

    _, told, _ = watched(work, 0.2)
    started.append(int(told[0]))
    for _ in range(100):
        try:
            os.waitpid(started[0], os.WNOHANG)
        except ChildProcessError:
            break
        time.sleep(0.02)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_without_another_process_the_work_is_done_here() -> None:
    """Where the system refuses to start one. A process of its own, since the limit holds for all that follows."""
    code = (
        "import os, sys, time\n"
        "from packgate.hook.watch import watched\n"
        "def refuse(): raise OSError(11, 'no more processes')\n"
        "os.fork = refuse\n"
        "print(watched(lambda tell: (tell(b'x'), b'done')[1], 5)[:2], os.getpid() > 0)\n"
        "result, told, failure = watched(lambda tell: time.sleep(30), 0.2)\n"
        "print(result, told, failure.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True,
                          env={**os.environ, "PYTHONPATH": str(_CLI)})
    assert done.stdout == "(b'done', [b'x']) True\nb'' [] time-out\n"
