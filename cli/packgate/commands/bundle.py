"""`packgate bundle`: a group of verbs, each in a module of its own that is imported when it is used."""

from __future__ import annotations

import click

from packgate.commands.lazy import LazyGroup

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


class _Bundles(LazyGroup):
    """The verbs, imported one at a time: the keys' need libraries that verifying does not."""

    verbs = VERBS
    modules = "packgate.commands.bundle_"


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
