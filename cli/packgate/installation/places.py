"""Where an installation of the hook lies when nothing else is said."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.hook.settings import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

# For all users of a machine.
SYSTEM = "/var/lib/packgate"
# What is installed for everyone writes a log for each, as the settings say it.
EVERYONES_LOG = "~/.local/state/packgate/events.jsonl"


def data_folder(environ: Mapping[str, str]) -> str:
    """The user's folder for what packgate keeps: ``$XDG_DATA_HOME/packgate``, else ``~/.local/share/packgate``."""
    return os.path.join(_xdg(environ, "XDG_DATA_HOME", ".local/share"), "packgate")


def hook_folder(environ: Mapping[str, str]) -> str:
    """The folder of the hook: launcher and settings."""
    return os.path.join(data_folder(environ), "hook")


def bundles_folder(environ: Mapping[str, str]) -> str:
    """The folder that `packgate bundle pull` fills for it."""
    return os.path.join(data_folder(environ), "bundles")


def log_file(environ: Mapping[str, str]) -> str:
    """The event log: ``$XDG_STATE_HOME/packgate/events.jsonl``, else ``~/.local/state/packgate/events.jsonl``."""
    return os.path.join(_xdg(environ, "XDG_STATE_HOME", ".local/state"), "packgate", "events.jsonl")


def settings_file(environ: Mapping[str, str]) -> str:
    """The settings of the user's installation."""
    return os.path.join(hook_folder(environ), FILE)


def _xdg(environ: Mapping[str, str], name: str, otherwise: str) -> str:
    """A base directory; as the specification says, one that is not absolute does not count."""
    value = environ.get(name, "")
    return value if value.startswith("/") else os.path.join(environ.get("HOME") or os.path.expanduser("~"), otherwise)
