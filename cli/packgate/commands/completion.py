"""What the shell completes: names of packs and ids of policies. Loading what is broken completes nothing, and says nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem


def complete_packs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Packs of the repository and those that packgate carries; with a slash or a dot, files."""
    from click.shell_completion import CompletionItem

    from packgate.resources import ResourceError, packs_folder
    from packgate.source.workspace import find_root, pack_names

    if os.sep in incomplete or incomplete.startswith("."):
        return [CompletionItem(incomplete, type="file")]
    root = find_root(".")
    names = pack_names(os.path.join(root, "packs")) if root is not None else []
    with suppress(ResourceError):
        names += pack_names(packs_folder())
    found = [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def complete_policies(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of the policies of the packs that `--pack` names, else of those that would be used without it."""
    from click.shell_completion import CompletionItem

    from packgate.commands.shared import open_workspace

    space = open_workspace(context.params.get("packs") or ())
    found = {policy.id: policy.title for pack in space.packs for policy in pack.policies}
    return [CompletionItem(name, help=title) for name, title in sorted(found.items()) if name.startswith(incomplete)]
