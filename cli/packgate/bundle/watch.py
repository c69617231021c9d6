"""Watch: pull again and again, at intervals that differ a little, and ever more rarely while it fails."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.bundle.pull import Pulled
    from packgate.bundle.refusals import Refused

_LONGEST = 3600.0


@dataclass
class Pace:
    """How long to wait. ``interval``: seconds between pulls that went well. Points that start together drift apart: every wait is up to a
    fifth shorter or longer. After a failure the wait begins at a tenth of the interval and doubles, up to an hour or the interval."""

    interval: float
    chance: random.Random = field(default_factory=random.SystemRandom)
    failures: int = 0

    def wait(self, failed: bool) -> float:
        """Seconds until the next pull, after one that failed or did not."""
        self.failures = self.failures + 1 if failed else 0
        seconds = self.interval
        if failed:
            seconds = min(self.interval / 10 * 2 ** min(self.failures - 1, 30), max(self.interval, _LONGEST))
        return seconds * self.chance.uniform(0.8, 1.2)


def keep_pulling(
    once: Callable[[], tuple[Pulled | None, Refused | None]], pace: Pace, sleep: Callable[[float], bool],
    report: Callable[[Pulled | None, Refused | None, float], None],
) -> None:
    """Pull until ``sleep`` (seconds) says that it was woken to stop. ``once`` pulls; ``report`` hears the end and the wait."""
    while True:
        pulled, refused = once()
        seconds = pace.wait(refused is not None)
        report(pulled, refused, seconds)
        if sleep(seconds):
            return
