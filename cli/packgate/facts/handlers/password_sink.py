"""A login that reads its password from standard input: what is piped into it is shown to nobody.

``aws ecr get-login-password | docker login --password-stdin …`` is how registries document it; the token reaches neither the output
nor a file. The operation of the command that fetched it becomes that of a plain command.
"""

from __future__ import annotations

from packgate.model.operation import Operation
from packgate.model.value import origins_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value


def handle(call: Call, session: Session, common: Fields) -> Value | None:
    """Take back that the command just before discloses what it fetches, when this call alone reads it."""
    if call.stdin is None or not call.has("--password-stdin"):
        return None
    sources = {origin.detail for origin in origins_of(call.stdin) if origin.kind in ("command", "secret")}
    index = len(session.operations) - 1
    while index >= 0 and session.operations[index].common is common:
        index -= 1
    if len(sources) != 1 or index < 0:
        return None
    fetched = session.operations[index]
    program = fetched.get("program")
    if program and str(program[0]) in sources and "access-password" in fetched.families:
        session.operations[index] = Operation(("command",), {}, fetched.span, fetched.via, fetched.common)
    return None
