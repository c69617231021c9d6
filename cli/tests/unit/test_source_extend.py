"""Packs that build on packs: inherited policies, tighter overrides, refused loosening."""

from __future__ import annotations

import pytest
from test_source_load import HEADER, one, policy, write_pack

from packgate.source import codes
from packgate.source.load import load_pack

CHILD = "name: child\ntitle: Child\nversion: 2.0.0\nowners: [me]\nextends: base@1.2.0\n"
BASE_POLICY = policy(
    "p",
    "unless:\n  - {database: ['*_test', '*_ci']}\n  - {host: localhost, user: {not: root}, flag: {all: [-a]}}\nmessage: Old.",
    then="{mode: warn, redact: true, alert: [sec], confirm: true}",
)
TIMED = policy("t", then="{mode: require-approval, approver: leads, approval_minutes: 30}")


@pytest.fixture
def base(tmp_path):
    return write_pack(tmp_path / "base", HEADER + "threats: {layer: {title: L}}\nlists: {hosts: [a]}\nuncertain: warn\n", {
        "policies/a.yaml": "policies:\n" + BASE_POLICY + TIMED + policy("q", "if: {host: {list: hosts}}\nthreat: layer"),
        "rollout.yaml": "pack: block\n", "waivers.yaml": "waivers: []\n",
    })


def child(tmp_path, more="", files=None):
    return load_pack(write_pack(tmp_path / "child", CHILD + more, files))


@pytest.mark.usefixtures("base")
def test_policies_lists_and_threats_are_inherited_and_stages_are_not(tmp_path):
    result = child(tmp_path, "threats: {own: {title: O}}\nlists: {mine: [b]}\nenvironments: {production: [blue]}\n", {
        "policies/c.yaml": "policies:\n" + policy("r", "if: {host: [{list: hosts}, {list: mine}]}\nthreat: own"),
        "rollout.yaml": "policies: {p: warn, r: warn}\nthreats: {layer: warn}\n",
    })
    assert result.diagnostics == []
    assert [(item.id, item.pack) for item in result.pack.policies] == [("p", "child"), ("t", "child"), ("q", "child"), ("r", "child")]
    assert result.pack.lists == {"hosts": ("a",), "mine": ("b",)}
    assert (result.pack.uncertain, result.pack.rollout.pack) == ("warn", "audit")
    assert set(result.threats) == {"layer", "own"}
    assert [item.id for item in result.own_policies] == ["r"]
    assert result.policies["p"].file.path.endswith("base/policies/a.yaml")


@pytest.mark.usefixtures("base")
def test_overrides_make_tighter(tmp_path):
    result = child(tmp_path, (
        "override:\n  p:\n    then: {mode: block, alert: [more]}\n    impact: one-way\n    message: New.\n"
        "    unless: [{database: '*_test', host: localhost}]\n  q: {then: terminate}\n"
    ))
    assert result.diagnostics == []
    p, _, q = result.pack.policies
    assert (p.outcome.mode, p.outcome.alert, p.outcome.redact) == ("block", ("sec", "more"), True)
    assert (p.impact, p.message) == ("one-way", "New.")
    assert [condition.field for condition in p.exceptions[0]] == ["database", "host"]
    assert q.outcome.mode == "terminate"
    assert result.policies["p"].override[1] == "/override/p"


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize("unless", [
    "[]", "[{database: ['*_test']}]", "{database: ['*_ci', '*_test'], branch: x}",
    "[{host: localhost, user: {not: [root, admin]}, flag: {all: [-a, -b]}}]",
])
def test_exceptions_may_go_or_get_narrower(tmp_path, unless):
    assert child(tmp_path, f"override: {{p: {{unless: {unless}}}}}\n").diagnostics == []


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize(("then", "minutes"), [("block", 30), ("{mode: require-approval}", 30), ("{mode: require-approval, approval_minutes: 5}", 5)])
def test_an_approval_may_get_shorter(tmp_path, then, minutes):
    result = child(tmp_path, f"override: {{t: {{then: {then}}}}}\n")
    assert [policy.outcome.approval_minutes for policy in result.pack.policies if policy.id == "t"] == [minutes]


@pytest.mark.usefixtures("base")
def test_an_approval_may_not_get_longer(tmp_path):
    problem = one(child(tmp_path, "override: {t: {then: {mode: require-approval, approval_minutes: 31}}}\n"), codes.OVERRIDE_LOOSER)
    assert "can't hold longer" in problem.message


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize(("override", "place"), [
    ("{then: audit}", "audit"), ("{then: allow}", "allow"), ("{then: {mode: warn, redact: false}}", "{mode"),
    ("{then: {mode: warn, confirm: false}}", "{mode"), ("{impact: routine}", "routine"), ("{unless: {database: '*'}}", "{data"),
    ("{unless: [{database: '*_test'}, {branch: x}]}", "{branch"), ("{unless: {database: ['*_test', '*_dev']}}", "{data"),
    ("{unless: {host: localhost, user: {not: root}}}", "{host"),
    ("{unless: {host: localhost, user: root, flag: {all: [-a]}}}", "{host"),
    ("{unless: {host: localhost, user: {not: admin}, flag: {all: [-a]}}}", "{host"),
])
def test_overrides_may_not_loosen(tmp_path, override, place):
    line = f"override: {{p: {override}}}"
    result = child(tmp_path, line + "\n")
    problem = one(result, codes.OVERRIDE_LOOSER)
    assert (problem.position.line, problem.position.column) == (6, line.index(place) + 1)
    assert result.pack is None


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize("more", ["uncertain: audit\n", "lists: {hosts: [a, b]}\n"])
def test_settings_may_not_loosen(tmp_path, more):
    assert one(child(tmp_path, more), codes.OVERRIDE_LOOSER)


