"""Whose event log a verb is about: one that is named, else that of the installed hook."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from packgate.hook.settings import Settings


def log_paths(given: tuple[str, ...]) -> list[str]:
    """The logs that are named, or the installation's. Raises `UserError`."""
    if given:
        return [os.path.abspath(os.path.expanduser(path)) for path in given]
    settings = installed_settings()
    if settings.log is None:
        raise UserError("this installation keeps no log", "packgate hook install AGENT --log FILE")
    return [settings.log]


def installed_settings() -> Settings:
    """The settings of the user's installation. Raises `UserError`."""
    from packgate.hook.failure import Failure
    from packgate.hook.settings import read_settings
    from packgate.installation.places import settings_file

    try:
        return read_settings(settings_file(os.environ))
    except Failure as failure:
        raise UserError(failure.sentence, "or name a log") from None
