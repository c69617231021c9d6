"""Schema violations: their place, their words, and the cache that skips what was valid."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from packgate.model.action import _KEYS
from packgate.source import cache as cache_module
from packgate.source import codes
from packgate.source import schema as schema_module
from packgate.source.cache import ValidationCache, default_cache_folder
from packgate.source.read import parse_source
from packgate.source.schema import check_schema, schema_errors
from packgate.source.suggest import did_you_mean, nearest

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = sorted(path for path in (ROOT / "schema").glob("*.schema.json"))
OURS = ("action", "assignments", "context", "decision", "event", "pack", "packgate", "policies", "rollout", "waivers")

POLICY = """policies:
  - id: p-one
    title: One
    impact: risky
    rationale: Because.
    when: [git-action]
    then: warn
"""


def judge(text, kind="policies"):
    source, problems = parse_source(text, "f.yaml")
    assert source is not None, problems
    return check_schema(source, kind)


def only(text, kind="policies"):
    found = judge(text, kind)
    assert len(found) == 1, [item.message for item in found]
    return found[0]


def test_a_plain_policy_is_valid():
    assert judge(POLICY) == []


@pytest.mark.parametrize(("old", "new", "code", "place", "words", "hint"), [
    ("title: One", "tilte: One", codes.UNKNOWN_KEY, (3, 5), "policy 'p-one': unknown key 'tilte'", "'title'"),
    ("then: warn", "then: blok", codes.NOT_ALLOWED, (7, 11), "then: 'blok' is not one of allow, audit", "'block'"),
    ("then: warn", "then: {mode: wran}", codes.NOT_ALLOWED, (7, 18), "then.mode: 'wran'", "'warn'"),
    ("then: warn", "then: {mod: warn}", codes.UNKNOWN_KEY, (7, 12), "unknown key 'mod'", "'mode'"),
    ("then: warn", "then: 3", codes.WRONG_TYPE, (7, 11), "expected text or a mapping, found the number 3", "quotes"),
    ("then: warn", "then: {mode: warn, confirm: yes}", codes.WRONG_TYPE, (7, 33), "expected true or false", "true or false"),
    ("    then: warn\n", "", codes.MISSING_KEY, (2, 5), "policy 'p-one': the key 'then' is missing", "then:"),
    ("when: [git-action]", "when: git-action", codes.WRONG_TYPE, (6, 11), "expected a list", "[git-action]"),
    ("when: [git-action]", "when: []", codes.OUT_OF_RANGE, (6, 11), "when: the list is empty", None),
    ("when: [git-action]", "when: [git-action, git-action]", codes.REPEATED, (6, 24), "'git-action' is listed twice", None),
    ("when: [git-action]", "when: [Git Action]", codes.NOT_ALLOWED, (6, 12), "when[0]: 'Git Action'", "'git-action'"),
    ("id: p-one", "id: P One", codes.WRONG_FORM, (2, 9), "lower-case words joined by hyphens", None),
    ("title: One", "title: 1.10", codes.WRONG_TYPE, (3, 12), "expected text, found the number 1.1", "quotes"),
    ("impact: risky", "impact: risky\n    risk: 101", codes.OUT_OF_RANGE, (5, 11), "risk: 101 is more than 100", None),
    ("then: warn", "if: {branch: {regexp: x}}\n    then: warn", codes.UNKNOWN_KEY, (7, 19), "if.branch: unknown key", "'regex'"),
    ("then: warn", "if: {branch: []}\n    then: warn", codes.OUT_OF_RANGE, (7, 18), "if.branch: the list is empty", None),
    ("then: warn", "if: [{branch: main}, {}]\n    then: warn", codes.OUT_OF_RANGE, (7, 26), "if[1]: the mapping is empty", None),
    ("then: warn", "if: x\n    then: warn", codes.WRONG_TYPE, (7, 9), "expected a mapping or a list", None),
    ("then: warn", "where: {brnach: x}\n    then: warn", codes.UNKNOWN_KEY, (7, 13), "where: unknown key", "'branch'"),
    ("then: warn", "if: {branch: {context: repo.defalt_branch}}\n    then: warn", codes.NOT_ALLOWED, (7, 28), "context: ",
     "'repo.default_branch'"),
    ("then: warn", "then: warn\n    severity: high", codes.UNKNOWN_KEY, (8, 5), "unknown key 'severity'", None),
])
def test_each_violation_has_a_place_words_and_a_hint(old, new, code, place, words, hint):
    problem = only(POLICY.replace(old, new))
    assert (problem.code, (problem.position.line, problem.position.column)) == (code, place)
    assert words in problem.message
    assert hint is None or hint in problem.hint
    assert problem.excerpt == POLICY.replace(old, new).split("\n")[place[0] - 1]


@pytest.mark.parametrize(("case", "code"), [
    ("{}", codes.MISSING_KEY), ("{command: ls, action: {surface: prompt, text: x}}", codes.NO_FORM_FITS),
    ("{action: {surface: shell}}", codes.MISSING_KEY), ("{action: {surface: shel, command: x}}", codes.NOT_ALLOWED),
    ("{command: ls, context: {env: {A: 1}}}", codes.WRONG_TYPE), ("{comand: ls, prompt: x}", codes.UNKNOWN_KEY),
])
def test_cases(case, code):
    assert only(POLICY + f"    tests: {{must_fire: [{case}]}}\n").code == code


def test_several_violations_are_all_told():
    text = POLICY.replace("risky", "riski").replace("warn", "wran").replace("title", "titel") + "  - 7\n"
    assert sorted(item.code for item in judge(text)) == [
        codes.UNKNOWN_KEY, codes.NOT_ALLOWED, codes.NOT_ALLOWED, codes.WRONG_TYPE,
    ]


def test_missing_keys_are_told_one_by_one():
    missing = [item.message for item in judge("policies:\n  - {id: x}\n")]
    assert missing == [f"policy 'x': the key '{key}' is missing" for key in ("title", "impact", "rationale", "when", "then")]


def test_a_refused_value_is_not_told_twice():
    source, problems = parse_source(POLICY.replace("One", "*x"), "f.yaml")
    assert [item.code for item in problems] == [codes.ALIAS]
    assert check_schema(source, "policies") == []
    assert list(source.items("policies")) == []


def test_a_trailing_line_end_is_not_part_of_a_name():
    assert only(POLICY.replace("id: p-one", "id: |\n      p-one")).code == codes.WRONG_FORM


def test_a_bare_number_can_be_put_in_quotes_by_a_fix():
    text = POLICY.replace("title: One", "title: 1.10")
    edit = only(text).fix.edits[0]
    assert text[: edit.start] + edit.text + text[edit.end :] == POLICY.replace("title: One", 'title: "1.10"')


def test_the_subject_of_a_policy_without_id_is_its_number():
    text = POLICY.replace("id: p-one", "where: {user: ana}")
    assert [item.message for item in judge(text)] == ["policy number 1: the key 'id' is missing"]


# Schemas themselves


@pytest.mark.parametrize("name", OURS)
def test_schema_is_valid_closed_and_explains_every_key(name):
    schema = json.loads((ROOT / "schema" / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"https://packgate.dev/schema/{name}.schema.json"

    def visit(node, place):
        if isinstance(node, list):
            for index, item in enumerate(node):
                visit(item, f"{place}/{index}")
        if not isinstance(node, dict):
            return
        inside_condition = place.endswith(("/then", "/if"))
        for key, value in node.get("properties", {}).items():
            if isinstance(value, dict) and not inside_condition:
                target = schema["$defs"][value["$ref"].split("/")[-1]] if "$ref" in value else {}
                merged = {**target, **value}
                assert merged.get("title"), f"{place}/{key}: no title"
                assert merged.get("description"), f"{place}/{key}: no description"
                assert "examples" in merged, f"{place}/{key}: no examples"
        if node.get("properties") and not inside_condition:
            assert "additionalProperties" in node, place
        for example in node.get("examples", ()) if isinstance(node.get("examples"), list) else ():
            validator = Draft202012Validator({**node, "$defs": schema.get("$defs", {})})
            assert list(validator.iter_errors(example)) == [], f"{place}: {example}"
        for key, value in node.items():
            if key not in ("examples", "required"):
                visit(value, f"{place}/{key}")

    visit(schema, "")


def test_shared_and_generated_parts_are_up_to_date():
    command = [sys.executable, str(ROOT / "schema" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_schema_has_the_keys_of_the_model():
    schema = json.loads((ROOT / "schema" / "action.schema.json").read_text())
    assert set(schema["properties"]) == set(_KEYS)


@pytest.mark.parametrize("action", [
    {"command": "ls"}, {"surface": "shell", "command": "ls", "repo": None, "env": {"A": "b"}, "time": None, "more": 1},
    {"surface": "web", "url": "https://x.example", "method": None},
])
def test_good_actions(action):
    assert schema_errors(action, "action") == []


@pytest.mark.parametrize("action", [{}, {"surface": "shell"}, {"surface": "file", "operation": "rename", "path": "x"}, [], "ls"])
def test_bad_actions(action):
    assert schema_errors(action, "action")


# The cache


@pytest.fixture
def counted(monkeypatch):
    judged = []
    original = schema_module._Schema.validator.fget

    def validator(self):
        judged.append(1)
        return original(self)

    monkeypatch.setattr(schema_module._Schema, "validator", property(validator))
    return judged


def check(text, cache):
    source, _ = parse_source(text, "f.yaml")
    return check_schema(source, "policies", cache)


def test_a_valid_file_is_judged_once(tmp_path, counted):
    for _ in range(3):
        assert check(POLICY, ValidationCache(str(tmp_path / "c"))) == []
    assert len(counted) == 1


def test_an_invalid_file_is_never_remembered(tmp_path, counted):
    cache = ValidationCache(str(tmp_path / "c"))
    for _ in range(2):
        assert len(check(POLICY.replace("warn", "wran"), cache)) == 1
    assert len(counted) == 2


def test_any_change_of_file_kind_schema_or_version_is_judged_again(tmp_path, counted, monkeypatch):
    cache = ValidationCache(str(tmp_path / "c"))
    check(POLICY, cache)
    check(POLICY + "# a comment\n", cache)
    monkeypatch.setattr(schema_module, "__version__", "99.0.0")
    check(POLICY, cache)
    assert len(counted) == 3
    changed = schema_module._Schema(b'{"type": "array"}')
    monkeypatch.setitem(schema_module._loaded, "policies", changed)
    assert check(POLICY, cache)
    source, _ = parse_source(POLICY, "f.yaml")
    assert check_schema(source, "rollout", cache)


def test_a_file_that_yaml_refused_in_part_is_not_remembered(tmp_path):
    cache = ValidationCache(str(tmp_path / "c"))
    check(POLICY + "policies: []\n", cache)
    assert not (tmp_path / "c").exists()


def test_a_cache_that_others_can_write_is_not_believed(tmp_path, counted):
    cache = ValidationCache(str(tmp_path / "c"))
    check(POLICY, cache)
    folder = tmp_path / "c" / "valid"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    check(POLICY, cache)
    assert len(counted) == 2


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    assert check(POLICY, ValidationCache(str(tmp_path / "file"))) == []
    assert check(POLICY, ValidationCache("/proc/packgate")) == []


def test_an_old_cache_is_pruned(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "_MOST_ENTRIES", 10)
    folder = tmp_path / "c" / "valid"
    folder.mkdir(parents=True, mode=0o700)
    for number in range(20):
        (folder / f"{number:02}").touch()
        os.utime(folder / f"{number:02}", (number, number))
    ValidationCache(str(tmp_path / "c")).remember("new")
    assert sorted(path.name for path in folder.iterdir()) == [f"{n:02}" for n in range(10, 20)] + ["new"]


@pytest.mark.parametrize(("environ", "folder"), [
    ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/packgate"), ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/packgate"),
    ({"HOME": "/h"}, "/h/.cache/packgate"), ({}, None),
])
def test_default_cache_folder(environ, folder):
    assert default_cache_folder(environ) == folder


# Suggestions


@pytest.mark.parametrize(("word", "choices", "expected"), [
    ("mesage", ["message", "title"], "message"), ("blok", ["block", "audit"], "block"), ("Block", ["block"], "block"),
    ("must_fire", ["must-fire"], "must-fire"), ("zebra", ["block", "audit"], None), ("teh", ["the"], "the"), ("", ["a"], None),
    ("aa", ["ab", "ac"], "ab"), ("x" * 1000, ["y"], None),
])
def test_nearest(word, choices, expected):
    assert nearest(word, choices) == expected


def test_a_short_list_is_shown_when_nothing_is_near():
    assert did_you_mean("zebra", ["block", "audit"]) == "expected one of: audit, block"
    assert did_you_mean("zebra", [f"word-{n}" for n in range(50)]) is None


def test_jsonschema_is_imported_only_when_a_file_is_judged(tmp_path):
    script = (
        "import sys\n"
        "from packgate.source.cache import ValidationCache\n"
        "from packgate.source.load import load_pack\n"
        "result = load_pack(sys.argv[1], cache=ValidationCache(sys.argv[2]))\n"
        "assert result.pack is not None, result.diagnostics\n"
        "print('jsonschema' in sys.modules)\n"
    )
    (tmp_path / "p" / "policies").mkdir(parents=True)
    (tmp_path / "p" / "pack.yaml").write_text("name: p\ntitle: P\nversion: 1.0.0\nowners: [me]\n")
    (tmp_path / "p" / "policies" / "a.yaml").write_text(POLICY)
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "cli")}
    printed = [
        subprocess.run([sys.executable, "-c", script, str(tmp_path / "p"), str(tmp_path / "c")], env=environ, capture_output=True,
                       text=True, check=True).stdout.strip()
        for _ in range(2)
    ]
    assert printed == ["True", "False"]


@pytest.mark.parametrize("text", [
    "policies:\n" + "- 1\n" * 100_000,
    "policies:\n- {" + ", ".join(f"k{n}: 1" for n in range(50_000)) + "}\n",
    "policies: [[" + "{}, " * 100_000 + "]]\n",
    "policies:\n" + "- {id: x, when: [" + "a, " * 20_000 + "]}\n",
])
def test_a_hostile_file_is_judged_in_bounded_time(text):
    source, problems = parse_source(text, "f.yaml")
    assert not problems
    start = time.perf_counter()
    found = check_schema(source, "policies")
    assert time.perf_counter() - start < 5
    assert 0 < len(found) <= 101


def test_nothing_is_built_from_a_file_that_was_not_judged_to_its_end():
    source, _ = parse_source(POLICY + "  - 1\n" * 200, "f.yaml")
    assert check_schema(source, "policies")[-1].code == codes.TOO_MUCH
    assert list(source.items("policies")) == []
