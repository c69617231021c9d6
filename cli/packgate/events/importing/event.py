"""What was found in a record, as events of the kind `imported`: masked, with the id, the source and what can't be decided again."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from packgate.eventlog.record import IMPORTED, VERSION, masked_action
from packgate.events.importing.found import CUT, NO_CWD, REDACTED
from packgate.events.importing.ids import event_id
from packgate.guard.detectors import mask
from packgate.guard.known import needs_masking, texts
from packgate.guard.markers import PREFIX, pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packgate.events.importing.found import Found

# How far something can be decided again.
FULL, PARTIAL, NONE = "full", "partial", "none"
_HOME = re.compile(r"(/home/[^/]+|/Users/[^/]+|/root)(?:/|$)")


@dataclass(frozen=True, slots=True)
class Context:
    """What the caller knows beside the record: ``user``, ``groups`` and ``team`` of whoever it is of, ``home``, ``cwd`` and the
    repository's ``repo`` (name) where the record does not say them; ``look_up`` gives the repository of a folder of this machine."""

    user: str | None = None
    groups: tuple[str, ...] = ()
    team: str | None = None
    home: str | None = None
    cwd: str | None = None
    repo: str | None = None
    branch: str | None = None
    look_up: Callable[[str], dict[str, Any] | None] | None = None


def events_of(
    found: Found, format: str, shown: str, place: str, context: Context, is_new: Callable[[str], bool] = lambda id: True
) -> Iterator[dict[str, Any]]:
    """The events of one thing that are new by their ids; none of what touches nothing outside its agent. ``place`` names the record where
    it names no session."""
    origin = found.scope or found.session or place
    if found.reason is not None and is_new(id := event_id(format, origin, found.key)):
        yield _event(found, None, _outcome(found, context, format, shown, id, NONE, [found.reason], ()))
    for number, action in enumerate(found.actions):
        id = event_id(format, origin, found.key, number)
        if not is_new(id):
            continue
        full, assumed = _completed(found, action, context, id)
        masked = _masked(full)
        reasons = sorted({
            *(part for part in found.parts if part != NO_CWD),
            *([NO_CWD] if full["cwd"] is None and action["surface"] in ("shell", "file") else []), *_losses(full, masked),
        })
        yield _event(found, masked, _outcome(found, context, format, shown, id, PARTIAL if reasons else FULL, reasons, assumed))


@lru_cache(maxsize=1024)
def _shown(text: str | None) -> str | None:
    """A name of a file, session or tool, masked: they come again and again."""
    return None if text is None else mask(text)


def _masked(action: dict[str, Any]) -> Any:
    """The action as an event keeps it. Most hold no secret, which one search through all of their texts tells."""
    return masked_action(action, None if needs_masking([*texts(action), *_keys(action)], []) else str)


def _keys(value: Any) -> Iterator[str]:
    """The names in plain data, however deep."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            yield from map(str, item)
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)


def _completed(found: Found, action: dict[str, Any], context: Context, id: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The action with its context, and what of that is assumed."""
    cwd = action.get("cwd") or found.cwd or context.cwd
    if action.get("cwd") and not str(action["cwd"]).startswith("/") and found.cwd:
        cwd = posixpath.normpath(posixpath.join(found.cwd, str(action["cwd"])))
    home = context.home or action.get("home") or _home(found.project, found.cwd, cwd)
    actor = action.get("actor") or {}
    repo, assumed = _repository(found, cwd, context)
    return {
        "id": id, **action, "cwd": cwd, "home": home, "env": action.get("env") or {}, "repo": repo,
        "actor": {
            "agent": found.agent, "session": found.session, "user": found.user or context.user,
            "groups": list(actor.get("groups") or context.groups), "team": actor.get("team") or context.team, "owner": actor.get("owner"),
        },
        "time": found.time,
    }, assumed


def _repository(found: Found, cwd: Any, context: Context) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """What the record says of the repository, completed by what stands on this machine (the branch was another one then), and which of it
    is assumed: where nothing says where it begins, the folder that the session is about stands for its root."""
    folder = cwd if isinstance(cwd, str) and cwd.startswith("/") else None
    there = context.look_up(folder) if context.look_up is not None and folder is not None else None
    inside = found.project is None or folder is None or _within(folder, found.project)
    said = {key: value for key, value in (found.repo or {}).items() if value} if inside else {}
    known = {"name": context.repo, "branch": context.branch, **{key: value for key, value in (there or {}).items() if key != "branch"}}
    merged = {**{key: value for key, value in known.items() if value}, **said}
    assumed: tuple[str, ...] = ()
    if inside and found.project is not None and found.project.startswith("/") and "root" not in merged:
        merged["root"], assumed = found.project, ("repo.root",)
    return ({key: merged.get(key) for key in ("name", "root", "branch", "default_branch")} if merged else None), assumed


def _within(folder: str, project: str) -> bool:
    return f"{folder.rstrip('/')}/".startswith(f"{project.rstrip('/')}/")


def _home(*folders: str | None) -> str | None:
    """The home that a folder lies in, by the first that lies in one."""
    found = (_HOME.match(folder) for folder in folders if folder)
    return next((match[1] for match in found if match), None)


def _losses(before: Any, after: Any) -> list[str]:
    """What masking and cutting took away, with the detectors that found something."""
    found: set[str] = set()
    left = [(before, after)]
    while left:
        old, new = left.pop()
        if isinstance(new, str):
            if new == old:
                continue
            if new.endswith("…") and not str(old).endswith("…"):
                found.add(CUT)
            if PREFIX in new:
                found |= {f"{REDACTED}:{match[1]}" for match in pattern().finditer(new)}
        elif isinstance(new, dict):
            if len(new) != len(old):
                found.add(REDACTED)  # Keys that were secrets have become one.
                continue
            # A key that was masked has another name: both are in the same place.
            left.extend(zip((*old, *old.values()), (*new, *new.values()), strict=True))
        elif isinstance(new, list):
            left.extend(zip(old, new, strict=True))
    return sorted(found)


def _outcome(
    found: Found, context: Context, format: str, shown: str, id: str, replay: str, reasons: list[str], assumed: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "id": id, "source": format, "version": _shown(found.version), "file": _shown(shown), "line": found.line,
        "session": _shown(found.session), "agent": found.agent, "user": _shown(found.user or context.user), "tool": _shown(found.tool),
        "result": found.result, "exit_code": found.exit_code, "replay": replay, "reasons": reasons, "assumed": list(assumed),
    }


def _event(found: Found, action: Any, outcome: dict[str, Any]) -> dict[str, Any]:
    """All keys of an event, always. There is no decision yet."""
    return {
        "v": VERSION, "seq": None, "time": found.time, "kind": IMPORTED, "action": action, "decision": None, "latency_us": None,
        "follows": None, "outcome": outcome, "prev": None,
    }
