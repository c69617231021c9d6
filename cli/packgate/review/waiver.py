"""A waiver for a cluster: as narrow as its example, unless a scope is given."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.engine.waivers import is_expired
from packgate.errors import UserError
from packgate.review.trying import decided, gate_of, pack_named, tried
from packgate.source.append import append_item
from packgate.source.edited import EditRefused
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packgate.model.decision import Decision
    from packgate.review.queue import Entry
    from packgate.source.cache import ValidationCache

HEADER = "# yaml-language-server: $schema=https://packgate.dev/schema/waivers.schema.json\n"
_SPECIAL = re.compile(r"[*?\[\]{}\\]")
# Fields that hold whole texts, and those that say how rather than what: no scope that anybody could read.
_TEXTS = frozenset(("content", "payload", "argument", "flag", "effect", "via"))
_LONGEST = 200


def waived(
    entry: Entry, root: Path, now: str, terms: Mapping[str, str], scope: dict[str, Any] | None, where: dict[str, Any] | None,
    read: Callable[[Path], str | None], cache: ValidationCache | None = None,
) -> tuple[dict[Path, str], list[dict[str, Any]]]:
    """The files with waivers for every policy of a cluster, and the waivers.

    ``terms``: owner, reason, expires, and approver if there is one; ``scope`` and ``where``: conditions of the waiver, by default all
    that is known of the example, and its repository where it is only one; ``read``: the text of a file. Tried on a copy: raises
    `UserError` where a waiver does not let the example through.
    """
    if is_expired(terms["expires"], now):
        raise UserError(f"a waiver until '{terms['expires']}' would not hold", "give a day from today on as YYYY-MM-DD")
    space = load_workspace(str(root), cache=cache)
    if not space.ok:
        raise UserError("the policies have errors", "`packgate lint` shows them")
    decision = decided(gate_of(space), dict(entry.item["example"]), now)
    texts: dict[Path, str] = {}
    made: list[dict[str, Any]] = []
    taken = {waiver.id for pack in space.packs for waiver in pack.waivers}
    for because in entry.because:
        pack, _, policy = because.partition("/")
        place = Path(pack_named(space, pack, str(root)).path, "waivers.yaml")
        item: dict[str, Any] = {"id": _free(f"review-{entry.id.removeprefix('c-')}", taken), "policy": policy, **terms}
        item["if"] = scope if scope is not None else _scope(decision, pack, policy)
        said = where if where is not None else _where(entry.item)
        if said:
            item["where"] = said
        try:
            texts[place] = append_item(texts.get(place, read(place)), ("waivers",), item, os.path.relpath(place, root), HEADER)
        except EditRefused as error:
            raise UserError(str(error), "edit the file by hand") from error
        made.append(item)
    _check(root, texts, entry, now, cache)
    return texts, made


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken; from now on it is."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def _check(root: Path, texts: Mapping[Path, str], entry: Entry, now: str, cache: ValidationCache | None) -> None:
    with tried(root, texts, cache) as space:
        after = decided(gate_of(space), dict(entry.item["example"]), now)
    for name in entry.because:
        pack, _, policy = name.partition("/")
        live = [match for match in after.matches if match.pack == pack and match.policy == policy and not match.waived]
        if live or policy in after.may_match:
            hint = "give a scope that holds of it with --if and --where; nothing was written"
            raise UserError(f"the waiver would not let the example through {name}", hint)


def _scope(decision: Decision, pack: str, policy: str) -> dict[str, Any]:
    """Everything that is known of what the policy matched, as conditions: an exception is for this, and for no more than has to be.

    Raises `UserError` where the policy does not match, or where there is nothing to name.
    """
    operations = [match.operation for match in decision.matches if match.pack == pack and match.policy == policy]
    if not operations:
        raise UserError(f"{pack}/{policy} does not match the example here", "the policies here are not those of the simulation")
    found: dict[str, Any] = {}
    for field in sorted(set.intersection(*(set(operation.fields) for operation in operations)) - _TEXTS):
        values = [value for operation in operations for value in operation.fields[field]]
        texts = [value for value in values if isinstance(value, str) and 0 < len(value) <= _LONGEST]
        if texts and len(texts) == len(values):
            patterns = list(dict.fromkeys(_SPECIAL.sub(_escaped, value) for value in texts))
            found[field] = patterns[0] if len(patterns) == 1 else patterns
    if not found:
        raise UserError(f"nothing that a waiver could name is known of what {pack}/{policy} matched", "give a scope with --if")
    return found


def _escaped(found: re.Match[str]) -> str:
    return f"[{found.group()}]"


def _where(item: Mapping[str, Any]) -> dict[str, Any]:
    """The repository of a cluster, where all of it is of one and its example too."""
    repo = (item["example"].get("repo") or {}).get("name")
    return {"repo": repo} if repo is not None and item["repositories"]["names"] == [repo] else {}
