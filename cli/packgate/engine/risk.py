"""The risk score of a decision, and the risk signals that policies can compare. Pure: what was before is an argument.

    score = min(100, policy + data + environment + denials + unusual)

``docs/risk.md`` has the parts; a test reads its tables.
"""

from __future__ import annotations

from packgate.engine.context import Context
from packgate.model.action import Action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from packgate.engine.surroundings import Surroundings
    from packgate.model.decision import Decision
    from packgate.model.operation import Analysis

HIGHEST = 100
# Points for the data classification and the environment of what is touched; other words add nothing.
DATA = {"internal": 5, "confidential": 10, "restricted": 20}
ENVIRONMENT = {"staging": 5, "production": 10}
# For each earlier denial of the session within the last hour, up to a limit.
DENIAL, MOST_FOR_DENIALS = 5, 20
DENIAL_SECONDS = 60 * 60
# For each kind of thing that the user has not touched before, up to a limit.
UNUSUAL, MOST_FOR_UNUSUAL = 10, 20
# Denials of a session that are a signal.
REPEATED = 3
REPEATED_DENIALS = "repeated-denials"
FIRST_SEEN = {"family": "first-seen-family", "repository": "first-seen-repository", "host": "first-seen-host"}
# Before so many actions of a user, everything would be unusual.
LEARNING = 50


class History:
    """What was before. ``denials``: of the session, within the last hour; ``seen``: what the user touched, as `touched` names it; None
    while too little is known of the user."""

    __slots__ = ("denials", "seen")

    def __init__(self, denials: int = 0, seen: Container[str] | None = None) -> None:
        self.denials = denials
        self.seen = seen

    def unusual(self, action: Action, analysis: Analysis) -> list[str]:
        """The signals of what the user has not touched before, each once."""
        seen = self.seen
        if seen is None:
            return []
        kinds = [name.partition(":")[0] for name in touched(action, analysis) if name not in seen]
        return [FIRST_SEEN[kind] for kind in FIRST_SEEN if kind in kinds]

    def signals(self, action: Action, analysis: Analysis) -> list[str]:
        """The risk signals of an action."""
        return [*([REPEATED_DENIALS] if self.denials >= REPEATED else ()), *self.unusual(action, analysis)]


def touched(action: Action, analysis: Analysis) -> list[str]:
    """What an action touches, as ``family:…``, ``repository:…`` and ``host:…``, each once, in this order."""
    found: dict[str, None] = {}
    for operation in analysis.operations:
        found.update((f"family:{family}", None) for family in operation.families if family != "command")
    name = action.repo("name")
    if name:
        found[f"repository:{name}"] = None
    for operation in analysis.operations:
        found.update((f"host:{host.lower()}", None) for host in operation.get("host") if isinstance(host, str))
    return list(found)


def with_signals(action: Action, analysis: Analysis, history: History) -> Action:
    """The action with the signals of its history beside those that the caller reports."""
    signals = history.signals(action, analysis)
    if not signals:
        return action
    reported = action.data.get("risk_signals") or ()
    return Action({**action.data, "risk_signals": list(dict.fromkeys((*reported, *signals)))}, action.notes, action.filled)


def score(decision: Decision, action: Action, surroundings: Surroundings | None, history: History | None) -> None:
    """Add to the risk of the policies what follows from data, environment and history, and keep the parts."""
    parts = _of_places(action, decision.analysis, surroundings)
    if history is not None:
        denied = min(DENIAL * history.denials, MOST_FOR_DENIALS)
        if denied:
            parts.append((f"{history.denials} denials in this session", denied))
        unusual = history.unusual(action, decision.analysis)
        parts += [(name, UNUSUAL) for name in unusual[: MOST_FOR_UNUSUAL // UNUSUAL]]
    if parts:
        decision.risk_parts = [("policies", decision.risk_score), *parts]
        decision.risk_score = min(HIGHEST, sum(points for _, points in decision.risk_parts))


def _of_places(action: Action, analysis: Analysis, surroundings: Surroundings | None) -> list[tuple[str, int]]:
    """The points of the data classification and the environment that weigh most."""
    if surroundings is None and not action.data.get("data_classification") and not action.data.get("environment"):
        return []
    context = Context(action, surroundings)
    parts = []
    for name, points in (("data_classification", DATA), ("environment", ENVIRONMENT)):
        values = {value.lower() for operation in analysis.operations for value in context.where_values(name, operation)}
        worst = max(values & points.keys(), key=points.__getitem__, default=None)
        if worst is not None:
            parts.append((f"{worst} data" if name == "data_classification" else worst, points[worst]))
    return parts
