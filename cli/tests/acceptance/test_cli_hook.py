"""`packgate hook`: the same answers as the program that agents start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_line import packgate, program
from hook_installed import ALLOWED, DENIED, Installed

if TYPE_CHECKING:
    from pathlib import Path


def test_one_payload(tmp_path: Path) -> None:
    hook = Installed(tmp_path)
    for command in (DENIED, ALLOWED):
        done = program(
            "hook", "claude-code", "PreToolUse", "--settings", str(hook.file), stdin=hook.payload(command), HOME=str(tmp_path),
        )
        assert (done.code, done.err) == (0, "")
        assert done.out.encode() == hook.run(hook.payload(command)).out


def test_the_users_installation_is_the_default(tmp_path: Path) -> None:
    done = program("hook", "claude-code", "PreToolUse", stdin=b"{}", HOME=str(tmp_path), XDG_DATA_HOME="")
    assert f"the settings of the hook are missing ({tmp_path}/.local/share/packgate/hook/hook.json)" in done.out


def test_misspelt() -> None:
    done = packgate("hook", "claude-cod", "PreToolUse")
    assert done.code == 2
    assert "no verb 'hook claude-cod'" in done.err
    assert packgate("hook", "--help").code == 0
