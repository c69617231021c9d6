"""What trying texts finds: what lint and all tests would find, with only those cases run that the texts can change; and who is to blame."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from policy_repository import ENVIRONMENT, PolicyRepository

from packgate.lint.context import LintContext
from packgate.lint.runner import lint
from packgate.source.edit import set_stage
from packgate.source.workspace import load_workspace, pack_names
from packgate.suggest import narrowing
from packgate.suggest.carrying import checked
from packgate.suggest.suggestion import PROMOTION, Edit, Suggestion
from packgate.suggest.trial import Trial
from packgate.testing import runner
from packgate.testing.suite import Selection, make_suite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packgate.source.workspace import Workspace

TODAY = "2026-02-15"
ALL, ROLLOUT, WAIVERS, PACK = (f"packs/demo/{name}" for name in ("policies/all.yaml", "rollout.yaml", "waivers.yaml", "pack.yaml"))
AUDITED = """\
  - id: pods
    title: List pods
    threat: data
    impact: routine
    rationale: It is recorded.
    when: [cluster-change, command]
    if: {program: kubectl}
    then: audit
    risk: 10
    message: Recorded.
    tests:
      must_fire:
        - prompt: List the pods.
          command: kubectl get pods
      must_not_fire:
        - prompt: List files.
          command: ls
"""
BENIGN = """\
corpus: plain
polarity: benign
title: Harmless
cases:
  - command: ls
  - command: git push origin feature/x
  - command: psql -c 'SELECT 1'
  - command: psql -c 'DROP TABLE scratch'
"""
ATTACK = """\
corpus: bad
polarity: attack
title: Attacks
cases:
  - command: psql -h prod-db -c 'DROP TABLE users'
    fires: [no-drop]
  - command: git push --force origin main
    fires: [no-force]
"""
CHILD = """\
version: "1.0.0"
name: child
title: A pack that extends
owners: [security]
extends: demo@1.0.0
"""
WAIVER = """\
waivers:
  - id: import-job
    policy: no-force
    reason: The import job.
    owner: ana
    approver: security
    expires: "2026-02-20"
    if: {branch: import/x}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    made = PolicyRepository(tmp_path / "repository")
    made.write(ALL, made.read(ALL) + AUDITED)
    made.write("testcases/benign/plain.yaml", BENIGN)
    made.write("testcases/attack/plain.yaml", ATTACK)
    return made.root


def everything(root: Path) -> Counter[tuple[str, str, bool]]:
    """The findings of lint and of all tests, by file and code."""
    space = load_workspace(str(root))
    found = list(space.diagnostics)
    if space.ok:
        found += lint(LintContext(
            results=space.results, settings=space.settings, assignments=space.assignments, context_files=space.context,
            groups_from=space.context, lists=space.lists, root=str(root), today=TODAY, pack_names=tuple(pack_names(str(root / "packs"))),
        ))
        found += make_suite(space, Selection(), corpora=root / "testcases").run().diagnostics
    return Counter(
        (os.path.relpath(each.position.file, root), each.code, each.severity.value == "error")
        for each in found if each.severity.value in ("error", "warning"))


def narrower(text: str) -> str:
    return text.replace("    if: {operation: force-push}\n", "    if: {operation: force-push, branch: other}\n")


def fewer_cases(text: str) -> str:
    return text.replace("        - command: psql -c 'TRUNCATE users'\n", "")


def louder(text: str) -> str:
    return text.replace("    if: {operation: [DROP*, TRUNCATE*]}\n", "").replace("    when: [database-admin]\n", "    when: [command]\n", 1)


def audited_loudly(text: str) -> str:
    return text.replace("    impact: routine\n", "    impact: risky\n").replace("if: {program: kubectl}\n    then: audit", "if: {program: ls}\n    then: warn")


