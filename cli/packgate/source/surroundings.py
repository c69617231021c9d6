"""The context files of a repository, joined for decisions."""

from __future__ import annotations

from packgate.engine.patterns import check_pattern
from packgate.engine.surroundings import SECTIONS, Surroundings, plain, rooted
from packgate.engine.syntax import PatternError
from packgate.model.policy import Pattern
from packgate.source import codes
from packgate.source.pointer import pointer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from packgate.diagnostics import Diagnostic
    from packgate.source.file import SourceFile

_TYPES = {"repositories": "word", "paths": "path", "hosts": "host"}


def surroundings_of(files: Iterable[SourceFile]) -> Surroundings | None:
    """What context files say of people, repositories, paths and hosts, in the order of the files; None when they say nothing."""
    sections = [file.data for file in files]
    if not any(data.get(name) for data in sections for name in SECTIONS):
        return None
    return Surroundings(plain(sections))


def check_context(source: SourceFile) -> list[Diagnostic]:
    """Patterns of a context file that can't be compiled."""
    found = []
    for place, text, type in _patterns(source.data):
        try:
            check_pattern(Pattern("glob", rooted(text) if type == "path" else text), type)
        except PatternError as error:
            found.append(source.diagnostic(codes.WRONG_FORM, f"not a pattern: {error}", pointer(*place)))
    return found


def _patterns(data: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    for section, type in _TYPES.items():
        for index, item in enumerate(data.get(section) or ()):
            yield from _of_entry((section, index), item, type)
            for number, inner in enumerate(item.get("paths") or ()):
                yield from _of_entry((section, index, "paths", number), inner, "path")


def _of_entry(place: tuple[str | int, ...], item: dict[str, Any], type: str) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    match = item["match"]
    if isinstance(match, str):
        yield (*place, "match"), match, type
        return
    for number, text in enumerate(match):
        yield (*place, "match", number), text, type
