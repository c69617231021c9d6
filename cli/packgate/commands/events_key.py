"""`packgate events key`: make the key that signs checkpoints."""

from __future__ import annotations

import os

import click

from packgate.commands.bundle_keys import passphrase_option
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN


@click.command("key")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@passphrase_option
def command(file: str, passphrase_env: str | None) -> int:
    """Make the key that signs checkpoints of a log.

    An ed25519 key in FILE, for its owner alone, and its public half in FILE.pub, for whoever verifies. Keep FILE where those whose
    agents are recorded can't read it.

    \b
    Examples:
      packgate events key /etc/packgate/audit.pem
      packgate events key audit.pem --passphrase-env AUDIT_PASSPHRASE
    """
    from packgate.bundle.durable import write_whole
    from packgate.bundle.extras import need_tuf

    need_tuf()
    from packgate.bundle.private_keys import new_key
    from packgate.events.signing import public_pem

    for path in (file, f"{file}.pub"):
        if os.path.lexists(path):
            raise UserError(f"{path} is there already", "a key is never written over another one")
    signer, text = new_key(passphrase(passphrase_env))
    try:
        write_whole(os.path.abspath(file), text, 0o600)
        write_whole(os.path.abspath(f"{file}.pub"), public_pem(signer), 0o644)
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from None
    print_text(f"{file}: private, for packgate events checkpoint --key\n{file}.pub: public, for packgate events verify --key\n")
    return CLEAN


def passphrase(variable: str | None) -> bytes | None:
    """The passphrase in an environment variable. Raises `UserError`."""
    if variable is None:
        return None
    found = os.environ.get(variable)
    if not found:
        raise UserError(f"the environment variable {variable} is not set, or empty")
    return found.encode()
