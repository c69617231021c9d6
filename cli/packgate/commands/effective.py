"""`packgate explain --stage POLICY` and `--for`: what holds in effect, for whom, and what sets it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.model.action import Action
    from packgate.release.effective import EffectiveRule
    from packgate.release.tags import Release
    from packgate.source.workspace import Workspace

WHO = ("user", "group", "team", "repo", "agent", "surface")
_PAIR = re.compile(rf"(?P<key>{'|'.join(WHO)})=(?P<value>\S*)")
_NEEDED = {"file": {"operation": "read", "path": "/"}, "mcp": {"server": "", "tool": ""}, "web": {"url": ""}, "prompt": {"text": ""},
           "output": {"text": ""}}


def split_pairs(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words that say for whom (``user=ana``), and the rest."""
    pairs = [word for word in words if _PAIR.fullmatch(word)]
    return pairs, [word for word in words if not _PAIR.fullmatch(word)]


def actor_data(pairs: Sequence[str], space: Workspace) -> dict[str, Any]:
    """The keys of an action that say who acts, from ``user=ana`` and so on; groups of the context that the user is in are added.

    Raises `UserError` for anything else.
    """
    given: dict[str, list[str]] = {}
    for pair in pairs:
        found = _PAIR.fullmatch(pair)
        if found is None or not found["value"]:
            raise UserError(f"--for: expected KEY=VALUE, not {pair!r}", f"keys are {', '.join(WHO)}")
        given.setdefault(found["key"], []).append(found["value"])
    for key, values in given.items():
        if key != "group" and len(values) > 1:
            raise UserError(f"--for: {key} is given twice")
    one = {key: values[0] for key, values in given.items()}
    groups = list(given.get("group", ()))
    for file in space.context:
        for name, users in (file.data.get("groups") or {}).items():
            if one.get("user") in users and name not in groups:
                groups.append(name)
    actor = {"agent": one.get("agent"), "session": None, "user": one.get("user"), "groups": groups, "team": one.get("team"), "owner": None}
    return {"actor": actor, "repo": {"name": one.get("repo")}, "surface": one.get("surface", "shell")}


def actor_action(pairs: Sequence[str], space: Workspace) -> Action:
    """An action of the actor that does nothing."""
    from packgate.model.action import ActionError, parse_action

    data = actor_data(pairs, space)
    try:
        return parse_action({"command": "", **data, **_NEEDED.get(data["surface"], {})})
    except ActionError as error:
        raise UserError(f"--for: {error}") from error


def newest_releases(packs: Sequence[str]) -> dict[str, Release]:
    """The newest release of packs, by name; none outside of a git repository."""
    from packgate.commands.shared import repository_root

    root = repository_root(".")
    if root is None or not os.path.exists(os.path.join(root, ".git")):
        return {}
    from packgate.gitio import Repository
    from packgate.release.history import read_history

    history = read_history(Repository())
    found = {pack: history.newest(pack) for pack in packs}
    return {pack: release for pack, release in found.items() if release is not None}


def rules_for(space: Workspace, actor: Action, now: str, policy: str | None = None) -> list[EffectiveRule]:
    """The effective policy of an actor, or one policy of it. Raises `UserError` for a policy that no pack has."""
    from packgate.engine.assignments import Assignments
    from packgate.release.effective import Effective

    assignments = Assignments(space.assigned, space.lists, space.stage)
    effective = Effective(space, assignments, newest_releases([pack.name for pack in space.packs]), now)
    if policy is None:
        return effective.rules(actor)
    found = effective.rule(policy, actor)
    if not found:
        from packgate.source.suggest import did_you_mean

        known = sorted(each.id for pack in space.packs for each in pack.policies)
        raise UserError(f"there is no stage and no policy '{policy}'", did_you_mean(policy, known))
    return found


def stage_text(rules: Sequence[EffectiveRule], named: bool) -> str:
    """The four caps of a policy; ``named``: somebody was named for whom."""
    lines = []
    for rule in rules:
        said = "does not hold" if rule.effective is None else f"{rule.effective} in effect"
        lines.append(f"{rule.policy} (pack {rule.pack} {rule.version}): {said}")
        for each in rule.caps:
            mark = "  <- binds" if each.source == rule.binds else ""
            lines.append(f"  {each.source:11}{each.value or 'none':17}{each.where}{mark}")
        if not named:
            lines.append("  The assignment is that of somebody of whom nothing is known; --for user=… repo=… says of whom.")
    return "\n".join(lines) + "\n"


def policy_text(rules: Sequence[EffectiveRule]) -> str:
    """The effective policy: a line for each rule, with where it comes from and what sets its mode."""
    lines = []
    for pack in sorted({rule.pack for rule in rules}):
        mine = [rule for rule in rules if rule.pack == pack]
        assignment = mine[0].caps[-1]
        lines.append(f"pack {pack} {mine[0].version}: {assignment.value or 'not capped'} by {assignment.where}"
                     if mine[0].effective is not None else f"pack {pack} {mine[0].version}: {assignment.where}")
        width = max(len(rule.policy) for rule in mine)
        lines += [f"  {rule.effective or 'none':17}{rule.policy:{width}}  {_provenance(rule)}" for rule in mine]
    return "\n".join(lines) + "\n"


def _provenance(rule: EffectiveRule) -> str:
    parts = [rule.origin]
    if rule.inherited:
        parts.append(f"inherited from {rule.inherited}")
    if rule.overridden:
        parts.append(f"overridden at {rule.overridden}")
    if rule.binds != "mode":
        cap = next(each for each in rule.caps if each.source == rule.binds)
        parts.append(f"{rule.mode} capped by the {rule.binds}: {cap.where}")
    parts += [f"waiver {name}" for name in rule.waivers]
    return "; ".join(parts)
