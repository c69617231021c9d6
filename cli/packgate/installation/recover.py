"""The hook's run when its image is of no use: from the bundles that are in use, each verified, as slowly as that is.

The image is made anew meanwhile, where this user may write it, for the next time.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.hook.run import main

if TYPE_CHECKING:
    from packgate.engine.gate import Gate
    from packgate.hook.settings import Settings


def run(settings: str, arguments: list[str]) -> int:
    """Answer the payload on standard input, and give the exit code. ``settings``: the path of `hook.json`."""

    def opened(read: Settings) -> Gate:
        from packgate.installation.policies import open_bundles
        from packgate.installation.refresh import start_refresh

        gate = open_bundles(read)
        start_refresh(os.path.dirname(settings))
        return gate

    return main(arguments, settings, opened, os.environ)
