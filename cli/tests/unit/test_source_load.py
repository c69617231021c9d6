"""Packs: what is read, what is refused, and what comes out as the model."""

from __future__ import annotations

import os

import pytest

from packgate.diagnostics import Severity
from packgate.model.policy import Condition, Pattern
from packgate.source import codes
from packgate.source.load import load_pack

HEADER = "name: base\ntitle: Base\nversion: 1.2.0\nowners: [me]\n"


def policy(name, more="", then="warn", when="git-action"):
    lines = [
        f"- id: {name}", "title: T", "impact: risky", "rationale: R", f"when: [{when}]", f"then: {then}", *more.splitlines(),
    ]
    return "\n".join(["  " + lines[0]] + ["    " + line for line in lines[1:]]) + "\n"


def write_pack(folder, header=HEADER, files=None):
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(header)
    for name, text in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(folder)


def one(result, code):
    found = [item for item in result.diagnostics if item.code == code]
    assert len(found) == 1, [(item.code, item.message) for item in result.diagnostics]
    return found[0]


def test_a_whole_pack_becomes_the_model(tmp_path):
    more = (
        "if:\n  - {operation: [DROP*, {regex: 'TRUNC.*'}], environment: production}\n"
        "  - {branch: {not: {list: safe}}, flag: {all: [-f, -x]}}\n"
        'unless: {database: ["*_test", {context: repo.name}]}\nwhere: {group: payments}\n'
        "threat: layer\nrisk: 95\nmessage: >-\n  Do\n  this.\n"
    )
    then = "{mode: require-approval, approver: dba, alert: [sec], redact: true}"
    waiver = "id: w, policy: first, reason: R, owner: o, approver: p, expires: 2026-03-31"
    header = HEADER + (
        "threats: {layer: {title: L}}\nlists: {safe: [main, 'release/**']}\nuncertain: warn\ndefault: deny\n"
        "environments: {production: [blue]}\n"
    )
    path = write_pack(tmp_path / "base", header, {
        "policies/b.yaml": "policies:\n" + policy("second"),
        "policies/a.yaml": "policies:\n" + policy("first", more, then),
        "rollout.yaml": "pack: warn\nthreats: {layer: block}\npolicies: {first: audit}\n",
        "waivers.yaml": f"waivers:\n  - {{{waiver}, if: {{database: billing}}, where: {{user: ana}}}}\n",
    })
    result = load_pack(path)
    assert result.diagnostics == []
    pack = result.pack
    assert (pack.name, pack.version, pack.title, str(pack.default), pack.uncertain) == ("base", "1.2.0", "Base", "deny", "warn")
    assert (pack.lists, pack.environments) == ({"safe": ("main", "release/**")}, {"production": ("blue",)})
    assert [item.id for item in pack.policies] == ["first", "second"]
    first = pack.policies[0]
    assert (first.pack, first.when, first.threat, first.impact, first.risk, first.message) == (
        "base", ("git-action",), "layer", "risky", 95, "Do this.")
    outcome = first.outcome
    assert (outcome.mode, outcome.approver, outcome.alert, outcome.redact, outcome.confirm) == (
        "require-approval", "dba", ("sec",), True, False)
    assert repr(first.clauses) == repr((
        (Condition("operation", (Pattern("glob", "DROP*"), Pattern("regex", "TRUNC.*"))),
         Condition("environment", (Pattern("glob", "production"),))),
        (Condition("branch", (Pattern("list", "safe"),), "not"),
         Condition("flag", (Pattern("glob", "-f"), Pattern("glob", "-x")), "all")),
    ))
    excused = Condition("database", (Pattern("glob", "*_test"), Pattern("context", "repo.name")))
    assert repr(first.exceptions) == repr(((excused,),))
    assert repr(first.where) == repr((Condition("group", (Pattern("glob", "payments"),)),))
    assert pack.policies[1].risk == 50
    assert (pack.rollout.pack, pack.rollout.threats, pack.rollout.policies) == ("warn", {"layer": "block"}, {"first": "audit"})
    waiver = pack.waivers[0]
    assert (waiver.id, waiver.policy, waiver.expires, waiver.owner, waiver.approver) == ("w", "first", "2026-03-31", "o", "p")
    assert repr(waiver.conditions) == repr((Condition("database", (Pattern("glob", "billing"),)),))
    assert str(result.policies["first"].position("unless", "database", 0)) == f"{path}/policies/a.yaml:11:25"
    assert result.threats == {"layer": {"title": "L"}}


