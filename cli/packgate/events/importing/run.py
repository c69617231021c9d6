"""An import: files in, events out, one at a time, with the counts of what could be read and what could not."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.events.importing import FORMATS, importer
from packgate.events.importing.event import NONE, events_of
from packgate.events.importing.guess import guessed
from packgate.events.importing.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from packgate.events.importing.event import Context
    from packgate.events.importing.ids import KnownIds

# How many damaged lines are named; all are counted.
_NAMED = 100


@dataclass(slots=True)
class Counts:
    """What an import came to. ``replay``: events by how far they can be decided again; ``reasons``: why not, by replay and reason;
    ``inner``: calls that touch nothing outside their agent; ``repeated``: events that were known; ``assumed``: what of the context is;
    ``unknown``: kinds of records that no importer has heard of; ``damaged``: lines that can't be read, the first hundred as (file,
    line, why)."""

    files: Counter[str] = field(default_factory=Counter)
    guessed: dict[str, str] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    events: int = 0
    surfaces: Counter[str] = field(default_factory=Counter)
    replay: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    sessions: int = 0
    inner: int = 0
    repeated: int = 0
    assumed: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    damages: list[tuple[str, int, str]] = field(default_factory=list)

    def damage(self, file: str, line: int, why: str) -> None:
        """Count a damaged line."""
        self.damaged += 1
        if len(self.damages) < _NAMED:
            self.damages.append((file, line, why))

    def count(self, event: dict[str, Any]) -> None:
        """Count an event."""
        outcome = event["outcome"]
        self.events += 1
        self.replay[outcome["replay"]] += 1
        self.assumed.update(outcome["assumed"])
        for reason in outcome["reasons"]:
            self.reasons[outcome["replay"], reason.partition(":")[0]] += 1
        if outcome["replay"] != NONE:
            self.surfaces[event["action"]["surface"]] += 1


def listed(paths: Sequence[Path], format: str | None, guesses: dict[str, str]) -> Iterator[tuple[Path, str | None]]:
    """The files of paths, sorted, each with its format; of a folder those that are of the format, or of one that can be told. None stands
    for a file of a folder that is none of these. ``guesses`` is filled with what was told of files that were named. Raises `UserError` for
    what can't be read or told."""
    for path in paths:
        if path.is_dir():
            for file in _below(path, format):
                yield file, format or _told(file)
            continue
        found = format or _told(path)
        if found is None:
            raise UserError(f"{path}: its format can't be told", f"name it with --from: {', '.join(FORMATS)}")
        if format is None:
            guesses[str(path)] = found
        yield path, found


def _below(folder: Path, format: str | None) -> Iterator[Path]:
    patterns = FORMATS[format][1] if format is not None else ("*",)
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root, name)
            # Neither pipes nor devices, which could be waited for without end.
            if any(fnmatch(name, pattern) for pattern in patterns) and path.is_file():
                yield path


def _told(path: Path) -> str | None:
    try:
        return guessed(path)
    except OSError as error:
        raise UserError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from None


def imported(
    files: Iterable[tuple[Path, str | None]], context: Context, known: KnownIds, counts: Counts, *, outputs: bool = False,
    advance: Callable[[int], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """The events of files that are not known yet, in the order of the records. ``counts`` is filled on the way. Raises `UserError` for a
    file that can't be read."""
    def is_new(id: str) -> bool:
        new = known.add(id)
        counts.repeated += not new
        return new

    for path, format in files:
        if format is None:
            counts.passed_over.append(str(path))
            continue
        counts.files[format] += 1
        source = Source(path, str(path), counts.damage, counts.unknown, outputs, advance)
        session, place = None, os.path.realpath(path)
        try:
            for found in importer(format).read(source):
                if found.session != session:
                    session = found.session
                    counts.sessions += 1
                if not found.actions and found.reason is None:
                    counts.inner += 1
                for event in events_of(found, format, str(path), place, context, is_new):
                    counts.count(event)
                    yield event
        except OSError as error:
            raise UserError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from None


