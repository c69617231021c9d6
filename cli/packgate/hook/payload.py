"""What the agent wrote to standard input: bounded, decoded, or a `Failure` that says what is wrong with it."""

from __future__ import annotations

from packgate.hook.failure import Failure
from packgate.hook.files import read_up_to
from packgate.hook.plain_json import DeepJson, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# An agent that writes a whole file sends its text.
LARGEST = 16 * 1024 * 1024
# So much more is read and thrown away, lest the agent be stopped by a pipe that nobody reads.
_DISCARDED = 1024 * 1024 * 1024


def read_payload(handle: int, largest: int = LARGEST) -> bytes:
    """All that stands on a descriptor, up to its end. Raises `Failure`: nothing, too much, or it can't be read."""
    try:
        data = read_up_to(handle, largest + 1)
        if len(data) > largest:
            _discard(handle)
            raise Failure("payload-too-large", f"more than {largest // 1024 // 1024} MiB")
    except OSError:
        raise Failure("payload-missing", "standard input is closed") from None
    if not data.strip():
        raise Failure("payload-missing", "standard input is empty")
    return data


def decode_payload(data: bytes) -> Any:
    """The JSON value of a payload. Raises `Failure`."""
    try:
        return read(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Failure("payload-not-utf8", f"byte {error.start}") from None
    except DeepJson:
        raise Failure("payload-too-deep") from None
    except ValueError:
        raise Failure("payload-not-json", f"{len(data)} bytes") from None


def _discard(handle: int) -> None:
    import os

    left = _DISCARDED
    while left > 0:
        part = os.read(handle, 1 << 20)
        if not part:
            return
        left -= len(part)
