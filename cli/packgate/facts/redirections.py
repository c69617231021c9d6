"""Operations of what the shell itself does: redirections, and assignments that are switches."""

from __future__ import annotations

import re

from packgate.facts.environment import classify, network
from packgate.facts.fields import add_scope
from packgate.facts.origins import add_origins
from packgate.facts.paths import normalise
from packgate.model.operation import Operation
from packgate.model.value import origins_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

# Codes of the shell's notes that say what a line would do, not what could not be read.
EXHAUSTING = ("fork-bomb", "endless-jobs")

# Paths by which bash opens connections.
CONNECTIONS = ("/dev/tcp/", "/dev/udp/")

# Files that shells, and direnv, read for their settings, and an assignment in one.
_SETTINGS = frozenset((".envrc", ".bashrc", ".bash_profile", ".bash_login", ".profile", ".zshrc", ".zshenv", ".zprofile"))
_EXPORT = re.compile(r"(?m)^\s*export\s+([A-Za-z_]\w*)=(\S+)")

# Mode of a redirection -> (family, operation, effect) of what it does to its file.
_READ = ("read-file", "read", "read")
_MODES = {
    "read": (_READ,),
    "write": (("modify-file", "write", "write"),),
    "append": (("modify-file", "append", "write"),),
    "both": (_READ, ("modify-file", "write", "write")),
}


def opened_operations(
    path: Value, mode: str, content: Value | None, span: tuple[int, int], session: Session
) -> list[Operation]:
    """What a redirection does to its file; bash's ``/dev/tcp/host/port`` is a connection."""
    if isinstance(path, str) and path.startswith(CONNECTIONS):
        return [_connection(path, content, span, session)]
    context = session.context
    absolute = normalise(path, session.cwd if context.place is None else None)
    out = []
    for family, operation, effect in _MODES[mode]:
        fields: Fields = {"operation": (operation,), "effect": (effect,), "path": (absolute,)}
        if content is not None and effect == "write":
            fields["content"] = (content,)
        _add_context(fields, session)
        add_scope(fields, session, context)
        out.append(Operation((family,), fields, span, context.via))
    if mode != "read" and isinstance(content, str) and isinstance(absolute, str) and absolute.rsplit("/", 1)[-1] in _SETTINGS:
        out.extend(_later_assignments(content, span, session))
    return out


def _later_assignments(content: str, span: tuple[int, int], session: Session) -> list[Operation]:
    """Switches that the text of a settings file assigns: every shell that reads it is pointed there."""
    out = []
    for name, value in _EXPORT.findall(content):
        variable = session.catalog.variable(name)
        if variable is not None and variable["environment"]:
            out.append(assigned_operation(name, variable, value.strip("'\""), span, session))
    return out


def exhausting_operation(name: str, span: tuple[int, int] | None, session: Session) -> Operation:
    """The operation of code that multiplies without end."""
    fields: Fields = {"operation": (name,), "effect": ("execute",)}
    _add_context(fields, session)
    return Operation(("resource-exhaustion",), fields, span, session.context.via)


def _connection(path: str, content: Value | None, span: tuple[int, int], session: Session) -> Operation:
    host = path.split("/")[3]
    scheme, port = path.split("/")[2], path.split("/")[4:]
    fields: Fields = {"operation": ("send",), "effect": ("send",), "host": (host,), "network": (network(host),)}
    fields["url"] = (":".join((f"{scheme}://{host}", *port[:1])),)
    _add_context(fields, session)
    if content is not None:
        fields["payload"] = (content,)
        add_origins(list(origins_of(content)), fields)
    environment = classify([host], session.words)
    if environment:
        fields["environment"] = environment
    return Operation(("data-transfer",), fields, span, session.context.via)


def _add_context(fields: Fields, session: Session) -> None:
    context = session.context
    fields["place"] = ("local" if context.place is None else context.place,)
    if context.user is not None:
        fields["user"] = (context.user,)


def assigned_operation(
    name: str, variable: dict[str, Any], value: Value, span: tuple[int, int], session: Session
) -> Operation:
    """The operation of setting a variable that the catalog lists."""
    fields: Fields = {key: tuple(values) for key, values in variable["fields"].items()}
    fields.update({"operation": (variable["operation"],), "effect": ("write",), "variable": (name,), "target": (value,)})
    if variable["environment"]:
        environment = classify([value], session.words)
        if environment:
            fields["environment"] = environment
    _add_context(fields, session)
    return Operation(tuple(variable["families"]), fields, span, session.context.via)
