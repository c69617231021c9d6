"""`GET /v1/simulate?level=`: what a level would change of what this server decides with. It changes nothing.

A simulation decides some thousands of actions, in a thread, one at a time; its answer is kept until other packs are in use.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.guard.detectors import mask, mask_json
from packgate.impact.recorded import read_actions
from packgate.level.levels import NAMES
from packgate.level.simulating import Broken, simulate
from packgate.level.simulation_text import as_json as simulation_json
from packgate.serve.requests import Refusal, as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from packgate.bundle.verify import Bundle
    from packgate.impact.sides import Tried
    from packgate.serve.holder import Holder, Loaded
    from packgate.source.workspace import Workspace

# Of the event log, so many of the last lines are decided too.
_MOST_EVENTS = 1000


class Simulator:
    """Simulates levels on what a server decides with. ``fill`` writes the sources of that into a folder, as a policy repository; ``now``
    gives the time that waivers are held against; ``log`` is the event log, None without one."""

    def __init__(self, holder: Holder, fill: Callable[[Path], None], now: Callable[[], str], log: str | None = None) -> None:
        self._holder = holder
        self._fill = fill
        self._now = now
        self._log = log
        self._lock = asyncio.Lock()
        self._known: dict[str, tuple[Loaded, str]] = {}

    async def answer(self, request: Request) -> Response:
        """The simulation as JSON. Raises `Refusal` for an unknown level, and where what is in use can't be simulated on."""
        levels = request.query_params.getlist("level")
        if len(levels) != 1 or levels[0] not in NAMES:
            raise Refusal(422, f"level is one of {', '.join(NAMES)}")
        async with self._lock:
            current = self._holder.current
            known = self._known.get(levels[0])
            if known is None or known[0] is not current:
                known = self._known[levels[0]] = (current, await asyncio.to_thread(self._simulated, levels[0], current))
        return as_json(known[1])

    def _simulated(self, level: str, current: Loaded) -> str:
        with TemporaryDirectory(prefix="packgate-simulate-") as folder:
            try:
                self._fill(Path(folder))
                found = simulate(Path(folder), level, self._recorded(), now=self._now(), releases=current.gate.engine.releases)
            except Broken as broken:
                raise Refusal(409, mask(f"what is in use can't be simulated on: {broken.findings[0].message}")) from None
            except UserError as error:
                raise Refusal(409, mask(f"what is in use can't be simulated on: {error.message}")) from None
        return json.dumps(mask_json(simulation_json(found)), sort_keys=True)

    def _recorded(self) -> list[Tried]:
        """Actions of the last lines of the event log."""
        if self._log is None or not Path(self._log).is_file():
            return []
        lines = Path(self._log).read_text(encoding="utf-8", errors="replace").splitlines()[-_MOST_EVENTS:]
        with TemporaryDirectory(prefix="packgate-events-") as folder:
            path = Path(folder, "events.jsonl")
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            return read_actions(path)


def fill_from_bundles(bundles: Sequence[Bundle], assignments: bytes | None, folder: Path, stage: str | None = None) -> None:
    """Write the sources of bundles below a folder, as a policy repository in which their packs hold, and no pack that they extend alone.

    ``stage``: that of every pack, in place of its rollout.
    Raises `UserError` where two bundles carry a file of the same name with different content.
    """
    from packgate.bundle.sources import SOURCES, unpack

    seen: dict[str, bytes] = {}
    for bundle in bundles:
        for name, content in bundle.members.items():
            if name.startswith(SOURCES) and seen.setdefault(name, content) != content:
                raise UserError(f"two bundles carry {name.removeprefix(SOURCES)} with different content")
        unpack(bundle, folder)
    _write_settings(folder, {bundle.manifest.pack for bundle in bundles}, None, stage)
    if assignments is not None:
        (folder / "assignments.yaml").write_bytes(assignments)


def fill_from_packs(space: Workspace, folder: Path, stage: str | None = None) -> None:
    """Write packs as they stand in folders below a folder, with what stands around them, as a policy repository in which they hold.

    ``stage``: that of every pack, in place of its rollout.
    """
    for result in space.results:
        level = result
        while True:
            name = level.pack.name if level.pack is not None else os.path.basename(level.path)
            shutil.copytree(level.path, folder / "packs" / name, dirs_exist_ok=True)
            if level.base is None:
                break
            level = level.base
    if space.root:
        for name in ("context", "testcases"):
            if os.path.isdir(os.path.join(space.root, name)):
                shutil.copytree(os.path.join(space.root, name), folder / name)
    _write_settings(folder, {pack.name for pack in space.packs}, space.stage, stage)
    if space.assignments is not None:
        shutil.copy(space.assignments.path, folder / "assignments.yaml")


def _write_settings(folder: Path, packs: set[str], cap: str | None, stage: str | None) -> None:
    text = f"version: 1\npacks: [{', '.join(sorted(packs))}]\n" + (f"stage: {cap}\n" if cap else "")
    (folder / "packgate.yaml").write_text(text, encoding="utf-8")
    for pack in sorted(packs) if stage is not None else ():
        (folder / "packs" / pack / "rollout.yaml").write_text(f"pack: {stage}\n", encoding="utf-8")
