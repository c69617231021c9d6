"""OpenCode: a plugin that asks the hook, and managed permissions.

Format: opencode.ai/docs (permissions, plugins), tried on 1.18.33.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.render import globs, no_patterns
from packgate.render.answers import ASK, DENY
from packgate.render.options import check_locks
from packgate.render.target import BEST_EFFORT
from packgate.render.writing import as_json, from_template, validated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.render.plan import Plan
    from packgate.render.spelling import Spelling

NAME = "opencode"
TITLE = "OpenCode"
SUPPORT = BEST_EFFORT
ANSWERS: tuple[str, ...] = (DENY, ASK)
CONFIG = "opencode.json"
PLUGIN = "packgate.js"
PLACES = {CONFIG: "/etc/opencode/opencode.json", PLUGIN: "/etc/opencode/packgate.js"}
NOTES = (
    "A project can take managed permissions back (the same key again, then `*`), and `--pure` switches plugins off: OpenCode has no lock.",
    "The order of the permissions is their meaning, the last that matches wins: don't sort the file.",
    "A native denial tells the agent all rules about commands; the plugin is asked first, and its denial tells the policy's message.",
)
# Event -> the surfaces by which the plugin refuses when the hook can't be asked.
EVENTS: dict[str, tuple[str, ...]] = {
    "tool.execute.before": ("shell", "file", "mcp", "web"), "tool.execute.after": ("output",), "chat.message": ("prompt",),
}
_WORDS = {DENY: "deny", ASK: "ask"}


def command_patterns(spelling: Spelling) -> tuple[str, ...]:
    """`git push --force *`, where the star at the end stands for nothing too."""
    return globs.spelled(spelling)


def command_matches(pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
    """By globs over the text of each command of a line."""
    return globs.matches(pattern, texts)


# It is not documented what a path is relative to: files are the hook's.
path_pattern, path_matches = no_patterns.path_pattern, no_patterns.path_matches


def files(plan: Plan) -> dict[str, bytes]:
    """The configuration, with denials behind questions, and the plugin."""
    check_locks(plan.options, ())
    subject = plan.candidates.subject
    closed = {event: subject.fails_closed(surfaces) for event, surfaces in EVENTS.items()}
    config: dict[str, Any] = {"$schema": "https://opencode.ai/config.json", "plugin": [f"file://{PLACES[PLUGIN]}"]}
    rules = {pattern: _WORDS[answer] for answer in (ASK, DENY) for pattern in plan.patterns(answer)}
    if rules:
        config["permission"] = {"bash": rules}
    return {
        CONFIG: as_json(validated(config, "opencode", CONFIG), sort=False),
        PLUGIN: from_template(
            "opencode-plugin.js.j2", label=subject.label, hook=plan.options.hook, timeout=plan.options.timeout * 1000, closed=closed,
        ),
    }
