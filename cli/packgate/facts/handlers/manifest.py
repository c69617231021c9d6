"""Kubernetes manifests that the line itself contains: kinds, names and namespaces of `kubectl apply -f -`."""

from __future__ import annotations

import re

from packgate.facts.fields import absolute, environment_of
from packgate.facts.parsers import kind_of
from packgate.facts.yields import level_environment
from packgate.model.operation import Operation
from packgate.model.value import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_FIELD = r"""(?m)(?:^|[{{,])\s*["']?{name}["']?\s*:\s*["']?([\w.:/-]+)"""
_KIND = re.compile(_FIELD.format(name="kind"))
_NAME = re.compile(_FIELD.format(name="name"))
_NAMESPACE = re.compile(_FIELD.format(name="namespace"))
_RBAC = frozenset(("role", "rolebinding", "clusterrole", "clusterrolebinding", "serviceaccount"))
_SECRETS = frozenset(("secret", "sealedsecret", "externalsecret"))


def handle(call: Call, session: Session, common: Fields) -> None:
    """One operation for every object of a manifest whose text is known."""
    for path in call.options.get("--filename", ()):
        text = call.stdin if path == "-" else session.written(absolute(path, call, session.context))
        if text is None and path != "-":
            text = call.state.read(path)
        if text is not None:
            for document in re.split(r"(?m)^---\s*$", show(text)):
                _document(document, call, session, common)


def _document(document: str, call: Call, session: Session, common: Fields) -> None:
    found = _KIND.search(document)
    if found is None:
        return
    kind = kind_of(found.group(1))
    families = ["cluster-change"]
    if kind in _RBAC - {"serviceaccount"}:
        families.append("cloud-iam")
    if kind in _SECRETS:
        families.append("cloud-secrets")
    verb = call.words[-1] if call.words else "apply"
    effect = "delete" if verb == "delete" else "grant" if "cloud-iam" in families else "write"
    fields: Fields = {**call.level.fields, "operation": (verb,), "effect": (effect,), "service": (kind,)}
    names: list[Value] = level_environment(call)
    name = _NAME.search(document)
    if name is not None:
        fields["target"] = (name.group(1),)
    namespace = _NAMESPACE.search(document)
    if namespace is not None:
        names.append(namespace.group(1))
    elif kind == "namespace" and name is not None:
        names.append(name.group(1))
    environment = environment_of(names, session.context, session)
    if environment:
        fields["environment"] = environment
    session.operations.append(Operation((*families, "command"), fields, call.span, session.context.via, common))
