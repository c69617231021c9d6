"""The interval in which a share lies, seen from a sample."""

from __future__ import annotations

from math import sqrt

# The 97.5 % quantile of the normal distribution: two sides of 2.5 % leave 95 %.
_Z = 1.959963984540054


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, Journal of the American Statistical Association 22, 1927, 209-212).

    It holds for small samples and for shares of 0 and 1, where the textbook's interval has no width at all. Without a sample
    nothing is known: (0, 1). Raises `ValueError` for more hits than there are, or negative numbers.
    """
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no share")
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    square = _Z * _Z
    centre = share + square / (2 * total)
    half = _Z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    scale = 1 + square / total
    low, high = (centre - half) / scale, (centre + half) / scale
    return (0.0 if hits == 0 else max(low, 0.0)), (1.0 if hits == total else min(high, 1.0))
