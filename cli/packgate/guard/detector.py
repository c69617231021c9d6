"""What a detector is: one row of the tables."""

from __future__ import annotations

import re

SECRET = "secret"
PERSONAL = "personal"


class Detector:
    """One kind of secret or personal data.

    ``starts``: exact texts that a hit begins with, at the start of a word; ``words``: texts, in any letter case, at which the pattern is
    tried wherever they stand. One of them must be there, which makes a miss cheap. ``pattern`` is matched where they stand (``back``
    characters before); its group ``secret`` is the hit, without one the whole match. ``check`` names a validator (`checks`), ``groups`` the
    sets that it belongs to. ``examples`` are documented values that are no secrets. ``loose``: tells by what stands around, and hides too
    much rather than too little: for masking what is printed, in no set. ``needs``: a library without which it can't look. ``short``: a
    hit can be shorter than the runs that `gate` looks for.
    """

    __slots__ = (
        "_compiled", "_grown", "back", "check", "examples", "groups", "grows", "id", "kind", "loose", "needs", "pattern", "short",
        "starts", "title", "words",
    )

    def __init__(
        self, id: str, title: str, pattern: str, *, starts: tuple[str, ...] = (), words: tuple[str, ...] = (), check: str = "",
        groups: tuple[str, ...] = (), examples: tuple[str, ...] = (), back: int = 0, grows: str = "", loose: bool = False,
        kind: str = SECRET, needs: str = "", short: bool = False,
    ) -> None:
        self.id = id
        self.title = title
        self.pattern = pattern
        self.starts = starts
        self.words = words
        self.check = check
        self.groups = groups
        self.examples = examples
        self.back = back
        # Characters that a hit goes on with beyond what the pattern, whose repeats are bounded, has seen.
        self.grows = grows
        self.loose = loose
        self.kind = kind
        self.needs = needs
        self.short = short or loose or kind == PERSONAL
        self._compiled: re.Pattern[str] | None = None
        self._grown: re.Pattern[str] | None = None

    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first needed."""
        if self._compiled is None:
            self._compiled = re.compile(self.pattern)
        return self._compiled

    def expressions(self) -> tuple[str, ...]:
        """Every regular expression that it uses."""
        return (self.pattern, f"{self.grows}+") if self.grows else (self.pattern,)

    def end(self, text: str, end: int) -> int:
        """Where a hit that the pattern ends at ``end`` really ends."""
        if not self.grows:
            return end
        if self._grown is None:
            self._grown = re.compile(f"{self.grows}+")
        more = self._grown.match(text, end)
        return end if more is None else more.end()
