"""Packs that build on a pack: what they inherit, and the overrides that may only make it tighter."""

from __future__ import annotations

from packgate.model.policy import APPROVAL_MINUTES, DEFAULT_MODES, IMPACTS, MODE_RANK, Policy
from packgate.source import codes
from packgate.source.build import build_clauses, build_default, build_limit, build_outcome
from packgate.source.pointer import pointer
from packgate.source.suggest import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.diagnostics import Diagnostic
    from packgate.model.policy import Condition, Outcome, Pack
    from packgate.source.file import SourceFile

    Clauses = tuple[tuple[Condition, ...], ...]

# From least to most harm.
_IMPACT_RANK = {impact: rank for rank, impact in enumerate(reversed(IMPACTS))}


def inherit(base: Pack, header: SourceFile, pack: str) -> tuple[tuple[Policy, ...], list[Diagnostic]]:
    """The base's policies under the name of the pack that extends it, with the overrides of its pack.yaml applied."""
    overrides: dict[str, Any] = header.data.get("override") or {}
    known = {policy.id for policy in base.policies}
    found = [
        header.diagnostic(
            codes.OVERRIDE_UNKNOWN, f"the override '{name}' names no policy of {base.name}", pointer("override", name),
            on_key=True, hint=did_you_mean(name, known),
        )
        for name in overrides
        if name not in known
    ]
    policies = []
    for policy in base.policies:
        change = overrides.get(policy.id) or {}
        found += _looser(policy, change, header)
        policies.append(_changed(policy, change, pack))
    return tuple(policies), found


def looser_settings(base: Pack, header: SourceFile) -> list[Diagnostic]:
    """Settings of pack.yaml that would loosen the base: ``default``, ``uncertain`` and redefined lists."""
    data, found = header.data, []
    found += _looser_default(base, header)
    uncertain = data.get("uncertain", base.uncertain)
    if MODE_RANK[uncertain] < MODE_RANK[base.uncertain]:
        found.append(_finding(header, ("uncertain",), f"{uncertain} is looser than {base.uncertain} of {base.name}"))
    mine, theirs = build_limit(data.get("terminate_after")), base.terminate_after
    if mine is not None and theirs is not None and (mine[0] > theirs[0] or mine[1] < theirs[1]):
        found.append(_finding(
            header, ("terminate_after",), f"{base.name} ends a session after {theirs[0]} denials in {theirs[1]} minutes; this is looser",
            hint="fewer denials, or the same in more minutes, are tighter",
        ))
    for name, items in (data.get("lists") or {}).items():
        if name in base.lists and tuple(items) != base.lists[name]:
            found.append(_finding(
                header, ("lists", name), f"the list '{name}' is one of {base.name}; redefining it could loosen its policies",
                on_key=True, hint="use another name",
            ))
    return found


def _looser_default(base: Pack, header: SourceFile) -> list[Diagnostic]:
    found = []
    default = build_default(header.data, base.default)
    looser = [
        surface for surface, mode in base.default.modes.items()
        if MODE_RANK[DEFAULT_MODES[default.of(surface)]] < MODE_RANK[DEFAULT_MODES[mode]]
    ]
    if looser and isinstance(header.data["default"], str):
        found.append(_finding(header, ("default",), f"the default of {base.name} is {base.default}; {default} is looser"))
    else:
        for surface in looser:
            was, now = base.default.of(surface), default.of(surface)
            found.append(_finding(header, ("default", surface), f"the default of {base.name} is {was} for {surface}; {now} is looser"))
    more = sorted(set(default.lifted_by) - set(base.default.lifted_by)) if base.default.modes else []
    if more:
        found.append(_finding(
            header, ("lifted_by",), f"{', '.join(more)} would lift the default of {base.name}, which does not name it",
            hint="policies of your own with `then: allow` lift it",
        ))
    return found


def _changed(policy: Policy, change: dict[str, Any], pack: str) -> Policy:
    outcome = build_outcome(change["then"], policy.outcome) if "then" in change else policy.outcome
    return Policy(
        id=policy.id, pack=pack, when=policy.when, outcome=outcome, clauses=policy.clauses,
        exceptions=build_clauses(change["unless"]) if "unless" in change else policy.exceptions,
        where=policy.where, title=policy.title, threat=policy.threat, impact=change.get("impact", policy.impact),
        rationale=policy.rationale, message=change.get("message", policy.message).strip(), risk=policy.risk,
    )


def _looser(policy: Policy, change: dict[str, Any], header: SourceFile) -> list[Diagnostic]:
    """What an override would loosen."""
    found = []
    path = ("override", policy.id)
    if "then" in change:
        texts = _looser_outcome(policy.outcome, build_outcome(change["then"], policy.outcome))
        found += [_finding(header, (*path, "then"), f"policy '{policy.id}': {text}") for text in texts]
    impact = change.get("impact", policy.impact)
    if _IMPACT_RANK[impact] < _IMPACT_RANK[policy.impact]:
        found.append(_finding(
            header, (*path, "impact"), f"policy '{policy.id}': {impact} is less than the inherited {policy.impact}"
        ))
    if "unless" in change:
        clauses = build_clauses(change["unless"])
        listed = isinstance(change["unless"], list)
        for index, clause in enumerate(clauses):
            if not any(_is_narrower(clause, inherited) for inherited in policy.exceptions):
                found.append(_finding(
                    header, (*path, "unless", *((index,) if listed else ())),
                    f"policy '{policy.id}': this exception excuses more than the inherited ones",
                    hint="repeat an inherited exception, and add fields to it or take patterns away",
                ))
    return found


def _looser_outcome(base: Outcome, outcome: Outcome) -> list[str]:
    found = []
    if MODE_RANK[outcome.mode] < MODE_RANK[base.mode]:
        found.append(f"{outcome.mode} is looser than the inherited {base.mode}")
    if base.redact and not outcome.redact:
        found.append("the inherited redaction cannot be switched off")
    # An action that waits for approval or does not run needs no confirmation.
    if base.confirm and not outcome.confirm and outcome.mode == base.mode:
        found.append("the inherited confirmation cannot be switched off")
    if (outcome.approval_minutes or APPROVAL_MINUTES) > (base.approval_minutes or APPROVAL_MINUTES):
        found.append("an approval can't hold longer than the inherited one")
    return found


def _is_narrower(clause: tuple[Condition, ...], base: tuple[Condition, ...]) -> bool:
    """Whether a clause excuses no more than the base: every condition of the base is there, as strict or stricter."""
    return all(any(_implies(condition, inherited) for condition in clause) for inherited in base)


def _implies(condition: Condition, base: Condition) -> bool:
    if condition.field != base.field or condition.quantifier != base.quantifier:
        return False
    mine, theirs = set(condition.patterns), set(base.patterns)
    # `any` gets stricter with fewer patterns, `all` and `not` with more.
    return mine <= theirs if base.quantifier == "any" else mine >= theirs


def _finding(
    header: SourceFile, path: tuple[str | int, ...], message: str, on_key: bool = False, hint: str | None = None
) -> Diagnostic:
    return header.diagnostic(codes.OVERRIDE_LOOSER, message, pointer(*path), on_key=on_key, hint=hint)
