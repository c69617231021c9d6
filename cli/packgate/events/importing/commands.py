"""A plain list: a command a line. Empty lines and those that begin with `#` are passed over, and so is the prompt `$ `."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.events.importing.found import NO_CWD, Found
from packgate.hook.dialects.payload import shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "a command a line"


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    for line, text in source.texts():
        command = text.strip().removeprefix("$ ").strip()
        if command and not command.startswith("#"):
            yield Found(f"line {line}", line, [shell(command)], tool="bash", parts=(NO_CWD,))
