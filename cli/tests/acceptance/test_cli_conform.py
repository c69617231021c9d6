"""`packgate conform` on the command line."""

from __future__ import annotations

import json
import os

import pytest
from bundle_maker import write_pack
from click.testing import CliRunner

from packgate.cli import group
from packgate.conform.lanes import NAMES
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
