"""`packgate events import`: records that exist already, as events."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.progress import progress_of
from packgate.errors import UserError
from packgate.events.importing import FORMATS
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from typing import BinaryIO

    from packgate.events.importing.event import Context
    from packgate.events.importing.run import Counts


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH...")
@click.option("--from", "format", type=click.Choice(list(FORMATS)), help="What the files are. Default: what each file says of itself.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Add the events that FILE does not hold yet to it. Default: standard output.")
@click.option("--user", metavar="NAME", help="Who it is the record of, where it does not say so.")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="A group of that user; repeatable.")
@click.option("--team", metavar="NAME", help="The team of that user.")
@click.option("--home", metavar="DIR", help="That user's home. Default: what the folders of the record show.")
@click.option("--cwd", metavar="DIR", help="The folder of commands whose record does not say it.")
@click.option("--repo", metavar="NAME", help="The repository of actions whose record does not say it.")
@click.option("--branch", metavar="NAME", help="The branch of actions whose record does not say it.")
@click.option("--outputs", is_flag=True, help="Import what tools put out, too: packs judge it when the hook is installed.")
@click.option("--look-up/--no-look-up", default=True, show_default=True,
              help="Take a repository's name, root and default branch from the folder of an action, where it is still here.")
@click.option("--summary", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How the counts are printed.")
def command(
    paths: tuple[Path, ...], format: str | None, out: Path | None, outputs: bool, look_up: bool, summary: str, **said: Any
) -> int:
    """Make events of records that exist already.

    Sessions of Claude Code, Codex, Gemini CLI, Copilot CLI and OpenCode, histories of shells, decision logs of OPA, CloudTrail events and
    lists of commands become events of the kind 'imported', one JSON line each, masked before they are written. PATH is a file or a folder.
    The counts go to standard error: what can be decided again in full, in part, or not at all, and why. Imported again, a record gives the
    same ids; with --out, only what is new is added. Lines that can't be read are named, and make the exit code 1.

    \b
    Examples:
      packgate events import ~/.claude/projects --user ada --out events.jsonl
      packgate events import ~/.codex/sessions ~/.bash_history > events.jsonl
      packgate events import --from commands commands.txt --cwd /srv/app --repo acme/app > events.jsonl
      packgate level simulate balanced --events events.jsonl
    """
    from packgate.events.importing.ids import KnownIds
    from packgate.events.importing.run import Counts, imported, listed
    from packgate.events.importing.writing import known_ids, line_of, open_events

    counts = Counts()
    files = list(listed(paths, format, counts.guessed))
    with ExitStack() as stack:
        known = KnownIds(() if out is None else known_ids(out))
        stack.callback(known.close)
        target: BinaryIO = sys.stdout.buffer if out is None else stack.enter_context(open_events(out))
        advance = stack.enter_context(progress_of(sum(os.path.getsize(path) for path, _ in files), "reading"))
        for event in imported(files, _context(look_up, said), known, counts, outputs=outputs, advance=advance):
            target.write(line_of(event))
        target.flush()
    _print(counts, summary)
    return FINDINGS if counts.damaged else CLEAN


def _context(look_up: bool, said: dict[str, Any]) -> Context:
    from packgate.events.importing.event import Context

    for name in ("home", "cwd"):
        if said[name] is not None and not said[name].startswith("/"):
            raise UserError(f"--{name}: expected a folder from the root on, such as /home/dev")
    return Context(**{**said, "groups": tuple(said["groups"])}, look_up=_look_up() if look_up else None)


def _look_up() -> Any:
    """Finds the repository of a folder, each folder once."""
    from functools import lru_cache

    from packgate.hook.repository import find_repository

    @lru_cache(maxsize=4096)
    def there(folder: str) -> dict[str, Any] | None:
        found = find_repository(folder) if os.path.isdir(folder) else None
        return None if found is None else {"name": found.name, "root": found.root, "default_branch": found.default_branch}

    return there


def _print(counts: Counts, form: str) -> None:
    from packgate.events.importing.summary import as_json, as_text
    from packgate.guard.detectors import mask, mask_json

    text = json.dumps(mask_json(as_json(counts)), sort_keys=True) + "\n" if form == "json" else mask(as_text(counts))
    click.echo(text, nl=False, err=True)
