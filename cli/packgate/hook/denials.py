"""When a session was denied something, kept in a small file for each session: every decision is a process of its own, and repeated denials
end a session where a pack says so (`terminate_after`).

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
_LONGEST_NAME = 100
# Files that nobody wrote to for so long are of sessions that are over.
_FORGOTTEN = 24 * 60 * 60


class Denials:
    """The denials of one session. ``path``: their file; None where there is no session, or no place for it."""

    __slots__ = ("_path",)

    def __init__(self, request: Request, settings: Settings) -> None:
        self._path: str | None = None
        if settings.log is not None and request.session:
            name = f"{request.agent}-{request.session}"[:_LONGEST_NAME]
            plain = "".join(char if char.isascii() and (char.isalnum() or char == "-") else "_" for char in name)
            self._path = f"{settings.log.rpartition('/')[0]}/{FOLDER}/{plain}"

    def judge(self, decision: Decision, gate: Gate, now: float) -> None:
        """Count a denial, and make it a termination when it reaches the limit of a pack. ``now``: seconds since 1970. What can't be
        counted is told in the decision's notes; the denial stays one."""
        if self._path is None or decision.decision != "deny" or not any(pack.terminate_after for pack in gate.engine.packs):
            return
        terminate_repeated(decision, gate.engine.packs, _read(self._path), now)
        try:
            _note(self._path, int(now))
        except OSError as error:
            decision.notes.append(f"the denials of this session can't be counted: {error.strerror}")


def _read(path: str) -> list[float]:
    data = read_regular(path, _LARGEST) or b""
    return [float(line) for line in data.decode("ascii", "replace").split("\n") if line.isdigit()]


def _note(path: str, now: int) -> None:
    """Add a line to the file of a session; a new one sweeps away those of sessions that are over. Raises `OSError`."""
    import os

    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    folder = path.rpartition("/")[0]
    if not os.path.isdir(folder):
        os.makedirs(folder, 0o700, exist_ok=True)
    fresh = not os.path.lexists(path)
    handle = os.open(path, flags, 0o600)
    try:
        # Beyond the limit nothing more is learnt, and the file stays small.
        if os.fstat(handle).st_size < _LARGEST:
            os.write(handle, b"%d\n" % now)
    finally:
        os.close(handle)
    if fresh:
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
