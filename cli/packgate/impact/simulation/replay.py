"""Whether a recorded action can be decided again: what the record does not hold can't be, and is never taken for unchanged.

A log masks secrets and cuts long texts. A policy that looks at a text which is not there any more would be silent about it, whatever it
would have said; so an action with such a text can be replayed only where no policy looks at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.guard.markers import PREFIX
from packgate.model.value import show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.model.action import Action
    from packgate.model.operation import Analysis
    from packgate.model.policy import Pack

# Why an action can't be replayed.
NO_ACTION, MALFORMED, MASKED, CUT, FAILED = "no action recorded", "malformed", "masked", "cut", "internal error"
REASONS = {
    NO_ACTION: "the event is a gap: nothing was recorded of what the agent was about to do",
    MALFORMED: "the action is not one that can be decided",
    MASKED: "a policy looks at a text in which the log masked a secret",
    CUT: "a policy looks at a text that the log cut short",
    FAILED: "packgate failed while it decided the action",
}
# What is decided, and not from all that was done: by what the record lacks, or the analysis did not understand.
NO_FOLDER = "no folder"
IN_PART = {
    MASKED: "the log masked a secret in it, where no policy looks",
    CUT: "the log cut a text of it short, where no policy looks",
    NO_FOLDER: "no folder is recorded, so that relative paths stay unknown",
    "partial": "the analysis understood a part of it",
    "opaque": "it runs something that the analysis could not look into",
}
# How the log ends a text that it cut, and how long that is: see `eventlog.record`.
_CUT_LENGTH = 16 * 1024 + 1
_ELLIPSIS = "…"
_PREFIX = PREFIX.encode()


def fields_of(packs: Iterable[Pack]) -> dict[str, frozenset[str]]:
    """By family, the fields that any policy of packs looks at."""
    found: dict[str, set[str]] = {}
    for pack in packs:
        for policy in pack.policies:
            waived = [waiver.conditions for waiver in pack.waivers if waiver.policy == policy.id]
            clauses = [*policy.clauses, *policy.exceptions, *waived]
            fields = {condition.field for clause in clauses for condition in clause}
            for family in policy.when:
                found.setdefault(family, set()).update(fields)
    return {family: frozenset(fields) for family, fields in found.items()}


def loss_in(text: bytes, data: dict[str, Any]) -> str | None:
    """Whether a record lacks a part of its action: `MASKED`, `CUT`, or None. ``text``: the action as JSON."""
    # Not `in`, which takes bytes for a number first, and raises an error of its own each time.
    if text.find(_PREFIX) >= 0:
        return MASKED
    return CUT if len(text) >= _CUT_LENGTH and any(_is_cut(each) for each in _texts(data)) else None


def matters(analysis: Analysis, surface: str, loss: str, looked: dict[str, frozenset[str]]) -> bool:
    """Whether any policy looks at what a record lacks. The rest of a command line that was cut can do anything."""
    if surface == "shell" and loss == CUT:
        return True
    for operation in analysis.operations:
        fields = frozenset[str]().union(*(looked.get(family, frozenset()) for family in operation.families))
        for field in fields:
            for value in operation.get(field):
                shown = show(value)
                # A marker is a bracket expression to a shell, and its brackets may be gone.
                if PREFIX[1:] in shown or (loss == CUT and shown.endswith(_ELLIPSIS)):
                    return True
    return False


def in_part(action: Action, loss: str | None, coverage: str) -> tuple[str, ...]:
    """Why the verdict on an action does not rest on all that was done, by the names of `IN_PART`. ``loss``: what `loss_in` said of it,
    where that did not matter; ``coverage``: of its analysis."""
    folder = (NO_FOLDER,) if action.data.get("cwd") is None and action.surface in ("shell", "file") else ()
    return (*((loss,) if loss is not None else ()), *folder, *((coverage,) if coverage in IN_PART else ()))


def _is_cut(text: str) -> bool:
    return len(text) >= _CUT_LENGTH and text.endswith(_ELLIPSIS)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []
