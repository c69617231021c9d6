"""Libraries that detectors of installed packs check with, and that the hook's own copy lacks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.bundle.compiled import conditions
from packgate.guard.detectors import libraries_of
from packgate.guard.libraries import DISTRIBUTIONS, is_installed
from packgate.installation.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.model.policy import Pack


def missing_checks(packs: Iterable[Pack], into: str | None) -> str | None:
    """What is not checked, and what holds then, in one sentence; None when nothing is missing. ``into``: the folder of a hook, whose copy
    of packgate decides; None: this Python."""
    named = {
        pattern.text for pack in packs for condition in conditions(pack) for pattern in condition.patterns if pattern.kind == "detector"
    }
    needed = {library for name in named for library in libraries_of(name)}
    missing = sorted(DISTRIBUTIONS[library] for library in needed if not _is_there(library, into))
    if not missing:
        return None
    verb = "is" if len(missing) == 1 else "are"
    return (
        f"personal data is not checked here, since {' and '.join(missing)} {verb} not installed: whatever has the form of a telephone, "
        "account or identity number counts, valid or not"
    )


def _is_there(library: str, into: str | None) -> bool:
    return is_installed(library) if into is None else os.path.isdir(os.path.join(into, FOLDER, library))
