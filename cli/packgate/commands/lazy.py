"""A group of verbs, each in a module of its own that is imported when the verb is used, so that `--help` stays fast."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import ClassVar


class LazyGroup(click.Group):
    """Set ``verbs`` (each with its one line) and ``modules`` (what stands before a verb in the name of its module) in a subclass.

    The module's ``command`` is the verb.
    """

    verbs: ClassVar[Mapping[str, str]]
    modules: ClassVar[str]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's click command, or None when there is no such verb."""
        if cmd_name not in self.verbs:
            return None
        command: click.Command = importlib.import_module(self.modules + cmd_name).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of verbs, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.verbs.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt verb."""
        name = args[0] if args else ""
        if name not in self.verbs and not name.startswith("-"):
            from packgate.source.suggest import nearest

            near = nearest(name, self.verbs)
            hint = f" Did you mean {near!r}?" if near else ""
            shown = name if self.name is None or ctx.parent is None else f"{self.name} {name}"
            raise click.UsageError(f"There is no verb {shown!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)
