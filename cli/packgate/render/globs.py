"""Command globs as agents read them: `*` is any text, and ` *` at the end is also nothing."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.render.spelling import Spelling


def spelled(spelling: Spelling) -> tuple[str, ...]:
    """Globs for commands that are spelled so. An option stands right behind the words or later: `git push * -f *` needs something in
    between, so that both are written. No star stands within a word, and none in front: what is only text in an argument is left alone."""
    words = " ".join(spelling.words)
    if spelling.option is None:
        return (f"{words} *",)
    return (f"{words} {spelling.option} *", f"{words} * {spelling.option} *")


@functools.lru_cache(maxsize=4096)
def compiled(glob: str) -> re.Pattern[str]:
    """The expression of a glob."""
    bare = glob.removesuffix(" *")
    body = ".*".join(re.escape(part) for part in bare.split("*"))
    return re.compile(body + (r"(?:\s.*)?" if bare != glob else ""), re.DOTALL)


def matches(glob: str, texts: Iterable[str]) -> bool:
    """Whether a glob describes one of the texts as a whole."""
    expression = compiled(glob)
    return any(expression.fullmatch(text) for text in texts)
