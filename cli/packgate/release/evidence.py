"""What speaks for a release: lint and tests of the pack as it was committed, in figures."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.diagnostics import Severity
from packgate.lint.context import LintContext
from packgate.lint.runner import lint
from packgate.testing.outcome import FAILED, GAP_CLOSED, KNOWN_GAP, NOT_RUN, PASSED
from packgate.testing.suite import Selection, make_suite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.diagnostics import Diagnostic
    from packgate.release.content import Content
    from packgate.source.cache import ValidationCache
    from packgate.testing.outcome import CorpusOutcome, Outcome, Run

_STATUSES = {PASSED: "passed", FAILED: "failed", KNOWN_GAP: "todo", GAP_CLOSED: "todo", NOT_RUN: "not_run"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """``figures`` as a tag records them; ``findings`` of loading, lint and tests, those that are no errors included."""

    figures: dict[str, Any]
    findings: tuple[Diagnostic, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is an error."""
        return not any(each.severity is Severity.ERROR for each in self.findings)


def gather(content: Content, today: str, cache: ValidationCache | None = None) -> Evidence:
    """Lint and test a pack. ``today`` is the day against which waivers are held. A pack that does not load has no figures."""
    loaded = list(content.space.diagnostics)
    if not content.loads:
        return Evidence({}, tuple(content.findings(loaded)))
    space = content.space
    linted = lint(LintContext(
        results=space.results, lists=space.lists, groups_from=space.context, root=str(content.folder), today=today, complete=False,
        pack_names=tuple(sorted(path.parent.name for path in content.folder.glob("packs/*/pack.yaml"))),
    ))
    corpora = content.folder / "testcases"
    suite = make_suite(space, Selection(), corpora=corpora if corpora.is_dir() else None, by_name=True, cache=cache)
    run = suite.run(fail_on_empty=True)
    found = sorted({*loaded, *linted, *run.diagnostics}, key=lambda each: each.sort_key())
    warnings = sum(each.severity is Severity.WARNING for each in linted)
    figures = {"cases": _cases(run), "corpora": _corpora(run, content), "lint": {"warnings": warnings}}
    return Evidence(figures, tuple(content.findings(found)))


def evidence_lines(figures: dict[str, Any]) -> list[str]:
    """The figures in words."""
    lines = []
    for polarity, count in figures.get("cases", {}).items():
        parts = [f"{number} {status.replace('_', ' ')}" for status, number in count.items() if number]
        if parts:
            lines.append(f"{polarity.replace('_', ' ')} cases: {', '.join(parts)}")
    for polarity in ("benign", "attack"):
        own = [each for each in figures.get("corpora", []) if each["polarity"] == polarity]
        if own:
            lines.append(f"{polarity} corpora: {sum(each['actions'] for each in own)} actions, {sum(each['wrong'] for each in own)} wrong")
    return lines


def _cases(run: Run) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, outcomes in (
        ("must_fire", [each for each in run.outcomes if each.case.polarity == "must_fire"]),
        ("must_not_fire", [each for each in run.outcomes if each.case.polarity == "must_not_fire"]),
        ("inherited", run.inherited),
    ):
        found[name] = _counted(outcomes)
    wrong = sum(each.finding is not None for each in run.catalog)
    found["catalog"] = {"passed": len(run.catalog) - wrong, "failed": wrong, "todo": 0, "not_run": 0}
    return found


def _counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    count = Counter(_STATUSES[each.status] for each in outcomes)
    return {status: count[status] for status in ("passed", "failed", "todo", "not_run")}


def _corpora(run: Run, content: Content) -> list[dict[str, Any]]:
    """Every corpus file with its digest: which harmless actions and which attacks the figures rest on."""
    files: dict[str, list[CorpusOutcome]] = {}
    for each in run.corpora:
        files.setdefault(each.case.file.path, []).append(each)
    return [
        {
            "file": path.replace("\\", "/"), "polarity": items[0].case.polarity, "actions": len(items),
            "wrong": sum(item.finding is not None for item in items), "digest": f"sha256:{items[0].case.file.digest}",
        }
        for path, items in sorted((_relative(path, content), items) for path, items in files.items())
    ]


def _relative(path: str, content: Content) -> str:
    return os.path.relpath(os.path.realpath(path), content.folder)
