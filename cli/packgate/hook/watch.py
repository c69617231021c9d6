"""A watch over the process that decides: it answers when that one is too slow, is killed, or hangs in the kernel.

The work is done by a child; the parent only waits. A child that is out of memory, stuck in a long call of C code or in a file system that
does not answer can't be relied on to notice its own deadline, and can't be waited for either.
"""

from __future__ import annotations

from packgate.hook.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# After the deadline the signal comes again and again: the first may arrive just before the parent begins to wait.
_AGAIN = 0.05
# A child that nobody watches any more ends itself so long after the deadline.
_LEFT_ALONE = 2.0
# Before the result, after the lines: then its length (8 bytes) and itself.
_RESULT = b"\0"


class _Late(Exception):
    """The deadline has passed."""


def watched(work: Callable[[Callable[[bytes], None]], bytes], seconds: float) -> tuple[bytes, list[bytes], Failure | None]:
    """Do ``work`` in a child process, and give what it returns, what it told before, and why it returned nothing.

    ``work`` is called with a function that tells the parent a line beforehand, of ASCII without control characters. The failure is
    `time-out` or `killed`; then the result is empty. The child has no standard output and no standard error: what an agent reads comes
    from the parent alone.
    """
    import os
    from time import monotonic

    began = monotonic()
    source, sink = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(source)
        os.close(sink)
        return _alone(work, seconds)
    if child == 0:
        os.close(source)
        _work(work, sink, seconds)
    os.close(sink)
    data, late = _wait(source, seconds)
    # On a busy machine the child may have ended itself before this process was woken.
    late = late or monotonic() - began >= seconds
    os.close(source)
    _finish(child, late)
    lines, _, rest = data.partition(_RESULT)
    told = lines.split(b"\n")[:-1]
    if len(rest) >= 8 and len(rest) - 8 == int.from_bytes(rest[:8], "little"):
        return rest[8:], told, None
    return b"", told, Failure("time-out", f"{round(seconds * 1000)} ms") if late else Failure("killed")


def _work(work: Callable[[Callable[[bytes], None]], bytes], sink: int, seconds: float) -> None:
    """The child. It ends here, whatever happens."""
    import os

    try:
        _end_alone(seconds + _LEFT_ALONE)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        result = work(lambda line: _send(sink, line + b"\n"))
        _send(sink, _RESULT + len(result).to_bytes(8, "little") + result)
    finally:
        # Neither handlers nor buffers of the parent are for this process.
        os._exit(0)


def _alone(work: Callable[[Callable[[bytes], None]], bytes], seconds: float) -> tuple[bytes, list[bytes], Failure | None]:
    """Without a child, where the system gives no more processes: the signal interrupts the work itself."""
    told: list[bytes] = []
    _alarm(seconds)
    try:
        result = work(told.append)
        _alarm(0)
        return result, told, None
    except _Late:
        return b"", told, Failure("time-out", f"{round(seconds * 1000)} ms")
    finally:
        _alarm(0)


def _wait(source: int, seconds: float) -> tuple[bytes, bool]:
    """All that the child sends until it ends or the time is over, and whether it is."""
    import os

    parts: list[bytes] = []
    late = False
    try:
        _alarm(seconds)
        while True:
            part = os.read(source, 1 << 16)
            if not part:
                break
            parts.append(part)
        _alarm(0)
    except _Late:
        late = True
    while True:
        try:
            _alarm(0)
            return b"".join(parts), late
        except _Late:
            late = True


def _finish(child: int, late: bool) -> None:
    """Leave no process behind; one that hangs in the kernel is left to the system."""
    import os

    try:
        if late:
            os.kill(child, 9)
            os.waitpid(child, os.WNOHANG)
        else:
            os.waitpid(child, 0)
    except OSError:
        return


def _send(sink: int, data: bytes) -> None:
    import os

    rest = memoryview(data)
    while rest:
        rest = rest[os.write(sink, rest):]


def _alarm(seconds: float) -> None:
    """Raise `_Late` in this process after some seconds, again and again; 0 ends that."""
    signals = __import__("_signal")
    signals.signal(signals.SIGALRM, _raise_late if seconds else signals.SIG_IGN)
    signals.pthread_sigmask(signals.SIG_UNBLOCK, [signals.SIGALRM])
    signals.setitimer(signals.ITIMER_REAL, seconds, _AGAIN if seconds else 0)


def _end_alone(seconds: float) -> None:
    signals = __import__("_signal")
    signals.signal(signals.SIGALRM, signals.SIG_DFL)
    signals.pthread_sigmask(signals.SIG_UNBLOCK, [signals.SIGALRM])
    signals.setitimer(signals.ITIMER_REAL, seconds)


def _raise_late(*_: object) -> None:
    raise _Late
