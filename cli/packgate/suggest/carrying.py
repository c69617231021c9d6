"""Suggestions carried out on a copy of the commit, checked there by lint and tests, and committed to a branch of their own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packgate.gitio.writing import WritableRepository
    from packgate.suggest.suggestion import Suggestion
    from packgate.suggest.trial import Finding, Trial

_PLAIN = "100644"


def checked(root: Path, suggestions: Sequence[Suggestion], trial: Trial) -> dict[str, str]:
    """The files that the suggestions which are ready change, by path relative to ``root``, with their new text.

    All are tried together on a copy. Those by which lint or tests find something that was not there before are refused, and the rest is
    tried again; at last nothing new is found.
    """
    while texts := _texts(root, suggestions):
        new = trial.new(texts)
        if not new:
            return texts
        ready = [each for each in suggestions if each.ready]
        named = [each for each in ready if any(edit.path == found[0] for edit in each.edits for found in new)] or ready
        # Several can change one file: only what finds something by itself is refused, all of them where none does.
        for each, found in _blamed(root, named, trial) or [(each, new) for each in named]:
            paths = {edit.path for edit in each.edits}
            first = next((item for item in found if item[0] in paths), found[0])
            each.refused = f"{first[1]} {first[2]} ({first[0]})"
    return {}


def _blamed(root: Path, suggestions: Sequence[Suggestion], trial: Trial) -> list[tuple[Suggestion, list[Finding]]]:
    """Those of which something is new by themselves alone, with what that is; found by halves, since most find nothing."""
    new = trial.new(_texts(root, suggestions))
    if not new or len(suggestions) == 1:
        return [(suggestions[0], new)] if new else []
    half = len(suggestions) // 2
    return _blamed(root, suggestions[:half], trial) + _blamed(root, suggestions[half:], trial)


def _texts(root: Path, suggestions: Sequence[Suggestion]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in suggestions:
        if not each.ready:
            continue
        own: dict[str, str] = {}
        try:
            for edit in each.edits:
                own[edit.path] = edit.apply(own.get(edit.path, found.get(edit.path, _read(root / edit.path))))
        except UserError as error:
            each.refused = error.message
            continue
        found.update(own)
    return {path: text for path, text in sorted(found.items()) if text != _read(root / path)}


def commit(repository: WritableRepository, prefix: str, branch: str, texts: dict[str, str], message: str) -> str:
    """Make a branch on the last commit with one commit that changes the files; returns it. The working tree and the index stay as they
    are. Raises `UserError` when there is such a branch."""
    from packgate.gitio.writing import Entry

    head = repository.commit("HEAD")
    blobs = repository.store({os.path.normpath(os.path.join(prefix, path)): text.encode() for path, text in texts.items()})
    known = repository.entries(head)
    changes = {path: Entry(known[path].mode if path in known else _PLAIN, blob) for path, blob in blobs.items()}
    made = repository.make_commit(head, changes, message)
    repository.new_branch(branch, made)
    return made


def message_of(suggestions: Sequence[Suggestion]) -> str:
    """The message of the commit: what, why, and the records of promotions."""
    ready = [each for each in suggestions if each.ready]
    lines = [f"Carry out {len(ready)} suggestion{'s' * (len(ready) != 1)} by recorded events", ""]
    lines += [f"- {each.title}: {each.reason}" for each in ready]
    records = [each.record for each in ready if each.record is not None]
    return "\n".join([*lines, *([""] if records else []), *records]) + "\n"


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
