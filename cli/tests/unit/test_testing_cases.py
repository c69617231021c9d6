"""Cases with several values, and cases that state a mode."""

from __future__ import annotations

from pathlib import Path

from packgate.engine.gate import build_gate
from packgate.lint.cases import case_keys
from packgate.source.load import load_pack
from packgate.testing import codes
from packgate.testing.cases import Case, collect
from packgate.testing.outcome import FAILED, PASSED, Outcome
from packgate.testing.runner import run_case, run_cases
from packgate.testing.variants import variants

POLICY = """\
policies:
  - id: notes
    title: Read notes
    threat: layer
    impact: risky
    rationale: Notes are private.
    when: [read-file]
    if: {{path: ["*.note", "*.memo"]}}
    then: warn
    message: Ask for them.
    tests:
      must_fire:
        {fires}
      must_not_fire:
        - command: cat README.md
"""


def outcomes(folder: Path, fires: str) -> list[Outcome]:
    path = folder / "rules.yaml"
    path.write_text(POLICY.format(fires=fires), encoding="utf-8")
    result = load_pack(str(path))
    assert result.pack is not None, result.diagnostics
    return run_cases(collect([result]), build_gate([result.pack], result.vocabulary))


def test_a_case_for_each_value(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "- {command: 'cat {each}', each: [a.note, b.memo, c.text]}")
    assert [(item.case.name, item.case.label, item.status) for item in found[:3]] == [
        ("notes/must_fire/1.1", "cat a.note", PASSED), ("notes/must_fire/1.2", "cat b.memo", PASSED), ("notes/must_fire/1.3", "cat c.text", FAILED),
    ]
    assert found[3].case.name == "notes/must_not_fire/1"


def test_each_fills_actions_and_context() -> None:
    case = {"action": {"surface": "file", "operation": "read", "path": "{each}/x"}, "context": {"env": {"A": "{each}"}}, "each": ["a", "b"], "mode": "warn"}
    first, second = variants(case)
    assert first == {"action": {"surface": "file", "operation": "read", "path": "a/x"}, "context": {"env": {"A": "a"}}, "mode": "warn"}
    assert second["context"] == {"env": {"A": "b"}}
    assert variants({"command": "echo {each}"}) == [{"command": "echo {each}"}]


def test_a_stated_mode_must_be_the_one_that_fires(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "- {command: cat a.note, mode: warn}")[0].status == PASSED
    wrong = outcomes(tmp_path, "- {command: cat a.note, mode: block}")[0]
    assert wrong.status == FAILED
    assert wrong.finding is not None
    assert (wrong.finding.code, wrong.finding.message) == (codes.OTHER_MODE, "notes fires with mode warn, not block: cat a.note")
    assert outcomes(tmp_path, "- {command: cat README.md, mode: warn}")[0].status == FAILED


def test_a_pack_that_extends_another_may_be_stricter(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(POLICY.format(fires="- {command: cat a.note, mode: warn}").replace("then: warn", "then: block"), encoding="utf-8")
    result = load_pack(str(path))
    assert result.pack is not None
    gate = build_gate([result.pack], result.vocabulary)
    own = collect([result])[0]
    inherited = Case(own.pack, own.policy, own.polarity, 1, own.action, None, None, own.file, own.place, inherited=True, mode="warn")
    assert (run_case(own, gate).status, run_case(inherited, gate).status) == (FAILED, PASSED)


def test_what_must_not_fire_has_no_mode(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(POLICY.format(fires="- command: cat a.note").replace("cat README.md", "cat README.md\n          mode: warn"), encoding="utf-8")
    result = load_pack(str(path))
    assert "what must not fire has no mode" in "\n".join(str(item) for item in result.diagnostics)


def test_keys_tell_values_apart() -> None:
    assert len(set(case_keys({"command": "cat {each}", "each": ["a", "b"]}))) == 2
    assert len(set(case_keys({"command": "cat a", "each": ["a", "b"]}))) == 1
