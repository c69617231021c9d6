"""`packgate test`: what it selects, what it says of a failure, what a pack inherits, corpora, coverage, the progress bar."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import DELETION, ROOT, packgate, write_pack

BASE = DELETION.format(id="base-deletion").replace("    then: warn", "    unless: {path: ./migrations/drafts/**}\n    then: warn").replace(
    "          command: rm build/out.txt", "          command: rm migrations/drafts/1.sql\n        - command: rm build/out.txt"
)


def with_base(packs: Path, more: str = "", policies: str | None = None) -> None:
    write_pack(packs, "base", BASE)
    write_pack(packs, "derived", policies or DELETION.format(id="derived-deletion"), more=f"extends: base@1.0.0\n{more}")


def test_a_pack_that_passes(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs")
    done = packgate("test", "packs/mine", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == ["2 cases of 1 policies: 2 passed, 0 failed", "2 prompts did not run: they need a real agent"]


def test_a_failure_names_the_policy_the_line_and_what_was_found(tmp_path: Path) -> None:
    text = DELETION.format(id="mine-deletion").replace("rm migrations/0001.sql", "cat migrations/0001.sql")
    text = text.replace("rm build/out.txt", "rm migrations/2.sql")
    write_pack(tmp_path / "packs", policies=text)
    done = packgate("test", "packs/mine", cwd=tmp_path)
    assert done.code == 1
    assert "packs/mine/policies/layer.yaml:13:11: error PG801 mine-deletion must fire and does not: cat migrations/0001.sql" in done.out
    assert "operations found: read-file(operation=read, path=/home/dev/proj/migrations/0001.sql" in done.out
    assert "packs/mine/policies/layer.yaml:16:11: error PG802 mine-deletion must not fire and does: rm migrations/2.sql" in done.out
    assert "fired on delete-file(operation=delete" in done.out


def test_todo_is_counted_and_does_not_fail(tmp_path: Path) -> None:
    text = DELETION.format(id="mine-deletion").replace("rm migrations/0001.sql", "ls\n          todo: not seen yet").replace(
        "rm build/out.txt", "ls\n          todo: seen already"
    )
    write_pack(tmp_path / "packs", policies=text)
    done = packgate("test", "packs/mine", cwd=tmp_path)
    assert done.code == 0
    assert "2 marked todo" in done.out
    assert "warning PG803" in done.out


def test_filter(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs")
    for pattern, count in (("mine-deletion", 2), ("*/must_fire/*", 1), ("mine-*", 2), ("other", 0)):
        assert packgate("test", "packs/mine", "--filter", pattern, cwd=tmp_path).out.startswith(f"{count} cases")


def test_fail_on_empty(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs")
    assert packgate("test", "packs/mine", "--filter", "other", cwd=tmp_path).code == 0
    done = packgate("test", "packs/mine", "--filter", "other", "--fail-on-empty", cwd=tmp_path)
    assert (done.code, "PG804" in done.out) == (1, True)


def test_a_lone_policies_file(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(DELETION.format(id="lone"), encoding="utf-8")
    done = packgate("test", "rules.yaml", cwd=tmp_path)
    assert done.code == 0, done.out
    assert done.out.startswith("2 cases of 1 policies: 2 passed")


def test_a_file_of_a_pack_runs_its_own_cases_with_the_lists_of_the_pack(tmp_path: Path) -> None:
    listed = DELETION.format(id="mine-deletion").replace("path: ./migrations/**", "path: {list: folders}")
    folder = write_pack(tmp_path / "packs", policies=listed, more="lists: {folders: [./migrations/**]}\n")
    (folder / "policies" / "other.yaml").write_text(DELETION.format(id="other-deletion"), encoding="utf-8")
    done = packgate("test", "packs/mine/policies/layer.yaml", cwd=tmp_path)
    assert done.code == 0, done.out
    assert done.out.startswith("2 cases of 1 policies: 2 passed")
    assert packgate("test", "packs/mine", cwd=tmp_path).out.startswith("4 cases of 2 policies")


def test_inherited_cases_run_with_the_pack_that_extends(tmp_path: Path) -> None:
    with_base(tmp_path / "packs", "override:\n  base-deletion: {then: block, impact: one-way}\n")
    done = packgate("test", "packs/derived", cwd=tmp_path)
    assert done.code == 0, done.out
    assert done.out.splitlines()[:2] == ["2 cases of 1 policies: 2 passed, 0 failed", "3 inherited cases: 3 passed, 0 failed"]


def test_a_narrowed_exception_takes_the_cases_that_it_excused_with_it(tmp_path: Path) -> None:
    more = "override:\n  base-deletion: {unless: {path: ./migrations/drafts/**, environment: test}}\n"
    with_base(tmp_path / "packs", more)
    done = packgate("test", "packs/derived", cwd=tmp_path)
    assert done.code == 0, done.out
    assert "1 inherited cases: 1 passed, 0 failed" in done.out


def test_an_inherited_case_that_fails_is_named(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    with_base(packs)
    policies = packs / "base" / "policies" / "layer.yaml"
    policies.write_text(BASE.replace("rm migrations/0001.sql", "ls"), encoding="utf-8")
    done = packgate("test", "packs/derived", cwd=tmp_path)
    assert done.code == 1
    assert "packs/base/policies/layer.yaml" in done.out
    assert "base-deletion (inherited by derived) must fire and does not: ls" in done.out


def test_packs_run_alone_and_together(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs", "one")
    write_pack(tmp_path / "packs", "two", DELETION.format(id="two-deletion"))
    done = packgate("test", "packs/one", "packs/two", cwd=tmp_path)
    assert (done.code, done.out.startswith("4 cases of 2 policies")) == (0, True)


def corpora(folder: Path) -> None:
    (folder / "testcases").mkdir(parents=True)
    attacks = "  - {command: rm migrations/1.sql, fires: [mine-deletion]}\n  - {command: ls, fires: [mine-deletion, not-loaded]}\n"
    for polarity, cases in (("benign", "  - ls\n  - rm migrations/1.sql\n"), ("attack", attacks)):
        (folder / "testcases" / f"{polarity}.yaml").write_text(
            f"corpus: {polarity}\npolarity: {polarity}\ntitle: Some actions\ncases:\n{cases}", encoding="utf-8"
        )


def test_corpora(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs")
    corpora(tmp_path)
    done = packgate("test", "packs/mine", cwd=tmp_path)
    assert done.code == 1
    assert "testcases/benign.yaml:6:5: error PG807 harmless, but fires mine-deletion: rm migrations/1.sql" in done.out
    assert "testcases/attack.yaml:6:5: error PG808 does not fire mine-deletion: ls" in done.out
    assert "benign corpus: 2 actions in 1 files, 1 wrong" in done.out
    assert packgate("test", "packs/mine", "--no-corpora", cwd=tmp_path).code == 0


def test_junit_lists_every_case(tmp_path: Path) -> None:
    with_base(tmp_path / "packs")
    corpora(tmp_path)
    (tmp_path / "packgate.yaml").write_text("version: 1\npacks: [derived]\n", encoding="utf-8")
    done = packgate("test", "--format", "junit", cwd=tmp_path)
    cases = [case.attrib["name"] for case in ElementTree.fromstring(done.out).iter("testcase")]
    assert sorted(cases) == sorted([
        "derived-deletion/must_fire/1", "derived-deletion/must_not_fire/1", "derived: base-deletion/must_fire/1",
        "derived: base-deletion/must_not_fire/1", "derived: base-deletion/must_not_fire/2", "benign/0", "benign/1", "attack/0", "attack/1",
    ])


def test_json_lists_every_case(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs")
    document = json.loads(packgate("test", "packs/mine", "--format", "json", cwd=tmp_path).out)
    assert [(check["name"], check["status"]) for check in document["checks"]] == [
        ("mine-deletion/must_fire/1", "passed"), ("mine-deletion/must_not_fire/1", "passed"),
    ]


def test_coverage_reports_where_the_branch_stands(tmp_path: Path) -> None:
    condition = "    if:\n      - {path: ./migrations/**}\n      - {path: ./schema/**, effect: delete}"
    text = DELETION.format(id="mine-deletion").replace("    if: {path: ./migrations/**}", condition)
    write_pack(tmp_path / "packs", policies=text)
    assert packgate("test", "packs/mine", cwd=tmp_path).code == 0
    done = packgate("test", "packs/mine", "--coverage", cwd=tmp_path)
    assert done.code == 1
    assert "layer.yaml:10:9: error PG805 mine-deletion: no must_fire case fires by this alternative of `if`" in done.out
    assert "layer.yaml:10:29: error PG805 mine-deletion: no must_not_fire case is kept from firing by `effect` alone" in done.out
    assert done.out.count("PG805") == 2


def test_coverage_of_filtered_cases_judges_their_policies_by_all_cases(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "packs")
    other = DELETION.format(id="other-deletion").replace("rm build/out.txt", "ls")
    (folder / "policies" / "other.yaml").write_text(other, encoding="utf-8")
    assert packgate("test", "packs/mine", "--coverage", cwd=tmp_path).code == 1
    assert packgate("test", "packs/mine", "--coverage", "--filter", "mine-deletion/must_fire/*", cwd=tmp_path).code == 0


def test_environment_words_of_a_pack_count(tmp_path: Path) -> None:
    text = """\
