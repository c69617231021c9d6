"""What a target offers (`target.Target`) that has no patterns of its own: for commands, for paths, or for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.render.spelling import Spelling


def command_patterns(spelling: Spelling) -> tuple[str, ...]:
    """None."""
    return ()


def command_matches(pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
    """There are no such patterns."""
    return False


def path_pattern(path: str, tool: str) -> str | None:
    """None."""
    return None


def path_matches(pattern: str, path: str) -> bool:
    """There are no such patterns."""
    return False
