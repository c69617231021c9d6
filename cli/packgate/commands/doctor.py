"""`packgate doctor`: is the hook that is installed here sound?"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.installation import places
from packgate.installation.agents import AGENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.installation.doctor.result import Result

_MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "problem": ("problem", "red")}


@click.command("doctor")
@click.argument("agents", metavar="[AGENT]...", nargs=-1, type=click.Choice(sorted(AGENTS)))
@click.option("--into", type=click.Path(file_okay=False), metavar="DIR", help="Where the hook was installed. Default: the user's.")
@click.option("--managed", is_flag=True, help="The installation for everyone on this machine.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How results are printed.")
def command(agents: tuple[str, ...], into: str | None, managed: bool, form: str) -> int:
    """Check the hook that is installed on this machine, and say how to mend it.

    Looks at its settings, launcher, policies, log and failure modes, at each agent's file and at what switches hooks off, and asks the real
    launcher about one command that the installed policies stop and one that they let run; nothing of these is run. The exit code is 1 when
    something has to be mended.

    \b
    Examples:
      packgate doctor
      packgate doctor claude-code codex
      packgate doctor --managed --format json
    """
    from packgate.installation.doctor.examine import examine, is_sound

    folder = os.path.abspath(into or (f"{places.SYSTEM}/hook" if managed else places.hook_folder(os.environ)))
    results = list(examine(folder, agents, os.environ, os.getcwd(), clock.now()))
    if form == "json":
        print_text(json.dumps([_as_json(agent, result) for agent, result in results], indent=2) + "\n")
    else:
        _print(results)
    return CLEAN if is_sound([result for _, result in results]) else FINDINGS


def _as_json(agent: str, result: Result) -> dict[str, str | None]:
    return {
        "agent": agent or None, "check": result.check, "state": result.state, "message": result.message, "path": result.path,
        "repair": result.repair,
    }


def _print(results: Sequence[tuple[str, Result]]) -> None:
    for agent, result in results:
        word, colour = _MARKS[result.state]
        subject = f"{agent}: {result.check}" if agent else result.check
        click.echo(f"{click.style(f'{word:8}', fg=colour)} {subject}: {result.message}")
        if result.state != "ok":
            click.echo(f"{'':8}   at {result.path}")
            if result.repair is not None:
                click.echo(f"{'':8}   to mend it: {result.repair}")
    bad = sum(result.state == "problem" for _, result in results)
    doubtful = sum(result.state == "warning" for _, result in results)
    click.echo(f"{len(results)} checks: {bad} problems, {doubtful} warnings")
