"""The shared corpora: harmless commands that nothing may stop, attacks that must fire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.testing.cases import in_context

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packgate.diagnostics import Diagnostic
    from packgate.source.cache import ValidationCache
    from packgate.source.file import SourceFile

_CONTEXT_KEYS = ("cwd", "home", "branch", "env", "shell")


@dataclass(frozen=True, slots=True)
class CorpusCase:
    """One entry: ``fires`` are policies that must fire (attacks), ``audits`` those that may (harmless commands)."""

    corpus: str
    polarity: str
    action: dict[str, Any]
    fires: tuple[str, ...]
    audits: tuple[str, ...]
    file: SourceFile
    place: str


def load_corpora(folder: Path, cache: ValidationCache | None = None) -> tuple[list[CorpusCase], list[Diagnostic]]:
    """Every corpus of a folder, sorted by name; findings for files that are not well-formed.

    Corpora stand in the folder and in the folders right below it (``benign/``, ``attack/``). What lies deeper are fixtures
    of other tests.
    """
    from packgate.source.files import read_checked

    cases: list[CorpusCase] = []
    findings: list[Diagnostic] = []
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*/*.yaml")]):
        file, problems = read_checked(_shown(path), "corpus", cache)
        findings.extend(problems)
        if file is not None and not problems and isinstance(file.data, dict) and "corpus" in file.data:
            cases.extend(_cases(file))
    return cases, findings


def _cases(file: SourceFile) -> Iterator[CorpusCase]:
    for index, item in enumerate(file.data["cases"]):
        data: dict[str, Any] = {"command": item} if isinstance(item, str) else item
        action = dict(data["action"]) if "action" in data else {"surface": "shell", "command": data["command"]}
        context = {key: data[key] for key in _CONTEXT_KEYS if key in data}
        yield CorpusCase(
            file.data["corpus"], file.data["polarity"], in_context(action, context), tuple(data.get("fires") or ()),
            tuple(data.get("audits") or ()), file, f"/cases/{index}",
        )


def _shown(path: Path) -> str:
    """The path relative to the working folder where it is below it."""
    try:
        return str(path.relative_to(path.cwd()))
    except ValueError:
        return str(path)
