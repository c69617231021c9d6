"""Cursor, from its documentation alone: hooks that fail closed, and the permissions of its command line.

Source: Cursor's documentation of hooks and of CLI permissions. There is no package to try it with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packgate.render.answers import DENY
from packgate.render.options import check_locks
from packgate.render.paths import as_regex
from packgate.render.target import BEST_EFFORT
from packgate.render.writing import as_json, validated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.render.plan import Plan
    from packgate.render.spelling import Spelling

NAME = "cursor"
TITLE = "Cursor"
SUPPORT = BEST_EFFORT
ANSWERS: tuple[str, ...] = (DENY,)
HOOKS = "hooks.json"
CLI = "cli-config.json"
PLACES = {HOOKS: "/etc/cursor/hooks.json", CLI: "merged into ~/.cursor/cli-config.json of every user, or .cursor/cli.json of a project"}
NOTES = (
    "Rendered from documentation; nothing of it was tried on the real program.",
    "Permissions of the CLI name whole programs, not sub-commands, and lie in files of the user: they hold for those who leave them there.",
    "Versions have been reported that do not run hooks at all; look at the hooks panel after an update.",
)
# Event -> the surfaces by which `failClosed` is decided.
EVENTS: dict[str, tuple[str, ...]] = {
    "beforeShellExecution": ("shell",),
    "beforeMCPExecution": ("mcp",),
    "beforeReadFile": ("file",),
    "preToolUse": ("shell", "file", "mcp", "web"),
    "postToolUse": ("output",),
    "beforeSubmitPrompt": ("prompt",),
    "sessionStart": (),
}
_TOOLS = {"read": "Read", "edit": "Write"}
_RULE = re.compile(r"(?P<tool>[A-Za-z]+)\((?P<body>.*)\)", re.DOTALL)


def command_patterns(spelling: Spelling) -> tuple[str, ...]:
    """`Shell(nsenter)`: a program as a whole, and nothing less."""
    return (f"Shell({spelling.words[0]})",) if len(spelling.words) == 1 and spelling.option is None else ()


def command_matches(pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
    """By the program alone."""
    return any(call[0] == _body(pattern) for call in calls)


def path_pattern(path: str, tool: str) -> str | None:
    """`Write(**/.claude/settings.json)`; nothing is documented about home directories."""
    if path.startswith("~"):
        return None
    return f"{_TOOLS[tool]}({path})" if path.startswith("/") else f"{_TOOLS[tool]}(**/{path})"


def path_matches(pattern: str, path: str) -> bool:
    """With everything below."""
    return as_regex(_body(pattern)).fullmatch(path) is not None


def files(plan: Plan) -> dict[str, bytes]:
    """Hooks, and permissions to be merged."""
    check_locks(plan.options, ())
    permissions = {"permissions": {"deny": plan.patterns(DENY)}}
    return {
        HOOKS: as_json(validated(_hooks(plan), "cursor-hooks", HOOKS)),
        CLI: as_json(validated(permissions, "cursor-cli", CLI)),
    }


def _hooks(plan: Plan) -> dict[str, Any]:
    subject = plan.candidates.subject
    return {"version": 1, "hooks": {
        event: [{
            "command": f"{plan.options.hook} {NAME} {event}", "timeout": plan.options.timeout, "failClosed": subject.fails_closed(surfaces),
        }] for event, surfaces in EVENTS.items()
    }}


def _body(pattern: str) -> str:
    found = _RULE.fullmatch(pattern)
    return found["body"] if found is not None else pattern
