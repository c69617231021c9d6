"""What a program puts on standard output, as far as the catalog tells, and what that discloses."""

from __future__ import annotations

from packgate.facts.call import ACTIVE, HELP
from packgate.facts.names import printed_names, prints_settings
from packgate.model.operation import Operation
from packgate.model.value import Origin, origins_of, unknown
from packgate.shell.fold import CODECS, FACTS, FILTERS, TEXT, TOOLS
from packgate.shell.streams import Sink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.context import Context
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_FILTERS = ("stdin", "files")
# Programs whose output the evaluator computes where it can, better than their entry in the catalog says.
_FOLDED = TEXT | FILTERS | CODECS | FACTS


def output_of(call: Call, operations: list[Operation], session: Session) -> Value | None:
    """The output of a call; None leaves it to the evaluator."""
    kind = call.level.output
    if call.neutral == HELP:
        # A manual or a version: the same text whatever the line says.
        return ""
    if prints_settings(call.program, call.argv):
        return ""
    names = printed_names(call)
    if names is not None:
        return names
    if kind is None or call.neutral != ACTIVE:
        return None
    if kind == "none":
        return ""
    if call.program in _FOLDED:
        return None
    if kind == "network":
        if _asks_headers(operations):
            return unknown(Origin("command", call.program))
        return unknown(*[Origin("network", str(value)) for value in _addresses(operations)] or [Origin("network")])
    if kind == "secret":
        return unknown(Origin("secret", call.program))
    if kind == "files":
        return _contents(call, operations, session) if call.program not in TOOLS or _reads(operations) else None
    return None


def _reads(operations: list[Operation]) -> bool:
    return any(operation.families[0] == "read-file" for operation in operations)


def _asks_headers(operations: list[Operation]) -> bool:
    """Whether a request asks for headers alone: nothing of the other side's content comes back."""
    methods = {str(value) for operation in operations for value in operation.fields.get("method", ())}
    return methods == {"HEAD"}


def _addresses(operations: list[Operation]) -> list[Value]:
    out: list[Value] = []
    for operation in operations:
        for value in operation.fields.get("url") or operation.fields.get("host") or ():
            if value not in out:
                out.append(value)
    return out


def _contents(call: Call, operations: list[Operation], session: Session) -> Value | None:
    """What a program makes of the files that it read: unknown text that keeps their origins."""
    contents: list[Value] = []
    for operation in operations:
        if operation.families[0] == "read-file":
            contents.extend(session.content(path) for path in operation.fields["path"])
    if not contents:
        return None
    if call.stdin is not None and any(operand == "-" for operand in call.operands):
        contents.append(call.stdin)
    origins = [origin for content in contents for origin in origins_of(content)]
    return unknown(*origins) if origins else unknown(Origin("command", call.program))


def printed_variables(call: Call, context: Context, common: Fields) -> list[Operation]:
    """Variables whose values the call shows on the output of the line, one operation each."""
    if not call.variables or not (call.level.prints or call.level.output in _FILTERS) or call.neutral != ACTIVE:
        return []
    if not call.level.prints and (call.stdin is None or call.level.output not in _FILTERS):
        return []
    if not is_shown(call):
        return []
    return [
        Operation(("environment-exposure", "command"), _disclosed(name), call.span, context.via, common) for name in call.variables
    ]


def _disclosed(name: str) -> Fields:
    """One variable, or, of a name that ends with a star, all that begin so."""
    if name.endswith("*"):
        return {"operation": ("dump",), "effect": ("read",)}
    return {"operation": ("print",), "effect": ("read",), "variable": (name,)}


def without_discarded(call: Call, operations: list[Operation]) -> list[Operation]:
    """The operations of a call but for what it discloses, where nobody sees it: ``printenv TOKEN > /dev/null`` asks whether it is set."""
    sink = call.state.fds.get(1)
    if not isinstance(sink, Sink) or sink.path != "/dev/null":
        return operations
    return [operation for operation in operations if operation.families[0] != "environment-exposure"]


def is_shown(call: Call) -> bool:
    """Whether standard output is that of the line, not a pipe, a file or a substitution."""
    sink = call.state.fds.get(1)
    return sink is None or (isinstance(sink, Sink) and sink.shown)