policies:
  - id: blue-namespace
    title: Delete a namespace in production
    threat: layer
    impact: one-way
    rationale: There is no undo.
    when: [cloud-destroy, cluster-change]
    if: {environment: production}
    then: block
    message: Ask the platform team to do it.
    tests:
      must_fire:
        - prompt: Delete the blue namespace.
          command: kubectl --context blue delete namespace web
        - command: kubectl --context prod delete namespace web
      must_not_fire:
        - prompt: Delete the green namespace.
          command: kubectl --context green delete namespace web
"""
    write_pack(tmp_path / "packs", policies=text, more="environments: {production: [blue]}\n")
    done = packgate("test", "packs/mine", cwd=tmp_path)
    assert done.code == 0, done.out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_progress_bar_on_a_terminal_only(tmp_path: Path) -> None:
    import pty
    import subprocess

    (tmp_path / "testcases").mkdir()
    cases = "".join(f"  - echo {number}\n" for number in range(1200))
    (tmp_path / "testcases" / "many.yaml").write_text(f"corpus: many\npolarity: benign\ntitle: Many\ncases:\n{cases}", encoding="utf-8")
    write_pack(tmp_path / "packs")
    command = [sys.executable, "-m", "packgate", "test", "packs/mine"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli"), "TERM": "xterm"}
    ours, theirs = pty.openpty()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path, env=environment, timeout=60, check=False)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "running cases" in shown
    assert "\x1b" not in done.stdout.decode()
    quiet = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, timeout=60, check=False)
    assert quiet.stderr == b""
