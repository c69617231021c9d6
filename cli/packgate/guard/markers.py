"""What stands in the place of a secret: ``[REDACTED:aws-access-key:3f2a]``.

The last part tells two secrets of one kind apart and one secret in two places as the same. It is the start of a keyed hash (HMAC with
SHA-256), so that nobody without the key can try out guesses, and it is so short that one value in 65,536 has the same. Without a key it is
left out: a hash without one would let short secrets be guessed, and a random key would give another marker in every process.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

PREFIX = "[REDACTED:"
_DIGITS = 4
SHORTEST_KEY = 16
# The key of this process, set once when it starts; empty: none.
_key: list[bytes] = []
_remembered: dict[tuple[str, str], str] = {}
_MOST_REMEMBERED = 1000


def use_key(key: bytes | None) -> None:
    """The key of this process's markers from now on; None for markers without a hash. Raises `ValueError` for one that is too short."""
    if key is not None and len(key) < SHORTEST_KEY:
        raise ValueError(f"a key of fewer than {SHORTEST_KEY} bytes")
    _key[:] = [] if key is None else [key]
    _remembered.clear()


def marker(id: str, secret: str) -> str:
    """What stands for a secret that a detector found."""
    if not _key:
        return f"{PREFIX}{id}]"
    known = _remembered.get((id, secret))
    if known is None:
        import hmac

        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        digest = hmac.digest(_key[0], f"{id}\0{secret}".encode("utf-8", "surrogatepass"), "sha256").hex()[:_DIGITS]
        known = _remembered[(id, secret)] = f"{PREFIX}{id}:{digest}]"
    return known


def pattern() -> Pattern[str]:
    """Finds markers; the groups are the detector and the hash."""
    import re

    return re.compile(r"\[REDACTED:([a-z0-9-]+)(?::([0-9a-f]{4}))?\]")
