"""Gemini CLI: a policy file of the admin tier, which settings of users can't outrank, and system settings with hooks.

Format and semantics: google-gemini/gemini-cli (docs/reference/policy-engine.md, docs/hooks, packages/core/src/policy), tried on 0.61.0.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.render import fallback
from packgate.render.answers import ASK, DENY
from packgate.render.options import check_locks
from packgate.render.paths import as_regex, choices
from packgate.render.target import FIRST_CLASS
from packgate.render.writing import as_json, from_template, message, validated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packgate.render.plan import NativeRule, Plan
    from packgate.render.spelling import Spelling

NAME = "gemini"
TITLE = "Gemini CLI"
SUPPORT = FIRST_CLASS
ANSWERS: tuple[str, ...] = (DENY, ASK)
POLICY = "policies/20-packgate.toml"
SETTINGS = "settings.json"
PLACES = {POLICY: "/etc/gemini-cli/policies/20-packgate.toml", SETTINGS: "/etc/gemini-cli/settings.json"}
NOTES = (
    "The policy file has to belong to root and be writable by nobody else; Gemini CLI ignores it otherwise.",
    "A user can switch the hook off (`hooksConfig.disabled`, GEMINI_CLI_SYSTEM_SETTINGS_PATH): what has to hold must be native.",
    "A line of shell starts the hook, and answers as `on_failure` says when it is killed, hangs or is missing.",
    "What native rules miss (an assignment in front, a quoted program, `sudo`) is asked in default mode; in yolo mode it runs.",
)
# Event -> matcher.
EVENTS: dict[str, str] = {"BeforeTool": "*", "AfterTool": "*", "BeforeAgent": "*", "SessionStart": "*"}
LOCKS = ("security.disableYoloMode", "hooksConfig.enabled")
DEFAULT_LOCKS = LOCKS
# Within the admin tier; what denies comes first.
_PRIORITIES = {DENY: 900, ASK: 800}
_DECISIONS = {DENY: "deny", ASK: "ask_user"}
_TOOLS = {"read": ("read_file",), "edit": ("replace", "write_file")}
_REGEX = "regex "
_HOMES = ("/home/[^/\"]+", "/root", "/Users/[^/\"]+")
# Both as in packages/core/src/policy/utils.ts: a rule whose expression does not pass is dropped without a word to anybody.
_NESTED = re.compile(r"\([^)]*[*+?{].*\)[*+?{]")
_LONGEST = 2048


def command_patterns(spelling: Spelling) -> tuple[str, ...]:
    """A `commandPrefix`, and for an option that stands later a `commandRegex`, marked as such: it stays within the command's text."""
    if spelling.option is None:
        return (spelling.text,)
    return (spelling.text, f'{_REGEX}{_escaped(" ".join(spelling.words))} [^"]* {_escaped(spelling.option)}[\\s"]')


def command_matches(pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
    """As the engine does: at the beginning of a command's text, up to a blank or its end."""
    expression = pattern.removeprefix(_REGEX) if pattern.startswith(_REGEX) else f'{_escaped(pattern)}[\\s"]'
    return any(re.match(expression, f'{text}"') is not None for text in texts)


def path_pattern(path: str, tool: str) -> str | None:
    """The policy's own pattern, with the tools; `files` makes expressions of it."""
    return f"{'|'.join(_TOOLS[tool])}({path})"


def path_matches(pattern: str, path: str) -> bool:
    """With everything below, which is more than the expressions match."""
    return as_regex(pattern.partition("(")[2].removesuffix(")")).fullmatch(path) is not None


def files(plan: Plan) -> dict[str, bytes]:
    """Both files. One wrong rule makes Gemini CLI drop the whole policy file, so it is read back and held against the schema."""
    check_locks(plan.options, LOCKS)
    rules = [*_command_rules(plan), *_path_rules(plan)]
    if plan.options.guards:
        rules.append({"tools": ["run_shell_command"], "decision": "ask_user", "priority": 1})
    for rule in rules:
        _check(rule.get("command_regex") or rule.get("args_pattern") or "")
    policy = from_template("gemini-policy.toml.j2", label=plan.candidates.subject.label, rules=rules)
    validated(tomllib.loads(policy.decode()), "gemini-policy", POLICY)
    return {POLICY: policy, SETTINGS: as_json(validated(_settings(plan), "gemini-settings", SETTINGS))}


def _command_rules(plan: Plan) -> Iterator[dict[str, Any]]:
    prefixes: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    expressions: list[tuple[NativeRule, str]] = []
    for rule in plan.rules:
        for pattern in rule.patterns if rule.spelling is not None else ():
            if pattern.startswith(_REGEX):
                expressions.append((rule, pattern.removeprefix(_REGEX)))
            else:
                prefixes[rule.answer, rule.policies].append(pattern)
    for (answer, policies), found in sorted(prefixes.items()):
        yield {**_common(plan, answer, policies), "tools": ["run_shell_command"], "command_prefix": sorted(found)}
    for rule, expression in expressions:
        yield {**_common(plan, rule.answer, rule.policies), "tools": ["run_shell_command"], "command_regex": expression}


def _path_rules(plan: Plan) -> Iterator[dict[str, Any]]:
    for rule in plan.rules:
        if rule.spelling is None:
            for pattern in rule.patterns:
                tools, _, path = pattern.removesuffix(")").partition("(")
                for expression in _path_expressions(path):
                    yield {**_common(plan, rule.answer, rule.policies), "tools": tools.split("|"), "args_pattern": expression}


def _common(plan: Plan, answer: str, policies: tuple[str, ...]) -> dict[str, Any]:
    return {"decision": _DECISIONS[answer], "priority": _PRIORITIES[answer], "message": message(plan, policies)}


def _path_expressions(path: str) -> Iterator[str]:
    """Expressions over the JSON of a tool's arguments: optional groups are not allowed, so a path at any depth needs two."""
    for choice in choices(path):
        body = _escaped(choice.removeprefix("~")).replace(r"\*\*", '[^"]*').replace(r"\*", '[^/"]*').replace(r"\?", '[^/"]')
        starts = [""] if choice.startswith("/") else list(_HOMES) if choice.startswith("~") else ["", '[^"]*/']
        for start in starts:
            yield f'"file_path":"{start}{body}"'


def _escaped(text: str) -> str:
    return re.sub(r"([-\[\]{}()*+?.,\\^$|#])", r"\\\1", text)


def _check(expression: str) -> None:
    if len(expression) > _LONGEST or _NESTED.search(expression):
        raise UserError(f"Gemini CLI would drop the rule {expression:.80}", "a shorter pattern in the policy; this is a defect of packgate")


def _settings(plan: Plan) -> dict[str, Any]:
    options = plan.options
    settings: dict[str, Any] = {"hooks": {
        event: [{"matcher": matcher, "hooks": [{
            "name": "packgate", "type": "command", "timeout": options.timeout * 1000,
            "command": fallback.line(
                options.hook, NAME, event, closed=plan.candidates.subject.event_fails_closed(NAME, event), wait=options.timeout,
            ),
        }]}] for event, matcher in EVENTS.items()
    }}
    if options.locked("security.disableYoloMode", DEFAULT_LOCKS):
        settings["security"] = {"disableYoloMode": True}
    if options.locked("hooksConfig.enabled", DEFAULT_LOCKS):
        settings["hooksConfig"] = {"enabled": True}
    return settings
