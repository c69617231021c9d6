"""GitHub Copilot CLI: managed settings with permissions, and policy hooks that users can't switch off.

Format and semantics: github/docs (hooks reference, enterprise managed settings), tried on 1.0.102.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packgate.render import fallback, globs
from packgate.render.answers import ASK, DENY
from packgate.render.options import check_locks
from packgate.render.paths import as_regex
from packgate.render.target import FIRST_CLASS
from packgate.render.writing import as_json, validated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.render.plan import Plan
    from packgate.render.spelling import Spelling

NAME = "copilot"
TITLE = "GitHub Copilot CLI"
SUPPORT = FIRST_CLASS
ANSWERS: tuple[str, ...] = (DENY, ASK)
SETTINGS = "managed-settings.json"
HOOKS = "policy.d/20-packgate.json"
PLACES = {
    SETTINGS: "/etc/github-copilot/managed-settings.json, or copilot/managed-settings.json of the .github-private repository",
    HOOKS: "/etc/github-copilot/policy.d/20-packgate.json",
}
NOTES = (
    "As soon as one managed rule exists, what no rule names is asked: everything else is allowed explicitly, and the hook decides on it.",
    "A line of shell starts the hook, and answers as `on_failure` says when it is killed, hangs or is missing.",
    "One selector that Copilot does not know invalidates the whole file, and nothing runs: try it before it is rolled out.",
)
EVENTS = ("preToolUse", "postToolUse", "userPromptSubmitted", "sessionStart")
LOCKS = ("disableBypassPermissionsMode",)
DEFAULT_LOCKS = LOCKS
# `Domain` alone is every address; `Domain(*)` is accepted and matches none (tried on 1.0.102).
ALLOWED = ("Shell(*)", "Read(//**)", "Edit(//**)", "Domain")
_TOOLS = {"read": "Read", "edit": "Edit"}
_RULE = re.compile(r"(?P<tool>[A-Za-z]+)\((?P<body>.*)\)", re.DOTALL)


def command_patterns(spelling: Spelling) -> tuple[str, ...]:
    """`Shell(git push --force *)` and the bare form: here the star at the end needs something to stand for."""
    return tuple(f"Shell({glob})" for found in globs.spelled(spelling) for glob in (found.removesuffix(" *"), found))


def command_matches(pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
    """By globs over the command's text."""
    return globs.matches(_body(pattern), texts)


def path_pattern(path: str, tool: str) -> str | None:
    """`Edit(//**/.claude/settings.json)`: `//` begins an absolute path."""
    if path.startswith("/"):
        return f"{_TOOLS[tool]}(/{path})"
    return f"{_TOOLS[tool]}({path})" if path.startswith("~/") else f"{_TOOLS[tool]}(//**/{path})"


def path_matches(pattern: str, path: str) -> bool:
    """With everything below."""
    body = _body(pattern)
    return as_regex(body.removeprefix("/") if body.startswith("//") else body).fullmatch(path) is not None


def files(plan: Plan) -> dict[str, bytes]:
    """Settings and hooks."""
    check_locks(plan.options, LOCKS)
    return {
        SETTINGS: as_json(validated(_settings(plan), "copilot-settings", SETTINGS)),
        HOOKS: as_json(validated(_hooks(plan), "copilot-hooks", HOOKS)),
    }


def _settings(plan: Plan) -> dict[str, Any]:
    permissions: dict[str, Any] = {}
    if plan.options.locked("disableBypassPermissionsMode", DEFAULT_LOCKS):
        permissions["disableBypassPermissionsMode"] = "disable"
    if plan.rules:
        permissions |= {"deny": plan.patterns(DENY), "ask": plan.patterns(ASK), "allow": list(ALLOWED)}
    return {"permissions": permissions}


def _hooks(plan: Plan) -> dict[str, Any]:
    options, subject = plan.options, plan.candidates.subject
    started = {
        event: fallback.arguments(
            options.hook, NAME, event, closed=subject.event_fails_closed(NAME, event), wait=options.timeout,
        ) for event in EVENTS
    }
    return {"version": 1, "hooks": {
        event: [{"type": "command", "exec": fallback.SHELL, "args": args, "timeoutSec": options.timeout}] for event, args in started.items()
    }}


def _body(pattern: str) -> str:
    found = _RULE.fullmatch(pattern)
    return found["body"] if found is not None else pattern
