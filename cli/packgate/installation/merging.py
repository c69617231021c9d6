"""Entries in a JSON file that belongs to someone else: added without touching what is there, and taken out again."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError

if TYPE_CHECKING:
    from packgate.installation.agents import Wanted

_INDENT = re.compile(r"\n([ \t]+)\S")


def with_entries(text: str | None, wanted: Wanted, launcher: str, file: str) -> str:
    """A file's text with the wanted entries in place of earlier ones of the same launcher. ``text``: None where there is no file. The same
    text where nothing changes. Raises `UserError` for a file that is not plain JSON, or says something else where entries belong."""
    if wanted.text is not None:
        if text is not None and not _is_ours(text, launcher):
            raise UserError(f"{file} is not the hook's; it was not changed", "move it away, or add the hook by hand")
        return wanted.text
    data = {} if text is None or not text.strip() else _parsed(text, file)
    before = json.dumps(data)
    for name, value in wanted.fixed.items():
        data.setdefault(name, value)
    for keys, entry in wanted.lists.items():
        place = _list_at(data, keys, file)
        others = [each for each in place if not _names(each, launcher)]
        at = _position(others, wanted.behind)
        place[:] = [*others[:at], entry, *others[at:]]
    return text if text is not None and json.dumps(data) == before else _written(data, text)


def without_entries(text: str, wanted: Wanted, launcher: str, file: str) -> str | None:
    """A file's text without the entries of a launcher, and without the lists that they leave empty; None when nothing else is left in it.
    The same text when none is in it. Raises `UserError`."""
    if wanted.text is not None:
        return None if _is_ours(text, launcher) else text
    data = _parsed(text, file)
    before = json.dumps(data)
    for keys in wanted.lists:
        _remove(data, keys, launcher)
    if all(wanted.fixed.get(name) == value for name, value in data.items()):
        return None
    return text if json.dumps(data) == before else _written(data, text)


def _position(others: list[Any], behind: tuple[str, str] | None) -> int:
    """Where an entry comes among those of others."""
    if behind is None:
        return len(others)
    key, value = behind
    return next((at for at, each in enumerate(others) if not isinstance(each, dict) or each.get(key) != value), len(others))


def _is_ours(text: str, launcher: str) -> bool:
    return json.dumps(launcher) in text


def _remove(data: dict[str, Any], keys: tuple[str, ...], launcher: str) -> None:
    trail: list[dict[str, Any]] = []
    node: Any = data
    for key in keys:
        if not isinstance(node, dict) or key not in node:
            return
        trail.append(node)
        node = node[key]
    if not isinstance(node, list) or not any(_names(each, launcher) for each in node):
        return
    node[:] = [each for each in node if not _names(each, launcher)]
    for parent, key in zip(reversed(trail), reversed(keys), strict=True):
        if parent[key]:
            return
        del parent[key]


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UserError(f"{file} is not plain JSON ({error}); it was not changed", "remove comments, or add the hook by hand") from None
    if not isinstance(data, dict):
        raise UserError(f"{file} holds no object; it was not changed")
    return data


def _list_at(data: dict[str, Any], keys: tuple[str, ...], file: str) -> list[Any]:
    node: Any = data
    for number, key in enumerate(keys):
        node = node.setdefault(key, [] if number == len(keys) - 1 else {})
        if not isinstance(node, list if number == len(keys) - 1 else dict):
            raise UserError(f"{file}: {'.'.join(keys[:number + 1])} is of another form than documented; it was not changed")
    assert isinstance(node, list)
    return node


def _names(entry: Any, launcher: str) -> bool:
    """Whether an entry starts a launcher: as a word of its own, or in a command line."""
    if isinstance(entry, str):
        return entry.startswith(f"{launcher}-") or launcher in _words(entry)
    if isinstance(entry, dict):
        return any(_names(inner, launcher) for inner in entry.values())
    return isinstance(entry, list) and any(_names(inner, launcher) for inner in entry)


def _words(line: str) -> list[str]:
    """The words of a command line; all of it where a shell would not take it."""
    try:
        return [line, *shlex.split(line)]
    except ValueError:
        return [line]


def _written(data: dict[str, Any], text: str | None) -> str:
    """In the indentation that the file has."""
    found = _INDENT.search(text or "")
    indent: str | int = found[1] if found else 2
    end = "" if text is not None and text.strip() and not text.endswith("\n") else "\n"
    return json.dumps(data, indent=indent, ensure_ascii=False) + end
