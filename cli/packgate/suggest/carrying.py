"""Suggestions carried out on a copy of the commit, checked there by lint and tests, and committed to a branch of their own."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.diagnostics import Diagnostic, Severity
from packgate.errors import UserError
from packgate.lint.context import LintContext
from packgate.lint.runner import lint
from packgate.source.workspace import load_workspace, pack_names
from packgate.testing.suite import Selection, make_suite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.gitio.writing import WritableRepository
    from packgate.suggest.suggestion import Suggestion

_PLAIN = "100644"
# How a message counts cases: one case more is no other finding.
_COUNT = re.compile(r"\b(?:no|\d+) cases?(?: that runs?)?\b")
_Finding = tuple[str, str, str, bool]


def checked(root: Path, suggestions: Sequence[Suggestion], today: str) -> dict[str, str]:
    """The files that the suggestions which are ready change, by path relative to ``root``, with their new text.

    All are tried together on a copy. Those whose files lint or tests find something in that was not there before are refused, and the rest
    is tried again; at last nothing new is found. ``today``: the day that waivers are held against.
    """
    before: Counter[_Finding] | None = None
    while True:
        texts = _texts(root, suggestions)
        if not texts:
            return {}
        before = Counter(_findings(root, today)) if before is None else before
        new = _new(root, texts, before, today)
        if not new:
            return texts
        named = [each for each in suggestions if each.ready and any(edit.path == found[0] for edit in each.edits for found in new)]
        for each in named or [each for each in suggestions if each.ready]:
            paths = {edit.path for edit in each.edits}
            first = next((found for found in new if found[0] in paths), new[0])
            each.refused = f"{first[1]} {first[2]} ({first[0]})"


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


def _new(root: Path, texts: dict[str, str], before: Counter[_Finding], today: str) -> list[_Finding]:
    """What is found with the texts that was not found without, errors first."""
    with TemporaryDirectory(prefix="packgate-suggest-") as place:
        copy = Path(os.path.realpath(place), "copy")
        shutil.copytree(root, copy)
        for path, text in texts.items():
            target = copy / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        return sorted((Counter(_findings(copy, today)) - before).elements(), key=lambda each: (not each[3], each))


def _findings(root: Path, today: str) -> list[_Finding]:
    """Everything but notes that lint and tests find, without places and counts, which change with what is added: file, code, message, and
    whether it is an error."""
    space = load_workspace(str(root))
    found: list[Diagnostic] = list(space.diagnostics)
    if space.ok:
        found += lint(LintContext(
            results=space.results, settings=space.settings, assignments=space.assignments, context_files=space.context,
            groups_from=space.context, lists=space.lists, root=str(root), today=today,
            pack_names=tuple(pack_names(str(root / "packs"))),
        ))
        corpora = root / "testcases"
        found += make_suite(space, Selection(), corpora=corpora if corpora.is_dir() else None).run().diagnostics
    return [
        (os.path.relpath(each.position.file, root), each.code, _text(each.message, root), each.severity is Severity.ERROR)
        for each in found if each.severity in (Severity.ERROR, Severity.WARNING)
    ]


def _text(message: str, root: Path) -> str:
    return _COUNT.sub("…", message.replace(f"{root}{os.sep}", ""))


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