def test_default_deny_stays(tmp_path):
    write_pack(tmp_path / "base", HEADER + "default: deny\n")
    assert str(child(tmp_path).pack.default) == "deny"
    assert one(child(tmp_path, "default: allow\n"), codes.OVERRIDE_LOOSER)
    assert one(child(tmp_path, "default: {shell: audit}\n"), codes.OVERRIDE_LOOSER)
    assert one(child(tmp_path, "lifted_by: [another]\n"), codes.OVERRIDE_LOOSER)


def test_a_default_by_surface_keeps_what_it_does_not_name(tmp_path):
    write_pack(tmp_path / "base", HEADER + "default: {shell: deny, file: audit}\nlifted_by: [tools]\n")
    pack = child(tmp_path, "default: {file: deny, web: audit}\n").pack
    assert pack.default.modes == {"shell": "deny", "file": "deny", "web": "audit"}
    assert (str(pack.default), pack.default.lifted_by) == ("deny for shell and file, audit for web", ("tools",))


@pytest.mark.parametrize(("more", "limit"), [
    ("", (5, 10)), ("terminate_after: {denials: 4, minutes: 10}\n", (4, 10)), ("terminate_after: {denials: 5, minutes: 11}\n", (5, 11)),
    ("terminate_after: {denials: 6, minutes: 10}\n", None), ("terminate_after: {denials: 1, minutes: 9}\n", None),
])
def test_the_end_of_a_session_may_only_come_sooner(tmp_path, more, limit):
    write_pack(tmp_path / "base", HEADER + "terminate_after: {denials: 5, minutes: 10}\n")
    if limit is None:
        assert one(child(tmp_path, more), codes.OVERRIDE_LOOSER)
    else:
        assert child(tmp_path, more).pack.terminate_after == limit


@pytest.mark.usefixtures("base")
def test_override_of_nothing(tmp_path):
    assert one(child(tmp_path, "override: {pp: {then: block}}\n"), codes.OVERRIDE_UNKNOWN).hint == "did you mean 'p'?"


@pytest.mark.usefixtures("base")
def test_an_inherited_id_cannot_be_used_again(tmp_path):
    problem = one(child(tmp_path, files={"policies/c.yaml": "policies:\n" + policy("p")}), codes.DUPLICATE_POLICY)
    assert "override" in problem.hint
    assert "base/policies/a.yaml:2:9" in problem.message


def test_missing_base_wrong_version_broken_base_and_circle(tmp_path):
    assert one(child(tmp_path), codes.BASE_NOT_FOUND).position.line == 5
    write_pack(tmp_path / "base", HEADER.replace("1.2.0", "1.3.0"))
    problem = one(child(tmp_path), codes.BASE_VERSION)
    assert "base@1.3.0" in problem.hint
    write_pack(tmp_path / "base", HEADER + "x: 1\n")
    result = child(tmp_path)
    assert [item.code for item in result.diagnostics] == [codes.UNKNOWN_KEY, codes.BASE_BROKEN]
    write_pack(tmp_path / "base", HEADER + "extends: child@2.0.0\n")
    result = child(tmp_path)
    assert one(result, codes.BASE_CYCLE).message.endswith("child extends base extends child")
    assert result.pack is None


def test_a_pack_cannot_extend_itself(tmp_path):
    write_pack(tmp_path / "base", HEADER + "extends: base@1.2.0\n")
    assert one(load_pack(str(tmp_path / "base")), codes.BASE_CYCLE)


def test_three_levels(tmp_path):
    write_pack(tmp_path / "base", HEADER, {"policies/a.yaml": "policies:\n" + policy("p")})
    write_pack(tmp_path / "child", CHILD + "override: {p: {then: block}}\n", {"policies/b.yaml": "policies:\n" + policy("q")})
    top = "name: top\ntitle: Top\nversion: 1.0.0\nowners: [me]\nextends: child@2.0.0\n"
    top += "override: {p: {then: warn}, q: {then: block}}\n"
    problem = one(load_pack(write_pack(tmp_path / "top", top)), codes.OVERRIDE_LOOSER)
    assert "warn is looser than the inherited block" in problem.message
    result = load_pack(write_pack(tmp_path / "top", top.replace("p: {then: warn}, ", "")))
    assert [(item.id, item.outcome.mode) for item in result.pack.policies] == [("p", "block"), ("q", "block")]
    assert {item.pack for item in result.pack.policies} == {"top"}
