"""Edits of stages in YAML files by text position: one place changes, every other byte stays as it was.

Each edit is one insertion or replacement, in the file's own style (indentation, quotes, flow or block form, line ends). The
result is read again before it is given out: it must say what the file said before, with the one change, and nothing else.
"""

from __future__ import annotations

import copy

from packgate.source.edited import EditRefused, edited, read_sound
from packgate.source.layout import Layout
from packgate.source.pointer import pointer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from packgate.source.layout import Span

STAGES = ("audit", "warn", "block")
SECTIONS = ("threats", "policies")
_HEADER = "# yaml-language-server: $schema=https://packgate.dev/schema/rollout.schema.json\n"


def set_stage(text: str | None, key: str, name: str | None, stage: str) -> str:
    """The text of rollout.yaml with one stage set.

    ``text``: the file, None where there is none yet; ``key``: ``pack`` (``name`` is then None), ``threats`` or ``policies``;
    ``name``: the threat layer or policy. Raises `EditRefused` for a text that is broken, or that can't be changed in this place alone,
    and `ValueError` for a key or stage that does not exist.
    """
    if stage not in STAGES:
        raise ValueError(f"there is no stage {stage!r}")
    if (key == "pack") == (name is not None) or key not in ("pack", *SECTIONS):
        raise ValueError(f"{key!r} and {name!r} name no place of rollout.yaml")
    path = (key,) if name is None else (key, name)
    if text is None:
        text = _HEADER
    return _set(text, path, stage, "rollout.yaml")


def set_assignment_stage(text: str, name: str, stage: str) -> str:
    """The text of assignments.yaml with the stage of the assignment ``name`` set.

    Raises `EditRefused` where no assignment, or more than one, has that name, and as `set_stage` does.
    """
    if stage not in STAGES:
        raise ValueError(f"there is no stage {stage!r}")
    document = read_sound(text, "assignments.yaml")
    items = document.data.get("assignments") if isinstance(document.data, dict) else None
    named = [
        index for index, item in enumerate(items if isinstance(items, list) else []) if isinstance(item, dict) and item.get("name") == name
    ]
    if len(named) != 1:
        raise EditRefused(f"{len(named) or 'no'} assignment{'s have' if named else ' has'} the name '{name}'")
    return _set(text, ("assignments", named[0], "stage"), stage, "assignments.yaml")


def _set(text: str, path: tuple[str | int, ...], value: str, shown: str) -> str:
    """The text with the scalar at a path set."""
    return edited(
        text, shown, lambda data: _changed(data, path, value, shown),
        lambda plain, document: _edits(Layout(plain, document), path, value), "the stage can't be set without changing more than its place",
    )


def _changed(data: Any, path: tuple[str | int, ...], value: str, shown: str) -> Any:
    """What the file must say afterwards."""
    if data is not None and not isinstance(data, dict):
        raise EditRefused(f"{shown} holds no mapping")
    data = node = copy.deepcopy(data or {})
    for step in path[:-1]:
        if isinstance(node, dict) and node.get(str(step)) is None:
            node[str(step)] = {}
        node = node[step] if isinstance(node, list) else node[str(step)]
        if not isinstance(node, (dict, list)):
            raise EditRefused(f"{shown}: '{step}' holds no mapping")
    if not isinstance(node, dict) or isinstance(node.get(str(path[-1])), (dict, list)):
        raise EditRefused(f"{shown}: no stage can stand at {pointer(*path)}")
    node[str(path[-1])] = value
    return data


def _edits(layout: Layout, path: tuple[str | int, ...], value: str) -> Iterable[Span]:
    """Ways to say it, the most natural first."""
    place = pointer(*path)
    if layout.has(place):
        yield from layout.replacements(place, value)
        return
    keys = [str(step) for step in path]
    above = ""
    while len(keys) > 1 and layout.has(pointer(keys[0]) if not above else above + pointer(keys[0])):
        above += pointer(keys.pop(0))
    yield from layout.additions(above, keys, value)
