"""`packgate events key`: make the key that signs checkpoints."""

from __future__ import annotations

import os

import click

from packgate.commands.passphrases import passphrase, passphrase_options
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN


@click.command("key")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@passphrase_options()
def command(file: str, passphrase_env: str | None, passphrase_file: str | None) -> int:
    """Make the key that signs checkpoints of a log.

    An ed25519 key in FILE, for its owner alone, and its public half in FILE.pub, for whoever verifies. Keep FILE where those whose
    agents are recorded can't read it.

    \b
    Examples:
      packgate events key /etc/packgate/audit.pem
      packgate events key audit.pem --passphrase-env AUDIT_PASSPHRASE
      packgate events key /etc/packgate/audit.pem --passphrase-file /etc/packgate/audit.passphrase
    """
    from packgate.bundle.durable import write_whole
    from packgate.bundle.extras import need_tuf

    need_tuf()
    from packgate.bundle.private_keys import new_key
    from packgate.events.signing import public_pem

    for path in (file, f"{file}.pub"):
        if os.path.lexists(path):
            raise UserError(f"{path} is there already", "a key is never written over another one")
    signer, text = new_key(passphrase(passphrase_env, passphrase_file))
    try:
        write_whole(os.path.abspath(file), text, 0o600)
        write_whole(os.path.abspath(f"{file}.pub"), public_pem(signer), 0o644)
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from None
    print_text(f"{file}: private, for packgate events checkpoint --key\n{file}.pub: public, for packgate events verify --key\n")
    return CLEAN
