"""`packgate events checkpoint`: sign how far a log has come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.event_place import log_paths
from packgate.commands.passphrases import passphrase, passphrase_options
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


@click.command("checkpoint")
@click.argument("logs", nargs=-1, type=click.Path(dir_okay=False), metavar="[LOG]...")
@click.option("--key", required=True, type=click.Path(dir_okay=False), metavar="FILE", help="The private key (packgate events key).")
@passphrase_options()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="json: the checkpoint itself, to be kept elsewhere.")
def command(logs: tuple[str, ...], key: str, passphrase_env: str | None, passphrase_file: str | None, form: str) -> int:
    """Sign how far a log has come.

    The checkpoint becomes an event of the log, and a line of LOG.checkpoints. With it, whoever has the public key finds every change of
    what was written before, and a log that was cut off. A copy that is kept elsewhere (--format json) still says so when both files are
    cut.

    \b
    Examples:
      packgate events checkpoint --key /etc/packgate/audit.pem
      packgate events checkpoint events.jsonl --key audit.pem --format json >> /mnt/worm/events.checkpoints
    """
    from packgate.bundle.extras import need_tuf

    need_tuf()
    from packgate.eventlog.chain import Log
    from packgate.events.checkpoint import LogError, add_checkpoint

    signer = read_signer(key, passphrase(passphrase_env, passphrase_file))
    for path in log_paths(logs):
        try:
            statement, envelope = add_checkpoint(Log(path), signer, clock.now())
        except LogError as error:
            raise UserError(f"no checkpoint was made: {error}") from None
        print_text(f"{json.dumps(envelope)}\n" if form == "json" else f"{path}: signed up to event {statement.seq:,}, {statement.head}\n")
    return CLEAN


def read_signer(path: str, secret: bytes | None) -> CryptoSigner:
    """The private key in a file, which ``secret``, its passphrase, opens. Raises `UserError`."""
    from packgate.bundle.private_keys import read_key

    signer = read_key(path, secret)
    if signer is None:
        raise UserError(f"{path}: there is no key", f"packgate events key {path}")
    return signer
