"""Why, in one sentence."""

from __future__ import annotations

from packgate.model.value import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.compiled import Found
    from packgate.model.decision import Decision, Match
    from packgate.model.operation import Operation
    from packgate.model.policy import Pack

NO_MATCH = "No policy matched."

_VERBS = {
    "allow": "allows", "audit": "records", "warn": "warns about", "require-approval": "asks for approval of",
    "block": "blocks", "terminate": "ends the session over",
}
_CAPS = {
    "rollout": "rollout", "release": "stage of the release", "assignment": "assignment", "stage": "stage that was asked for",
}
# Values that a sentence can hold; longer ones, and texts, are in the match.
_LONGEST = 60
_TEXT_FIELDS = ("content", "payload", "argument")


class Unlifted:
    """A pack's default that holds: ``default`` as written, the mode ``effective`` that the pack's stage leaves of it, and the first
    ``operation`` that nothing allows; None for what could not be analysed."""

    __slots__ = ("default", "effective", "operation", "pack")

    def __init__(self, pack: Pack, default: str, effective: str, operation: Operation | None) -> None:
        self.pack = pack
        self.default = default
        self.effective = effective
        self.operation = operation

    def sentence(self) -> str:
        """It as a reason."""
        what = "part of the action, which could not be analysed," if self.operation is None else _operation(self.operation)
        if self.default == "audit":
            return f"{self.pack.name} records what no policy covers, and {what} is such a gap."
        return f"{self.pack.name} allows only what its policies name, and {what} is not among it."


def give_reason(decision: Decision, unlifted: Unlifted | None, may: Found | None) -> str:
    """The sentence for a decision: the strictest match, the default that nothing lifted, or what may match."""
    mode = decision.mode
    strictest = [match for match in decision.matches if match.effective == mode]
    # A policy says more than a default; one that allows says nothing of what it did not lift.
    if unlifted is not None and unlifted.effective == mode and (not strictest or strictest[0].mode == "allow"):
        return unlifted.sentence()
    if strictest:
        return _matched(strictest, decision)
    if may is not None:
        return f"{may.rule.policy.id} may match {_operation(may.operation)}, since some of it is not known."
    return NO_MATCH


def _matched(strictest: list[Match], decision: Decision) -> str:
    first = strictest[0]
    details = []
    for field, values in first.fields.items():
        shown = ", ".join(values)
        if field != "operation" and field not in _TEXT_FIELDS and 0 < len(shown) <= _LONGEST:
            details.append(f"{field} {shown}")
    what = f"{first.family} {' '.join(first.fields.get('operation', []))}".rstrip()
    sentence = f"{first.policy} {_VERBS[first.effective]} {what}"
    if details:
        sentence += f" ({'; '.join(details)})"
    others = sorted({match.policy for match in decision.matches if match.policy != first.policy and not match.waived})
    if others:
        sentence += f"; also matched: {', '.join(others)}"
    if first.waived:
        sentence += "; it is waived"
    elif first.capped_by:
        sentence += f"; {first.mode} is held at {first.effective} by the {_CAPS[first.capped_by]}"
    return sentence + "."


def _operation(operation: Operation) -> str:
    families = [family for family in operation.families if family != "command"]
    program = operation.get("program")
    words = [*(families[:1] or ["the command"]), *(show(value) for value in operation.get("operation")[:1])]
    if program:
        words.append(f"by {show(program[0])}" if families else show(program[0]))
    return " ".join(word for word in words if len(word) <= _LONGEST)
