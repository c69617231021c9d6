"""Where sent data comes from, told by the origins of unknown text."""

from __future__ import annotations

from packgate.model.value import origins_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.model.value import Origin, Value


def sent_fields(payload: list[Value], call: Call) -> Fields:
    """``payload`` with ``origin`` and, for file contents and variables, ``path`` and ``variable``."""
    fields: Fields = {}
    if payload:
        fields["payload"] = tuple(payload)
    found = [origin for value in payload for origin in origins_of(value)]
    add_origins(found, fields)
    if call.variables and payload:
        _append(fields, "variable", call.variables)
        _append(fields, "origin", ("variable",))
    return fields


def add_origins(origins: list[Origin], fields: Fields) -> None:
    """Say where unknown text comes from: kinds in ``origin``, details in the field that holds them."""
    details = {"file": "path", "variable": "variable", "network": "url"}
    for origin in origins:
        _append(fields, "origin", (origin.kind,))
        field = details.get(origin.kind)
        if field is not None and origin.detail:
            _append(fields, field, (origin.detail,))


def _append(fields: Fields, name: str, values: tuple[str, ...]) -> None:
    known = fields.get(name, ())
    fields[name] = known + tuple(value for value in values if value not in known)
