"""The policies of an installation: the gate of the bundles that are in use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.bundle.installed import ACTIVE, load_installed
from packgate.bundle.refusals import Refused
from packgate.errors import UserError
from packgate.hook.failure import Failure
from packgate.hook.files import who_can_change

if TYPE_CHECKING:
    from packgate.engine.gate import Gate
    from packgate.hook.settings import Settings


def open_bundles(settings: Settings) -> Gate:
    """The gate of the bundles that the settings name, every digest checked. Raises `Failure`."""
    active = os.path.join(settings.bundles, ACTIVE)
    try:
        unsafe = who_can_change(active)
    except OSError:
        raise Failure("bundle-missing", settings.bundles) from None
    if unsafe is not None:
        raise Failure("bundle-unsafe", unsafe)
    try:
        return load_installed(settings.bundles).gate()
    except Refused as refused:
        raise Failure("bundle-altered", f"{refused.code}: {refused.message}") from None
    except UserError as error:
        raise Failure("bundle-altered", error.message) from None
