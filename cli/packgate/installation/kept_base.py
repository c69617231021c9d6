"""Images without policies, kept beside the modules that they are made from, as Python keeps compiled modules: they are the same for every
installation that this packgate makes, and take seconds to make."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile

from packgate.installation.image import modules_digest
from packgate.installation.library import FOLDER

# In the library of an installation.
BASE = "base.image"


def use_kept(into: str) -> None:
    """Give the library of an installation the image that is kept for its modules, if it has none."""
    target = os.path.join(into, FOLDER, BASE)
    if os.path.exists(target):
        return
    try:
        _copy(_place(into), target)
    except OSError:
        # It will be made.
        return


def keep(into: str) -> None:
    """Keep the image of an installation's library for others, where this user may write beside the modules."""
    try:
        place = _place(into)
        if not os.path.exists(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            _copy(os.path.join(into, FOLDER, BASE), place)
    except OSError:
        # The next installation makes its own.
        return


def _place(into: str) -> str:
    digest = modules_digest(os.path.join(into, FOLDER, "packgate"))
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__pycache__")
    return os.path.join(folder, f"base.{sys.implementation.cache_tag}-{sys.hexversion:x}.{digest[:16]}.image")


def _copy(source: str, target: str) -> None:
    handle, part = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".", suffix=".part")
    os.close(handle)
    try:
        shutil.copyfile(source, part)
        os.chmod(part, 0o644)
        os.replace(part, target)
    except OSError:
        os.unlink(part)
        raise
