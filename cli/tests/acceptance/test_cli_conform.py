"""`packgate conform` on the command line."""

from __future__ import annotations

import json
import os

import pytest
from bundle_maker import write_pack
from click.testing import CliRunner
from effort import COMPILED

from packgate.cli import group
from packgate.conform.lanes import NAMES
from packgate.conform.oracles.registry import CHECKERS, ENGINES
from packgate.conform.payloads.templates import NAMES as RECORDED
from packgate.errors import UserError
from packgate.render.targets import TARGETS


@pytest.fixture
def repository(tmp_path, monkeypatch):
    write_pack(tmp_path, "demo", "main")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def conform(*arguments):
    return CliRunner().invoke(group, ["conform", *arguments], standalone_mode=False, catch_exceptions=False)


def test_an_agent_that_is_not_here_is_passed_over_and_said(repository):
    result = conform("--target", "claude-code", "--engine", str(repository / "nothing"), "--json", "figures.json")
    assert result.return_value == 0
    assert "claude-code: not tried: no `claude`: name it with --engine or PACKGATE_ENGINE_CLAUDE_CODE" in result.output
    data = json.loads((repository / "figures.json").read_text())
    assert (data["pack"], data["lanes"], list(data["skipped"])) == ("demo", {}, ["claude-code"])


def test_a_target_that_there_is_not(repository):
    with pytest.raises(UserError, match="no engine to try 'notepad' on"):
        conform("--target", "notepad")


def test_an_engine_goes_with_one_target(repository):
    result = CliRunner().invoke(group, ["conform", "--engine", "x"])
    assert result.exit_code == 2
    assert "--engine goes with one --target" in result.output


def test_broken_packs_are_not_tried(repository):
    path = repository / "packs" / "demo" / "policies" / "all.yaml"
    path.write_text(path.read_text().replace("then: block", "then: explode"))
    result = conform("--target", "claude-code")
    assert result.return_value == 1
    assert "explode" in result.output


@pytest.mark.agents
@pytest.mark.parametrize("target", [name for name in NAMES if name in TARGETS])
def test_a_pack_on_the_real_agent(repository, target):
    result = conform("--target", target, "--extent", "quick", "--format", "json")
    data = json.loads(result.stdout)
    if target in data["skipped"]:
        pytest.skip(data["skipped"][target])
    hook = data["lanes"][target]["hook"]
    assert (hook["must_fire"]["caught"], hook["must_not_fire"]["quiet"]) == (1, 1)
    assert result.return_value == 0


def test_help_names_the_places_that_are_searched():
    shown = CliRunner().invoke(group, ["conform", "--help"]).output
    assert "PACKGATE_ENGINES" in " ".join(shown.split())
    assert os.sep + "opt" not in shown


def test_engines_that_are_not_here_are_passed_over_and_said(repository):
    result = conform("--target", "opa", "--engine", str(repository / "nothing"), "--json", "figures.json")
    assert result.return_value == 0
    assert "opa: not tried: no Python package `regopy`" in result.output
    data = json.loads((repository / "figures.json").read_text())
    assert (data["lanes"], data["engines"], data["rules"], list(data["skipped"])) == ({}, {}, {}, ["opa"])


def test_rules_alone_are_tried_by_agents_that_can(repository):
    with pytest.raises(UserError, match="'claude-code' has no checker for its rules"):
        conform("--target", "claude-code", "--rules-only")


@pytest.mark.agents
@pytest.mark.parametrize("target", ENGINES)
def test_a_pack_on_a_real_policy_engine(repository, target):
    result = conform("--target", target, "--extent", "all", "--format", "json")
    data = json.loads(result.stdout)
    if target in data["skipped"]:
        pytest.skip(data["skipped"][target])
    engine = data["engines"][target]
    assert engine["policies"] == 1
    assert engine["cases"] == {"asked": 3, "agreed": 3}
    assert engine["spellings"]["asked"] == engine["spellings"]["agreed"] > 100
    assert (engine["differs"], engine["tests"]["failed"]) == ([], [])
    assert engine["tests"]["run"] > 0
    assert result.return_value == 0


@pytest.mark.agents
@pytest.mark.parametrize("target", CHECKERS)
def test_the_rules_of_a_pack_by_the_agents_own_checker(repository, target):
    result = conform("--target", target, "--rules-only", "--format", "json")
    data = json.loads(result.stdout)
    if target in data["skipped"]:
        pytest.skip(data["skipped"][target])
    rules = data["rules"][target]
    assert (rules["native"]["must_fire"]["tried"], rules["native"]["must_not_fire"]["tried"]) == (1, 1)
    assert rules["wrong"]["native"] == []
    assert (data["lanes"], result.return_value) == ({}, 0)


@pytest.mark.skipif(not COMPILED, reason="the layers of a decision are sources")
def test_payloads_need_sources(repository):
    with pytest.raises(UserError, match="made of sources"):
        conform("--payloads", "--extent", "quick")


@pytest.mark.skipif(COMPILED, reason="the hook's image is made of sources")
def test_payloads_need_no_agent(repository):
    result = conform("--payloads", "--extent", "quick", "--jobs", "1", "--format", "json")
    assert result.return_value == 0
    data = json.loads(result.stdout)
    assert (data["pack"], sorted(data["payloads"])) == ("demo", sorted(RECORDED))
    assert data["payloads"]["cursor"]["cases"]["stop"]["caught"] == 1


@pytest.mark.skipif(COMPILED, reason="the hook's image is made of sources")
def test_payloads_of_one_agent_as_text(repository):
    result = conform("--payloads", "--extent", "quick", "--target", "codex", "--json", "figures.json")
    assert "codex (payloads: Codex 0.163.0), pack demo" in result.output
    assert list(json.loads((repository / "figures.json").read_text())["payloads"]) == ["codex"]


def test_payloads_that_were_not_recorded(repository):
    with pytest.raises(UserError, match="no payloads of 'notepad'"):
        conform("--payloads", "--target", "notepad")


@pytest.mark.parametrize(("options", "said"), [(("--payloads", "--engine", "x", "--target", "codex"), "no agent runs"), (("--jobs", "2"), "--jobs goes with --payloads")])
def test_options_that_do_not_go_together(repository, options, said):
    result = CliRunner().invoke(group, ["conform", *options])
    assert result.exit_code == 2
    assert said in result.output
