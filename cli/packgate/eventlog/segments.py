"""The files of one log: the one that is written, and those that were full before, each named after it with a number.

    events.000001.jsonl, events.000002.jsonl, …, events.jsonl
"""

from __future__ import annotations

_ENDING = ".jsonl"
_DIGITS = 6


def segment(path: str, number: int) -> str:
    """The path of the n-th full file of a log, from 1."""
    stem, ending = _split(path)
    return f"{stem}.{number:0{_DIGITS}d}{ending}"


def segments(path: str) -> list[tuple[int, str]]:
    """The full files of a log that are there, the oldest first, each with its number. Raises `OSError`."""
    import os

    folder, _, name = path.rpartition("/")
    stem, ending = _split(name)
    found = []
    for each in os.listdir(folder or "."):
        number = each[len(stem) + 1:len(each) - len(ending)]
        if each == f"{stem}.{number}{ending}" and len(number) >= _DIGITS and number.isascii() and number.isdigit():
            found.append((int(number), f"{folder}/{each}" if folder else each))
    return sorted(found)


def log_files(path: str) -> list[str]:
    """The files of a log in the order in which they were written, those that are there: the full ones, then the one that is written. A file
    that is no log is one of itself. Raises `OSError`."""
    import os

    full = [each for _, each in segments(path)] if os.path.isdir(os.path.dirname(path) or ".") else []
    return [*full, *([path] if os.path.exists(path) or not full else [])]


def logs_in(folder: str) -> list[str]:
    """The logs in a folder, by name: files that end as logs do, those that were full before by the name of their log. Raises `OSError`."""
    import os

    found = set()
    for name in os.listdir(folder):
        if name.endswith(_ENDING) and os.path.isfile(f"{folder}/{name}"):
            stem, _, number = name[:-len(_ENDING)].rpartition(".")
            full = bool(stem) and len(number) >= _DIGITS and number.isascii() and number.isdigit()
            found.add(f"{stem}{_ENDING}" if full else name)
    return [os.path.join(folder, each) for each in sorted(found)]


def _split(path: str) -> tuple[str, str]:
    return (path[:-len(_ENDING)], _ENDING) if path.endswith(_ENDING) else (path, "")
