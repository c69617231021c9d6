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
@click.argument("text", metavar="COMMAND")
@pack_option
@click.option("--stage", type=click.Choice(STAGES), default="block", show_default=True, help="Explain as if all stood at this stage.")
@at_option("The time of the decision (RFC 3339), for waivers. Default: now.")
@click.option(
    "--policy", "policies", multiple=True, metavar="ID", help="Show these policies condition by condition, however far off.",
    shell_complete=complete_policies,
)
@context_options
def command(text: str, packs: tuple[str, ...], stage: str, at: str | None, policies: tuple[str, ...], **context: Any) -> int:
    """Show what a command does and why each policy fires or does not.

    The command with each operation underlined, what was folded to what, what stayed unknown and why, the policies that fired, and
    those that came near with the condition that kept them from it.

    \b
    Examples:
      packgate explain 'cd infra && git push origin HEAD:main'
      packgate explain 'aws s3 cp data.csv s3://bucket/' --policy external-data-upload
    """
    try:
        gate = open_gate(packs)
    except BrokenPacks as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    print_text(explain(text, parse_action(command_action(text, context)), gate, stage, at, policies))
    return 0


def explain(text: str, action: Action, gate: Gate, stage: str, at: str | None, policies: tuple[str, ...]) -> str:
    """The whole explanation as text, secrets masked."""
    from packgate.commands.explaining import WIDTH, Explanation
    from packgate.guard.known import mask_with, texts

    decision = gate.decide(action, stage=stage, now=at or clock.now())
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    return Explanation(text, action, gate, decision, mask_with(texts(action.data)), width).text(policies)
