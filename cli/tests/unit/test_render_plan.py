"""Native rules: from the catalog and cases, never wider than the hook, and what is left to the hook says why."""

import json
from pathlib import Path

import pytest
from render_repository import POLICIES, subject_of, write_repository

from packgate.errors import UserError
from packgate.render.options import Options, Settings, read_settings
from packgate.render.plan import Plan
from packgate.render.rendered import render
from packgate.render.report import report
from packgate.render.spelling import Spelling, beginnings, shortest

TARGET = "claude-code"


def plan_of(root: Path, options: Options | None = None, **more: object) -> Plan:
    settings = Settings({TARGET: options or Options()})
    return render(subject_of(root, **more), [TARGET], settings)[TARGET].plan  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan_of(write_repository(tmp_path_factory.mktemp("demo")))


def of(plan: Plan, policy: str) -> list[str]:
    return [pattern for rule in plan.rules if policy in rule.policies for pattern in rule.patterns]


def left(plan: Plan, policy: str) -> str:
    return next(each.left for each in plan.policies if each.standing.policy.id == policy)


def test_words_and_options_come_from_the_catalog(plan: Plan) -> None:
    found = of(plan, "forced")
    assert "Bash(git push --force *)" in found
    assert "Bash(git push * -f *)" in found
    # Named in no case: the catalog knows that it overwrites too.
    assert "Bash(git push --mirror *)" in found
    assert not any(pattern.startswith("Bash(git push *)") for pattern in found)


def test_words_of_cases_that_no_catalog_knows(plan: Plan) -> None:
    assert of(plan, "contexts") == ["Bash(kubectl config use-context prod *)"]


def test_modes(plan: Plan) -> None:
    answers = {policy: rule.answer for rule in plan.rules for policy in rule.policies}
    assert answers["forced"] == "deny"
    assert answers["volumes"] == "ask"
    assert "told" not in answers
    assert "the action runs" in left(plan, "told")


def test_context_and_exceptions_are_left_to_the_hook(plan: Plan) -> None:
    assert "where: team" in left(plan, "of-a-team")
    assert left(plan, "elsewhere")
    assert not of(plan, "elsewhere")


def test_paths_whose_exception_they_contain_are_left_out(plan: Plan) -> None:
    assert sorted(of(plan, "guarded-files")) == ["Edit(//**/.guard/rules.json)", "Edit(~/.guard.json)"]


def test_what_would_stop_a_case_is_listed(tmp_path: Path) -> None:
    corpus = "corpus: ours\npolarity: benign\ntitle: Ours\ncases:\n  - git push --mirror --dry-run backup\n"
    root = write_repository(tmp_path, testcases__benign__ours=corpus)
    plan = plan_of(root)
    assert "Bash(git push --mirror *)" not in of(plan, "forced")
    wide = [each for each in plan.left if "forced" in each.policies]
    assert [each.examples for each in wide] == [("git push --mirror --dry-run backup",)]
    assert "would stop: git push --mirror --dry-run backup" in report({TARGET: render(subject_of(root), [TARGET], Settings())[TARGET]}, "text")
    asked = plan_of(root, Options(doubtful="ask"))
    assert [rule.answer for rule in asked.rules if "Bash(git push --mirror *)" in rule.patterns] == ["ask"]


@pytest.mark.parametrize(("stage", "releases"), [("warn", None), (None, {"demo": "warn"}), (None, {"demo": "audit"})])
def test_stages_before_block_have_no_native_rules(tmp_path: Path, stage: str | None, releases: dict[str, str] | None) -> None:
    plan = plan_of(write_repository(tmp_path), stage=stage, releases=releases)
    assert plan.rules == []


def test_the_least_assignment_of_a_pack_holds_natively(tmp_path: Path) -> None:
    assigned = "assignments:\n  - {pack: demo, stage: warn, for: {group: [trainees]}}\n  - {pack: demo, stage: block}\n"
    assert plan_of(write_repository(tmp_path, assignments=assigned)).rules == []


def test_a_pack_for_some_is_left_to_the_hook(tmp_path: Path) -> None:
    assigned = "assignments:\n  - {pack: demo, stage: block, for: {group: [trainees]}}\n"
    plan = plan_of(write_repository(tmp_path, assignments=assigned))
    assert plan.rules == []
    assert "does not hold for everybody" in left(plan, "forced")


def test_a_waived_policy_is_left_to_the_hook(tmp_path: Path) -> None:
    waiver = ("waivers:\n  - id: w1\n    policy: forced\n    expires: 2030-01-31\n    reason: Migration of the mirror.\n"
              "    owner: a@example.org\n    approver: b@example.org\n    if: {remote: mirror}\n")
    root = write_repository(tmp_path, packs__demo__waivers=waiver)
    plan = plan_of(root)
    assert "waivers" in left(plan, "forced")
    assert not of(plan, "forced")


def test_options_of_settings() -> None:
    settings = read_settings({"targets": {"codex": {"hook": "/opt/x", "locks": ["a"], "minimum-version": "1.2.3"}, "amp": {}}})
    assert list(settings.targets) == ["amp", "codex"]
    assert settings.of("codex") == Options(hook="/opt/x", locks=("a",), minimum_version="1.2.3")
    assert read_settings({"targets": ["gemini", "codex"]}).of("codex") == Options()
    assert list(read_settings({"targets": ["gemini", "codex"]}).targets) == ["codex", "gemini"]


def test_no_native_rules_when_switched_off(tmp_path: Path) -> None:
    plan = plan_of(write_repository(tmp_path), Options(native=False))
    assert plan.rules == []
    assert "switched off" in left(plan, "forced")


def test_spellings_that_another_covers() -> None:
    wide, narrow, option = Spelling(("git", "push")), Spelling(("git", "push", "x")), Spelling(("git", "push"), "-f")
    assert shortest([option, narrow, wide]) == [wide]
    assert shortest([option, Spelling(("git", "push", "-f"))]) == [option]
    assert [each.text for each in beginnings([("rm", "-rf", "/etc/x"), ("a", "b c")])] == ["a", "rm", "rm -rf"]


def test_an_unknown_target(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no target 'emacs'"):
        render(subject_of(write_repository(tmp_path)), ["emacs"], Settings())


def test_the_report_as_data(tmp_path: Path) -> None:
    rendered = render(subject_of(write_repository(tmp_path)), [TARGET], Settings())
    data = json.loads(report(rendered, "json"))[TARGET]
    policies = {each["policy"]: each for each in data["policies"]}
    assert set(policies) == {line.split()[-1] for line in POLICIES.splitlines() if line.startswith("  - id:")}
    assert policies["told"]["hook_only"]
    assert policies["forced"]["native"][0]["decision"] == "deny"
    assert "| `told` | warn |" in report(rendered, "markdown")
