"""Programs that list names for others to work on: what is known of the names before the listing is seen.

``kubectl get KIND -o name`` prints ``KIND/NAME``; ``docker ps --filter name=TEXT`` lists what is called so. Sources: kubectl get and
docker container ls of their command references.
"""

from __future__ import annotations

from packgate.facts.parsers import PARSERS
from packgate.model.value import Origin, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

# Origins whose detail tells the environment of a name that is not known itself (`environment.classify`).
LISTED = "listed"
# Options that say which names are listed, or what a template is filled with.
_SELECTING = ("--filter", "--selector", "--namespace", "--context", "--values", "--kube-context")


def handle(call: Call, session: Session, common: Fields) -> Value | None:
    """The output of a listing; None where its names are not told."""
    source = Origin("command", call.program)
    told: list[Origin] = []
    for option in _SELECTING:
        told.extend(Origin(LISTED, value) for value in call.options.get(option, ()) if isinstance(value, str))
    if call.option("--output") == "name" and call.operands:
        parts = PARSERS["k8s"](call.operands[0])
        if parts is not None and isinstance(parts["kind"], str):
            return join([parts["kind"] + "/", unknown(source, Origin(LISTED, parts["kind"] + "/"), *told)])
    return unknown(source, *told) if told else None
