"""`packgate level`: a group of verbs, each in a module of its own that is imported when it is used."""

from __future__ import annotations

import click

from packgate.commands.lazy import LazyGroup

# Verb -> one line for `packgate level --help`.
VERBS = {
    "show": "Show the levels, and which one holds here.",
    "simulate": "Show what a level would change and deny, changing nothing.",
    "apply": "Apply a level: packs and assignments in one commit, in effect at once.",
    "undo": "Restore exactly what was before a change of level.",
}


class _Levels(LazyGroup):
    """The verbs."""

    verbs = VERBS
    modules = "packgate.commands.level_"


@click.group("level", cls=_Levels)
def command() -> None:
    """Set the posture of a whole repository: tight, balanced or permissive.

    A level is a pack that packgate carries and an assignment of it to everyone. Applying one writes both in one commit, which can be
    read, edited and taken back like any other.

    \b
    Examples:
      packgate level show
      packgate level simulate tight --events ~/.local/state/packgate/events.jsonl
      packgate level apply balanced
      packgate level undo lvl-0123456789abcdef
    """
