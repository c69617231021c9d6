"""Test cases that a recording suggests: commands that an agent found for a prompt, and that no case of the policy has yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from packgate.testing.cases import MUST_FIRE, POLARITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packgate.engine.gate import Gate
    from packgate.trial.recording import Answered

_OWN = {"file": ("operation", "path"), "mcp": ("server", "tool", "arguments"), "web": ("method", "url")}


def proposals(answers: Iterable[Answered], known: Mapping[str, set[str]], gate: Gate) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """By policy and polarity, cases to add. ``known``: by policy, the commands of its cases.

    For a prompt that must fire, the actions on which the policy does; for one that must not, all of them: a person decides which of these
    belong into the pack.
    """
    from packgate.trial.judge import fired_on

    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    seen: set[tuple[str, str]] = set()
    for answer in answers:
        for action in answer.actions:
            case = _case(answer.prompt, action)
            text = str(case.get("command") or case.get("action"))
            fires = answer.policy in fired_on([action], gate)
            if (answer.policy, text) in seen or text in known.get(answer.policy, ()) or fires != (answer.polarity == MUST_FIRE):
                continue
            seen.add((answer.policy, text))
            found.setdefault(answer.policy, {name: [] for name in POLARITIES})[answer.polarity].append(case)
    return found


def as_yaml(proposed: Mapping[str, Mapping[str, list[dict[str, Any]]]]) -> str:
    """The cases as they go under ``tests:`` of each policy."""
    parts = []
    for policy, tests in sorted(proposed.items()):
        cases = {"tests": {name: listed for name, listed in tests.items() if listed}}
        parts.append(f"# {policy}\n{yaml.safe_dump(cases, sort_keys=False, allow_unicode=True, width=120)}")
    return "\n".join(parts)


def _case(prompt: str, action: dict[str, Any]) -> dict[str, Any]:
    if action["surface"] == "shell":
        return {"prompt": prompt, "command": action["command"]}
    keys = ("surface", *_OWN.get(action["surface"], ("text",)))
    return {"prompt": prompt, "action": {key: action[key] for key in keys if action.get(key) is not None}}
