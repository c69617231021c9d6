"""`packgate hook install`: the hook for one agent, on this machine."""

from __future__ import annotations

import difflib
import os
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.shared import STAGES, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.hook.failure import CLOSED, OPEN
from packgate.hook.settings import DEADLINE_MS, FAILING, ROTATE
from packgate.installation import places
from packgate.installation.agents import AGENTS, MANAGED, SCOPES, USER

if TYPE_CHECKING:
    from packgate.installation.install import Order, Plan


@click.command("install")
@click.argument("agent", metavar="AGENT", type=click.Choice(sorted(AGENTS)))
@click.option("--scope", type=click.Choice(SCOPES), default=USER, show_default=True, help="Whose agent: yours, this project's, everyone's.")
@click.option("--bundles", type=click.Path(file_okay=False), metavar="DIR", help="The folder that packgate bundle pull fills.")
@click.option("--into", type=click.Path(file_okay=False), metavar="DIR", help="The folder for launcher and settings.")
@click.option("--pack", "packs", multiple=True, metavar="NAME|PATH",
              help="For a first try: build this pack, unsigned, into the folder of bundles; repeatable.")
@click.option("--stage", type=click.Choice(STAGES), help="With --pack: the stage of the pack. Default: as its rollout says; else audit.")
@click.option("--on-failure", "failure", multiple=True, metavar="[SURFACE=]open|closed",
              help="What holds when nothing can be decided. Default: closed once anything stands at block.")
@click.option("--deadline", type=click.IntRange(50, 60_000), default=DEADLINE_MS, show_default=True, metavar="MS", help="For one decision.")
@click.option("--log", type=click.Path(dir_okay=False), metavar="FILE", help="The event log. Default: in the state folder of the user.")
@click.option("--log-fsync", is_flag=True, help="Wait until each event is on the disk.")
@click.option("--log-rotate", type=click.IntRange(1, 4096), default=ROTATE >> 20, show_default=True, metavar="MB",
              help="Begin another file of the log when one has so many megabytes.")
@click.option("--log-keep", type=click.IntRange(0), default=0, metavar="N",
              help="Keep so many full files of the log, and remove older ones. Default: all.")
@click.option("--log-keep-days", type=click.IntRange(0, 36_500), default=0, metavar="DAYS",
              help="Keep events so many days: another file is begun every day (UTC), and older files are removed then. Default: for ever.")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="A group of the user, as assignments name it; repeatable.")
@click.option("--team", metavar="NAME", help="The team of the user, as assignments name it.")
@click.option("--dry-run", is_flag=True, help="Show the changes and make none.")
def command(
    agent: str, scope: str, bundles: str | None, into: str | None, packs: tuple[str, ...], stage: str | None, failure: tuple[str, ...],
    deadline: int, log: str | None, log_fsync: bool, log_rotate: int, log_keep: int, log_keep_days: int, groups: tuple[str, ...],
    team: str | None, dry_run: bool,
) -> int:
    """Install the hook for an agent.

    Writes a launcher and its settings into a folder of its own, and an entry for every event into the agent's file; what else is in that
    file stays. Doing it again changes nothing, or brings it up to date. The policies are those in use in the folder of bundles. What holds
    when nothing can be decided is fixed now, and printed.

    \b
    Examples:
      packgate hook install claude-code --pack recommended --stage block
      packgate hook install claude-code --bundles /var/lib/packgate/bundles --scope managed
      packgate hook install codex --on-failure closed --on-failure prompt=open
      packgate hook install gemini --dry-run
    """
    from packgate.installation.install import Order, install, plan
    from packgate.installation.local_bundles import Unfit, install_packs

    if stage is not None and not packs:
        raise UserError("--stage goes with --pack", "installed bundles say their stage themselves")
    managed = scope == MANAGED
    folder = os.path.abspath(bundles or (f"{places.SYSTEM}/bundles" if managed else places.bundles_folder(os.environ)))
    order = Order(
        AGENTS[agent], scope, os.path.abspath(into or (f"{places.SYSTEM}/hook" if managed else places.hook_folder(os.environ))), folder,
        _file(agent, scope), _log(log, managed), _modes(failure), deadline, None, groups, team, log_fsync, log_rotate << 20, log_keep,
        log_keep_days,
    )
    if packs and dry_run:
        print_text(f"would build {', '.join(packs)}, unsigned, into {folder}\n")
        return CLEAN
    if packs:
        try:
            built = install_packs(folder, packs, stage, clock.now())
        except Unfit as unfit:
            print_findings(unfit.findings)
            return FINDINGS
        print_text(f"built {', '.join(built)} into {folder}: unsigned, for this machine alone\n")
    planned = plan(order)
    if not dry_run:
        install(planned)
    print_text(_told(planned, dry_run))
    if not dry_run:
        _warn_unchecked(order)
    return CLEAN


def _warn_unchecked(order: Order) -> None:
    """Say when detectors that the packs name have nothing to check with."""
    from packgate.bundle.installed import load_installed
    from packgate.installation.missing_checks import missing_checks

    missing = missing_checks(load_installed(order.bundles).gate().engine.packs, order.into)
    if missing is not None:
        click.echo(f"warning: {missing} (pip install 'packgate[pii]', then install the hook again)", err=True)


def _file(agent: str, scope: str) -> str:
    found = AGENTS[agent].file(scope, os.environ, os.getcwd())
    if found is None:
        known = ", ".join(name for name in SCOPES if name in AGENTS[agent].places)
        raise UserError(f"{agent} has no file of the scope '{scope}' that the hook could be added to", f"its scopes: {known}")
    return found


def _log(given: str | None, managed: bool) -> str:
    """The log: for everyone's agent each user has their own, which the settings write with ``~``."""
    if given is not None:
        return os.path.abspath(given)
    return places.EVERYONES_LOG if managed else places.log_file(os.environ)


def _modes(given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in given:
        name, equals, mode = item.rpartition("=")
        if mode not in (OPEN, CLOSED) or (equals and name not in FAILING):
            raise UserError(f"--on-failure {item}: expected open, closed, or one of them for {', '.join(FAILING)}", "--on-failure web=open")
        found.update({name: mode} if equals else {each: mode for each in FAILING if each != "log"})
    return found


def _told(planned: Plan, dry_run: bool) -> str:
    order: Order = planned.order
    lines = []
    for change in planned.changes:
        lines.append(f"{change.what}: {change.path}")
        if dry_run and change.before != change.after and change.path == order.file:
            now, then = ((text or "").splitlines(keepends=True) for text in (change.before, change.after))
            lines.append("".join(difflib.unified_diff(now, then, "now", "then")).rstrip("\n"))
    modes = planned.settings.on_failure
    same = {mode: [name for name in FAILING if modes[name] == mode] for mode in (CLOSED, OPEN)}
    lines.append("when nothing can be decided: " + "; ".join(f"{mode} for {', '.join(names)}" for mode, names in same.items() if names))
    lines.append(f"  {planned.settings.reason}")
    note = (order.agent.notes or {}).get(order.scope)
    if note:
        lines.append(f"note: {note}")
    lines.append("nothing was changed" if dry_run else f"installed for {order.agent.title}; it holds from the next session on")
    return "\n".join(lines) + "\n"
