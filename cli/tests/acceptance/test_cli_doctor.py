"""`packgate doctor`: a sound installation, and everything that can be wrong with one, each found and told how to mend."""

from __future__ import annotations

import json
import os

import pytest
from bundle_maker import write_pack
from click.testing import CliRunner

from packgate.cli import group
from packgate.installation.agents import AGENTS


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with the hook installed for every agent, which tests leave as it was."""
    place = tmp_path_factory.mktemp("home").resolve()
    pack = write_pack(place / "source", "demo", "main")
    with pytest.MonkeyPatch.context() as patch:
        surroundings(patch, place)
        for agent in AGENTS:
            run("hook", "install", agent, "--pack", str(pack))
        yield place


@pytest.fixture(autouse=True)
def _home_of_the_test(home, monkeypatch):
    surroundings(monkeypatch, home)


def surroundings(patch, home):
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_SYSTEM_SETTINGS_PATH"):
        patch.delenv(name, raising=False)
    patch.setenv("HOME", str(home))
    patch.chdir(home)


def run(*arguments):
    result = CliRunner().invoke(group, [*arguments], standalone_mode=False, catch_exceptions=False)
    return result.return_value, result.output


def found(*arguments):
    """Exit code, and what is not in order: check and state of each result, with its message."""
    code, output = run("doctor", *arguments, "--format", "json")
    results = json.loads(output)
    return code, {(each["agent"], each["check"], each["state"]): each for each in results if each["state"] != "ok" and each["check"] != "version"}


def changed(path, text=None, mode=None):
    """Change a file for the time of a test."""
    class Changed:
        def __enter__(self):
            self.text, self.mode = path.read_bytes() if path.exists() else None, path.stat().st_mode if path.exists() else None
            if text is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            if mode is not None:
                path.chmod(mode)

        def __exit__(self, *_):
            if self.text is None:
                path.unlink()
                return
            path.write_bytes(self.text)
            path.chmod(self.mode)

    return Changed()


def test_a_sound_installation_of_all_agents():
    code, output = run("doctor")
    assert code == 0, output
    assert " 0 problems" in output
    for agent in AGENTS:
        assert f"{agent}: probe: the hook stops or warns about what its policies say" in output
        assert f"{agent}: probe: the hook lets run what its policies say (allow)" in output


HOOK = ".local/share/packgate/hook"


@pytest.mark.parametrize(("path", "text", "mode", "result"), [
    (f"{HOOK}/hook.json", None, 0o666, (None, "settings", "problem")),
    (f"{HOOK}/hook.json", "{}", None, (None, "settings", "problem")),
    (f"{HOOK}/packgate-hook", None, 0o600, (None, "launcher", "problem")),
    (f"{HOOK}/packgate-hook", None, 0o777, (None, "launcher", "problem")),
    (f"{HOOK}/packgate-hook", "#!/bin/sh\nexit 0\n", None, (None, "launcher", "warning")),
    (f"{HOOK}/hook.image", "no image", None, (None, "image", "warning")),
    (".local/share/packgate/bundles/active.json", "{}", None, (None, "policies", "problem")),
    (".local/share/packgate/bundles/active.json", None, 0o666, (None, "policies", "problem")),
    (".local/state/packgate/events.jsonl", "{}\n", 0o644, (None, "log", "warning")),
    (".local/state/packgate/events.jsonl.lost", "xx", None, (None, "log", "warning")),
    (".claude/settings.json", "{}", None, ("claude-code", "agent", "problem")),
    (".claude/settings.json", None, 0o666, ("claude-code", "agent", "problem")),
    (".codex/hooks.json", "no json", None, ("codex", "agent", "problem")),
    (".claude/settings.local.json", '{"disableAllHooks": true}', None, ("claude-code", "switched-off", "problem")),
    (".config/opencode/plugin/packgate.js", "export const nothing = 1", None, ("opencode", "agent", "problem")),
])
def test_what_is_wrong_is_found_and_told_how_to_mend(home, path, text, mode, result):
    with changed(home / path, text, mode):
        code, results = found()
    assert result in results, results
    assert results[result]["repair"]
    assert str(home) in results[result]["path"]
    assert code == (1 if any(state == "problem" for *_, state in results) else 0)


def test_a_launcher_that_allows_everything_is_found_by_asking_it(home):
    with changed(home / HOOK / "packgate-hook", "#!/bin/sh\nexit 0\n"):
        code, results = found("claude-code")
    told = results["claude-code", "probe", "problem"]
    assert "answers otherwise than its policies say" in told["message"]
    assert code == 1


def test_an_agent_that_it_is_not_installed_for(home, tmp_path):
    run("hook", "uninstall", "cursor")
    code, results = found("cursor")
    assert (code, set(results)) == (1, {("cursor", "agent", "problem")})
    run("hook", "install", "cursor")
    code, results = found("--into", str(tmp_path))
    assert code == 1
    assert (None, "settings", "problem") in results


def test_settings_that_lead_elsewhere(monkeypatch):
    monkeypatch.setenv("GEMINI_CLI_SYSTEM_SETTINGS_PATH", "/somewhere")
    code, results = found("gemini")
    assert (code, set(results)) == (0, {("gemini", "switched-off", "warning")})


def test_policies_that_only_record(tmp_path, monkeypatch):
    surroundings(monkeypatch, tmp_path)
    pack = write_pack(tmp_path / "source", "demo", "main")
    run("hook", "install", "claude-code", "--pack", str(pack), "--stage", "audit")
    code, results = found()
    assert (code, set(results)) == (0, {("claude-code", "probe", "warning")})
    run("hook", "install", "codex", "--pack", str(pack), "--stage", "block", "--on-failure", "open")
    code, results = found("codex")
    assert (code, set(results)) == (0, {(None, "failure-modes", "warning")})


def test_an_old_claude_is_told(home, tmp_path, monkeypatch):
    program = tmp_path / "claude"
    program.write_text("#!/bin/sh\necho '2.1.197 (Claude Code)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    code, output = run("doctor", "claude-code")
    assert code == 0
    assert "2.1.197 is older than 2.1.295: it ignores onFailure" in output
