"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARNING, PROBLEM = "ok", "warning", "problem"


@dataclass(frozen=True, slots=True)
class Result:
    """``check``: its name; ``state``: `OK`, `WARNING` or `PROBLEM`; ``path``: the file that it is about; ``repair``: what to do."""

    check: str
    state: str
    message: str
    path: str
    repair: str | None = None
