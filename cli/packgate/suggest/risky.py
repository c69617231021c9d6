"""What an action does, as kinds that a policy could be about, and which of them deserve one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packgate.model.operation import Analysis, Operation

# Families whose operations are risky by themselves, unless they only read.
_FAMILIES = frozenset((
    "cloud-destroy", "cloud-provision", "cloud-iam", "cloud-config", "cluster-change", "deployment", "database-admin", "database-write",
    "privilege-escalation", "remote-access", "remote-execution", "process-kill", "resource-exhaustion", "guardrail-change",
    "opaque-execution",
))
# Those that are risky when they read.
_READING = frozenset(("cloud-secrets", "access-password", "environment-exposure"))
_EFFECTS = frozenset(("delete", "grant", "send"))
# Where deleting is everyday work.
_ORDINARY = frozenset(("repository", "temporary"))
_CALL = "tool-call"
_GENERIC = frozenset(("command", _CALL, "web-request", "text"))


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """What is done with what: a program and its operation, or (``call``) an MCP server and its tool."""

    actor: str
    verb: str
    call: bool = False

    @property
    def title(self) -> str:
        """It in words."""
        return f"{self.actor} {self.verb}"


# The families by which a kind of action deserves a policy; empty where it is everyday work.
Kinds = dict[Kind, tuple[str, ...]]


def kinds_of(analysis: Analysis, *, every: bool = False) -> Kinds:
    """The kinds of an action, with their risky families (``every``: all but the generic ones); what is only partly known is none."""
    found: dict[Kind, set[str]] = {}
    for operation in analysis.operations:
        kind = _kind(operation)
        if kind is not None:
            risky = {_CALL} if kind.call and (every or "destructive" in operation.get("action-type")) else set()
            risky |= {family for family in operation.families if family not in _GENERIC and (every or _risky(operation, family))}
            found.setdefault(kind, set()).update(risky)
    return {kind: tuple(sorted(families)) for kind, families in sorted(found.items())}


def _kind(operation: Operation) -> Kind | None:
    if _CALL in operation.families:
        server, tool = _one(operation, "server"), _one(operation, "tool")
        return Kind(server, tool, True) if server and tool else None
    actor, verb = _one(operation, "program"), _one(operation, "operation")
    return Kind(actor, verb) if actor and verb else None


def _risky(operation: Operation, family: str) -> bool:
    scopes, effect = operation.get("scope"), _one(operation, "effect")
    if scopes and all(scope in _ORDINARY for scope in scopes):
        return False
    if family in _READING or effect in _EFFECTS:
        return True
    return family in _FAMILIES and effect != "read"


def _one(operation: Operation, field: str) -> str:
    """The one value of a field; empty where there is none, several, or one that is partly unknown."""
    values = operation.get(field)
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""
