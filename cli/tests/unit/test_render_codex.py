"""What Codex is given: requirements with hooks and prefix rules, and a `.rules` file whose examples hold."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from render_repository import rendered_files

from packgate.errors import UserError
from packgate.render import fallback
from packgate.render.options import Options
from packgate.render.targets import codex


def files_of(root: Path, options: Options | None = None) -> dict[str, str]:
    return rendered_files(root, "codex", options)


def starlark(text: str) -> list[dict[str, Any]]:
    """The rules of a `.rules` file: what is rendered of Starlark is also Python."""
    rules: list[dict[str, Any]] = []
    exec(compile(text, "rules", "exec"), {"prefix_rule": lambda **keys: rules.append(keys)})
    return rules


def matches(pattern: list[Any], call: list[str]) -> bool:
    """As `codex-rs/execpolicy` matches: word by word, a list being alternatives."""
    return len(call) >= len(pattern) and all(
        word in place if isinstance(place, list) else word == place for place, word in zip(pattern, call, strict=False)
    )


def test_requirements(tmp_path: Path) -> None:
    data = tomllib.loads(files_of(tmp_path, Options(hook="/opt/packgate/hook"))[codex.REQUIREMENTS])
    assert data["allow_managed_hooks_only"] is True
    assert "allowed_sandbox_modes" not in data
    # Else the agent types commands into a shell that waits for input, and no hook hears of them.
    assert data["features"] == {"hooks": True, "unified_exec": False}
    assert data["hooks"]["managed_dir"] == "/opt/packgate"
    command = fallback.line("/opt/packgate/hook", "codex", "PreToolUse", closed=True, wait=10)
    assert data["hooks"]["PreToolUse"] == [{"matcher": "*", "hooks": [{"type": "command", "command": command, "timeout": 10}]}]
    # A session that starts is never stopped.
    (session,) = data["hooks"]["SessionStart"][0]["hooks"]
    assert session["command"] == fallback.line("/opt/packgate/hook", "codex", "SessionStart", closed=False, wait=10)
    rules = {tuple(word.get("token") or tuple(word["any_of"]) for word in each["pattern"]): each for each in data["rules"]["prefix_rules"]}
    assert rules["git", "push", ("--force", "--mirror", "-f")]["decision"] == "forbidden"
    assert rules["docker", "volume", ("remove", "rm")]["decision"] == "prompt"
    # A message with quotes, which tells which policy it is.
    assert rules["git", "push", ("--force", "--mirror", "-f")]["justification"] == 'forced: Ask "somebody" first.'


def test_locks_and_guards(tmp_path: Path) -> None:
    options = Options(locks=("allowed_sandbox_modes", "allowed_approval_policies"), guards=True)
    data = tomllib.loads(files_of(tmp_path, options)[codex.REQUIREMENTS])
    assert data["allowed_sandbox_modes"] == ["read-only", "workspace-write"]
    assert "never" not in data["allowed_approval_policies"]
    assert "allow_managed_hooks_only" not in data
    assert data["features"] == {"hooks": True}
    assert data["rules"]["prefix_rules"][-1]["decision"] == "prompt"
    with pytest.raises(UserError, match="no lock"):
        files_of(tmp_path / "b", Options(locks=("allowManagedHooksOnly",)))


def test_the_rules_carry_cases_that_hold(tmp_path: Path) -> None:
    rules = starlark(files_of(tmp_path)[codex.RULES])
    assert rules
    for rule in rules:
        assert rule["decision"] in ("forbidden", "prompt")
        assert rule["match"]
        assert all(matches(rule["pattern"], call) for call in rule["match"]), rule
        assert not any(matches(rule["pattern"], call) for call in rule.get("not_match", ())), rule
    forced = next(rule for rule in rules if rule["pattern"][:2] == ["git", "push"])
    assert ["git", "push", "--force", "origin", "feature/x"] in forced["match"]
    assert ["git", "push", "origin", "feature/x"] in forced["not_match"]


@pytest.mark.parametrize(("pattern", "call", "expected"), [
    ("git push -f", ("git", "push", "-f", "x"), True),
    ("git push -f", ("git", "push", "x", "-f"), False),
    ("git push", ("git", "pushx"), False),
])
def test_prefixes(pattern: str, call: tuple[str, ...], expected: bool) -> None:
    assert codex.command_matches(pattern, [], [call]) is expected


def test_no_rules_no_table(tmp_path: Path) -> None:
    data = tomllib.loads(files_of(tmp_path, Options(native=False))[codex.REQUIREMENTS])
    assert "rules" not in data