CHANGES: dict[str, tuple[str, Callable[[str], str], set[str]]] = {
    "nothing is new": (ALL, lambda text: text.replace("risk: 50", "risk: 60"), set()),
    "its case does not fire any more, and an attack is missed": (ALL, narrower, {"PG801", "PG808"}),
    "a case less": (ALL, fewer_cases, set()),
    "it fires on what is harmless, and on its near misses": (ALL, louder, {"PG802", "PG807"}),
    "a policy that only recorded warns": (ALL, audited_loudly, {"PG801", "PG802", "PG807"}),
    "not YAML": (ALL, lambda text: text + "  - id: [\n", {"PG006"}),
    "a stage that changes nothing": (ROLLOUT, lambda text: set_stage(text, "policies", "pods", "warn"), {"PG250"}),
    "a stage": (ROLLOUT, lambda text: set_stage(text, "threats", "data", "block"), set()),
    "a waiver": (WAIVERS, lambda text: WAIVER, set()),
    "a pack": (PACK, lambda text: text.replace("owners: [security]", "owners: [security]\ndefault: deny"), set()),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("extended", [False, True])
def test_a_trial_finds_what_lint_and_all_tests_find_anew(root: Path, name: str, extended: bool) -> None:
    if extended:
        (root / "packs/child").mkdir()
        (root / "packs/child/pack.yaml").write_text(CHILD)
        (root / "packgate.yaml").write_text("version: 1\npacks: [child, demo]\n")
    path, change, _ = CHANGES[name]
    before = everything(root)
    place = root / path
    old = place.read_text() if place.exists() else ""
    new = change(old)
    assert new != old
    found = Trial(root, load_workspace(str(root)), TODAY).new({path: new})
    place.write_text(new)
    assert {(file, code, error) for file, code, _, error in found} == set(everything(root) - before)


@pytest.mark.parametrize("name", [name for name, change in CHANGES.items() if change[2]])
def test_the_changes_find_something(root: Path, name: str) -> None:
    path, change, codes = CHANGES[name]
    assert {found[1] for found in Trial(root, load_workspace(str(root)), TODAY).new({path: change((root / path).read_text())})} >= codes


@pytest.mark.parametrize(("path", "change", "count"), [
    (ROLLOUT, CHANGES["a stage"][1], 0), (WAIVERS, CHANGES["a waiver"][1], 0),
    # Its two cases, the one attack that is about it, and everything harmless.
    (ALL, CHANGES["nothing is new"][1], 2 + 1 + 4),
    # Audited: no corpus is about it.
    (ALL, lambda text: text.replace("risk: 10", "risk: 11"), 2),
])
def test_only_what_can_change_is_run(
    root: Path, path: str, change: Callable[[str], str], count: int, monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[object] = []
    own, corpus = runner.run_case, runner._corpus_problem
    monkeypatch.setattr(runner, "run_case", lambda case, gate: ran.append(case) or own(case, gate))
    monkeypatch.setattr(runner, "_corpus_problem", lambda case, gate, known: ran.append(case) or corpus(case, gate, known))
    text = (root / path).read_text() if (root / path).exists() else ""
    assert Trial(root, load_workspace(str(root)), TODAY).new({path: change(text)}) == []
    assert len(ran) == count


def _promotion(key: str, name: str) -> Suggestion:
    edit = Edit(ROLLOUT, lambda text: set_stage(text, key, name, "warn"))
    return Suggestion(PROMOTION, f"demo/{name}", name, "because", {}, edits=(edit,))


def test_only_what_finds_something_by_itself_is_refused(root: Path) -> None:
    suggestions = [_promotion("threats", "history"), _promotion("policies", "pods"), _promotion("policies", "no-drop")]
    texts: Mapping[str, str] = checked(root, suggestions, Trial(root, load_workspace(str(root)), TODAY))
    assert [each.ready for each in suggestions] == [True, False, True]
    assert "PG250" in (suggestions[1].refused or "")
    assert "history: 'warn'" in texts[ROLLOUT]
    assert "no-drop: warn" in texts[ROLLOUT]
    assert "pods" not in texts[ROLLOUT]


def test_what_was_found_before_is_not_new(root: Path) -> None:
    (root / ALL).write_text(narrower((root / ALL).read_text()))
    space: Workspace = load_workspace(str(root))
    assert Trial(root, space, TODAY).new({ALL: (root / ALL).read_text().replace("risk: 50", "risk: 60")}) == []


def test_production_is_no_exception(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowing, "FIELDS", (("environment",),))
    space = load_workspace(str(root))
    for host, found in (("staging-db", {"environment": ["staging"]}), ("prod-db", None)):
        example = {"surface": "shell", "command": f"psql -h {host} -c 'DROP TABLE scratch'", "cwd": "/srv/app"}
        change = narrowing.narrowed(root, space, "demo/no-drop", [example], [], f"{TODAY}T00:00:00Z")
        assert (change and change.fields) == found
