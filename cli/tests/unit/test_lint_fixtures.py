"""Every rule has a failing and a passing fixture, and those with a fix have what it makes of the failing one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from packgate.diagnostics import Diagnostic, Severity
from packgate.lint.fix import plan, write
from packgate.lint.registry import CRASHED, RULES
from packgate.lint.runner import lint
from packgate.lint.targets import Target, open_targets

FIXTURES = Path(__file__).resolve().parents[3] / "testcases" / "lint"
TODAY = "2026-03-01"
# No file makes a rule crash; test_lint_runner.py makes one.
RULES_WITH_FIXTURES = [rule for rule in RULES if rule is not CRASHED]
CODES = [rule.code for rule in RULES_WITH_FIXTURES]


def targets_of(folder: Path) -> list[Target]:
    whole = (folder / "pack.yaml").exists() or (folder / "packs").is_dir()
    names = [str(folder)] if whole else [str(path) for path in sorted(folder.glob("*.yaml"))]
    return open_targets(names, today=TODAY, cache=None, default_pack="recommended")


def findings_of(folder: Path) -> list[Diagnostic]:
    return [found for target in targets_of(folder) for found in target.reported([*target.diagnostics, *lint(target.context)])]


def test_fixtures_belong_to_rules() -> None:
    assert sorted(path.name for path in FIXTURES.iterdir()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_fail_fixture_is_found(code: str) -> None:
    found = findings_of(FIXTURES / code / "fail")
    assert code in {item.code for item in found}
    assert not [item for item in found if item.code < "PG200" and item.severity is Severity.ERROR]
    assert not [item for item in found if item.code == CRASHED.code]
    for item in found:
        if item.code == code:
            assert item.excerpt, "a finding points at a line"


@pytest.mark.parametrize("code", CODES)
def test_pass_fixture_is_clean(code: str) -> None:
    found = findings_of(FIXTURES / code / "pass")
    assert not [item for item in found if item.code in (code, CRASHED.code) or item.code < "PG200"]


@pytest.mark.parametrize("rule", RULES_WITH_FIXTURES, ids=CODES)
def test_fix_makes_the_fixed_fixture(rule: object, tmp_path: Path) -> None:
    code, has_fix = rule.code, bool(rule.fix)  # type: ignore[attr-defined]
    assert (FIXTURES / code / "fixed").is_dir() == has_fix
    if not has_fix:
        return
    shutil.copytree(FIXTURES / code / "fail", tmp_path / "x")
    for target in targets_of(tmp_path / "x"):
        findings = [item for item in lint(target.context) if item.code == code]
        for change in plan(findings, target.context.files):
            write(change, [str(tmp_path)])
    for path in (FIXTURES / code / "fixed").rglob("*.yaml"):
        made = tmp_path / "x" / path.relative_to(FIXTURES / code / "fixed")
        assert made.read_text() == path.read_text()
    assert code not in {item.code for item in findings_of(tmp_path / "x")}
    assert not [name for name in os.listdir(tmp_path / "x") if name.startswith(".packgate")]
