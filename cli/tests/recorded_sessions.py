"""The sessions that real agents recorded (`testcases/transcripts`), as files to import, and imports of texts."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from packgate.events.importing.event import Context
from packgate.events.importing.ids import KnownIds
from packgate.events.importing.run import Counts, imported, listed

FOLDER = Path(__file__).resolve().parents[2] / "testcases" / "transcripts"
AGENTS = ("claude-code", "codex", "copilot", "gemini", "opencode")


def database(folder: Path) -> Path:
    """The database of OpenCode, made of the SQL that was recorded."""
    path = folder / "opencode.db"
    base = sqlite3.connect(path)
    base.executescript((FOLDER / "opencode" / "session-1.sql").read_text(encoding="utf-8"))
    base.close()
    return path


def recorded(agent: str, folder: Path) -> list[Path]:
    """What there is to import of an agent; ``folder``: an empty one."""
    return [database(folder), FOLDER / "opencode" / "session-2.json"] if agent == "opencode" else [FOLDER / agent]


def events_of(paths: list[Path], format: str | None = None, **more: Any) -> tuple[list[dict[str, Any]], Counts]:
    """The events of files, and the counts. ``outputs``, ``known`` and fields of the context can be given."""
    counts = Counts()
    outputs, known = more.pop("outputs", False), more.pop("known", None) or KnownIds()
    files = list(listed(paths, format, counts.guessed))
    return list(imported(files, Context(**more), known, counts, outputs=outputs)), counts


def of_text(folder: Path, text: str | bytes, format: str, name: str = "record", **more: Any) -> tuple[list[dict[str, Any]], Counts]:
    """The events of a file of this text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return events_of([path], format, **more)


def actions(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The actions of events that have one."""
    return [event["action"] for event in events if event["action"] is not None]
