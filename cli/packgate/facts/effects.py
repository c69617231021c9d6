"""What a call leaves for later commands of the same line: files that they read or run, and the context they work in."""

from __future__ import annotations

from packgate.model.value import Origin, origins_of, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.session import Session
    from packgate.model.operation import Operation
    from packgate.model.value import Value

# Operations of `modify-file` after which the file has another content.
_CONTENT = frozenset(("write", "append", "move", "link", "edit", "download", "extract", "copy"))


# Operations of `cloud-config` that choose where later commands of that provider go.
_SWITCHES = frozenset(("use-context", "use-namespace", "use-configuration", "set-project", "select", "update-kubeconfig", "login"))


def remember_effects(call: Call, operations: list[Operation], session: Session) -> None:
    """Remember the content of the files that the operations of a call wrote, or where it comes from, and the environment that
    it switched to."""
    sources: list[Value] = []
    for operation in operations:
        families = operation.families
        if families[0] == "cloud-config":
            _select(operation, session)
        if families[0] == "read-file" or "delete-file" in families:
            sources.extend(operation.fields.get("path", ()))
        elif "modify-file" in families and operation.fields["operation"][0] in _CONTENT:
            content = _content(call, operation, operations, sources, session)
            append = operation.fields["operation"][0] == "append"
            for path in operation.fields.get("path", ()):
                session.remember(path, content, append)
                if operation.fields["operation"][0] == "link" and len(sources) == 1 and isinstance(path, str):
                    session.links[path] = sources[0]


def _select(operation: Operation, session: Session) -> None:
    """A context that names no environment takes back an earlier one."""
    if _SWITCHES.intersection(value for value in operation.fields["operation"] if isinstance(value, str)):
        for provider in operation.fields.get("provider", ()):
            session.selected[provider] = operation.fields.get("environment", ())
            if "update-kubeconfig" in operation.fields["operation"] or "use-context" in operation.fields["operation"]:
                session.selected["kubernetes"] = session.selected["helm"] = operation.fields.get("environment", ())


def _content(
    call: Call, operation: Operation, operations: list[Operation], sources: list[Value], session: Session
) -> Value | None:
    written = operation.fields.get("content")
    if written:
        return written[0]
    urls = operation.fields.get("url") or _fetched(operations)
    if urls:
        return unknown(*(Origin("network", str(url)) for url in urls))
    if len(sources) == 1:
        return session.content(sources[0])
    if call.stdin is not None and origins_of(call.stdin):
        return unknown(*origins_of(call.stdin))
    return None


def _fetched(operations: list[Operation]) -> tuple[Value, ...]:
    """The URLs that another operation of the call downloads."""
    for operation in operations:
        if "data-transfer" in operation.families and operation.fields["operation"][0] == "download":
            return operation.fields.get("url", ())
    return ()
