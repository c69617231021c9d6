"""The line that starts the hook answers in its place, as it was configured, whatever becomes of the hook: real processes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from packgate.hook.dialects import MODULES
from packgate.installation.merging import with_entries
from packgate.render import fallback

# What the hook does, and what it ends with where nothing stands in for it.
HOOKS = {
    "answers": ("cat; exit 0", 0),
    "stops": ("cat; echo 'stopped by a policy' >&2; exit 2", 2),
    "ends with an error": ("exit 3", None),
    "is killed": ("kill -KILL $$", None),
    "hangs": ("exec sleep 60", None),
    "is missing": (None, None),
    "can't be started": ("#", None),
}
RUNS = {"codex": 1, "gemini": 1, "copilot": 0, "amp": 0}


def launcher(folder: Path, text: str | None) -> str:
    path = folder / "a folder" / "packgate-hook"
    path.parent.mkdir()
    if text is not None:
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o644 if text == "#" else 0o755)
    return str(path)


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "open"])
@pytest.mark.parametrize("agent", sorted(RUNS))
@pytest.mark.parametrize("name", sorted(HOOKS))
def test_every_failure_has_the_configured_answer(tmp_path: Path, name: str, agent: str, closed: bool) -> None:
    text, code = HOOKS[name]
    if name == "hangs" and not os.path.exists("/usr/bin/timeout"):
        pytest.skip("nothing kills it here but the agent")
    line = fallback.line(launcher(tmp_path, text), agent, "an-event", closed=closed, wait=2)
    done = subprocess.run(["/bin/sh", "-c", line], input="payload", capture_output=True, text=True, check=False)
    if code is not None:
        assert (done.returncode, done.stdout) == (code, "payload"), "what the hook says is handed on"
        assert "packgate:" not in done.stderr
        return
    assert done.returncode == (2 if closed else RUNS[agent])
    assert done.stdout == ""
    assert ("stops what it can not decide" if closed else "was not checked") in done.stderr


def test_a_question_of_amp_is_an_answer(tmp_path: Path) -> None:
    line = fallback.line(launcher(tmp_path, "exit 1"), "amp", "delegate", closed=True, wait=5)
    done = subprocess.run(["/bin/sh", "-c", line], input="", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_agents_that_have_no_setting_of_their_own_for_it() -> None:
    assert set(fallback.AGENTS) == set(RUNS) == set(MODULES) - {"claude-code", "cursor", "opencode"}


def test_an_entry_of_before_is_replaced() -> None:
    from packgate.installation.agents import AGENTS

    old = '{"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [{"type": "command", "command": "/opt/x/packgate-hook codex PreToolUse"}]}]}}'
    wanted = AGENTS["codex"].wanted("/opt/x/packgate-hook", dict.fromkeys(("shell", "file", "mcp", "web", "prompt", "output"), "closed"))
    text = with_entries(old, wanted, "/opt/x/packgate-hook", "hooks.json")
    assert '"command": "/opt/x/packgate-hook codex PreToolUse"' not in text
    assert text.count("PreToolUse") == 2
    assert with_entries(text, wanted, "/opt/x/packgate-hook", "hooks.json") == text
