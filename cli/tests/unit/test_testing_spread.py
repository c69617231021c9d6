"""Work that is spread over processes gives what it gives in one."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

import pytest

from packgate.testing import spread as module
from packgate.testing.spread import processors, spread


def squares(part: Sequence[int]) -> list[int]:
    return [number * number for number in part]


@pytest.mark.parametrize("count", [0, 1, 249, 250, 500, 501, 1000, 5003])
@pytest.mark.parametrize("available", [1, 2, 3, 4])
def test_results_keep_their_order(monkeypatch: pytest.MonkeyPatch, count: int, available: int) -> None:
    monkeypatch.setattr(module, "processors", lambda: available)
    found = spread(squares, range(count))
    assert [number for part in found for number in part] == squares(range(count))
    assert len(found) == max(1, min(available, count // 250))


def test_a_part_whose_process_fails_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "processors", lambda: 3)
    here = os.getpid()

    def fragile(part: Sequence[int]) -> list[int]:
        if os.getpid() != here:
            os._exit(7)
        return squares(part)

    assert [number for part in spread(fragile, range(900)) for number in part] == squares(range(900))


def test_an_error_is_raised_here(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(module, "processors", lambda: 3)

    def failing(part: Sequence[int]) -> list[int]:
        if 0 in part:
            raise ValueError("zero")
        return squares(part)

    with pytest.raises(ValueError, match="zero"):
        spread(failing, range(900))


def test_no_process_is_forked_beside_threads() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert processors() == 1
    finally:
        done.set()
        thread.join()
