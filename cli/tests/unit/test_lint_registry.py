"""The registry, its modules and its pages belong together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from packgate.lint import pages
from packgate.lint.registry import RETIRED, RULES, TITLES, DuplicateRuleError, index, rule_of
from packgate.source import codes as loading
from packgate.testing import codes as testing

ROOT = Path(__file__).resolve().parents[3]
MODULES = ROOT / "cli" / "packgate" / "lint" / "rules"


def test_a_module_for_every_rule() -> None:
    named = sorted(f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in RULES)
    assert sorted(path.stem for path in MODULES.glob("pg*.py")) == named


def test_codes_are_unique_ordered_and_lints_own() -> None:
    listed = [rule.code for rule in RULES]
    assert listed == sorted(set(listed))
    assert all(re.fullmatch(r"PG2[0-9]{2}", code) for code in listed)
    assert not set(listed) & (set(loading.TITLES) | set(testing.TITLES) | set(RETIRED))
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert set(TITLES) == set(listed)


def test_a_code_is_not_taken_twice() -> None:
    with pytest.raises(DuplicateRuleError):
        index((RULES[0], RULES[0]), {})
    with pytest.raises(DuplicateRuleError):
        index((RULES[0],), {RULES[0].code: "merged into another"})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself(rule: object) -> None:
    explanation = rule.explanation.strip()  # type: ignore[attr-defined]
    what, gap, why = explanation.partition("\n\n")
    assert gap
    assert len(why) > 30, "what it does, a blank line, why"
    assert what.endswith((".", ":"))
    assert not rule.title.endswith(".")  # type: ignore[attr-defined]
    assert rule_of(rule.code) is rule  # type: ignore[attr-defined]


def test_rules_stay_small() -> None:
    long = {path.name: len(path.read_text().splitlines()) for path in MODULES.glob("pg*.py")}
    assert not {name: lines for name, lines in long.items() if lines > 90}


def test_pages_are_fresh(tmp_path: Path) -> None:
    fixtures = ROOT / "testcases" / "lint"
    assert pages.stale(ROOT / "docs" / "lint", fixtures) == []
    pages.write(tmp_path, fixtures)
    (tmp_path / "PG000.md").write_text("left over")
    (tmp_path / "PG201.md").write_text("changed")
    assert pages.stale(tmp_path, fixtures) == ["PG000.md", "PG201.md"]
    pages.write(tmp_path, fixtures)
    assert pages.stale(tmp_path, fixtures) == []
