"""`packgate hook uninstall`: the agent's file as it was, and launcher and settings away with the last agent."""

from __future__ import annotations

import os

import click

from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN
from packgate.installation import places
from packgate.installation.agents import AGENTS, MANAGED, SCOPES


@click.command("uninstall")
@click.argument("agent", metavar="AGENT", type=click.Choice(sorted(AGENTS)))
@click.option("--scope", type=click.Choice(SCOPES), help="Only this scope. Default: wherever it was installed from the folder.")
@click.option("--into", type=click.Path(file_okay=False), metavar="DIR", help="The folder that it was installed with.")
@click.option("--dry-run", is_flag=True, help="Show the changes and make none.")
def command(agent: str, scope: str | None, into: str | None, dry_run: bool) -> int:
    """Take the hook away from an agent.

    A file that nobody changed since is put back byte for byte; from another one the entries of the hook are taken out. Bundles and the
    event log stay.

    \b
    Examples:
      packgate hook uninstall claude-code
      packgate hook uninstall claude-code --scope managed --dry-run
    """
    from packgate.installation.install import plan_removal, remove

    system = scope == MANAGED
    folder = os.path.abspath(into or (f"{places.SYSTEM}/hook" if system else places.hook_folder(os.environ)))
    removal = plan_removal(folder, agent, scope)
    lines = [f"{change.what}: {change.path}" for _, change in removal]
    if dry_run:
        lines.append("nothing was changed")
    elif remove(folder, removal):
        lines.append(f"removed: {folder}; bundles and the event log are still there")
    else:
        lines.append("other agents still use the hook")
    print_text("\n".join(lines) + "\n")
    return CLEAN
