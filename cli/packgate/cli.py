"""The command line: verbs, loaded when they are called, and the one place where errors become exit codes."""

from __future__ import annotations

import gc
import io
import os
import sys

import click

from packgate import __version__
from packgate.commands.lazy import LazyGroup
from packgate.errors import UserError
from packgate.exitcodes import INTERNAL, MEANINGS, USAGE

# Objects made before the collector looks for those that only refer to each other: some tens of decisions.
_COLLECT_AFTER = 50_000

# Verb -> one line for `packgate --help`. The module `commands.<verb>` is imported only when the verb is used.
VERBS = {
    "init": "Set up packs, settings and CI in a repository.",
    "lint": "Check packs, policies and settings.",
    "test": "Run the cases that policies and corpora carry.",
    "decide": "Decide one command, or actions as JSON lines.",
    "explain": "Show what a command does and why each policy fires or does not.",
    "facts": "List the operations found in a command.",
    "diff": "Show what a change to packs does.",
    "simulate": "Replay recorded actions with proposed policies.",
    "review": "Review what a simulation would newly stop.",
    "suggest": "Suggest what to change next, by what was recorded.",
    "report": "Write everything that is known as one HTML page.",
    "codeowners": "Write the owners of packs into CODEOWNERS.",
    "render": "Render policies for agents and policy engines, and say what each can't do.",
    "bundle": "Build, check and compare the archives that enforcement points download.",
    "hook": "Ask packgate before an agent acts: install the hook, or answer one payload.",
    "promote": "Move a pack, a threat layer, a policy or an assignment to a later stage.",
    "level": "Set the posture of a whole repository: tight, balanced or permissive.",
    "waivers": "List waivers and what each let through.",
    "release": "Release a pack: an annotated tag on the current commit.",
    "rollback": "Publish the earlier content of a pack as a new release.",
    "status": "Show what is released, at which stage, since when, and what is not yet.",
    "trial": "Give the packs' prompts to a real agent, and see what it does and which policies fire.",
    "approvals": "List, show and answer requests for approval.",
    "alerts": "Deliver alerts to the sinks of packgate.yaml, and say what waits.",
    "events": "Import, check, sign, find and count recorded events, and render them for other systems.",
    "doctor": "Check the hook that is installed on this machine, and say how to mend it.",
    "serve": "Decide over HTTP, on this machine only.",
    "conform": "Measure what agents stop, on the real programs.",
    "docs": "Generate the threat map, policy pages and examples.",
}


class Packgate(LazyGroup):
    """All verbs."""

    verbs = VERBS
    modules = "packgate.commands."


def _exit_codes() -> str:
    lines = [f"  {code}  {meaning}" for code, meaning in MEANINGS.items()]
    return "\b\nExit codes:\n" + "\n".join(lines)


@click.command(
    cls=Packgate,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=_exit_codes(),
)
@click.version_option(__version__, "--version", message="packgate %(version)s")
def group() -> None:
    """Policy as code for the actions of AI coding agents.

    \b
    Examples:
      packgate test                                 run the packs' cases and the corpora
      packgate explain 'git push origin HEAD:main'  what it does, and which policy says what
      packgate decide 'rm -rf /etc' --exit-code     one decision as JSON
    """


def main(arguments: list[str] | None = None) -> None:
    """Entry point. Every way to end is an exit code of the table; a traceback is shown only with PACKGATE_DEBUG=1."""
    # A run keeps the packs and decisions that it makes, and hardly anything refers to itself: looking for that less often saves a fifth.
    gc.set_threshold(_COLLECT_AFTER)
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        code = group.main(args=arguments, prog_name="packgate", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        text = io.StringIO()
        error.show(text)
        _complain(text.getvalue().rstrip("\n"))
        return USAGE
    except UserError as error:
        _complain(f"packgate: {error.message}" + (f"\n  hint: {error.hint}" if error.hint else ""))
        return USAGE
    except BrokenPipeError:
        # The reader went away (`packgate … | head`): nothing is wrong, and nothing more can be printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _internal(error)


def _complain(text: str) -> None:
    """A message about the call, which may quote it: secrets are masked."""
    from packgate.guard.detectors import mask

    click.echo(mask(text), err=True)


def _internal(error: Exception) -> int:
    from packgate.guard.detectors import mask

    if os.environ.get("PACKGATE_DEBUG") == "1":
        import traceback

        click.echo(mask("".join(traceback.format_exception(error))), err=True, nl=False)
    click.echo(f"packgate: internal error: {type(error).__name__}: {mask(str(error))}", err=True)
    click.echo("  This is a defect of packgate; nothing was decided. PACKGATE_DEBUG=1 shows where it happened.", err=True)
    return INTERNAL
