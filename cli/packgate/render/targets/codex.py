"""Codex CLI: a requirements.toml with hooks and prefix rules that nobody can switch off, and the same rules as a `.rules` file that Codex
tests by itself when it loads it.

Format and semantics: openai/codex (codex-rs/execpolicy, codex-rs/config) and developers.openai.com/codex, tried on 0.163.0 and 0.169.0.
"""

from __future__ import annotations

import posixpath
import tomllib
from typing import TYPE_CHECKING, Any

from packgate.render import fallback, no_patterns
from packgate.render.answers import ASK, DENY
from packgate.render.options import check_locks
from packgate.render.prefixes import PrefixRule, prefix_rules
from packgate.render.target import FIRST_CLASS
from packgate.render.writing import from_template, message, validated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.render.plan import Plan
    from packgate.render.spelling import Spelling

NAME = "codex"
TITLE = "Codex CLI"
SUPPORT = FIRST_CLASS
ANSWERS: tuple[str, ...] = (DENY, ASK)
REQUIREMENTS = "requirements.toml"
RULES = "rules/20-packgate.rules"
PLACES = {REQUIREMENTS: "/etc/codex/requirements.toml", RULES: "/etc/codex/rules/20-packgate.rules"}
NOTES = (
    "A line of shell starts the hook, and answers as `on_failure` says when it is killed, hangs or is missing.",
    "Prefix rules see plain words joined by `&&`, `||`, `;` and `|`; a redirection, a variable or `bash -c` makes a script that they miss.",
    "An option has to stand right behind the words of a rule; later ones are the hook's.",
)
# Event -> matcher.
EVENTS: dict[str, str | None] = {"PreToolUse": "*", "PostToolUse": "*", "UserPromptSubmit": None, "SessionStart": None}
LOCKS = ("allow_managed_hooks_only", "unified_exec", "allowed_sandbox_modes", "allowed_approval_policies")
DEFAULT_LOCKS = ("allow_managed_hooks_only", "unified_exec")
_DECISIONS = {DENY: "forbidden", ASK: "prompt"}
_SHELLS = (("bash", "sh", "zsh"), ("-c", "-lc"))


def command_patterns(spelling: Spelling) -> tuple[str, ...]:
    """The words, with the option right behind them."""
    return (spelling.text,)


def command_matches(pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
    """Word by word from the beginning."""
    words = tuple(pattern.split(" "))
    return any(call[:len(words)] == words for call in calls)


# Codex has no rules about edited files.
path_pattern, path_matches = no_patterns.path_pattern, no_patterns.path_matches


def files(plan: Plan) -> dict[str, bytes]:
    """Both files. A broken one keeps Codex from starting, so the TOML is read back and held against the schema."""
    check_locks(plan.options, LOCKS)
    rules = [_rule(plan, each) for each in prefix_rules(plan)]
    requirements = from_template(
        "codex-requirements.toml.j2", label=plan.candidates.subject.label, rules=rules, guards=_SHELLS if plan.options.guards else None,
        folder=posixpath.dirname(plan.options.hook), timeout=plan.options.timeout, events=EVENTS, lines=_lines(plan),
        locks=[name for name in LOCKS if plan.options.locked(name, DEFAULT_LOCKS)],
    )
    validated(tomllib.loads(requirements.decode()), "codex-requirements", REQUIREMENTS)
    starlark = from_template("codex.rules.j2", label=plan.candidates.subject.label, rules=rules)
    return {REQUIREMENTS: requirements, RULES: starlark}


def _lines(plan: Plan) -> dict[str, str]:
    """The command that starts the hook, by event."""
    options, subject = plan.options, plan.candidates.subject
    return {
        event: fallback.line(options.hook, NAME, event, closed=subject.event_fails_closed(NAME, event), wait=options.timeout)
        for event in EVENTS
    }


def _rule(plan: Plan, rule: PrefixRule) -> dict[str, Any]:
    return {
        "words": rule.words, "last": rule.last, "decision": _DECISIONS[rule.answer], "justification": message(plan, rule.policies),
        "fires": rule.fires, "harmless": rule.harmless,
    }
