"""The rules, in the order in which they run. A code is never used again: one that goes is noted in `RETIRED`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.lint.rules import (
    pg201_no_firing_case,
    pg202_no_near_miss,
    pg203_few_cases,
    pg204_no_prompt,
    pg205_duplicate_case,
    pg206_contradictory_case,
    pg207_empty_todo,
    pg210_mode_against_impact,
    pg211_risk_against_impact,
    pg212_no_message,
    pg213_long_message,
    pg214_empty_message,
    pg215_blocked_advice,
    pg216_empty_rationale,
    pg217_title_style,
    pg218_outcome_without_effect,
    pg220_impossible_field,
    pg221_unknown_operation,
    pg222_impossible_value,
    pg223_family_never_occurs,
    pg224_never_fires,
    pg225_identical_policies,
    pg226_shadowed_policy,
    pg227_redundant_alternative,
    pg228_duplicate_pattern,
    pg229_pattern_never_matches,
    pg230_pattern_always_matches,
    pg231_invalid_pattern,
    pg232_broad_glob,
    pg233_production_glob,
    pg234_branch_prefix,
    pg235_unused_list,
    pg236_list_shadowed,
    pg240_expired_waiver,
    pg241_unowned_waiver,
    pg242_unapproved_waiver,
    pg243_long_waiver,
    pg244_unscoped_waiver,
    pg245_foreign_approver,
    pg246_unowned_rollout,
    pg250_rollout_without_effect,
    pg251_unused_threat,
    pg252_no_threat,
    pg253_allow_without_deny,
    pg254_deny_without_allow,
    pg255_pack_folder,
    pg256_unknown_pack,
    pg257_shadowed_assignment,
    pg258_owner_format,
    pg259_unknown_group,
    pg260_override_without_effect,
    pg261_mode_beyond_target,
    pg262_alert_without_sink,
    pg263_imported_evidence,
    pg290_unused_suppression,
    pg291_unexplained_suppression,
    pg292_malformed_suppression,
    pg299_rule_crashed,
)

if TYPE_CHECKING:
    from packgate.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    pg201_no_firing_case.RULE,
    pg202_no_near_miss.RULE,
    pg203_few_cases.RULE,
    pg204_no_prompt.RULE,
    pg205_duplicate_case.RULE,
    pg206_contradictory_case.RULE,
    pg207_empty_todo.RULE,
    pg210_mode_against_impact.RULE,
    pg211_risk_against_impact.RULE,
    pg212_no_message.RULE,
    pg213_long_message.RULE,
    pg214_empty_message.RULE,
    pg215_blocked_advice.RULE,
    pg216_empty_rationale.RULE,
    pg217_title_style.RULE,
    pg218_outcome_without_effect.RULE,
    pg220_impossible_field.RULE,
    pg221_unknown_operation.RULE,
    pg222_impossible_value.RULE,
    pg223_family_never_occurs.RULE,
    pg224_never_fires.RULE,
    pg225_identical_policies.RULE,
    pg226_shadowed_policy.RULE,
    pg227_redundant_alternative.RULE,
    pg228_duplicate_pattern.RULE,
    pg229_pattern_never_matches.RULE,
    pg230_pattern_always_matches.RULE,
    pg231_invalid_pattern.RULE,
    pg232_broad_glob.RULE,
    pg233_production_glob.RULE,
    pg234_branch_prefix.RULE,
    pg235_unused_list.RULE,
    pg236_list_shadowed.RULE,
    pg240_expired_waiver.RULE,
    pg241_unowned_waiver.RULE,
    pg242_unapproved_waiver.RULE,
    pg243_long_waiver.RULE,
    pg244_unscoped_waiver.RULE,
    pg245_foreign_approver.RULE,
    pg246_unowned_rollout.RULE,
    pg250_rollout_without_effect.RULE,
    pg251_unused_threat.RULE,
    pg252_no_threat.RULE,
    pg253_allow_without_deny.RULE,
    pg254_deny_without_allow.RULE,
    pg255_pack_folder.RULE,
    pg256_unknown_pack.RULE,
    pg257_shadowed_assignment.RULE,
    pg258_owner_format.RULE,
    pg259_unknown_group.RULE,
    pg260_override_without_effect.RULE,
    pg261_mode_beyond_target.RULE,
    pg262_alert_without_sink.RULE,
    pg263_imported_evidence.RULE,
    pg290_unused_suppression.RULE,
    pg291_unexplained_suppression.RULE,
    pg292_malformed_suppression.RULE,
    pg299_rule_crashed.RULE,
)

UNUSED = pg290_unused_suppression.RULE
UNEXPLAINED = pg291_unexplained_suppression.RULE
MALFORMED = pg292_malformed_suppression.RULE
CRASHED = pg299_rule_crashed.RULE

# Code -> what became of it.
RETIRED: dict[str, str] = {}


class DuplicateRuleError(ValueError):
    """Two rules claim a code, or one claims a code that was retired."""


def index(rules: tuple[Rule, ...], retired: dict[str, str]) -> dict[str, Rule]:
    """Rules by code. Raises `DuplicateRuleError`."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.code in found or rule.code in retired:
            raise DuplicateRuleError(f"{rule.code} ({rule.name}) is taken")
        found[rule.code] = rule
    return found


_BY_CODE = index(RULES, RETIRED)
TITLES: dict[str, str] = {code: rule.title for code, rule in _BY_CODE.items()}


def rule_of(code: str) -> Rule | None:
    """The rule of a code; None when there is none."""
    return _BY_CODE.get(code)
