"""`packgate hook`: put the hook on a machine, take it away, and run it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from packgate.commands.lazy import LazyGroup
from packgate.hook.dialects import MODULES

if TYPE_CHECKING:
    from collections.abc import Sequence

# Verb -> one line for `packgate hook --help`. The verb `install` is `command` in the module `commands.hook_install`.
VERBS = {
    "install": "Install the hook for an agent.",
    "uninstall": "Take the hook away from an agent.",
}


class _Hook(LazyGroup):
    """The verbs, and the agents, each of which is a verb as well: `packgate hook AGENT EVENT`."""

    verbs = VERBS
    modules = "packgate.commands.hook_"

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """An agent's name leads to the run of the hook."""
        if args and args[0] in MODULES:
            return args[0], _run, args
        return super().resolve_command(ctx, args)


@click.group("hook", cls=_Hook, subcommand_metavar="COMMAND|AGENT [ARGS]...")
def command() -> None:
    """Ask packgate before an agent acts: install the hook, or answer one payload.

    AGENT is amp, claude-code, codex, copilot, cursor, gemini or opencode. `packgate hook AGENT EVENT` reads the agent's payload from
    standard input and writes the answer that this agent understands, as the program packgate-hook does. It decides with the bundles of the
    installation, never with packs of the working folder; when nothing can be decided, the answer is the one that was fixed when the hook
    was installed.

    \b
    Examples:
      packgate hook install claude-code --pack recommended --stage block
      packgate hook uninstall claude-code
      packgate hook claude-code PreToolUse < payload.json
    """


@click.command("run", context_settings={"ignore_unknown_options": True})
@click.argument("agent", metavar="AGENT")
@click.argument("event", metavar="EVENT")
@click.option("--settings", type=click.Path(dir_okay=False), metavar="FILE", help="The installation's hook.json. Default: the user's.")
def _run(agent: str, event: str, settings: str | None) -> None:
    """Answer one payload of an agent on standard input."""
    answer([agent, event], settings)


def answer(arguments: Sequence[str], settings: str | None) -> None:
    """Run the hook, and end the process with its exit code: nothing else may be written."""
    from packgate.installation.entry import run

    os._exit(run(arguments, settings))
