"""Which spool and which sinks the verbs of alerts mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable


def config_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--config`."""
    return click.option(
        "--config", type=click.Path(dir_okay=False), default="packgate.yaml", show_default=True, metavar="FILE",
        help="The packgate.yaml that declares the sinks.",
    )(function)


def log_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--settings` and `--log`: whose spool."""
    function = click.option("--log", type=click.Path(dir_okay=False), metavar="FILE", help="The log that the spool is beside.")(function)
    return click.option(
        "--settings", type=click.Path(dir_okay=False), metavar="FILE", help="A hook.json, for its log. Default: the user's.",
    )(function)


def log_of(settings: str | None, log: str | None) -> str:
    """The event log that the options name. Raises `UserError`."""
    from packgate.hook.failure import Failure
    from packgate.hook.settings import read_settings
    from packgate.installation.places import settings_file

    if log is None:
        try:
            log = read_settings(os.path.abspath(settings or settings_file(os.environ))).log
        except Failure as failure:
            raise UserError(failure.sentence, "or name the log: --log FILE") from None
        if log is None:
            raise UserError("this installation keeps no log, and so no alerts")
    return os.path.abspath(log)
