"""Install the hook for an agent, and take it away again."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.hook.failure import Failure
from packgate.hook.files import who_can_change
from packgate.hook.marker_key import FILE as KEY
from packgate.hook.marker_key import make_key
from packgate.hook.settings import DEADLINE_MS, FILE, ROTATE, Settings
from packgate.installation.agents import AGENTS, MANAGED
from packgate.installation.changes import Change, Done, carry_out, digest, read_done, read_text, remove_folders, undo, write_done
from packgate.installation.failure_modes import failure_modes
from packgate.installation.library import copy_library, remove_library
from packgate.installation.merging import with_entries, without_entries
from packgate.installation.policies import open_bundles
from packgate.installation.refresh import IMAGE, LOCK, refresh
from packgate.installation.script import NAME, launcher_text
from packgate.installation.users import add_user

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.installation.agents import Agent


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be installed. ``into``: the folder of launcher and settings; ``file``: the agent's; ``on_failure``: modes that the person
    chose, by surface. ``user``, ``groups``, ``team``: where the login name does not say it. ``fsync``, ``rotate``, ``keep``, ``keep_days``:
    how the log is kept (`Settings`)."""

    agent: Agent
    scope: str
    into: str
    bundles: str
    file: str
    log: str | None
    on_failure: Mapping[str, str] = field(default_factory=dict)
    deadline_ms: int = DEADLINE_MS
    user: str | None = None
    groups: tuple[str, ...] = ()
    team: str | None = None
    fsync: bool = False
    rotate: int = ROTATE
    keep: int = 0
    keep_days: int = 0

    @property
    def launcher(self) -> str:
        """The program that the agent starts."""
        return os.path.join(self.into, NAME)


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of an installation, the agent's file last, and why failures end as they do."""

    order: Order
    settings: Settings
    changes: Sequence[Change]


def plan(order: Order) -> Plan:
    """What installing would do. Raises `UserError`: no usable policies, or an agent's file that can't be changed."""
    modes = _modes(order)
    settings = Settings(
        order.bundles, modes[0], deadline_ms=order.deadline_ms, log=order.log, reason=modes[1], user=order.user, groups=order.groups,
        team=order.team, fsync=order.fsync, rotate=order.rotate, keep=order.keep, keep_days=order.keep_days,
    )
    private = order.scope != MANAGED
    text = json.dumps(settings.to_json(), separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n"
    path = os.path.join(order.into, FILE)
    wanted = order.agent.wanted(order.launcher, settings.on_failure)
    before = read_text(order.file)
    programs = {order.launcher: launcher_text(path)}
    if order.agent.helper is not None:
        ending, program = order.agent.helper
        programs[order.launcher + ending] = program(order.launcher, settings.on_failure)
    return Plan(order, settings, (
        Change(path, read_text(path), text, 0o600 if private else 0o644),
        *(Change(file, read_text(file), program, 0o700 if private else 0o755) for file, program in programs.items()),
        Change(order.file, before, with_entries(before, wanted, order.launcher, order.file)),
    ))


def _modes(order: Order) -> tuple[dict[str, str], str]:
    try:
        gate = open_bundles(Settings(order.bundles, {}))
    except Failure as failure:
        raise UserError(
            failure.sentence, f"packgate bundle pull URL --root ROOT.json --into {order.bundles}, or for a first try --pack recommended",
        ) from None
    return failure_modes(gate, order.on_failure)


def install(planned: Plan) -> None:
    """Carry out a plan: what the agent starts first, then the agent's file. Raises `UserError`."""
    order = planned.order
    *own, last = planned.changes
    os.makedirs(order.into, mode=0o700 if order.scope != MANAGED else 0o755, exist_ok=True)
    copy_library(order.into)
    for change in own:
        carry_out(change)
    unsafe = who_can_change(os.path.join(order.into, FILE))
    if unsafe is not None:
        raise UserError(f"{unsafe}: the hook would refuse its settings", "name a folder of your own with --into")
    if order.scope != MANAGED:
        # Where the hook runs as any user, whoever it runs as could read the key.
        make_key(order.into)
    add_user(order.bundles, order.into)
    refresh(order.into)
    done = read_done(order.into)
    known = next((each for each in done if each.path == last.path), None)
    folders = carry_out(last)
    assert last.after is not None
    folders = folders if known is None else known.folders
    entry = Done(order.agent.name, order.scope, last.path, _original(planned, known), digest(last.after), folders)
    write_done(order.into, [*(each for each in done if each.path != last.path), entry])


def _original(planned: Plan, known: Done | None) -> str | None:
    """The text that uninstalling leads back to: that of before the first installation, with what was changed by others since."""
    order, before = planned.order, planned.changes[-1].before
    if known is None or before is None:
        return before
    if digest(before) == known.digest:
        return known.before
    return without_entries(before, order.agent.wanted(order.launcher, planned.settings.on_failure), order.launcher, order.file)


def plan_removal(into: str, agent: str, scope: str | None) -> list[tuple[Done, Change]]:
    """What taking the hook away from an agent would do: its files as they were, where nobody changed them since. Raises `UserError`."""
    launcher = os.path.join(into, NAME)
    found = []
    for done in read_done(into):
        if done.agent != agent or scope not in (None, done.scope):
            continue
        now = read_text(done.path)
        wanted = AGENTS[agent].wanted(launcher, _Closed())
        without = None if now is None else without_entries(now, wanted, launcher, done.path)
        found.append((done, undo(done, without)))
    if not found:
        raise UserError(f"no hook of {agent} was installed from {into}", "--into names the folder that it was installed with")
    return found


def remove(into: str, removal: Sequence[tuple[Done, Change]]) -> bool:
    """Carry out a removal. The last agent takes launcher and settings along: True then. Bundles and the log stay. Raises `UserError`."""
    gone = [done for done, _ in removal]
    left = [each for each in read_done(into) if each not in gone]
    for done, change in removal:
        carry_out(change)
        remove_folders(done.folders)
    try:
        write_done(into, left)
        if not left:
            helpers = [NAME + agent.helper[0] for agent in AGENTS.values() if agent.helper is not None]
            for name in (NAME, FILE, KEY, IMAGE, LOCK, *helpers):
                path = os.path.join(into, name)
                if os.path.exists(path):
                    os.remove(path)
            remove_library(into)
            remove_folders([into])
    except OSError as error:
        raise UserError(f"{error.filename or into}: {error.strerror}") from None
    return not left


class _Closed(dict[str, str]):
    """Which lists an agent's file has entries in does not depend on the modes."""

    def __missing__(self, name: str) -> str:
        return "closed"
