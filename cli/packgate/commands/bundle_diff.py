"""`packgate bundle diff`: what changes from one bundle to another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from packgate.commands.diff import command as diff
from packgate.commands.diff import comparison_options
from packgate.errors import UserError


@click.command("diff")
@click.argument("base", metavar="A")
@click.argument("head", metavar="B")
@comparison_options
@click.pass_context
def command(context: click.Context, /, base: str, head: str, **options: Any) -> int:
    """Show what changes from one bundle to another.

    The same comparison as `packgate diff`, which takes bundles as well: beside each other, or beside a branch, a tag or a folder.

    \b
    Examples:
      packgate bundle diff demo-1.0.0-warn-r3.packgate demo-1.1.0-warn-r4.packgate
      packgate bundle diff installed.packgate new.packgate --fail-on loosened
    """
    for name in (base, head):
        if not Path(name).is_file():
            raise UserError(f"{name}: there is no such file", "packgate diff compares branches, tags, folders and bundles")
    code: int = context.invoke(diff, base=base, head=head, packs=(), **options)
    return code
