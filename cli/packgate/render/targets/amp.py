"""Amp: denials by glob, and everything else delegated to the hook.

Format: ampcode.com/manual (permissions), tried on 0.0.1790142911.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from packgate.render import fallback, globs, no_patterns
from packgate.render.answers import DENY
from packgate.render.options import check_locks
from packgate.render.target import BEST_EFFORT
from packgate.render.writing import as_json, from_template, message, validated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packgate.render.plan import Plan
    from packgate.render.spelling import Spelling

NAME = "amp"
TITLE = "Amp"
SUPPORT = BEST_EFFORT
# The first match wins: a native question would keep the hook from being asked.
ANSWERS: tuple[str, ...] = (DENY,)
SETTINGS = "settings.json"
DELEGATE = "packgate-hook-amp"
# What stands behind the launcher's name, here as in `packgate hook install amp`.
ENDING = "-amp"
PLACES = {SETTINGS: "merged into ~/.config/amp/settings.json of every user", DELEGATE: "beside the hook's launcher"}
NOTES = (
    "The settings are the user's own file: they hold for those who leave them there.",
    "A glob covers the whole line: native rules see a command only at its beginning; the hook sees all of it.",
)
EVENTS = ("delegate",)


def command_patterns(spelling: Spelling) -> tuple[str, ...]:
    """`git push --force` and `git push --force *`."""
    return tuple(glob for found in globs.spelled(spelling) for glob in (found.removesuffix(" *"), found))


def command_matches(pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
    """By globs over the text."""
    return globs.matches(pattern, texts)


# Files are the hook's.
path_pattern, path_matches = no_patterns.path_pattern, no_patterns.path_matches


def files(plan: Plan) -> dict[str, bytes]:
    """The settings, and the program that they delegate to: a delegate gets no arguments, and the hook needs two."""
    check_locks(plan.options, ())
    settings = {"amp.permissions": [*_rules(plan), {"tool": "*", "action": "delegate", "to": plan.options.hook + ENDING}]}
    return {
        SETTINGS: as_json(validated(settings, "amp", SETTINGS)),
        DELEGATE: delegate(plan.options.hook, plan.candidates.subject.event_fails_closed(NAME, EVENTS[0]), plan.options.timeout),
    }


def delegate(launcher: str, closed: bool, wait: int) -> bytes:
    """The program that Amp starts. ``closed``: whether a hook that fails stops the action; ``wait``: how long it may take, in seconds."""
    return from_template("amp-delegate.sh.j2", line=fallback.line(launcher, NAME, EVENTS[0], closed=closed, wait=wait))


def _rules(plan: Plan) -> Iterator[dict[str, Any]]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for rule in plan.rules:
        found[rule.policies] += rule.patterns
    for policies, patterns in sorted(found.items()):
        yield {"tool": "Bash", "matches": {"cmd": patterns}, "action": "reject", "message": message(plan, policies)}
