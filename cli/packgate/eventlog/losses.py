"""Records that could not be written: a byte for each, in a file beside the log, which tells of them itself once it can be written again."""

from __future__ import annotations

LOST = ".lost"


def lost(path: str) -> int:
    """How many records of a log could not be written, as far as that could be counted."""
    import os

    try:
        return os.stat(path + LOST).st_size
    except OSError:
        return 0


def count_losses(path: str, number: int = 1) -> bool:
    """Count records that could not be written; whether that was possible."""
    import os

    try:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        handle = os.open(path + LOST, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        try:
            return os.write(handle, b"." * number) == number
        finally:
            os.close(handle)
    except (OSError, ValueError):
        # Whoever asked is told by `LogError` anyway.
        return False
