"""Masking by what an action holds: a secret that its context gave away is hidden wherever it is quoted.

In `mysql --password hunter22` the flag tells that the next word is a secret. A list of the command's arguments has the word
alone, and no detector would find it there.
"""

from __future__ import annotations

import re

from packgate.guard.detectors import DETECTORS, mask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# A shorter secret is no secret, and its letters stand in too many other words.
_SHORTEST = 4
_DEEPEST = 20


def texts(value: object, depth: int = 0) -> list[str]:
    """Every text in plain data, in order; an entry of a mapping as ``name=value``, so that its name counts too."""
    if isinstance(value, str):
        return [value]
    if depth > _DEEPEST:
        return [repr(value)]
    found: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            found.extend([f"{key}={item}", item] if isinstance(item, str) else texts(item, depth + 1))
    elif isinstance(value, (list, tuple)):
        for item in value:
            found.extend(texts(item, depth + 1))
    return found


def known_secrets(sources: Iterable[str]) -> dict[str, str]:
    """The secrets in these texts, each with the id of its detector."""
    found: dict[str, str] = {}
    for text in sources:
        lowered = text.lower()
        for detector in DETECTORS:
            for start, end in detector.find(text, lowered):
                if end - start >= _SHORTEST:
                    found.setdefault(text[start:end], detector.id)
    return found


def mask_with(sources: Iterable[str]) -> Callable[[str], str]:
    """A function that hides the secrets of ``sources`` and whatever detectors find. The sources are searched when it is
    first called with some text."""
    hidden: list[tuple[re.Pattern[str], str]] | None = None

    def hide(text: str) -> str:
        nonlocal hidden
        if len(text) < _SHORTEST:
            return text
        if hidden is None:
            hidden = [(_whole(secret), f"<redacted:{name}>") for secret, name in _longest_first(known_secrets(sources))]
        for pattern, marker in hidden:
            text = pattern.sub(marker, text)
        return mask(text)

    return hide


def _longest_first(secrets: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(secrets.items(), key=lambda item: (-len(item[0]), item[0]))


def _whole(secret: str) -> re.Pattern[str]:
    """The secret where it is not part of a longer word."""
    before = r"(?<![A-Za-z0-9])" if secret[0].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if secret[-1].isalnum() else ""
    return re.compile(before + re.escape(secret) + after)
