"""The answer to an action: typed, explainable, and the same keys every time."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from packgate.model.operation import Analysis, Operation

DECISIONS = ("allow", "alert", "redact", "require_approval", "deny", "terminate")


class Match:
    """One policy that matched one operation. ``effective`` is the mode after stages and waivers, ``capped_by`` what
    lowered it (``rollout``, ``release``, ``assignment``, ``stage`` for one that was asked for, ``waiver`` or None);
    ``family`` is the one by which it matched."""

    __slots__ = ("capped_by", "effective", "family", "fields", "mode", "operation", "pack", "policy", "waived")

    def __init__(
        self, pack: str, policy: str, mode: str, effective: str, operation: Operation,
        fields: dict[str, list[str]], capped_by: str | None = None, waived: bool = False, family: str = "",
    ) -> None:
        self.pack = pack
        self.policy = policy
        self.mode = mode
        self.effective = effective
        self.operation = operation
        self.fields = fields
        self.capped_by = capped_by
        self.waived = waived
        self.family = family


class Decision:
    """A decision; `to_json` gives the documented form.

    ``decision_id`` may be given as a function that makes it: a digest costs as much as a tenth of a decision, and only
    what is written down needs one.
    """

    __slots__ = (
        "_id", "action_id", "alerts", "analysis", "approval_minutes", "approver_role", "approvers", "bundles", "confirm", "decision",
        "denied_by", "looked_for", "matches", "may_match", "message", "mode", "notes", "pending", "policy_ids", "reason", "redacting",
        "redactions", "risk_parts", "risk_score", "timestamp", "would",
    )

    def __init__(
        self, decision_id: str | Callable[[], str], action_id: str | None, timestamp: str | None, analysis: Analysis,
        bundles: list[dict[str, Any]] | None = None,
    ) -> None:
        self._id = decision_id
        self.action_id = action_id
        self.timestamp = timestamp
        self.analysis = analysis
        self.decision = "allow"
        self.mode: str | None = None
        self.would: str | None = None
        self.policy_ids: list[str] = []
        self.reason = ""
        self.message = ""
        self.risk_score = 0
        # What the score is the sum of, where it is more than that of the policies. Not part of the JSON.
        self.risk_parts: list[tuple[str, int]] = []
        self.approver_role: str | None = None
        # Every role that has to approve, the first of which the JSON names, and whether that was asked for. Not part of the JSON.
        self.approvers: list[str] = []
        self.pending = False
        # For how long at most. None where nothing asks for one.
        self.approval_minutes: int | None = None
        self.redactions: list[Any] = []
        # The detectors by which policies redact, and those by which they matched at all. Not part of the JSON.
        self.redacting: tuple[str, ...] = ()
        self.looked_for: tuple[str, ...] = ()
        self.alerts: list[str] = []
        # Whether a policy that warns wants a person to be asked first, where one is there. Not part of the JSON.
        self.confirm = False
        # Names of the packs whose default denies. Not part of the JSON.
        self.denied_by: list[str] = []
        self.matches: list[Match] = []
        # Bare ids of policies that may match, sorted.
        self.may_match: list[str] = []
        # Remarks of the engine (missing context, waivers), shown beside those of the analysis.
        self.notes: list[str] = []
        self.bundles: list[dict[str, Any]] = bundles if bundles is not None else []

    @property
    def decision_id(self) -> str:
        """Names the decision."""
        made = self._id
        if not isinstance(made, str):
            made = self._id = made()
        return made
