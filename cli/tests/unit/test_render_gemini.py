"""What Gemini CLI is given: rules of the admin tier that its loader takes, and hooks in milliseconds."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from render_repository import rendered_files

from packgate.errors import UserError
from packgate.render import fallback
from packgate.render.options import Options
from packgate.render.targets import gemini

# As packages/core/src/policy/utils.ts has it: what looks as if it could backtrack is dropped.
NESTED = re.compile(r"\([^)]*[*+?{].*\)[*+?{]")


def rules_of(root: Path, options: Options | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(rendered_files(root, "gemini", options)[gemini.POLICY])["rule"]
    return found


def expression(rule: dict[str, Any], prefix: str = "") -> str:
    """What the loader makes of a rule: an expression over the JSON of the arguments."""
    if "commandRegex" in rule:
        return f'"command":"{rule["commandRegex"]}'
    return rule.get("argsPattern") or re.escape(f'"command":"{prefix}') + r'(?:[\s"]|\\")'


def stops(rules: list[dict[str, Any]], tool: str, arguments: dict[str, str]) -> bool:
    """Whether the engine would deny: keys sorted, each between NUL characters."""
    text = "{" + ",".join(f"\0{json.dumps(key)}:{json.dumps(value)}\0" for key, value in sorted(arguments.items())) + "}"
    for rule in rules:
        names = rule["toolName"] if isinstance(rule["toolName"], list) else [rule["toolName"]]
        if tool in names and rule["decision"] == "deny" and any(
            re.search(expression(rule, prefix), text) for prefix in rule.get("commandPrefix", [""])
        ):
            return True
    return False


@pytest.mark.parametrize(("command", "denied"), [
    ("git push --force origin x", True),
    ("git push origin x -f", True),
    ("git push -f", True),
    ("git push origin my-f", False),
    ("git push origin x", False),
    ('git commit -m "then git push -f"', False),
    ("echo git push -f", False),
])
def test_commands(tmp_path: Path, command: str, denied: bool) -> None:
    description = "git push --force to be sure -f "
    assert stops(rules_of(tmp_path), "run_shell_command", {"command": command, "description": description}) is denied


@pytest.mark.parametrize(("path", "denied"), [
    (".guard/rules.json", True),
    ("/srv/a/.guard/rules.json", True),
    ("my.guard/rules.json", False),
    (".guard/rules.json.bak", False),
    ("/home/dev/.guard.json", True),
    ("/home/dev/proj/.guard.json", False),
])
def test_files(tmp_path: Path, path: str, denied: bool) -> None:
    rules = rules_of(tmp_path)
    assert stops(rules, "write_file", {"file_path": path, "content": 'text about "file_path":".guard/rules.json"'}) is denied
    assert not stops(rules, "read_file", {"file_path": path})


def test_expressions_pass_the_loaders_check(tmp_path: Path) -> None:
    for rule in rules_of(tmp_path):
        for text in (rule.get("commandRegex"), rule.get("argsPattern")):
            assert text is None or (len(text) <= 2048 and NESTED.search(text) is None)
        assert 0 <= rule["priority"] <= 999


def test_a_denial_outranks_a_question_and_tells_why(tmp_path: Path) -> None:
    rules = rules_of(tmp_path)
    ranks = {decision: {rule["priority"] for rule in rules if rule["decision"] == decision} for decision in ("deny", "ask_user")}
    assert min(ranks["deny"]) > max(ranks["ask_user"])
    assert next(rule for rule in rules if "git push -f" in rule.get("commandPrefix", ()))["denyMessage"] == 'forced: Ask "somebody" first.'


def test_guards_ask_for_what_no_rule_matches(tmp_path: Path) -> None:
    assert rules_of(tmp_path, Options(guards=True))[-1] == {"toolName": "run_shell_command", "decision": "ask_user", "priority": 1}


def test_settings(tmp_path: Path) -> None:
    settings = json.loads(rendered_files(tmp_path, "gemini", Options(hook="/opt/hook"))[gemini.SETTINGS])
    command = fallback.line("/opt/hook", "gemini", "BeforeTool", closed=True, wait=10)
    assert settings["hooks"]["BeforeTool"] == [
        {"matcher": "*", "hooks": [{"name": "packgate", "type": "command", "command": command, "timeout": 10000}]},
    ]
    assert settings["security"] == {"disableYoloMode": True}
    assert settings["hooksConfig"] == {"enabled": True}
    with pytest.raises(UserError, match="no lock"):
        rendered_files(tmp_path, "gemini", Options(locks=("yolo",)))
