"""Where the passphrase of a private key comes from: an environment variable or a file, never the command line, which others can read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import click

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

# A passphrase that is longer is no passphrase.
_LONGEST = 4096


def passphrase_options(prefix: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--passphrase-env` and `--passphrase-file`. ``prefix``: what their names begin with, such as ``checkpoint-``."""
    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        function = click.option(
            f"--{prefix}passphrase-file", type=click.Path(dir_okay=False), metavar="FILE",
            help="The file, its owner's alone, whose first line is the passphrase of the private key.",
        )(function)
        return click.option(
            f"--{prefix}passphrase-env", metavar="NAME",
            help="The environment variable that holds the passphrase of the private key. Default: it is not encrypted.",
        )(function)

    return add


def passphrase(variable: str | None, file: str | None) -> bytes | None:
    """The passphrase in an environment variable or a file; None where neither is named. Raises `UserError`."""
    if variable is not None and file is not None:
        raise click.UsageError("a passphrase comes from an environment variable or from a file, not from both")
    if file is not None:
        return _of_file(os.path.expanduser(file))
    if variable is None:
        return None
    found = os.environ.get(variable)
    if not found:
        raise UserError(f"the environment variable {variable} is not set, or empty")
    return found.encode()


def _of_file(path: str) -> bytes:
    try:
        # What is checked is what is read: a link is not followed, and a pipe not waited for.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as stream:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise UserError(f"{path} is not a file")
            if status.st_mode & 0o077 or status.st_uid not in (os.geteuid(), 0):
                raise UserError(f"{path}: others than its owner can read or write the passphrase", f"chmod 600 {path}; and change it")
            found = stream.read(_LONGEST + 1).split(b"\n", 1)[0].removesuffix(b"\r")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    if not found or len(found) > _LONGEST:
        raise UserError(f"{path}: its first line is no passphrase")
    return found
