"""The nearest of the words that would have been right."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that a typo most likely meant, or None when nothing is close.

    Closeness is the number of inserted, deleted, replaced or swapped letters, letter case and ``-``/``_`` aside; up to a
    third of the word may differ. Ties go to the alphabetically first.
    """
    folded = _fold(word)
    if not folded or len(folded) > 80:
        return None
    best: tuple[int, str] | None = None
    for choice in sorted(set(choices)):
        limit = max(1, min(3, max(len(folded), len(choice)) // 3))
        if abs(len(folded) - len(choice)) > limit:
            continue
        distance = _distance(folded, _fold(choice))
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, choice)
    return best[1] if best else None


def did_you_mean(word: str, choices: Iterable[str], limit: int = 12) -> str | None:
    """A hint: the nearest choice, else the list of choices when it is short enough to read."""
    known = sorted(set(choices))
    found = nearest(word, known)
    if found is not None:
        return f"did you mean '{found}'?"
    if known and len(known) <= limit:
        return "expected one of: " + ", ".join(known)
    return None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")


def _distance(a: str, b: str) -> int:
    """Optimal string alignment distance: edits, and swaps of neighbours."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        following = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1]
