"""What Copilot is given: managed permissions with explicit allows, and policy hooks."""

import json
from pathlib import Path

import pytest
from render_repository import rendered_files

from packgate.render import fallback
from packgate.render.options import Options
from packgate.render.targets import copilot


def test_what_is_not_denied_is_allowed(tmp_path: Path) -> None:
    permissions = json.loads(rendered_files(tmp_path, "copilot")[copilot.SETTINGS])["permissions"]
    assert "Shell(git push --force)" in permissions["deny"]
    assert "Shell(git push --force *)" in permissions["deny"]
    assert "Edit(//**/.guard/rules.json)" in permissions["deny"]
    assert "Shell(docker volume rm *)" in permissions["ask"]
    assert permissions["allow"] == ["Shell(*)", "Read(//**)", "Edit(//**)", "Domain"]
    assert permissions["disableBypassPermissionsMode"] == "disable"


def test_without_rules_nothing_is_managed(tmp_path: Path) -> None:
    permissions = json.loads(rendered_files(tmp_path, "copilot", Options(native=False, locks=()))[copilot.SETTINGS])["permissions"]
    assert permissions == {}


def test_hooks(tmp_path: Path) -> None:
    hooks = json.loads(rendered_files(tmp_path, "copilot", Options(hook="/opt/hook", timeout=5))[copilot.HOOKS])
    assert hooks["version"] == 1
    args = fallback.arguments("/opt/hook", "copilot", "preToolUse", closed=True, wait=5)
    assert hooks["hooks"]["preToolUse"] == [{"type": "command", "exec": "/bin/sh", "args": args, "timeoutSec": 5}]


@pytest.mark.parametrize(("pattern", "text", "matches"), [
    ("Shell(git push --force *)", "git push --force", True),
    ("Shell(git push --force)", "git push --force", True),
    ("Shell(git push --force)", "git push --force x", False),
])
def test_globs(pattern: str, text: str, matches: bool) -> None:
    assert copilot.command_matches(pattern, [text], []) is matches
