"""Repositories: settings, context, packs by name; and the packs that packgate carries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_source_load import HEADER, one, policy, write_pack

from packgate.diagnostics import Diagnostic
from packgate.resources import ResourceError, packs_folder, resource
from packgate.source import codes
from packgate.source.vocabulary import builtin_vocabulary
from packgate.source.workspace import find_root, load_workspace, pack_of, resolve_pack


@pytest.fixture
def root(tmp_path):
    (tmp_path / ".git").mkdir()
    text = "policies:\n" + policy("p", "if: {host: {list: internal}}")
    write_pack(tmp_path / "packs" / "base", HEADER, {"policies/a.yaml": text})
    other = HEADER.replace("base", "other")
    write_pack(tmp_path / "packs" / "other", other, {"policies/a.yaml": "policies:\n" + policy("q")})
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "hosts.yaml").write_text("lists: {internal: ['*.corp']}\n")
    return tmp_path


def test_everything_is_loaded_and_context_lists_are_known(root):
    space = load_workspace(str(root))
    assert space.diagnostics == []
    assert ([pack.name for pack in space.packs], space.ok) == (["base", "other"], True)
    assert space.lists == {"internal": ("*.corp",)}


def test_settings_name_the_packs(root):
    (root / "packgate.yaml").write_text("packs: [other]\nstage: warn\n")
    (root / "assignments.yaml").write_text("assignments: [{pack: other, stage: block, for: {team: payments}}]\n")
    space = load_workspace(str(root))
    assert [pack.name for pack in space.packs] == ["other"]
    assert space.assignments.data["assignments"][0]["for"] == {"team": "payments"}
    assert [pack.name for pack in load_workspace(str(root), ["base"]).packs] == ["base"]


def test_problems_of_all_files_are_collected(root):
    (root / "packgate.yaml").write_text("packs: [othr]\nstge: warn\n")
    (root / "assignments.yaml").write_text("assignments: x\n")
    (root / "context" / "hosts.yaml").write_text("hosts: [1]\n")
    (root / "context" / "notes.txt").write_text("x")
    space = load_workspace(str(root), ["base", "othr"])
    assert sorted(item.code for item in space.diagnostics) == sorted([
        codes.UNKNOWN_KEY, codes.WRONG_TYPE, codes.WRONG_TYPE, codes.IGNORED_FILE, codes.UNKNOWN_LIST, codes.PACK_NOT_FOUND,
    ])
    assert not space.ok


def test_two_packs_cannot_claim_one_policy_id(root):
    write_pack(root / "packs" / "other", HEADER.replace("base", "other"), {"policies/a.yaml": "policies:\n" + policy("p")})
    problem = one(load_workspace(str(root)), codes.DUPLICATE_POLICY)
    assert problem.position.file.endswith("packs/other/policies/a.yaml")


def test_an_inherited_policy_is_no_clash(root):
    child = HEADER.replace("base", "child") + "extends: base@1.2.0\n"
    write_pack(root / "packs" / "child", child)
    space = load_workspace(str(root))
    assert space.diagnostics == []
    assert [pack.name for pack in space.packs] == ["base", "child", "other"]


def test_two_packs_cannot_have_one_name(root):
    write_pack(root / "packs" / "other", HEADER, {"policies/a.yaml": "policies:\n" + policy("q")})
    assert one(load_workspace(str(root)), codes.DUPLICATE_PACK)


def test_names_are_looked_up_in_the_repository_then_in_the_package(root, monkeypatch):
    assert resolve_pack("base", str(root)) == str(root / "packs" / "base")
    assert resolve_pack("recommended", str(root)) == os.path.join(packs_folder(), "recommended")
    assert resolve_pack("./some/pack.yaml", str(root)) == "./some/pack.yaml"
    missing = resolve_pack("recomended", str(root))
    assert isinstance(missing, Diagnostic)
    assert missing.hint == "did you mean 'recommended'?"
    monkeypatch.chdir(root / "packs")
    assert resolve_pack("base", None) == "base"


def test_the_root_is_found_from_below_and_not_beyond_the_repository(root, tmp_path):
    assert find_root(str(root / "packs" / "base" / "policies")) == str(root)
    inner = root / "inner"
    (inner / ".git").mkdir(parents=True)
    assert find_root(str(inner)) is None


def test_the_pack_that_a_file_belongs_to(root, monkeypatch):
    assert pack_of(str(root / "packs/base/policies/a.yaml")) == str(root / "packs/base")
    assert pack_of(str(root / "context/hosts.yaml")) is None
    monkeypatch.chdir(root)
    assert pack_of("packs/base/pack.yaml") == "packs/base"


def test_paths_are_shown_as_they_were_given(root, monkeypatch):
    monkeypatch.chdir(root)
    write_pack(root / "packs" / "base", HEADER, {"policies/a.yaml": "policies:\n" + policy("p", "if: {hst: x}")})
    assert load_workspace(".").diagnostics[0].position.file == "packs/base/policies/a.yaml"


def test_carried_packs_load_from_any_folder(tmp_path):
    script = (
        "from packgate.source.workspace import load_workspace\n"
        "space = load_workspace(None, ['recommended', 'strict'])\n"
        "print([pack.name for pack in space.packs], [str(item) for item in space.diagnostics])\n"
    )
    environ = {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['recommended', 'strict'] []"


def test_a_missing_resource_is_said_by_name():
    with pytest.raises(ResourceError, match="schema/nothing"):
        resource("schema", "nothing")


def test_the_builtin_vocabulary_has_the_words_of_the_design():
    words = builtin_vocabulary()
    assert {"git-action", "opaque-execution", "command", "text"} <= set(words.families)
    assert words.fields["branch"].type == "branch"
    assert words.families["command"].generic
    assert words.to_json()["fields"]["path"]["type"] == "path"


def test_packs_that_the_settings_do_not_list_hold_apart(root):
    """A repository can carry alternatives with the same policy ids, of which one is in use at a time."""
    other = root / "packs" / "other" / "policies" / "a.yaml"
    other.write_text("policies:\n" + policy("p"))
    packs = [str(root / "packs" / name) for name in ("base", "other")]
    clash = codes.DUPLICATE_POLICY
    assert [each.code for each in load_workspace(str(root), packs, apart=True).diagnostics] == [clash]
    (root / "packgate.yaml").write_text("packs: [base]\n")
    assert load_workspace(str(root), packs, apart=True).diagnostics == []
    assert [each.code for each in load_workspace(str(root), packs).diagnostics] == [clash]
    (root / "packgate.yaml").write_text("packs: [base, other]\n")
    assert [each.code for each in load_workspace(str(root), packs, apart=True).diagnostics] == [clash]
