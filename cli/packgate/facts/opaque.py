"""Operations for code that could not be read."""

from __future__ import annotations

from packgate.facts.fields import add_network
from packgate.facts.origins import add_origins
from packgate.model.operation import OPAQUE, Note, Operation
from packgate.model.value import origins_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

# Why code is unknown, by the origin of its unknown pieces; the first that occurs names the operation.
_KINDS = (("network", "from-network"), ("encoded", "encoded"), ("file", "file"))
_TEXTS = {
    "from-network": "runs code that comes from the network",
    "encoded": "runs code that comes from a decoder whose input is not known",
    "file": "runs the content of a file that is not known",
    "dynamic": "runs code that depends on something outside the line",
    "interpreter": "runs code in a language that is not read, or code that does more than can be told",
    "project-script": "runs a script of the repository",
}


def opaque_operation(
    kind: str, span: tuple[int, int] | None, session: Session, common: Fields | None, extra: Fields | None = None
) -> Operation:
    """An ``opaque-execution`` operation; the caller decides about a note."""
    fields: Fields = {"operation": (kind,), "effect": ("execute",)}
    if extra:
        fields.update(extra)
    add_network(fields)
    families = ("opaque-execution",) if common is None else ("opaque-execution", "command")
    return Operation(families, fields, span, session.context.via, common)


def unreadable(code: Value, span: tuple[int, int], session: Session, common: Fields | None) -> None:
    """Report code that is unknown: an operation that says where it comes from, and a note."""
    extra: Fields = {}
    add_origins(list(origins_of(code)), extra)
    report(kind_of(code), span, session, common, extra)


def kind_of(code: Value) -> str:
    """The operation that unknown code is reported as."""
    kinds = {origin.kind for origin in origins_of(code)}
    for origin, kind in _KINDS:
        if origin in kinds:
            return kind
    return "dynamic"


def report(
    kind: str, span: tuple[int, int], session: Session, common: Fields | None, extra: Fields | None = None,
    coverage: str = OPAQUE,
) -> None:
    """Add an ``opaque-execution`` operation and the note that makes the coverage honest."""
    session.operations.append(opaque_operation(kind, span, session, common, extra))
    session.note(Note(f"opaque-{kind}", _TEXTS[kind], coverage, span))
