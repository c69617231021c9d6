"""OpenCode: the database `~/.local/share/opencode/opencode.db` (SQLite), or what `opencode export SESSION` prints.

Recorded from 1.18.33. Used are the tables `session` (id, directory, version), `project` (worktree), `message` (role, folder) and `part`
(`tool` with its state, `text` of what a person wrote); the export has the same objects as JSON. The database is opened to be read only.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.events.importing.calls import asked, fill, told
from packgate.events.importing.found import DENIED, FAILED, NOT_RUN, RAN, UNKNOWN_TOOL, Found
from packgate.events.importing.texts import mapping, objects, text
from packgate.times import from_epoch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "its database (~/.local/share/opencode/opencode.db), or what `opencode export` prints"
AGENT = "opencode"
SQLITE = b"SQLite format 3\0"
_REFUSED = ("The user rejected permission", "The user has specified a rule which prevents")
_ROWS = """
SELECT part.rowid, part.id, part.data, part.time_created, message.data, session.id, session.directory, session.version,
    CASE project.vcs WHEN 'git' THEN project.worktree END
FROM part JOIN message ON message.id = part.message_id JOIN session ON session.id = part.session_id
LEFT JOIN project ON project.id = session.project_id
ORDER BY session.time_created, session.id, part.time_created, part.id
"""


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    with source.path.open("rb") as file:
        database = file.read(len(SQLITE)) == SQLITE
    yield from _database(source) if database else _exports(source)


def _database(source: Source) -> Iterator[Found]:
    import sqlite3
    from contextlib import closing
    from urllib.parse import quote

    try:
        with closing(sqlite3.connect(f"file:{quote(str(source.path.absolute()))}?mode=ro", uri=True)) as base:
            for row, name, data, created, message, session, directory, version, root in base.execute(_ROWS):
                try:
                    part, about = json.loads(data), json.loads(message)
                except (ValueError, TypeError, RecursionError):
                    source.damaged(row, "the row of a part is not JSON")
                    continue
                found = Found(
                    str(name), row, time=_time(created), session=session, agent=AGENT, version=version, cwd=directory,
                    repo={"root": root} if root else None, project=directory,
                )
                yield from _part(source, found, part, about)
    except sqlite3.Error as error:
        source.damaged(1, f"the database can't be read: {error}")


def _exports(source: Source) -> Iterator[Found]:
    for line, data in source.values():
        if not isinstance(data, dict) or not isinstance(data.get("messages"), list):
            source.damaged(line, "not what `opencode export` prints")
            continue
        info = mapping(data, "info")
        for message in objects(data, "messages"):
            about = mapping(message, "info")
            for part in objects(message, "parts"):
                created = mapping(about, "time").get("created")
                yield from _part(source, Found(
                    str(part.get("id")), line, time=_time(created), session=text(info, "id"), agent=AGENT,
                    version=text(info, "version"), cwd=text(info, "directory"), project=text(info, "directory"),
                ), part, about)


def _part(source: Source, found: Found, part: Any, message: Any) -> Iterator[Found]:
    if not isinstance(part, dict) or not isinstance(message, dict):
        source.damaged(found.line, "a part that is no object")
        return
    found.cwd = text(mapping(message, "path"), "cwd") or found.cwd
    if part.get("type") == "text" and message.get("role") == "user" and not part.get("synthetic"):
        written = text(part, "text")
        if written:
            yield asked(found, AGENT, written)
    elif part.get("type") == "tool":
        yield from _tool(source, found, part)


def _tool(source: Source, found: Found, part: dict[str, Any]) -> Iterator[Found]:
    tool, state = str(part.get("tool")), mapping(part, "state")
    given = state.get("input")
    found.time = _time(mapping(state, "time").get("start")) or found.time
    if tool == "invalid":
        # It stands for a tool that there is none of, or a call that could not be read.
        found.agent, found.tool, found.result = AGENT, str(mapping(state, "input").get("tool") or tool), NOT_RUN
        found.cannot(UNKNOWN_TOOL)
        yield found
        return
    fill(found, AGENT, tool, given)
    error, exit_code = str(state.get("error") or ""), mapping(state, "metadata").get("exit")
    found.exit_code = exit_code if isinstance(exit_code, int) else None
    if state.get("status") == "completed":
        found.result = FAILED if found.exit_code else RAN
    elif state.get("status") == "error":
        found.result = DENIED if error.startswith(_REFUSED) else FAILED
    yield found
    output = told(found, found.line, state.get("output"), given) if source.outputs and state.get("status") == "completed" else None
    if output is not None:
        yield output


def _time(milliseconds: Any) -> str | None:
    try:
        return from_epoch(int(milliseconds) // 1000)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
