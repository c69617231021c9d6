"""SQL as operations."""

from __future__ import annotations

import re

from packgate.facts.sql import ADMIN, META, OPAQUE, READ, scan
from packgate.model.operation import PARTIAL, Note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.fields import Fields
    from packgate.facts.nested import Payload
    from packgate.facts.sql import Statement
    from packgate.model.value import Value

_DELETES = ("DROP", "TRUNCATE", "DELETE", "MERGE DELETE", "ALTER DROP")
_GRANTS = ("GRANT", "REVOKE")


def read_sql(code: Value, payload: Payload) -> None:
    """The operations of SQL text: one for each statement that changes something."""
    for statement in scan(code):
        if statement.kind == READ:
            if statement.verb == "COPY":
                _exported(statement.names, payload)
            continue
        if statement.kind == META:
            _meta(statement, payload)
        elif statement.kind == OPAQUE:
            _unknown(payload, statement.verb)
        else:
            family = "database-admin" if statement.kind == ADMIN else "database-write"
            payload.add((family,), statement.verb, _effect(statement.verb), _fields(statement, payload))


def _effect(verb: str) -> str:
    if verb.startswith(_GRANTS):
        return "grant"
    return "delete" if verb.startswith(_DELETES) else "write"


def _fields(statement: Statement, payload: Payload) -> Fields:
    fields: Fields = {}
    if statement.names:
        fields["table"] = statement.names
    if statement.verb.endswith(("DATABASE", "SCHEMA")) and statement.names:
        fields["database"] = (*payload.fields.get("database", ()), *statement.names)
    if statement.clause is not None:
        fields["clause"] = (statement.clause,)
    return fields


_FROM = re.compile(r"\bfrom\s+([\w.\"]+)", re.IGNORECASE)
_SHELLS = ("\\!", "\\system", "system", ".shell", ".system", "!system", "!!", ":!!")
_LOADS = ("\\i", "\\ir", "\\include", "\\include_relative", "\\.", "\\source", ".read", "!source", "!load", ".import")
_WRITES = ("\\o", "\\out", "\\w", "\\write", "\\T", "\\tee", ".output", ".once", ".log", ".excel", "!spool")
_QUERY_BUFFER = ("\\g", "\\gx", "\\copy")
# Commands that put the output of what stands between backticks in its place.
_BACKTICKS = ("\\set", "\\setenv", "\\echo", "\\if", "\\prompt")


def _meta(statement: Statement, payload: Payload) -> None:
    """A command of the client itself: ``\\!`` runs a shell, ``\\i`` a file; psql "Meta-Commands", mysql, sqlite3, snowsql, sqlcmd."""
    name = statement.verb
    if name.startswith("file-"):
        family, operation, effect = ("read-file", "load", "read") if name == "file-read" else ("modify-file", "write", "write")
        payload.add((family,), operation, effect, {"path": (statement.text,)})
        if family == "modify-file":
            _exported(statement.names or ("query",), payload)
        return
    rest = statement.text[len(name):].strip()
    path = rest.strip("'\"")
    if name in _BACKTICKS:
        for piece in rest.split("`")[1::2]:
            payload.shell(piece)
    elif name in _SHELLS:
        payload.shell(rest)
    elif name in _LOADS:
        if path:
            payload.add(("read-file",), "load", "read", {"path": (path.split(" ")[0].strip("'\""),)})
        _unknown(payload, "unknown")
    elif name == "\\gexec":
        _unknown(payload, name)
    elif (name in _WRITES or name in _QUERY_BUFFER) and "|" in path:
        payload.shell(path.partition("|")[2])
    elif name == "\\copy":
        _copy(rest, payload)
    elif name in _WRITES and path and path not in ("stdout", "off"):
        payload.add(("modify-file",), "write", "write", {"path": (path,)})


def _copy(rest: str, payload: Payload) -> None:
    table, words = _source(rest)
    lowered = [word.lower() for word in words]
    if "program" in lowered:
        payload.shell(rest.split("'")[1] if "'" in rest else rest)
    elif "from" in lowered and lowered.index("from") + 1 < len(words):
        path = words[lowered.index("from") + 1].strip("'\"")
        payload.add(("database-write",), "COPY", "write", {"table": (table,)})
        if path.lower() not in ("stdin", "pstdin"):
            payload.add(("read-file",), "load", "read", {"path": (path,)})
    elif "to" in lowered and lowered.index("to") + 1 < len(words):
        path = words[lowered.index("to") + 1].strip("'\"")
        _exported((table,), payload)
        if path.lower() not in ("stdout", "pstdout"):
            payload.add(("modify-file",), "write", "write", {"path": (path,)})


def _source(rest: str) -> tuple[str, list[str]]:
    """The table that ``\\copy`` is about, of a query the first that it names, and the words that follow."""
    if not rest.startswith("("):
        words = rest.split()
        return rest.split("(")[0].split()[0] if words else "", words[1:]
    end, depth = 1, 1
    while depth and end < len(rest):
        depth += (rest[end] == "(") - (rest[end] == ")")
        end += 1
    found = _FROM.search(rest[:end])
    return found.group(1) if found is not None else "query", rest[end:].split()


def _exported(tables: tuple[Value, ...], payload: Payload) -> None:
    """Rows that leave the database for a file or the output of the client."""
    payload.add(("data-transfer",), "download", "read", {"table": tables})


def _unknown(payload: Payload, verb: str) -> None:
    fields: Fields = {} if verb == "unknown" else {"target": (verb,)}
    payload.add(("database-write",), "unknown", "write", fields)
    payload.session.note(Note("opaque-statements", f"runs a statement that is not read: {verb}", PARTIAL, payload.span))
