"""Masking by what an action holds: a secret that its context gave away is hidden wherever it is quoted.

In `mysql --password hunter22` the flag tells that the next word is a secret. A list of the command's arguments has the word
alone, and no detector would find it there.
"""

from __future__ import annotations

import re

from packgate.guard.detectors import mask, masking, personal, redact, scan_of
from packgate.guard.markers import marker as marker_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.guard.scan import Scan

    # A secret, what finds it where it is not found by itself, and its marker.
    Hidden = tuple[str, re.Pattern[str] | None, str]

# A shorter secret is no secret, and its letters stand in too many other words.
_SHORTEST = 4
# Of this length a secret is hardly part of a word by chance.
_TELLING = 8
# What of an action says who acts, and where.
WHO = frozenset(("actor", "repo"))
# Parts of names whose values are secrets.
_NAMES = ("pass", "token", "secret", "key", "pwd", "auth", "cred")


def texts(value: object) -> list[str]:
    """Every text in plain data, in order, however deep; an entry of a mapping whose name tells of a secret as ``name=value`` too."""
    found: list[str] = []
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            for key, inner in reversed(item.items()):
                left.append(inner)
                if isinstance(inner, str) and key not in _OTHER_NAMES and _tells(str(key).lower()):
                    left.append(f"{key}={inner}")
        elif isinstance(item, (list, tuple)):
            left.extend(reversed(item))
    return found


# Keys of every action, which are looked at without end.
_OTHER_NAMES = frozenset(("surface", "command", "shell", "cwd", "home", "name", "root", "branch", "default_branch", "path", "id"))


def _tells(name: str) -> bool:
    return any(word in name for word in _NAMES)


def known_secrets(sources: Iterable[str], scan: Scan | None = None) -> dict[str, str]:
    """The secrets in these texts, each with the id of its detector. ``scan``: what to look for, default is what masking does."""
    found: dict[str, str] = {}
    looked = masking() if scan is None else scan
    for text in sources:
        for start, end, id in looked.hits(text):
            if end - start >= _SHORTEST:
                found.setdefault(text[start:end], id)
    return found


def needs_masking(sources: list[str], quoted: list[str]) -> bool:
    """Whether anything of ``quoted`` could be a secret: by itself, or because ``sources`` hold one at all. Much cheaper than masking."""
    # Searched in one go, each text as lines of its own: most of what is quoted stands in the sources.
    return bool(masking().hits("\n".join([*sources, *quoted])))


class Hiding:
    """Hides the secrets of some texts, and whatever detectors find, wherever they are quoted: called with a text. The sources are searched
    when that is first needed. ``wanted``: names of detectors that policies look with; what those for personal data find in ``people``
    (default: the sources) is hidden too."""

    __slots__ = ("_hidden", "_named", "_people", "_scan", "_sources")

    def __init__(self, sources: Sequence[str], wanted: Iterable[str] = (), people: Sequence[str] | None = None) -> None:
        self._sources = sources
        self._people = sources if people is None else people
        names = personal(wanted)
        self._scan = scan_of(names) if names else None
        self._hidden: list[Hidden] | None = None
        self._named: list[Hidden] = []

    def __call__(self, text: str) -> str:
        """The text with all of that hidden."""
        if len(text) < _SHORTEST:
            return text
        self._search()
        text = _replaced(text, self._named)
        text = self.secrets(text)
        return text if self._scan is None else redact(text, self._scan)

    def secrets(self, text: str) -> str:
        """The text with secrets hidden and personal data left: for what says who acts, and where."""
        if len(text) < _SHORTEST:
            return text
        return mask(_replaced(text, self._search()))

    def _search(self) -> list[Hidden]:
        if self._hidden is None:
            self._hidden = _patterns(known_secrets(self._sources))
            if self._scan is not None:
                self._named = _patterns(known_secrets(self._people, self._scan))
        return self._hidden


def _patterns(secrets: dict[str, str]) -> list[Hidden]:
    return [(secret, _whole(secret), marker_of(name, secret)) for secret, name in _longest_first(secrets)]


def _replaced(text: str, hidden: list[Hidden]) -> str:
    for secret, pattern, marker in hidden:
        text = text.replace(secret, marker) if pattern is None else pattern.sub(marker, text)
    return text


def mask_with(sources: Sequence[str], wanted: Iterable[str] = (), people: Sequence[str] | None = None) -> Hiding:
    """A function that hides the secrets of ``sources`` and whatever detectors find (see `Hiding`)."""
    return Hiding(sources, wanted, people)


def _longest_first(secrets: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(secrets.items(), key=lambda item: (-len(item[0]), item[0]))


def _whole(secret: str) -> re.Pattern[str] | None:
    """What finds a short secret where it is not part of a longer word, which behind a short flag (``-pSECRET``) it is not; None for a long
    one, which is found anywhere."""
    if len(secret) >= _TELLING:
        return None
    before = r"(?:(?<![A-Za-z0-9])|(?<=-[A-Za-z]))" if secret[0].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if secret[-1].isalnum() else ""
    return re.compile(before + re.escape(secret) + after)
