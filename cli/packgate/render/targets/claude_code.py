"""Claude Code: a file of managed-settings.d with hooks, locks and permission rules, and the same as the output of a `policyHelper`.

Format and semantics: code.claude.com/docs (settings, managed-settings, permissions, hooks), tried on 2.1.329.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from packgate.render import globs
from packgate.render.answers import ASK, DENY
from packgate.render.options import check_locks
from packgate.render.paths import as_regex
from packgate.render.target import FIRST_CLASS
from packgate.render.writing import as_json, from_template, validated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.render.plan import Plan
    from packgate.render.spelling import Spelling

NAME = "claude-code"
TITLE = "Claude Code"
SUPPORT = FIRST_CLASS
ANSWERS: tuple[str, ...] = (DENY, ASK)
SETTINGS = "managed-settings.d/20-packgate.json"
HELPER_OUTPUT = "policy-helper/output.json"
HELPER = "policy-helper/packgate-policy-helper"
HELPER_SETTINGS = "policy-helper/managed-settings.json"
PLACES = {
    SETTINGS: "/etc/claude-code/managed-settings.d/20-packgate.json",
    HELPER_OUTPUT: "/etc/packgate/policy-helper/output.json",
    HELPER: "the path of the option `policy-helper`, executable",
    HELPER_SETTINGS: "/etc/claude-code/managed-settings.json",
}
NOTES = (
    "Older versions ignore `onFailure`, so `requiredMinimumVersion` keeps them from starting.",
    "A rule that denies has no exceptions: a denied command is denied with `--help` and `--dry-run` too.",
    "The output of a policyHelper replaces all other managed settings; install it or the file, not both.",
)
# The first version that knows `onFailure` of a hook.
MINIMUM_VERSION = "2.1.295"
# Event -> the matcher that it has (None: it has none) and the surfaces by which `onFailure` is decided.
EVENTS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "PreToolUse": ("*", ("shell", "file", "mcp", "web")),
    "PostToolUse": ("*", ("output",)),
    "UserPromptSubmit": (None, ("prompt",)),
    "SessionStart": (None, ()),
    "ConfigChange": (None, ("file",)),
}
# A hook of it can't be an address.
_PROGRAMS_ONLY = ("SessionStart",)
# The variable of a session that holds the token of the server.
TOKEN = "PACKGATE_TOKEN"
LOCKS = ("allowManagedHooksOnly", "allowManagedPermissionRulesOnly", "disableBypassPermissionsMode")
DEFAULT_LOCKS = ("allowManagedHooksOnly", "disableBypassPermissionsMode")
_TOOLS = {"read": "Read", "edit": "Edit"}
_RULE = re.compile(r"(?P<tool>[A-Za-z]+)\((?P<body>.*)\)", re.DOTALL)


def command_patterns(spelling: Spelling) -> tuple[str, ...]:
    """`Bash(git push --force *)`."""
    return tuple(f"Bash({glob})" for glob in globs.spelled(spelling))


def command_matches(pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
    """By the documented globs."""
    return globs.matches(_body(pattern), texts)


def path_pattern(path: str, tool: str) -> str | None:
    """`Edit(//**/.claude/settings.json)`: `//` begins an absolute path, anything without a folder holds at any depth."""
    if path.startswith("/"):
        return f"{_TOOLS[tool]}(/{path})"
    return f"{_TOOLS[tool]}({path})" if path.startswith("~/") else f"{_TOOLS[tool]}(//**/{path})"


def path_matches(pattern: str, path: str) -> bool:
    """As gitignore patterns are read: with everything below."""
    body = _body(pattern)
    return as_regex(body.removeprefix("/") if body.startswith("//") else body).fullmatch(path) is not None


def files(plan: Plan) -> dict[str, bytes]:
    """The settings, and the same in the envelope of a policyHelper: without the envelope Claude Code silently has no policy."""
    settings = validated(_settings(plan), "claude-code", SETTINGS)
    found = {
        SETTINGS: as_json(settings),
        HELPER_OUTPUT: as_json(validated({"managedSettings": settings}, "claude-code-policy-helper", HELPER_OUTPUT)),
    }
    helper = plan.options.policy_helper
    if helper is not None:
        found[HELPER] = from_template("policy-helper.sh.j2", output=PLACES[HELPER_OUTPUT], folder=posixpath.dirname(helper))
        found[HELPER_SETTINGS] = as_json({"policyHelper": {"path": helper, "timeoutMs": 10000, "refreshIntervalMs": 3600000}})
    return found


def _settings(plan: Plan) -> dict[str, Any]:
    options = plan.options
    check_locks(options, LOCKS)
    permissions: dict[str, Any] = {"deny": plan.patterns(DENY), "ask": plan.patterns(ASK)}
    settings: dict[str, Any] = {
        "requiredMinimumVersion": options.minimum_version or MINIMUM_VERSION,
        "hooks": {event: [_group(plan, event)] for event in EVENTS},
    }
    if options.locked("disableBypassPermissionsMode", DEFAULT_LOCKS):
        permissions["disableBypassPermissionsMode"] = "disable"
    for lock in ("allowManagedHooksOnly", "allowManagedPermissionRulesOnly"):
        if options.locked(lock, DEFAULT_LOCKS):
            settings[lock] = True
    settings["permissions"] = permissions
    return settings


def _group(plan: Plan, event: str) -> dict[str, Any]:
    matcher, surfaces = EVENTS[event]
    options = plan.options
    handler: dict[str, Any] = {"type": "command", "command": options.hook, "args": [NAME, event]}
    if options.server is not None and event not in _PROGRAMS_ONLY:
        handler = {
            "type": "http", "url": f"{options.server}/v1/hooks/{NAME}/{event}", "headers": {"Authorization": f"Bearer ${TOKEN}"},
            "allowedEnvVars": [TOKEN],
        }
    handler["timeout"] = options.timeout
    if plan.candidates.subject.fails_closed(surfaces):
        handler["onFailure"] = "block"
    return {"hooks": [handler]} if matcher is None else {"matcher": matcher, "hooks": [handler]}


def _body(pattern: str) -> str:
    found = _RULE.fullmatch(pattern)
    return found["body"] if found is not None else pattern
