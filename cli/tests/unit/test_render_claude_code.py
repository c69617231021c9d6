"""What Claude Code is given: hooks that fail closed, locks, permission rules, and the envelope of a policyHelper."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from render_repository import subject_of, write_repository

from packgate.errors import UserError
from packgate.render.options import Options, Settings
from packgate.render.rendered import Rendered, render
from packgate.render.targets import claude_code


def rendered(root: Path, options: Options | None = None, **files: str) -> Rendered:
    return render(subject_of(write_repository(root, **files)), ["claude-code"], Settings({"claude-code": options or Options()}))["claude-code"]


def settings_of(found: Rendered) -> Any:
    return json.loads(found.files[claude_code.SETTINGS])


def test_hooks(tmp_path: Path) -> None:
    settings = settings_of(rendered(tmp_path, Options(hook="/opt/hook", timeout=7)))
    assert settings["hooks"]["PreToolUse"] == [{"matcher": "*", "hooks": [
        {"type": "command", "command": "/opt/hook", "args": ["claude-code", "PreToolUse"], "timeout": 7, "onFailure": "block"},
    ]}]
    assert set(settings["hooks"]) == {"PreToolUse", "PostToolUse", "UserPromptSubmit", "SessionStart", "ConfigChange"}
    assert "onFailure" not in settings["hooks"]["SessionStart"][0]["hooks"][0]
    assert settings["requiredMinimumVersion"] == "2.1.295"


def test_a_decision_server_is_asked_where_the_settings_name_one(tmp_path: Path) -> None:
    hooks = settings_of(rendered(tmp_path, Options(server="http://127.0.0.1:7423", timeout=7)))["hooks"]
    assert hooks["PreToolUse"] == [{"matcher": "*", "hooks": [{
        "type": "http", "url": "http://127.0.0.1:7423/v1/hooks/claude-code/PreToolUse", "timeout": 7, "onFailure": "block",
        "headers": {"Authorization": "Bearer $PACKGATE_TOKEN"}, "allowedEnvVars": ["PACKGATE_TOKEN"],
    }]}]
    assert {event: groups[0]["hooks"][0]["type"] for event, groups in hooks.items() if groups[0]["hooks"][0]["type"] != "http"} == {
        "SessionStart": "command",
    }
    with pytest.raises(UserError, match="ConfigChange"):
        rendered(tmp_path / "far", Options(server="http://policies.example.com:80"))


def test_failing_open_is_the_settings_choice(tmp_path: Path) -> None:
    failing = "version: 1\non_failure: {shell: open, file: open, mcp: open, web: open, prompt: closed, output: open}\n"
    hooks = settings_of(rendered(tmp_path, packgate=failing))["hooks"]
    assert "onFailure" not in hooks["PreToolUse"][0]["hooks"][0]
    assert hooks["UserPromptSubmit"][0]["hooks"][0]["onFailure"] == "block"


def test_locks(tmp_path: Path) -> None:
    default = settings_of(rendered(tmp_path / "a"))
    assert default["allowManagedHooksOnly"] is True
    assert default["permissions"]["disableBypassPermissionsMode"] == "disable"
    assert "allowManagedPermissionRulesOnly" not in default
    chosen = settings_of(rendered(tmp_path / "b", Options(locks=("allowManagedPermissionRulesOnly",))))
    assert chosen["allowManagedPermissionRulesOnly"] is True
    assert "allowManagedHooksOnly" not in chosen
    with pytest.raises(UserError, match="no lock 'allowEverything'"):
        rendered(tmp_path / "c", Options(locks=("allowEverything",)))


def test_rules(tmp_path: Path) -> None:
    permissions = settings_of(rendered(tmp_path))["permissions"]
    assert "Bash(git push --force *)" in permissions["deny"]
    assert "Edit(//**/.guard/rules.json)" in permissions["deny"]
    assert "Bash(docker volume rm *)" in permissions["ask"]
    assert not set(permissions["deny"]) & set(permissions["ask"])


def test_the_output_of_a_policy_helper_has_its_envelope(tmp_path: Path) -> None:
    helper = tmp_path / "bin" / "helper"
    found = rendered(tmp_path, Options(policy_helper=str(helper)))
    output = json.loads(found.files[claude_code.HELPER_OUTPUT])
    assert output == {"managedSettings": settings_of(found)}
    assert json.loads(found.files[claude_code.HELPER_SETTINGS])["policyHelper"]["path"] == str(helper)
    # The script as it stands, with the path of its file in the place of the managed one.
    text = found.files[claude_code.HELPER].decode()
    served = tmp_path / "output.json"
    served.write_bytes(found.files[claude_code.HELPER_OUTPUT])
    helper.parent.mkdir()
    helper.write_text(text.replace(claude_code.PLACES[claude_code.HELPER_OUTPUT], str(served)))
    os.chmod(helper, 0o755)
    done = subprocess.run([helper], capture_output=True, check=True)
    assert json.loads(done.stdout) == output


@pytest.mark.parametrize(("pattern", "text", "matches"), [
    ("Bash(git push --force *)", "git push --force", True),
    ("Bash(git push --force *)", "git push --force origin x", True),
    ("Bash(git push --force *)", "git push --force-with-lease", False),
    ("Bash(git push * -f *)", "git push origin -f", True),
    ("Bash(git push * -f *)", "git push -f", False),
    ("Bash(tfx * destroy *)", "tfx destroy", False),
    ("Bash(tfx destroy *)", "echo tfx destroy", False),
])
def test_command_globs(pattern: str, text: str, matches: bool) -> None:
    assert claude_code.command_matches(pattern, [text], []) is matches


@pytest.mark.parametrize(("pattern", "path", "matches"), [
    ("Edit(//**/.env)", "/home/dev/proj/.env", True),
    ("Edit(//**/ci/**)", "/srv/ci/a/b.yaml", True),
    ("Edit(~/.guard.json)", "/home/dev/.guard.json", True),
    ("Edit(~/.guard.json)", "/home/dev/proj/.guard.json", False),
    ("Edit(//etc/claude-code/**)", "/etc/claude-code/managed-settings.json", True),
    ("Edit(//etc/claude-code/**)", "/srv/etc/claude-code/x", False),
])
def test_path_globs(pattern: str, path: str, matches: bool) -> None:
    assert claude_code.path_matches(pattern, path) is matches
