"""What the hook remembers of sessions and users between its processes, in small files beside the log: denials, and what was touched before.

A name is kept as a digest. The files weigh; the log is what proves.
"""

from __future__ import annotations

from packgate.engine.risk import DENIAL_SECONDS, LEARNING, History, touched
from packgate.hook.denials import append_line, earlier, plain_name
from packgate.hook.files import read_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.hook.denials import Denials
    from packgate.hook.settings import Settings
    from packgate.model.action import Action
    from packgate.model.decision import Decision

SEEN = "seen"
# A file of so many bytes holds some thousand names; beyond that nothing is unusual any more.
_LARGEST = 64 * 1024
# One action of a user who is not known yet.
_ACTION = "a"
_RUNS = ("allow", "alert", "redact")


class Past:
    """The past of one request. ``now``: seconds since 1970."""

    __slots__ = ("_denials", "_lines", "_now", "_path", "_seen")

    def __init__(self, denials: Denials, settings: Settings, user: str | None, now: float) -> None:
        self._denials = denials
        self._now = now
        self._path = None
        if settings.log is not None and user:
            self._path = f"{settings.log.rpartition('/')[0]}/{SEEN}/{plain_name(user)}"
        data = b"" if self._path is None else read_regular(self._path, _LARGEST) or b""
        self._lines = data.decode("ascii", "replace").split("\n")
        self._seen = set(self._lines)

    @property
    def _is_known(self) -> bool:
        return self._path is not None and self._lines.count(_ACTION) >= LEARNING and sum(map(len, self._lines)) < _LARGEST - 4096

    def history(self, _action: Action) -> History:
        """The history of an action."""
        recent = [time for time in earlier(self._denials) if 0 <= self._now - time <= DENIAL_SECONDS]
        return History(len(recent), _Names(self._seen) if self._is_known else None)

    def note(self, action: Action, decision: Decision) -> None:
        """Remember what an action that runs touches. What can't be kept is told in the decision's notes."""
        if self._path is None or decision.decision not in _RUNS or len(self._lines) * 17 > _LARGEST:
            return
        fresh = [line for line in dict.fromkeys(map(_digest, touched(action, decision.analysis))) if line not in self._seen]
        if self._lines.count(_ACTION) < LEARNING:
            fresh.append(_ACTION)
        if fresh:
            self._lines += fresh
            self._seen.update(fresh)
            try:
                append_line(self._path, "\n".join(fresh), _LARGEST)
            except OSError as error:
                decision.notes.append(f"what this user touches can't be remembered: {error.strerror}")


class _Names:
    """Names of which the digests are known."""

    __slots__ = ("_digests",)

    def __init__(self, digests: set[str]) -> None:
        self._digests = digests

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _digest(name) in self._digests


def _digest(name: str) -> str:
    from packgate.engine.identity import digest_of

    return digest_of(name)[:16]
