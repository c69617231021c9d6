"""Which files a level changes in a policy repository: its pack, the packs of other levels, assignments, the list of packs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.level.assigning import assigned_packs, listed_packs, with_assignments, with_pack
from packgate.level.levels import LEVELS
from packgate.resources import packs_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from packgate.level.levels import Level

ASSIGNMENTS, SETTINGS = "assignments.yaml", "packgate.yaml"
# Carried packs name the schemas beside them; a repository has none.
_NEARBY = re.compile(r"\$schema=(?:\.\./)+schema/")
_LEVELS = tuple(f"packs/{level.name}/" for level in LEVELS)


@dataclass(frozen=True, slots=True)
class State:
    """A policy repository as far as levels touch it. ``paths``: its files, with slashes; ``read``: the bytes of one; ``ours``: the levels
    whose packs were written by a level, not by somebody else under the same name."""

    paths: frozenset[str]
    read: Callable[[str], bytes]
    ours: Collection[str] = ()

    def text(self, path: str) -> str | None:
        """A file as text; None where there is none. Raises `UserError`."""
        if path not in self.paths:
            return None
        try:
            return self.read(path).decode("utf-8")
        except UnicodeDecodeError:
            raise UserError(f"{path} is not UTF-8") from None

    def level(self) -> str | None:
        """The level whose pack is there."""
        return next((level.name for level in LEVELS if f"packs/{level.name}/pack.yaml" in self.paths), None)


def folder_state(root: str) -> State:
    """The state of a folder."""
    paths: set[str] = set()
    for folder, _, names in os.walk(os.path.join(root, "packs")):
        paths.update(os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/") for name in names)
    paths.update(name for name in (ASSIGNMENTS, SETTINGS) if os.path.isfile(os.path.join(root, name)))

    def read(path: str) -> bytes:
        with open(os.path.join(root, path), "rb") as file:
            return file.read()

    return State(frozenset(paths), read, tuple(level.name for level in LEVELS))


def pack_files(level: Level) -> dict[str, bytes]:
    """The files of a level's pack, by path in a repository."""
    root = packs_folder()
    found = {}
    for folder, _, names in os.walk(os.path.join(root, level.name)):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                text = _NEARBY.sub("$schema=https://packgate.dev/schema/", file.read())
            found["packs/" + os.path.relpath(path, root).replace(os.sep, "/")] = text.encode()
    return dict(sorted(found.items()))


def planned(state: State, level: Level) -> dict[str, bytes | None]:
    """By path, what a level makes of a file, None for gone; files that stay as they are are left out.

    Raises `UserError` where a pack of the same name is somebody else's, or a file can't be edited.
    """
    for each in LEVELS:
        if f"packs/{each.name}/pack.yaml" in state.paths and each.name not in state.ours:
            raise UserError(f"packs/{each.name} was not written by packgate level", "rename the pack: the name is that of a level")
    wanted: dict[str, bytes | None] = {path: None for path in state.paths if path.startswith(_LEVELS)}
    wanted.update(pack_files(level))
    assignments, settings = state.text(ASSIGNMENTS), state.text(SETTINGS)
    wanted[ASSIGNMENTS] = with_assignments(assignments, level, _others(state, assignments, settings)).encode()
    if settings is not None:
        leaving = [each.name for each in LEVELS if each is not level]
        wanted[SETTINGS] = with_pack(settings, level, leaving).encode()
    return {path: data for path, data in sorted(wanted.items()) if data != (state.read(path) if path in state.paths else None)}


def _others(state: State, assignments: str | None, settings: str | None) -> list[str]:
    """Packs that hold beside a level's."""
    names = {path.split("/")[1] for path in state.paths if path.startswith("packs/") and path.endswith("/pack.yaml")}
    listed = listed_packs(settings)
    held = set(listed) if listed is not None else names
    return sorted((held | set(assigned_packs(assignments))) - {level.name for level in LEVELS})
