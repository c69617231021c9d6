"""The program `packgate-hook`, and what `packgate hook AGENT EVENT` runs: the hook with the policies read from the bundles themselves.

A launcher that `packgate hook install` writes does the same from a prepared image, in a fraction of the time.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from packgate.hook.run import main as answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.engine.gate import Gate
    from packgate.hook.settings import Settings

_OPTION = "--settings"


def main() -> None:
    """Entry point: ``packgate-hook [--settings FILE] AGENT EVENT``. Ends the process."""
    os._exit(run(sys.argv[1:]))


def run(arguments: Sequence[str], settings: str | None = None) -> int:
    """Answer the payload on standard input, and give the exit code. ``settings``: the path of `hook.json`; default the user's."""
    given = list(arguments)
    if settings is None and given[:1] == [_OPTION] and len(given) > 1:
        settings = given[1]
        given = given[2:]
    if settings is None:
        from packgate.installation.places import settings_file

        settings = settings_file(os.environ)
    return answer(given, os.path.abspath(settings), _open, os.environ)


def _open(settings: Settings) -> Gate:
    # Imported here, in the child that is watched: whatever goes wrong then has an answer.
    from packgate.installation.policies import open_bundles

    return open_bundles(settings)
