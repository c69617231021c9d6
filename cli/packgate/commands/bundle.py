"""`packgate bundle`: a group of verbs, each in a module of its own that is imported when it is used."""

from __future__ import annotations

import importlib

import click

# Verb -> one line for `packgate bundle --help`. The verb `keys` is `command` in the module `commands.bundle_keys`.
VERBS = {
    "build": "Build a bundle from a release tag or a folder.",
    "verify": "Check a bundle as an enforcement point does.",
    "show": "Show what is in a bundle.",
    "diff": "Show what changes from one bundle to another.",
    "keys": "Make, rotate, revoke and show the keys that sign.",
    "publish": "Publish bundles as a signed snapshot for a static host.",
    "pull": "Bring a folder of bundles up to date, and activate it.",
}


class _Bundles(click.Group):
    """The verbs, imported one at a time: the keys' need libraries that verifying does not."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's click command, or None when there is no such verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"packgate.commands.bundle_{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of verbs, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt verb."""
        name = args[0] if args else ""
        if name not in VERBS and not name.startswith("-"):
            from packgate.source.suggest import nearest

            near = nearest(name, VERBS)
            raise click.UsageError(f"There is no verb 'bundle {name}'." + (f" Did you mean {near!r}?" if near else ""), ctx)
        return super().resolve_command(ctx, args)


@click.group("bundle", cls=_Bundles)
def command() -> None:
    """Build, check and compare the archives that enforcement points download.

    A bundle is one file: a released pack with its compiled form, its sources, digests of everything, and where it came from. The same
    release gives the same bytes on any machine.

    \b
    Examples:
      packgate bundle build recommended/v1.4.0-warn --out dist
      packgate bundle verify dist/recommended-1.4.0-warn-r17.packgate
      packgate bundle show dist/recommended-1.4.0-warn-r17.packgate
      packgate bundle diff old.packgate new.packgate
    """
