"""SQL as operations."""

from __future__ import annotations

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


def _meta(statement: Statement, payload: Payload) -> None:
    """A command of the client itself: ``\\!`` runs a shell, ``\\i`` a file; psql, "Meta-Commands"."""
    name = statement.verb
    rest = statement.text[len(name):].strip()
    if name in ("\\!", "\\system") or name == "system":
        payload.shell(rest)
    elif name in ("\\i", "\\ir", "\\include", "\\include_relative", "\\.", "\\source"):
        payload.add(("read-file",), "load", "read", {"path": (rest.strip("'\""),)})
        _unknown(payload, "unknown")
    elif name in ("\\copy", "\\o", "\\out", "\\w", "\\write", "\\g", "\\gx") and "|" in rest:
        payload.shell(rest.partition("|")[2])
    elif name == "\\copy":
        _copy(rest, payload)
    elif name in ("\\o", "\\out", "\\w", "\\write", "\\T", "\\tee") and rest:
        payload.add(("modify-file",), "write", "write", {"path": (rest.strip("'\""),)})


def _copy(rest: str, payload: Payload) -> None:
    words = rest.split()
    lowered = [word.lower() for word in words]
    if "program" in lowered:
        payload.shell(rest.split("'")[1] if "'" in rest else rest)
    elif "from" in lowered and lowered.index("from") + 1 < len(words):
        path = words[lowered.index("from") + 1].strip("'\"")
        payload.add(("database-write",), "COPY", "write", {"table": (words[0],)})
        if path.lower() not in ("stdin", "pstdin"):
            payload.add(("read-file",), "load", "read", {"path": (path,)})
    elif "to" in lowered and lowered.index("to") + 1 < len(words):
        path = words[lowered.index("to") + 1].strip("'\"")
        if path.lower() not in ("stdout", "pstdout"):
            payload.add(("modify-file",), "write", "write", {"path": (path,)})


def _unknown(payload: Payload, verb: str) -> None:
    fields: Fields = {} if verb == "unknown" else {"target": (verb,)}
    payload.add(("database-write",), "unknown", "write", fields)
    payload.session.note(Note("opaque-statements", f"runs a statement that is not read: {verb}", PARTIAL, payload.span))
