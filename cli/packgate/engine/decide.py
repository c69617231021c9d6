"""The decision: every policy that holds of the operations of an action, and what follows from all of them together.

Matches are ordered by the place of the operation in the action, then by pack, then by policy id. The strictest
effective mode decides, whatever the order.
"""

from __future__ import annotations

from packgate.engine.context import Context
from packgate.engine.identity import decision_id as make_id
from packgate.engine.partly import MUST
from packgate.engine.reasons import NO_MATCH, Unlifted, give_reason
from packgate.engine.stages import cap
from packgate.engine.waivers import is_expired
from packgate.model.decision import Decision, Match
from packgate.model.operation import FULL, OPAQUE, Analysis, Note
from packgate.model.policy import APPROVAL_MINUTES, DEFAULT_MODES, MODE_RANK
from packgate.model.value import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packgate.engine.compiled import Engine, Found
    from packgate.engine.rules import Rule
    from packgate.engine.stages import Stages
    from packgate.model.action import Action
    from packgate.model.operation import Operation
    from packgate.model.policy import Pack

_ANSWERS = {"require-approval": "require_approval", "block": "deny", "terminate": "terminate"}


def decide(
    action: Action,
    analysis: Analysis,
    engine: Engine,
    *,
    stage: str | None = None,
    now: str | None = None,
    assigned: Mapping[str, str | None] | None = None,
    decision_id: str | None = None,
    timestamp: str | None = None,
    analyze: Callable[[Action], Analysis] | None = None,
) -> Decision:
    """Decide an action by its analysis.

    ``stage`` replaces all other stages (sources are decided at ``block``). ``now``: the time in RFC 3339; without it
    no waiver holds. ``assigned``: by pack, the stage that the actor's assignment allows, None where it has none; a pack
    that it lacks is not capped. ``decision_id``: default is a digest of the action, the packs and the time.
    ``timestamp``: what the decision shows as its time; default ``now``. ``analyze``: makes the analysis of an action, to see whether
    markers in a command are enough. Raises `ValueError` for an unknown stage.
    """
    stages = engine.stages(stage, assigned)
    if timestamp is None:
        timestamp = now
    identity = decision_id if decision_id is not None else lambda: make_id(action, engine.key, timestamp)
    decision = Decision(identity, action.id, timestamp, analysis, stages.bundles.copy())
    # Most operations concern no policy, so what weighing one needs is made when it is needed.
    defaults = engine.defaults.get(action.surface) if engine.defaults else None
    tally: _Tally | None = _Tally(decision, stages, Context(action, engine.surroundings), now) if defaults else None
    for place, operation in enumerate(analysis.operations):
        entries = engine.index.candidates(operation)
        if entries:
            if tally is None:
                tally = _Tally(decision, stages, Context(action, engine.surroundings), now)
            for found in engine.weigh(entries, operation, place, tally.context):
                if stages.holds(found.rule.pack):
                    tally.add(found)
    if tally is None:
        decision.reason = NO_MATCH
        decision.notes = [*action.notes]
        return decision
    if tally.redacting:
        tally.redact(analyze)
    if tally.unable or tally.by_form:
        # A detector that there is not is not one that found nothing; one that can't check finds more than there is.
        notes = [*(Note("detector", text, OPAQUE) for text in tally.unable), *(Note("detector", text, FULL) for text in tally.by_form)]
        decision.analysis = Analysis(analysis.operations, [*analysis.notes, *notes])
    _conclude(tally, tally.weigh_defaults(defaults) if defaults else None)
    decision.notes = [*action.notes, *tally.context.missing, *tally.remarks]
    return decision


def decide_action(
    action: Action, engine: Engine, analyze: Callable[[Action], Analysis], *, stage: str | None = None,
    now: str | None = None, assigned: Mapping[str, str | None] | None = None, decision_id: str | None = None,
    timestamp: str | None = None,
) -> Decision:
    """`decide` with the analysis made by ``analyze``."""
    return decide(
        action, analyze(action), engine, stage=stage, now=now, assigned=assigned, decision_id=decision_id, timestamp=timestamp,
        analyze=analyze,
    )


