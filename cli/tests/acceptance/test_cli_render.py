"""`packgate render` from sources, from pulled bundles and with the settings of a repository."""

import json
import sys
from pathlib import Path

import pytest
from command_line import packgate

from packgate.bundle.verify import read_bundle

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
from render_repository import write_repository

SETTINGS = "version: 1\npacks: [demo]\nstage: block\ntargets:\n  claude-code: {hook: /opt/packgate/hook, locks: [allowManagedHooksOnly]}\n"
RENDERED = "claude-code/managed-settings.d/20-packgate.json"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return write_repository(tmp_path / "repository", packgate=SETTINGS)


def test_targets_of_the_settings_are_written_and_checked(repository: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = packgate("render", "--into", str(out), cwd=repository)
    assert done.code == 0, done.all
    settings = json.loads((out / RENDERED).read_text())
    assert settings["hooks"]["PreToolUse"][0]["hooks"][0]["command"] == "/opt/packgate/hook"
    assert "Bash(git push --force *)" in settings["permissions"]["deny"]
    assert packgate("render", "--into", str(out), "--check", cwd=repository).code == 0
    (out / RENDERED).write_text("{}")
    (out / "claude-code" / "old.json").write_text("{}")
    stale = packgate("render", "--into", str(out), "--check", cwd=repository)
    assert stale.code == 1
    assert f"{RENDERED}: not what would be rendered" in stale.out
    assert "old.json: no longer rendered" in stale.out
    assert (out / RENDERED).read_text() == "{}", "--check writes nothing"


def test_the_report_says_what_is_native_and_what_is_not(repository: Path) -> None:
    done = packgate("render", "--target", "claude-code", cwd=repository)
    assert done.code == 0, done.all
    lines = {line.split()[0]: line for line in done.out.splitlines() if line.startswith("  ") and line.split()}
    assert "hook and native: " in lines["forced"]
    assert "Bash(git push --force *)" in lines["forced"]
    assert "hook only: depends on the context (where: team)" in lines["of-a-team"]
    assert RENDERED.removeprefix("claude-code/") in done.out
    data = json.loads(packgate("render", "--target", "claude-code", "--format", "json", cwd=repository).out)
    assert data["claude-code"]["support"] == "first class"
    assert "| `forced` | block |" in packgate("render", "--target", "claude-code", "--format", "markdown", cwd=repository).out


def test_a_stage_replaces_all_others(repository: Path) -> None:
    data = json.loads(packgate("render", "--stage", "warn", "--format", "json", cwd=repository).out)
    assert all(not each["native"] for each in data["claude-code"]["policies"])


def test_what_is_wrong_is_said(repository: Path, tmp_path: Path) -> None:
    unknown = packgate("render", "--target", "emacs", cwd=repository)
    assert unknown.code == 2
    assert "there is no target 'emacs'" in unknown.err
    assert packgate("render", "--check", cwd=repository).code == 2
    assert packgate("render", "--bundles", str(tmp_path), "--pack", "demo", cwd=repository).code == 2
    nothing = write_repository(tmp_path / "nothing")
    assert "nothing to render for" in packgate("render", cwd=nothing).err
    broken = write_repository(tmp_path / "broken", "policies: [{id: 1}]\n", packgate=SETTINGS)
    assert packgate("render", cwd=broken).code == 1


def test_a_target_that_the_settings_misspell(tmp_path: Path) -> None:
    root = write_repository(tmp_path, packgate=SETTINGS.replace("claude-code:", "claude-cod:"))
    done = packgate("render", cwd=root)
    assert done.code == 1
    assert "packgate.yaml:5" in done.all


def test_a_bundle_carries_what_the_settings_name(repository: Path, tmp_path: Path) -> None:
    at = ("--stage", "block", "--revision", "1", "--at", "2026-01-01T00:00:00Z")
    done = packgate("bundle", "build", str(repository / "packs" / "demo"), *at, "--out", str(tmp_path), cwd=repository)
    assert done.code == 0, done.all
    (path,) = tmp_path.glob("*.packgate")
    settings = json.loads(read_bundle(path.read_bytes()).members[f"targets/{RENDERED}"])
    assert "Bash(git push --force *)" in settings["permissions"]["deny"]
    empty = packgate("render", "--target", "claude-code", "--bundles", str(tmp_path), cwd=repository)
    assert empty.code == 2
    assert "no bundle is installed here" in empty.err
