"""pytest plugin: `pytest packs/` runs the cases of policies, one item a case.

It looks at YAML files in the `policies` folder of a pack (a folder with pack.yaml), and at a policies file that stands alone when it is
named on the command line. Nothing of packgate is imported before such a file is met.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packgate.diagnostics import Diagnostic
    from packgate.engine.gate import Gate
    from packgate.source.workspace import Workspace
    from packgate.testing.cases import Case

_SUFFIXES = (".yaml", ".yml")
_NEEDS_AGENT = "a prompt needs a real agent: packgate trial"


class _Loaded:
    """A pack as the plugin holds it for a run: loaded and compiled once."""

    def __init__(self, space: Workspace) -> None:
        from packgate.engine.gate import build_gate
        from packgate.testing.cases import collect

        self.findings = space.diagnostics
        self.cases: list[Case] = []
        self.gate: Gate | None = None
        if space.ok and space.results:
            result = space.results[0]
            self.cases = collect([result])
            self.gate = build_gate(space.packs, result.vocabulary, lists=space.lists, surroundings=space.surroundings)


_PACKS = pytest.StashKey[dict[str, _Loaded]]()


class CaseFailed(Exception):
    """A case whose decision is not what it says; carries the finding."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """pytest hook: a collector for the policies files of packs, nothing for other files."""
    if file_path.suffix not in _SUFFIXES or file_path.name.startswith("."):
        return None
    in_pack = file_path.parent.name == "policies" and (file_path.parent.parent / "pack.yaml").is_file()
    if not in_pack and not (parent.session.isinitpath(file_path) and _has_policies(file_path)):
        return None
    return PolicyFile.from_parent(parent, path=file_path)


def _has_policies(path: Path) -> bool:
    """Whether a file that was named on the command line has `policies:` at its top level, by its text alone."""
    try:
        with path.open("rb") as file:
            return any(line.startswith(b"policies:") for line in file)
    except OSError:
        return False


class PolicyFile(pytest.File):
    """The cases of one policies file."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item for every case. Raises `CollectError` with the findings when the pack has errors."""
        loaded = self._load()
        if loaded.gate is None:
            raise self.CollectError(_text(loaded.findings))
        for case in loaded.cases:
            if os.path.realpath(case.file.path) == os.path.realpath(self.path):
                yield CaseItem.from_parent(self, name=case.name, case=case, gate=loaded.gate)

    def _load(self) -> _Loaded:
        from packgate.source.workspace import find_root, load_workspace, pack_of

        path = str(self.path)
        packs = self.config.stash.setdefault(_PACKS, {})
        source = pack_of(path) or path
        if source not in packs:
            root = find_root(os.path.dirname(path))
            # Relative paths, as `packgate test` shows them.
            packs[source] = _Loaded(load_workspace(root and os.path.relpath(root), [os.path.relpath(source)]))
        return packs[source]


class CaseItem(pytest.Item):
    """One case. Fails with the finding that `packgate test` prints."""

    def __init__(self, *, case: Case, gate: Gate, **options: Any) -> None:
        super().__init__(**options)
        self.case = case
        self.gate = gate
        if case.action is None:
            self.add_marker(pytest.mark.skip(reason=_NEEDS_AGENT))
        elif case.todo is not None:
            self.add_marker(pytest.mark.xfail(reason=case.todo, raises=CaseFailed, strict=False))

    def runtest(self) -> None:
        """Decide the case's action. Raises `CaseFailed`."""
        from dataclasses import replace

        from packgate.testing.runner import run_case

        # pytest has a word of its own for a known gap, so the case runs as if it were none.
        outcome = run_case(replace(self.case, todo=None), self.gate)
        if outcome.finding is not None:
            raise CaseFailed(outcome.finding)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The finding as text; a traceback only for what is packgate's own mistake."""
        if isinstance(excinfo.value, CaseFailed):
            return _text([excinfo.value.finding])
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, 0-based line and name."""
        return self.path, self.case.position.line - 1, self.name


def _text(findings: list[Diagnostic]) -> str:
    """Findings as they are printed: place, message, the line, a hint; secrets masked."""
    from packgate.guard.detectors import mask

    lines = []
    for item in sorted(findings, key=lambda each: each.sort_key()):
        lines.append(f"{item.position}: {item.severity.value} {item.code} {item.message}")
        lines += [f"    {item.excerpt.strip()}"] if item.excerpt else []
        lines += [f"    = {item.hint}"] if item.hint else []
    return mask("\n".join(lines))
