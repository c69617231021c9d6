"""`packgate explain`: for people, what a command does and why each policy fires or does not."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.completion import complete_policies
from packgate.commands.shared import (
    STAGES,
    BrokenPacks,
    at_option,
    command_action,
    context_options,
    open_gate,
    open_sound,
    open_workspace,
    pack_option,
    print_findings,
    print_text,
)
from packgate.exitcodes import FINDINGS
from packgate.model.action import parse_action

if TYPE_CHECKING:
    from packgate.engine.gate import Gate
    from packgate.model.action import Action


@click.command("explain")
@click.argument("words", metavar="[COMMAND]", nargs=-1)
@pack_option
@click.option(
    "--stage", metavar="STAGE|POLICY", default="block", show_default=True, shell_complete=complete_policies,
    help="Explain as if all stood at this stage (audit, warn, block); or say which cap binds this policy.",
)
@click.option("--for", "whom", multiple=True, metavar="KEY=VALUE...", help="Whom it is for: user, group, team, repo, agent, surface.")
@at_option("The time of the decision (RFC 3339), for waivers. Default: now.")
@click.option(
    "--policy", "policies", multiple=True, metavar="ID", help="Show these policies condition by condition, however far off.",
    shell_complete=complete_policies,
)
@context_options
def command(
    words: tuple[str, ...], packs: tuple[str, ...], stage: str, whom: tuple[str, ...], at: str | None, policies: tuple[str, ...],
    **context: Any,
) -> int:
    """Show what a command does and why each policy fires or does not.

    The command with each operation underlined, what was folded to what, what stayed unknown and why, the policies that fired, and
    those that came near with the condition that kept them from it.

    With --for and no COMMAND, the policy that is in effect for somebody: every rule with its mode, where it stands, and what caps it. With
    a COMMAND, all four caps hold for that person instead of one stage. `--stage POLICY` lists the four caps of one policy.

    \b
    Examples:
      packgate explain 'cd infra && git push origin HEAD:main'
      packgate explain 'aws s3 cp data.csv s3://bucket/' --policy external-data-upload
      packgate explain --stage direct-push-to-main
      packgate explain --for user=ana repo=acme/app
    """
    from packgate.commands.effective import split_pairs

    pairs, rest = split_pairs(words) if whom else ([], list(words))
    pairs = [*whom, *pairs]
    if len(rest) > 1 or (not rest and not pairs and stage in STAGES):
        raise click.UsageError("give one COMMAND in quotes, or --stage POLICY, or --for KEY=VALUE")
    if stage not in STAGES and rest:
        raise click.UsageError(f"--stage {stage}: expected {', '.join(STAGES)} where a COMMAND is given")
    try:
        if not rest:
            return _in_effect(packs, pairs, None if stage in STAGES else stage, at or clock.now())
        data = command_action(rest[0], context)
        if pairs:
            data = _as(data, packs, pairs)
        gate = open_gate(packs, released=bool(pairs))
    except BrokenPacks as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    print_text(explain(rest[0], parse_action(data), gate, None if pairs else stage, at, policies))
    return 0


def _in_effect(packs: tuple[str, ...], pairs: list[str], policy: str | None, now: str) -> int:
    """The effective policy of somebody, or the caps of one policy."""
    from packgate.commands.effective import actor_action, policy_text, rules_for, stage_text

    space = open_sound(packs)
    rules = rules_for(space, actor_action(pairs, space), now, policy)
    print_text(policy_text(rules) if policy is None else stage_text(rules, bool(pairs)))
    return 0


def _as(data: dict[str, Any], packs: tuple[str, ...], pairs: list[str]) -> dict[str, Any]:
    """The action as somebody's."""
    from packgate.commands.effective import actor_data

    who = actor_data(pairs, open_workspace(packs))
    return {**data, "actor": who["actor"], "repo": {**data["repo"], "name": who["repo"]["name"]}}


def explain(text: str, action: Action, gate: Gate, stage: str | None, at: str | None, policies: tuple[str, ...]) -> str:
    """The whole explanation as text, secrets masked."""
    from packgate.commands.explaining import WIDTH, Explanation
    from packgate.engine.gate import hiding

    decision = gate.decide(action, stage=stage, now=at or clock.now())
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    return Explanation(text, action, gate, decision, hiding(action, decision), width).text(policies)