def test_loading_is_the_same_every_time(tmp_path):
    files = {f"policies/{n}.yaml": "policies:\n" + policy("same") + policy(f"p{n}", "if: {brnch: x}") for n in range(5)}
    path = write_pack(tmp_path / "base", files=files)
    first, second = load_pack(path), load_pack(path)
    assert first.diagnostics == second.diagnostics == sorted(first.diagnostics, key=lambda item: item.sort_key())
    assert len([item for item in first.diagnostics if item.code == codes.DUPLICATE_POLICY]) == 4
    assert len([item for item in first.diagnostics if item.code == codes.UNKNOWN_FIELD]) == 5
    assert first.pack is None


def test_errors_of_all_files_are_collected(tmp_path):
    path = write_pack(tmp_path / "base", HEADER + "ownrs: [x]\n", {
        "policies/a.yaml": "policies: [\n",
        "policies/b.yaml": "policies:\n" + policy("b", "if: {brnch: x}") + policy("c", then="blok"),
        "rollout.yaml": "pack: &x warn\n",
        "waivers.yaml": "waivers:\n  - {id: w, policy: nope, reason: R, expires: 2026-02-30}\n",
    })
    found = [(os.path.basename(item.position.file), item.code) for item in load_pack(path).diagnostics]
    assert found == [
        ("pack.yaml", codes.UNKNOWN_KEY), ("a.yaml", codes.SYNTAX), ("b.yaml", codes.UNKNOWN_FIELD),
        ("b.yaml", codes.NOT_ALLOWED),
        ("rollout.yaml", codes.ANCHOR), ("waivers.yaml", codes.UNKNOWN_POLICY), ("waivers.yaml", codes.MALFORMED_DATE),
    ]


@pytest.mark.parametrize(("more", "code", "word"), [
    ("if: {brnch: main}", codes.UNKNOWN_FIELD, "'branch'"), ("unless: [{brnch: main}]", codes.UNKNOWN_FIELD, "'branch'"),
    ("if: {branch: {list: sfe}}", codes.UNKNOWN_LIST, "'safe'"),
    ("unless: {branch: [a, {list: sfe}]}", codes.UNKNOWN_LIST, "'safe'"),
    ("if: {branch: {not: [{list: sfe}]}}", codes.UNKNOWN_LIST, "'safe'"),
    ("where: {repo: {list: sfe}}", codes.UNKNOWN_LIST, "'safe'"),
    ("threat: lyer", codes.UNKNOWN_THREAT, "'layer'"),
])
def test_names_that_do_not_exist(tmp_path, more, code, word):
    header = HEADER + "threats: {layer: {title: L}}\nlists: {safe: [x]}\n"
    result = load_pack(write_pack(tmp_path / "base", header, {"policies/a.yaml": "policies:\n" + policy("a", more)}))
    problem = one(result, code)
    assert "policy 'a': unknown" in problem.message
    assert word in problem.hint
    assert problem.position.line == 8
    assert result.pack is None


def test_unknown_family(tmp_path):
    result = load_pack(write_pack(tmp_path / "base", files={"policies/a.yaml": "policies:\n" + policy("a", when="git-acton")}))
    assert one(result, codes.UNKNOWN_FAMILY).hint == "did you mean 'git-action'?"


def test_the_context_can_define_lists(tmp_path):
    path = write_pack(tmp_path / "base", files={"policies/a.yaml": "policies:\n" + policy("a", "if: {host: {list: internal}}")})
    assert one(load_pack(path), codes.UNKNOWN_LIST)
    assert load_pack(path, lists={"internal"}).diagnostics == []


def test_files_that_would_be_passed_over_are_told(tmp_path):
    path = write_pack(tmp_path / "base", files={
        "policies/a.yml": "policies:\n" + policy("a"), "policies/b.yaml.bak": "x", "policies/c.json": "{}",
        "policies/sub/d.yaml": "x", "policies/README.md": "x", "policies/.a.swp": "x", "policies/.hidden.yaml": "x",
    })
    result = load_pack(path)
    names = [os.path.basename(item.position.file) for item in result.diagnostics]
    assert names == [".hidden.yaml", "b.yaml.bak", "c.json", "sub"]
    assert {item.severity for item in result.diagnostics} == {Severity.WARNING}
    assert [item.id for item in result.pack.policies] == ["a"]