class _Tally:
    """Collects what was found into a decision."""

    __slots__ = ("by_form", "context", "decision", "lifted", "may", "now", "redacting", "remarks", "rules", "stages", "unable")

    def __init__(self, decision: Decision, stages: Stages, context: Context, now: str | None) -> None:
        self.decision = decision
        self.stages = stages
        self.context = context
        self.now = now
        # The rule of each match of the decision.
        self.rules: list[Rule] = []
        self.may: dict[str, Found] = {}
        # The policies that redact, each with its match.
        self.redacting: list[tuple[str, Found]] = []
        # Why detectors could not look, and which go by form alone.
        self.unable: dict[str, None] = {}
        self.by_form: dict[str, None] = {}
        self.remarks: list[str] = []
        # Operations that an `allow` policy names: its pack, and their place.
        self.lifted: set[tuple[str, int]] = set()

    def add(self, found: Found) -> None:
        """Count a rule that holds of an operation."""
        rule = found.rule
        stage, source = self.stages.of_rule(rule)
        mode = rule.policy.outcome.mode
        names = found.detectors
        if names:
            # Here, since it loads the detectors, which most engines need for nothing.
            from packgate.engine.redactions import by_form

            self.decision.looked_for = (*self.decision.looked_for, *names)
            self.by_form.update(dict.fromkeys(by_form(names)))
        if found.verdict != MUST:
            self.unable.update(self.context.unable)
            if mode != "allow":
                # What may match is not taken more seriously than what does.
                uncertain = min(rule.pack.uncertain, mode, key=MODE_RANK.__getitem__)
                self.raise_modes(uncertain, cap(uncertain, stage))
                self.may.setdefault(rule.policy.id, found)
            return
        if mode == "allow":
            self.lifted.add((rule.pack.name, found.place))
        waived = mode != "allow" and self._waived(rule, found.operation)
        effective = cap(mode, "audit" if waived else stage)
        capped_by = None if effective == mode else "waiver" if waived else source
        match = Match(
            rule.pack.name, rule.policy.id, mode, effective, found.operation,
            _matched_fields(found, self.context), capped_by, waived, rule.family(found.operation),
        )
        self.decision.matches.append(match)
        self.rules.append(rule)
        self.raise_modes(mode, effective)
        if not waived:
            self._side_effects(rule, match, found, stage)

    def _side_effects(self, rule: Rule, match: Match, found: Found, stage: str) -> None:
        decision = self.decision
        outcome = rule.policy.outcome
        decision.risk_score = max(decision.risk_score, rule.policy.risk)
        if stage != "audit" and outcome.alert:
            decision.alerts.extend(target for target in outcome.alert if target not in decision.alerts)
        # A stage that is to warn does not stop anything, not even for a question.
        if stage == "block" and outcome.confirm and match.effective == "warn":
            decision.confirm = True
        if stage == "block" and outcome.redact:
            self.redacting.append((match.policy, found))

    def redact(self, analyze: Callable[[Action], Analysis] | None) -> None:
        """List what the policies that redact have replaced."""
        from packgate.engine.redactions import redacting, redactions

        self.decision.redacting = redacting(self.redacting)
        self.decision.redactions = redactions(self.redacting, self.decision.redacting, self.context.action, analyze)

    def raise_modes(self, would: str, effective: str) -> None:
        """Let a mode count towards the decision."""
        decision = self.decision
        if decision.would is None or MODE_RANK[would] > MODE_RANK[decision.would]:
            decision.would = would
        if decision.mode is None or MODE_RANK[effective] > MODE_RANK[decision.mode]:
            decision.mode = effective

    def weigh_defaults(self, defaults: tuple[tuple[Pack, str], ...]) -> Unlifted | None:
        """Let the defaults count of which some operation is not lifted; what the strictest of them rests on, None when all are lifted."""
        strictest: Unlifted | None = None
        for pack, default in defaults:
            left = self._unlifted(pack) if self.stages.holds(pack) else []
            if not left:
                continue
            mode = DEFAULT_MODES[default]
            found = Unlifted(pack, default, cap(mode, self.stages.of_pack(pack)[0]), left[0])
            self.raise_modes(mode, found.effective)
            if found.effective == "block":
                self.decision.denied_by.append(pack.name)
            if strictest is None or MODE_RANK[found.effective] > MODE_RANK[strictest.effective]:
                strictest = found
        return strictest

    def _unlifted(self, pack: Pack) -> list[Operation | None]:
        """Operations for which no `allow` policy lifts a pack's default; None stands for what could not be analysed, which no policy can
        name."""
        analysis = self.decision.analysis
        lifters = (pack.name, *pack.default.lifted_by)
        found: list[Operation | None] = [
            operation for place, operation in enumerate(analysis.operations)
            if not any((name, place) in self.lifted for name in lifters)
        ]
        if analysis.coverage != FULL:
            found.append(None)
        return found

    def _waived(self, rule: Rule, operation: Operation) -> bool:
        for waiver in rule.waivers:
            if waiver.covers(operation, self.context):
                given = waiver.waiver
                expired = is_expired(given.expires, self.now)
                remark = f"waiver {given.id} of {rule.policy.id}" + (
                    f" does not hold: its last day is {given.expires}" if expired else f" holds until {given.expires}"
                )
                if remark not in self.remarks:
                    self.remarks.append(remark)
                if not expired:
                    return True
        return False


