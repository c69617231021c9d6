"""`packgate events tail`: the newest events, and those that come."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections import deque
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.event_options import file_option, given_or_log, selection_of, selection_options, told
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from packgate.events.reading import Damage, Read

# Seconds between looks at the file.
_PAUSE = 0.2


@click.command("tail")
@file_option
@selection_options
@click.option("-n", "--lines", type=click.IntRange(0), default=10, show_default=True, help="How many events that are there already.")
@click.option("-f", "--follow", is_flag=True, help="Go on with events as they come, until interrupted.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="One line for people, or the event itself.")
def command(files: tuple[str, ...], lines: int, follow: bool, form: str, **given: Any) -> int:
    """Show the newest events.

    \b
    Examples:
      packgate events tail
      packgate events tail -f --verdict deny --verdict require_approval
      packgate events tail -n 50 --file events.jsonl --format json
    """
    from packgate.events.reading import Damage, read, read_stream
    from packgate.eventstore.places import files_of, is_parquet

    selection, damage = selection_of(given), Damage()
    paths = given_or_log(files)
    if not follow:
        for event in deque((event for event in read(paths, damage) if selection.takes(event)), maxlen=lines):
            _print(event, form)
        return told(damage)
    if len(paths) > 1 or os.path.isdir(paths[0]):
        raise UserError("--follow reads one log", "name one --file")
    *older, log = files_of(paths)
    if is_parquet(log):
        raise UserError(f"{log}: a Parquet file does not grow", "--follow reads the log itself")
    try:
        with open(log, "rb") as file:
            there = _WholeLines(file)
            known = os.fstat(file.fileno()).st_ino
            events = chain(read(older, damage), read_stream(there, log, damage))
            for event in deque((event for event in events if selection.takes(event)), maxlen=lines):
                _print(event, form)
    except OSError as error:
        raise UserError(f"{log}: can't be read: {(error.strerror or str(error)).lower()}") from None
    code = told(damage)
    try:
        for event in _coming(Path(log), known, there.place, Damage()):
            if selection.takes(event):
                _print(event, form)
                sys.stdout.flush()
    except KeyboardInterrupt:
        return CLEAN
    return code


class _WholeLines:
    """The lines of a file up to the last that is whole, and where that ends: what is being written is read when it is there."""

    def __init__(self, stream: BinaryIO) -> None:
        self.place = 0
        self._stream = stream

    def readline(self, size: int, /) -> bytes:
        """As that of a file."""
        line = self._stream.readline(size)
        if len(line) < size and not line.endswith(b"\n"):
            return b""
        self.place += len(line)
        return line


def _coming(path: Path, known: int, place: int, damage: Damage) -> Iterator[Read]:
    """Events that are added behind a place of a file, for ever; ``known``: its inode. A file that another one took the place of is read
    from its start."""
    from packgate.events.reading import read_stream

    sys.stdout.flush()
    while True:
        try:
            found = path.stat()
            if found.st_ino != known or found.st_size < place:
                known, place = found.st_ino, 0
            with path.open("rb") as stream:
                stream.seek(place)
                data = stream.read()
        except FileNotFoundError:
            data = b""  # It is being rotated.
        # A line that is not whole is read when it is.
        whole = data.rfind(b"\n") + 1
        yield from read_stream(io.BytesIO(data[:whole]), str(path), damage)
        place += whole
        time.sleep(_PAUSE)


def _print(event: Read, form: str) -> None:
    from packgate.events.showing import line
    from packgate.guard.detectors import mask, mask_json

    print_text((json.dumps(mask_json(event.data)) if form == "json" else mask(line(event))) + "\n")
