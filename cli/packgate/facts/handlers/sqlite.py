"""`sqlite3`: SQL and dot commands of its operands, ``-cmd`` and standard input. Source: the sqlite3 manual, "Special commands"."""

from __future__ import annotations

from packgate.facts.fields import absolute
from packgate.facts.nested import Payload, is_unknown
from packgate.facts.statements import read_sql
from packgate.facts.words import split_words
from packgate.facts.yields import level_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_WRITES = (".output", ".once", ".backup", ".save", ".excel", ".log")


def handle(call: Call, session: Session, common: Fields) -> None:
    """Read every statement and dot command."""
    fields: Fields = {}
    if call.operands:
        fields["database"] = (call.operands[0],)
    context = session.context.inside("sqlite3")
    payload = Payload(session, context, call.state, call.span, common, fields, level_environment(call))
    texts: list[Value] = [*call.options.get("-cmd", ()), *call.operands[1:]]
    if len(call.operands) < 2 and call.stdin is not None:
        texts.append(call.stdin)
    for text in texts:
        if is_unknown(text):
            payload.unreadable(text)
        elif isinstance(text, str):
            _read(text, payload, call)
        else:
            read_sql(text, payload)


def _read(text: str, payload: Payload, call: Call) -> None:
    statements = []
    for line in text.split("\n"):
        if line.lstrip().startswith("."):
            _dot(line.strip(), payload, call)
        else:
            statements.append(line)
    if any(line.strip() for line in statements):
        read_sql("\n".join(statements), payload)


def _dot(line: str, payload: Payload, call: Call) -> None:
    name, _, rest = line.partition(" ")
    words = [word for word in split_words(rest) if not (isinstance(word, str) and word.startswith("-"))]
    if name in (".shell", ".system"):
        payload.shell(rest)
    elif name in (".read", ".import") and words and str(words[0]).startswith("|"):
        payload.shell(rest.lstrip()[1:] if name == ".read" else str(words[0])[1:])
    elif name in (".read", ".import", ".restore") and words:
        where = absolute(words[0], call, payload.context)
        payload.add(("read-file",), "load", "read", {"path": (where,)})
        payload.add(("database-write",), "import" if name == ".import" else "restore" if name == ".restore" else "unknown", "write")
    elif name in _WRITES and rest.strip("'\"").startswith("|"):
        payload.shell(rest.strip("'\"")[1:])
    elif name in _WRITES and words:
        payload.add(("modify-file",), "write", "write", {"path": (absolute(words[-1], call, payload.context),)})
