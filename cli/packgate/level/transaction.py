"""Carrying out a change: the branch, the working tree, then what enforcement points on this machine decide with.

A journal is written before the first of them and removed after the last. Whoever is cut off in between leaves the branch before or after
the change; what is left to do then is done by the next `packgate level`, from the journal.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.bundle.durable import locked, write_whole
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.gitio.writing import WritableRepository
    from packgate.level.changing import Change

    # Given a commit, checks what it holds and says how to make it take effect here; that gives lines to print.
    Prepare = Callable[[str], Callable[[], list[str]]]

_JOURNAL = "level.json"
_PART = "part-"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was left of a change that was cut off. ``finished``: it was brought to its end now; otherwise nothing of it had happened.
    ``left``: files that somebody changed meanwhile, so that they were not written."""

    audit: str
    finished: bool
    left: list[str]
    lines: list[str]


def carry_out(repository: WritableRepository, change: Change, prepare: Prepare) -> list[str]:
    """Make a change the head, bring the working tree up to it, and let it take effect; what there is to tell about that.

    Raises what ``prepare`` raises, with nothing changed, and `UserError` when the branch has moved meanwhile.
    """
    with locked(repository.private):
        act = prepare(change.commit)
        title = "packgate level " + change.record.action
        _write(repository, {"from": change.parent, "to": change.commit, "audit": change.record.audit})
        try:
            repository.advance(change.commit, change.parent, title)
        except UserError:
            _remove(repository)
            raise
        left = repository.bring_up(change.parent, change.commit)
        lines = act()
        _remove(repository)
        return [*lines, *_told(left)]


def pending(repository: WritableRepository) -> dict[str, str] | None:
    """The journal of a change that was cut off; None when there is none."""
    try:
        with open(os.path.join(repository.private, _JOURNAL), encoding="utf-8") as file:
            data: Any = json.load(file)
        return {key: str(data[key]) for key in ("from", "to", "audit")}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "git status says what differs; remove the file"
        raise UserError(f"{repository.private}/{_JOURNAL} can't be read: {error}", hint) from None


def recover(repository: WritableRepository, prepare: Prepare) -> Recovery | None:
    """Bring a change that was cut off to its end, or forget it where the branch had not moved; None when there is none.

    Raises `UserError` when the branch holds neither what was before nor the change.
    """
    if pending(repository) is None:
        return None
    with locked(repository.private):
        journal = pending(repository)
        if journal is None:
            return None
        _sweep(repository)
        head = repository.commit("HEAD")
        if not repository.knows(journal["to"]) or not repository.is_ancestor(journal["to"], head):
            if head != journal["from"]:
                raise UserError(
                    f"{journal['audit']} was cut off, and the branch holds something else now",
                    f"see git status; then remove {os.path.join(repository.private, _JOURNAL)}",
                )
            _remove(repository)
            return Recovery(journal["audit"], False, [], [])
        left = repository.bring_up(journal["from"], journal["to"])
        lines = prepare(head)()
        _remove(repository)
        return Recovery(journal["audit"], True, left, lines)


def _told(left: list[str]) -> list[str]:
    return [f"note: {path} was changed meanwhile, and is left as it is; git diff HEAD -- {path}" for path in left]


def _write(repository: WritableRepository, data: dict[str, str]) -> None:
    write_whole(os.path.join(repository.private, _JOURNAL), (json.dumps(data, sort_keys=True) + "\n").encode())


def _remove(repository: WritableRepository) -> None:
    with suppress(FileNotFoundError):
        os.remove(os.path.join(repository.private, _JOURNAL))


def _sweep(repository: WritableRepository) -> None:
    """Remove files that were being written."""
    for name in os.listdir(repository.private):
        if name.startswith((_PART, f".{_JOURNAL}")):
            os.remove(os.path.join(repository.private, name))
