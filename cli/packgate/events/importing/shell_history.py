"""Histories of shells: bash with and without times (`HISTTIMEFORMAT`), zsh plain and extended (`EXTENDED_HISTORY`), fish.

Bash (manual, "Bash History Facilities"): a line `#SECONDS` stands before a command, which then runs up to the next such line; without
times a line is a command. Zsh (zshoptions, EXTENDED_HISTORY): `: SECONDS:DURATION;COMMAND`, a line that ends in a backslash goes on;
bytes that mean something to zsh are written as 0x83 and the byte XOR 32. Fish (its manual, `history`): `- cmd: COMMAND` with `\\n` and
`\\\\`, then ` when: SECONDS`. None says a folder, a session or whether a person or an agent typed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packgate.events.importing.found import NO_CWD, Found
from packgate.hook.dialects.payload import shell
from packgate.times import from_epoch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "the history of bash, zsh or fish"
BASH_TIME = re.compile(r"#(\d{9,11})")
ZSH = re.compile(r": *(\d{9,11}):\d+;(.*)", re.DOTALL)
FISH = "- cmd: "
_META = re.compile(rb"\x83(.)", re.DOTALL)
# Commands that go on over more lines than this are none.
_MOST_LINES = 2000


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    seen: tuple[str | None, dict[str, int]] = None, {}
    for line, seconds, command, name in _entries(source):
        if not command.strip():
            continue
        time = _time(seconds)
        if time is None or time != seen[0]:
            seen = time, {}
        seen[1][command] = seen[1].get(command, 0) + 1
        key = f"line {line}" if time is None else f"{time} {seen[1][command]} {command}"
        yield Found(key, line, [shell(command, name)], time=time, tool=name, parts=(NO_CWD,) if name != "fish" else (NO_CWD, "other-shell"))


def _entries(source: Source) -> Iterator[tuple[int, str | None, str, str]]:
    """Line, seconds, command and shell."""
    lines = _texts(source)
    first = next(lines, None)
    if first is None:
        return
    if first[1].startswith(FISH):
        yield from _fish(first, lines)
    elif ZSH.match(first[1]):
        yield from _zsh(source, first, lines)
    else:
        yield from _bash(first, lines)


def _texts(source: Source) -> Iterator[tuple[int, str]]:
    for number, raw in source.raw_lines():
        if b"\0" in raw:
            source.damaged(number, "it is binary")
            continue
        line = _META.sub(lambda found: bytes((found[1][0] ^ 32,)), raw) if b"\x83" in raw else raw
        try:
            yield number, line.decode("utf-8")
        except UnicodeDecodeError:
            yield number, raw.decode("utf-8", "replace")


def _bash(first: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str | None, str, str]]:
    seconds: str | None = None
    command: list[str] = []
    begun = first[0]
    for number, line in _again(first, lines):
        time = BASH_TIME.fullmatch(line)
        if time or seconds is None or len(command) >= _MOST_LINES:
            if command:
                yield begun, seconds, "\n".join(command), "bash"
            command = []
        if time:
            seconds = time[1]
            continue
        begun = begun if command else number
        command.append(line)
    if command:
        yield begun, seconds, "\n".join(command), "bash"


def _zsh(source: Source, first: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str | None, str, str]]:
    entry: tuple[int, str, list[str]] | None = None
    for number, line in _again(first, lines):
        found = ZSH.match(line)
        going_on = entry is not None and entry[2][-1].endswith("\\")
        if entry is not None and going_on and len(entry[2]) < _MOST_LINES:
            entry[2].append(line)
            continue
        if entry is not None:
            yield entry[0], entry[1], _joined(entry[2]), "zsh"
        entry = (number, found[1], [found[2]]) if found else None
        if found is None:
            source.damaged(number, "neither an entry of a history of zsh nor part of one")
    if entry is not None:
        yield entry[0], entry[1], _joined(entry[2]), "zsh"


def _joined(lines: list[str]) -> str:
    return "\n".join([*(line.removesuffix("\\") for line in lines[:-1]), lines[-1]])


def _fish(first: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str | None, str, str]]:
    entry: tuple[int, str] | None = None
    seconds: str | None = None
    for number, line in _again(first, lines):
        if line.startswith(FISH):
            if entry is not None:
                yield entry[0], seconds, entry[1], "fish"
            entry, seconds = (number, re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], line[len(FISH):])), None
        elif line.startswith("  when: "):
            seconds = line[len("  when: "):].strip()
    if entry is not None:
        yield entry[0], seconds, entry[1], "fish"


def _again(first: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from lines


def _time(seconds: str | None) -> str | None:
    try:
        return None if seconds is None else from_epoch(int(seconds))
    except (ValueError, OverflowError, OSError):
        return None
