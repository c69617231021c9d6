"""Changes to files: planned, shown, carried out whole or not at all, and remembered so that they can be undone."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from packgate.bundle.durable import write_whole
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

INSTALLED = "installed.json"


@dataclass(frozen=True, slots=True)
class Change:
    """A file and what is to be in it. ``before``: None where there is no file; ``after``: None to remove it."""

    path: str
    before: str | None
    after: str | None
    mode: int = 0o644

    @property
    def what(self) -> str:
        """A word for people."""
        if self.before == self.after:
            return "unchanged"
        return "create" if self.before is None else "remove" if self.after is None else "change"


@dataclass(frozen=True, slots=True)
class Done:
    """What an installation did to an agent's file. ``before``: its text then, None where there was no file; ``folders``: those made for it,
    outermost first; ``digest``: of the text that was written."""

    agent: str
    scope: str
    path: str
    before: str | None
    digest: str
    folders: list[str]


def read_text(path: str) -> str | None:
    """The text of a file; None where there is none. Raises `UserError`."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UserError(f"{path} can't be read: {error}") from None


def carry_out(change: Change) -> list[str]:
    """Do a change, and give the folders that were made for it. A link is followed: the file behind it changes. Raises `UserError`."""
    path = os.path.realpath(change.path)
    made: list[str] = []
    try:
        if change.after is None:
            if os.path.exists(path):
                os.remove(path)
            return made
        folder = os.path.dirname(path)
        while not os.path.isdir(folder):
            made.insert(0, folder)
            folder = os.path.dirname(folder)
        for each in made:
            os.mkdir(each, 0o700 if change.mode & 0o077 == 0 else 0o755)
        if change.before != change.after:
            write_whole(path, change.after.encode(), change.mode if change.before is None else os.stat(path).st_mode & 0o777)
        return made
    except OSError as error:
        raise UserError(f"{error.filename or path}: {(error.strerror or str(error)).lower()}") from None


def undo(done: Done, without: str | None) -> Change:
    """The change that takes an installation's change back: exactly, where nobody changed the file since; otherwise ``without``, its present
    text without what was added."""
    now = read_text(done.path)
    if now is None:
        return Change(done.path, None, None)
    return Change(done.path, now, done.before if digest(now) == done.digest else without)


def remove_folders(folders: Sequence[str]) -> None:
    """Remove folders that were made for a file, as far as they are empty."""
    for folder in reversed(folders):
        try:
            os.rmdir(folder)
        except OSError:
            return


def digest(text: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_done(folder: str) -> list[Done]:
    """What an installation in a folder did. Raises `UserError`."""
    path = os.path.join(folder, INSTALLED)
    text = read_text(path)
    try:
        data: Any = json.loads(text) if text is not None else []
        return [Done(**each) for each in data]
    except (ValueError, TypeError) as error:
        raise UserError(f"{path} can't be read: {error}", "take the hook out of the agent's file by hand") from None


def write_done(folder: str, done: Sequence[Done]) -> None:
    """Remember what an installation did; nothing is left to remember once all is undone. Raises `OSError`."""
    path = os.path.join(folder, INSTALLED)
    if done:
        write_whole(path, (json.dumps([asdict(each) for each in done], indent=1, sort_keys=True) + "\n").encode(), 0o600)
    elif os.path.exists(path):
        os.remove(path)
