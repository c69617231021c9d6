"""When a session was denied something, kept in a small file for each session: every decision is a process of its own, and repeated denials
end a session where a pack says so (`terminate_after`), and raise the risk of what follows.

The files lie beside the event log, readable by their owner alone. They count; the log is what proves.
"""

from __future__ import annotations

from packgate.engine.repeated import terminate_repeated
from packgate.hook.files import read_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.gate import Gate
    from packgate.hook.exchange import Request
    from packgate.hook.settings import Settings
    from packgate.model.decision import Decision

FOLDER = "sessions"
# As many denials as `terminate_after` can ask for, each a line of seconds.
_LARGEST = 1000 * 12
# With more, the oldest are forgotten, so that the next ones count too.
_MOST = 1000
_LONGEST_NAME = 100
# Files that nobody wrote to for so long are of sessions that are over.
_FORGOTTEN = 24 * 60 * 60


class Denials:
    """The denials of one session. ``path``: their file; None where there is no session, or no place for it."""

    __slots__ = ("_path",)

    def __init__(self, request: Request, settings: Settings) -> None:
        self._path: str | None = None
        if settings.log is not None and request.session:
            self._path = f"{settings.log.rpartition('/')[0]}/{FOLDER}/{plain_name(f'{request.agent}-{request.session}')}"

    @property
    def path(self) -> str | None:
        """Their file, which may not be there yet."""
        return self._path

    def judge(self, decision: Decision, gate: Gate, now: float) -> None:
        """Count a denial, and make it a termination when it reaches the limit of a pack. ``now``: seconds since 1970. What can't be
        counted is told in the decision's notes; the denial stays one."""
        if self._path is None or decision.decision != "deny":
            return
        before = _read(self._path)
        terminate_repeated(decision, gate.engine.packs, before, now)
        try:
            if len(before) >= _MOST:
                _keep(self._path, before[1 - _MOST:])
            append_line(self._path, f"{int(now)}", _LARGEST, int(now))
        except OSError as error:
            decision.notes.append(f"the denials of this session can't be counted: {error.strerror}")


def _read(path: str) -> list[float]:
    data = read_regular(path, _LARGEST) or b""
    return [float(line) for line in data.decode("ascii", "replace").split("\n") if line.isdigit()]


def _keep(path: str, times: list[float]) -> None:
    """Let a file hold these alone. What another process adds meanwhile may be lost: it counts towards a limit that is far exceeded."""
    import os

    aside = f"{path}.{os.urandom(4).hex()}"
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, "".join(f"{int(time)}\n" for time in times).encode("ascii"))
    finally:
        os.close(handle)
    os.rename(aside, path)


def earlier(denials: Denials) -> list[float]:
    """When the session was denied something before, in seconds since 1970."""
    return [] if denials.path is None else _read(denials.path)


def plain_name(text: str) -> str:
    """A name that a file can have."""
    return "".join(char if char.isascii() and (char.isalnum() or char == "-") else "_" for char in text[:_LONGEST_NAME])


def append_line(path: str, line: str, largest: int, now: int | None = None) -> None:
    """Add a line to a small file; with ``now``, a new one sweeps away those that nobody wrote to for a day. Raises `OSError`."""
    import os

    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    folder = path.rpartition("/")[0]
    if not os.path.isdir(folder):
        os.makedirs(folder, 0o700, exist_ok=True)
    fresh = not os.path.lexists(path)
    handle = os.open(path, flags, 0o600)
    try:
        # Beyond the limit nothing more is learnt, and the file stays small.
        if os.fstat(handle).st_size < largest:
            os.write(handle, f"{line}\n".encode("ascii"))
    finally:
        os.close(handle)
    if fresh and now is not None:
        _sweep(folder, now)


def _sweep(folder: str, now: int) -> None:
    import os

    for name in os.listdir(folder):
        path = f"{folder}/{name}"
        try:
            if now - os.lstat(path).st_mtime > _FORGOTTEN:
                os.unlink(path)
        except OSError:
            # Another process swept it away before.
            continue