def test_rollout_of_unknown_names(tmp_path):
    path = write_pack(tmp_path / "base", files={
        "policies/a.yaml": "policies:\n" + policy("force-push"),
        "rollout.yaml": "threats: {nope: warn}\npolicies: {forse-push: warn}\n",
    })
    result = load_pack(path)
    assert one(result, codes.UNKNOWN_THREAT).position.line == 1
    assert one(result, codes.UNKNOWN_POLICY).hint == "did you mean 'force-push'?"


def test_a_reference_to_a_policy_with_an_error_is_no_second_error(tmp_path):
    path = write_pack(tmp_path / "base", files={
        "policies/a.yaml": "policies:\n" + policy("a", then="blok"), "rollout.yaml": "policies: {a: warn}\n",
    })
    assert [item.code for item in load_pack(path).diagnostics] == [codes.NOT_ALLOWED]


def test_duplicate_waiver_ids(tmp_path):
    waiver = "  - {id: w, policy: a, reason: R, expires: 2026-01-01}\n"
    path = write_pack(tmp_path / "base", files={
        "policies/a.yaml": "policies:\n" + policy("a"), "waivers.yaml": "waivers:\n" + waiver * 2,
    })
    assert one(load_pack(path), codes.DUPLICATE_WAIVER).position.line == 3


def test_a_policies_file_stands_alone(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("policies:\n" + policy("a", "threat: anything"))
    result = load_pack(str(path))
    assert result.diagnostics == []
    assert (result.pack.name, [item.id for item in result.pack.policies]) == ("mine", ["a"])
    path.write_text("policies:\n" + policy("a") + policy("a"))
    assert one(load_pack(str(path)), codes.DUPLICATE_POLICY).position.line == 8
    path.write_text("rules: []\n")
    assert one(load_pack(str(path)), codes.UNKNOWN_KIND)


def test_a_pack_can_be_named_by_its_header(tmp_path):
    path = write_pack(tmp_path / "base", files={"policies/a.yaml": "policies:\n" + policy("a")})
    assert load_pack(os.path.join(path, "pack.yaml")).pack.name == "base"


def test_a_folder_without_header_is_no_pack(tmp_path):
    assert one(load_pack(str(tmp_path)), codes.NO_PACK_FILE)


def test_a_pack_can_add_to_the_vocabulary_and_not_change_it(tmp_path):
    header = HEADER
    catalog = (
        "families:\n  billing-change: {definition: Changes an invoice.}\n"
        "fields:\n  invoice: {type: word, definition: An invoice.}\nprograms: []\n"
    )
    files = {"policies/a.yaml": "policies:\n" + policy("a", "if: {invoice: x}", when="billing-change"), "catalog/c.yaml": catalog}
    result = load_pack(write_pack(tmp_path / "base", header, files))
    assert result.diagnostics == []
    assert "invoice" in result.vocabulary.fields
    files["catalog/c.yaml"] = "families:\n  git-action: {definition: Anything.}\nprograms: []\n"
    files["policies/a.yaml"] = "policies:\n" + policy("a")
    result = load_pack(write_pack(tmp_path / "base", header, files))
    assert one(result, codes.VOCABULARY_CLASH).position.line == 2
    assert result.pack is None


def test_a_packs_programs_are_compiled_and_inherited(tmp_path):
    catalog = (
        "programs:\n  - name: billingctl\n    title: Change invoices\n    does:\n"
        "      - {families: [cloud-provision], operation: change, effect: write}\n"
    )
    write_pack(tmp_path / "base", files={"catalog/c.yaml": catalog})
    result = load_pack(write_pack(tmp_path / "child", HEADER.replace("base", "child") + "extends: base@1.2.0\n"))
    assert result.diagnostics == []
    assert list(result.pack.catalog["names"]) == ["billingctl"]


@pytest.mark.parametrize(("old", "new", "code", "line"), [
    ("billingctl", "git", codes.CATALOG_CLASH, 2),
    ("[cloud-provision]", "[cloud-provison]", codes.CATALOG, 5),
    ("title:", "tilte:", codes.CATALOG, 2), ("programs:", "program:", codes.CATALOG, 1),
])
def test_mistakes_of_a_packs_catalog_have_a_place(tmp_path, old, new, code, line):
    catalog = (
        "programs:\n  - name: billingctl\n    title: T\n    does:\n"
        "      - {families: [cloud-provision], operation: change, effect: write}\n"
    )
    result = load_pack(write_pack(tmp_path / "base", files={"catalog/c.yaml": catalog.replace(old, new)}))
    assert result.pack is None
    assert {(item.code, item.position.line) for item in result.diagnostics} >= {(code, line)}
