"""What a delivery remembers between passes: how far the spool was read, and what is still to be sent. A file, replaced in one step."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class State:
    """``held``: alerts to be sent, each with its sink, attempts and the time before which it isn't tried; ``sent``: by sink and likeness,
    when one was sent, and how many like it were not; ``times``: by sink, when alerts were sent within the last minute."""

    offset: int = 0
    held: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, list[int]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)

    def with_fresh(self, alerts: list[dict[str, Any]]) -> State:
        """The state in which a spool that is about to be emptied was read: its alerts are held, for no sink yet."""
        return State(0, [*self.held, *({"alert": alert} for alert in alerts)], self.sent, self.times)


class StateFile:
    """The state at a path."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._written: bytes | None = None

    def read(self) -> State:
        """The state; an empty one where there is none, or one that can't be read: better an alert twice than none."""
        try:
            with open(os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
                data = file.read()
            return _state(json.loads(data))
        except FileNotFoundError:
            return State()
        except (ValueError, TypeError, KeyError):
            return State()

    def write(self, state: State) -> None:
        """Keep the state, on the disk when this returns. Raises `OSError`."""
        data = json.dumps(asdict(state)).encode()
        if data == self._written and os.path.exists(self._path):
            return
        handle = os.open(f"{self._path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        os.replace(f"{self._path}.new", self._path)
        self._written = data


def _state(data: Any) -> State:
    """The state of plain data; an item of another form is left out. Raises `ValueError`, `TypeError`, `KeyError`."""
    held = [item for item in data["held"] if isinstance(item.get("alert"), dict) and ("sink" not in item or _is_tried(item))]
    sent = {str(key): [int(said[0]), int(said[1])] for key, said in data["sent"].items()}
    times = {str(name): [float(time) for time in found] for name, found in data["times"].items()}
    return State(int(data["offset"]), held, sent, times)


def _is_tried(item: dict[str, Any]) -> bool:
    return isinstance(item["sink"], str) and isinstance(item.get("attempts"), int) and isinstance(item.get("after"), (int, float))
