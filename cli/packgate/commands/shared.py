"""What several verbs share: options, loading what a decision needs, printing findings."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.completion import complete_packs
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.report import FORMATS, write
from packgate.source.cache import ValidationCache, default_cache_folder
from packgate.source.workspace import find_root, load_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packgate.diagnostics import Diagnostic
    from packgate.engine.gate import Gate
    from packgate.report import Report
    from packgate.source.workspace import Workspace

STAGES = ("audit", "warn", "block")
DEFAULT_PACK = "recommended"


class BrokenPacks(Exception):
    """Packs that a decision needs have errors; nothing is decided with them."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("packs have errors")
        self.findings = findings


def format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--format` for findings."""
    text = "How findings are printed."
    return click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help=text)(function)


def pack_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--pack`, repeatable."""
    text = "A pack by name or path; may be given several times. Default: the packs of the repository, else 'recommended'."
    return click.option("--pack", "packs", multiple=True, metavar="NAME|PATH", help=text, shell_complete=complete_packs)(function)


def at_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--at`, a time that waivers can be held against."""

    def checked(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        from packgate.engine.waivers import utc_day

        if value is not None and utc_day(value) is None:
            raise click.BadParameter("expected a day or a time such as 2026-01-31T12:00:00Z")
        return value

    return click.option("--at", metavar="TIME", help=text, callback=checked)


def context_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where a command given on the command line runs."""
    options = (
        click.option("--cwd", metavar="DIR", help="Folder that the command runs in. Default: the current one."),
        click.option("--home", metavar="DIR", help="Home directory. Default: that of the environment."),
        click.option("--branch", metavar="NAME", help="Branch that is checked out."),
        click.option("--default-branch", metavar="NAME", help="Default branch of the repository."),
        click.option("--shell", type=click.Choice(["bash", "sh", "zsh", "powershell", "cmd"]), default="bash", show_default=True),
        click.option("--env", "env", multiple=True, metavar="NAME=VALUE", help="An environment variable that is set; repeatable."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def command_action(command: str, options: dict[str, Any]) -> dict[str, Any]:
    """The action JSON of a command and the context options."""
    cwd = os.path.abspath(options["cwd"] or os.getcwd())
    return {
        "surface": "shell",
        "command": command,
        "shell": options["shell"],
        "cwd": cwd,
        "home": options["home"] or os.path.expanduser("~"),
        "env": dict(_variables(options["env"])),
        "repo": {
            "name": None,
            "root": repository_root(cwd),
            "branch": options["branch"],
            "default_branch": options["default_branch"],
        },
    }


def _variables(given: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise UserError("--env: expected NAME=VALUE", "the value is not shown here, since it may be a secret")
        pairs.append((name, value))
    return pairs


def repository_root(folder: str) -> str | None:
    """The nearest folder upward that holds `.git`, else the policy repository around it; None outside of both."""
    current = os.path.abspath(folder)
    while True:
        if os.path.exists(os.path.join(current, ".git")):
            return current
        above = os.path.dirname(current)
        if above == current:
            return find_root(folder)
        current = above


def own_packs(root: str) -> tuple[str, ...]:
    """Paths of the packs in a policy repository's packs/, whichever its settings name."""
    from packgate.source.workspace import pack_names

    folder = os.path.join(os.path.relpath(root), "packs")
    return tuple(os.path.normpath(os.path.join(folder, name)) for name in pack_names(folder))


def open_cache() -> ValidationCache | None:
    """The user's cache of files that were valid."""
    folder = default_cache_folder(os.environ)
    return None if folder is None else ValidationCache(folder)


def open_workspace(packs: Sequence[str], start: str = ".", *, apart: bool = False) -> Workspace:
    """The repository around ``start`` with the named packs; by default its own, else the recommended pack. ``apart``: see
    `load_workspace`."""
    found = find_root(start)
    # Relative, so that findings name files as the reader sees them.
    root = None if found is None else os.path.relpath(found)
    names: Sequence[str] | None = packs or None
    if names is None and root is None:
        names = [DEFAULT_PACK]
    space = load_workspace(root, names, cache=open_cache(), apart=apart)
    if not space.results and not space.diagnostics:
        space = load_workspace(root, [DEFAULT_PACK], cache=open_cache())
    return space


def open_sound(packs: Sequence[str]) -> Workspace:
    """`open_workspace` for work that needs packs without errors. Raises `BrokenPacks`."""
    space = open_workspace(packs)
    if not space.ok:
        raise BrokenPacks(space.diagnostics)
    return space


def open_gate(packs: Sequence[str], released: bool = False) -> Gate:
    """The gate of the named packs with the assignments of the repository, which hold where no stage is asked for. ``released``: the stages
    of the newest releases hold too. Raises `BrokenPacks` when a pack has errors."""
    from packgate.engine.assignments import Assignments
    from packgate.engine.gate import build_gate

    space = open_sound(packs)
    stages: dict[str, str] = {}
    if released:
        from packgate.commands.effective import newest_releases

        stages = {pack: release.name.stage for pack, release in newest_releases([pack.name for pack in space.packs]).items()}
    assignments = Assignments(space.assigned, space.lists, space.stage)
    return build_gate(
        space.packs, space.vocabulary, lists=space.lists, assignments=assignments, releases=stages, surroundings=space.surroundings,
    )


def print_findings(
    findings: Sequence[Diagnostic] | Report, form: str = "text", *, err: bool = False, titles: Mapping[str, str] | None = None
) -> None:
    """Findings, or a whole report, in one of the formats; secrets are masked, colour is for a terminal only."""
    from packgate.guard.detectors import mask

    write(findings, form, sys.stderr if err else sys.stdout, environ=os.environ, titles=titles, mask=mask)


def print_text(text: str) -> None:
    """Text to standard output; what its encoding can't hold is escaped."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def exit_code(findings: Sequence[Diagnostic], strict: bool = False) -> int:
    """1 when a finding is an error (or, strictly, a warning), else 0."""
    bad = {"error", "warning"} if strict else {"error"}
    return FINDINGS if any(finding.severity.value in bad for finding in findings) else CLEAN
