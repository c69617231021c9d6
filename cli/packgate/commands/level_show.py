"""`packgate level show`: the levels, which one holds, and its changes."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.level_options import activation_options, complete_levels, open_repository, preparation, resume
from packgate.commands.shared import open_cache, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from packgate.gitio.writing import WritableRepository


@click.command("show")
@click.argument("level", required=False, metavar="[LEVEL]", shell_complete=complete_levels)
@activation_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(level: str | None, bundles: str | None, quiet: bool, form: str) -> int:
    """Show the levels, and which one holds here.

    With LEVEL: what its pack says, policy by policy. A change that was cut off is brought to its end first.

    \b
    Examples:
      packgate level show
      packgate level show tight
      packgate level show --format json
    """
    if level is not None:
        found = _level(level)
        print_text(json.dumps(found, indent=2, sort_keys=True) + "\n" if form == "json" else _level_text(found))
        return CLEAN
    standing = _standing(bundles, quiet)
    print_text(json.dumps(standing, indent=2, sort_keys=True) + "\n" if form == "json" else _standing_text(standing))
    return CLEAN


def _level(name: str) -> dict[str, Any]:
    """What a level's pack says."""
    from packgate.level.levels import level_named
    from packgate.source.workspace import load_workspace

    wanted = level_named(name)
    pack = load_workspace(None, [name], cache=open_cache()).packs[0]
    return {
        "level": name, "summary": wanted.summary, "stage": wanted.stage, "default": str(pack.default), "version": pack.version,
        "policies": [
            {"id": each.id, "mode": each.outcome.mode, "redact": each.outcome.redact, "title": each.title, "threat": each.threat}
            for each in sorted(pack.policies, key=lambda each: (each.threat, each.id))
        ],
    }


def _level_text(found: dict[str, Any]) -> str:
    lines = [f"{found['level']} {found['version']}: {found['summary']}", f"  default  {found['default']}", f"  stage    {found['stage']}"]
    threat = None
    for each in found["policies"]:
        if each["threat"] != threat:
            threat = each["threat"]
            lines.append(f"  {threat}")
        mode = each["mode"] + (" + redact" if each["redact"] else "")
        lines.append(f"    {mode:17}{each['id']:26}{each['title']}")
    if not found["policies"]:
        lines.append("  no policies")
    return "\n".join(lines) + "\n"


def _standing(bundles: str | None, quiet: bool) -> dict[str, Any]:
    from packgate.level.changing import state_of
    from packgate.level.levels import LEVELS
    from packgate.level.record import records

    try:
        repository, prefix = open_repository("show")
    except UserError as error:
        if not error.message.endswith("not inside a git repository"):
            raise
        return {"level": None, "levels": {each.name: each.summary for each in LEVELS}, "changes": []}
    resume(repository, preparation(repository, prefix, bundles, quiet, check=False))
    if not repository.knows("HEAD"):
        return {"level": None, "levels": {each.name: each.summary for each in LEVELS}, "changes": []}
    found = list(records(repository))
    return {
        "level": state_of(repository, prefix).level(), "levels": {each.name: each.summary for each in LEVELS},
        "edited": _edited(repository, prefix),
        "changes": [
            {"audit": each.record.audit, "action": each.record.action, "level": each.record.level, "before": each.record.before,
             "by": each.record.by, "time": each.record.time, "override": each.record.override, "undoes": each.record.undoes,
             "commit": each.commit, "files": each.record.files}
            for each in found
        ],
    }


def _edited(repository: WritableRepository, prefix: str) -> list[str]:
    """Files of the level's pack that were edited since it was applied."""
    from packgate.level.changing import state_of
    from packgate.level.levels import level_named
    from packgate.level.planning import pack_files

    state = state_of(repository, prefix)
    name = state.level()
    if name is None:
        return []
    wanted = pack_files(level_named(name))
    held = {path for path in state.paths if path.startswith(f"packs/{name}/")}
    return sorted(os.path.join(prefix, path) for path in held | wanted.keys() if path not in held or wanted.get(path) != state.read(path))


def _standing_text(found: dict[str, Any]) -> str:
    lines = [f"{'*' if name == found['level'] else ' '} {name:12}{summary}" for name, summary in found["levels"].items()]
    if found["level"] is None:
        lines.append("no level holds here; packgate level simulate balanced shows what one would do")
    lines += [f"edited since it was applied, or another version: {path}" for path in found.get("edited", [])]
    for each in found["changes"]:
        what = f"apply {each['level']}" if each["action"] == "apply" else f"undo {each['undoes']}"
        lines.append(f"{each['audit']}  {each['time']}  {what:28}{each['by']}")
    return "\n".join(lines) + "\n"