def _conclude(tally: _Tally, unlifted: Unlifted | None) -> None:
    """Fill in what follows from all matches."""
    decision = tally.decision
    if decision.mode is None:
        decision.reason = NO_MATCH
        return
    mode = decision.mode
    matched: set[str] = set()
    messages: dict[str, None] = {}
    for match, rule in zip(decision.matches, tally.rules, strict=True):
        if not match.waived:
            matched.add(match.policy)
        if match.effective == mode:
            policy = rule.policy
            if policy.message:
                messages[policy.message] = None
            role = policy.outcome.approver
            if decision.approver_role is None:
                decision.approver_role = role
            if role is not None and role not in decision.approvers:
                decision.approvers.append(role)
            if mode == "require-approval":
                minutes = policy.outcome.approval_minutes or APPROVAL_MINUTES
                decision.approval_minutes = min(minutes, decision.approval_minutes or minutes)
    decision.policy_ids = sorted(matched)
    decision.message = "\n".join(messages)
    decision.may_match = sorted(tally.may)
    decision.alerts.sort()
    decision.decision = _ANSWERS.get(mode) or ("redact" if decision.redactions else "alert" if decision.alerts else "allow")
    decision.reason = give_reason(decision, unlifted, next(iter(tally.may.values()), None))
    left = [item for item in decision.redactions if item["detector"] and not item["marker"]]
    if left and decision.decision in ("redact", "require_approval"):
        tally.raise_modes("block", "block")
        decision.decision = "deny"
        decision.reason = (
            f"{left[0]['policy']} redacts a secret ({left[0]['detector']}) that the command puts together and does not spell out, so that "
            "no marker can take its place."
        )


def _matched_fields(found: Found, context: Context) -> dict[str, list[str]]:
    """The operation, and the values by which each condition holds."""
    out: dict[str, list[str]] = {}
    operation = found.operation
    named = operation.get("operation")
    if named:
        out["operation"] = [show(value) for value in named]
    for check in found.checks:
        shown = out.setdefault(check.field, [])
        for value in check.matching(operation.get(check.field), context, found.rule.strict):
            text = show(value)
            if text not in shown:
                shown.append(text)
    return out

