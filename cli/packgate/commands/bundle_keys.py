"""`packgate bundle keys`: make, rotate, revoke and show the keys that sign."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.bundle.extras import need_tuf
from packgate.bundle.roles import ROLES, role_settings
from packgate.commands.passphrases import passphrase
from packgate.commands.shared import at_option, print_text
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.bundle.keys import KeyFolder

_FOLDER = click.argument("folder", metavar="KEYDIR", type=click.Path(file_okay=False))
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it.")


def passphrase_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--passphrase-env`: a passphrase never stands on a command line."""
    text = "The environment variable that holds the passphrase of the private keys. Default: they are not encrypted."
    return click.option("--passphrase-env", metavar="NAME", help=text)(function)


def open_keys(folder: str, variable: str | None) -> KeyFolder:
    """The folder of keys, with the passphrase of the environment variable. Raises `UserError`."""
    need_tuf()
    from packgate.bundle.keys import KeyFolder

    return KeyFolder(folder, passphrase(variable, None))


@click.group("keys")
def command() -> None:
    """Make, rotate, revoke and show the keys that sign.

    Four roles sign a repository of bundles: root names the keys, targets the bundles, snapshot and timestamp say which of them belong
    together and are new. Keys are ed25519; private keys stay in files that only their owner reads, outside of any repository, and are
    never printed. What enforcement points need once, by a way that they trust, is KEYDIR/roots/1.root.json.

    \b
    Examples:
      packgate bundle keys new ~/packgate-keys --keys root=3 --threshold root=2 --passphrase-env KEYS_PASSPHRASE
      packgate bundle keys show ~/packgate-keys
      packgate bundle keys rotate ~/packgate-keys --role timestamp --role snapshot
      packgate bundle keys revoke ~/packgate-keys 3f9c2a
    """


@command.command("new")
@_FOLDER
@click.option("--keys", "keys", multiple=True, metavar="ROLE=N", help="How many keys a role has; repeatable. Default: 1.")
@click.option("--threshold", "thresholds", multiple=True, metavar="ROLE=N", help="How many of them must sign; repeatable. Default: 1.")
@click.option(
    "--expires", "expires", multiple=True, metavar="ROLE=DAYS",
    help="How long a signature is good; repeatable. Default: root=365, targets=90, snapshot=30, timestamp=7.",
)
@passphrase_option
@at_option("The time from which the root's life counts (RFC 3339). Default: now.")
def new(
    folder: str, keys: tuple[str, ...], thresholds: tuple[str, ...], expires: tuple[str, ...], passphrase_env: str | None, at: str | None
) -> int:
    """Make the keys of all roles and the first root.

    \b
    Examples:
      packgate bundle keys new ~/packgate-keys
      packgate bundle keys new ~/packgate-keys --keys root=3 --threshold root=2 --expires timestamp=1
    """
    settings = role_settings(keys, thresholds, expires)
    opened = open_keys(folder, passphrase_env)
    from packgate.bundle.keys import new_keys

    new_keys(opened, settings, at or clock.now())
    _print(opened, "text", f"made the keys in {folder}\nenforcement points trust {opened.root_file(1)}\n")
    return CLEAN


@command.command("rotate")
@_FOLDER
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="A role that gets new keys; repeatable. Default: root.")
@passphrase_option
@at_option("The time from which the new root's life counts (RFC 3339). Default: now.")
def rotate(folder: str, roles: tuple[str, ...], passphrase_env: str | None, at: str | None) -> int:
    """Give roles new keys, in a new root that the old and the new root keys sign.

    Enforcement points follow from root to root by themselves once the next `packgate bundle publish` has put the new one out.

    \b
    Examples:
      packgate bundle keys rotate ~/packgate-keys
      packgate bundle keys rotate ~/packgate-keys --role timestamp
    """
    opened = open_keys(folder, passphrase_env)
    from packgate.bundle.keys import rotate as change

    root = change(opened, roles or ("root",), at or clock.now())
    _print(opened, "text", f"signed root {root.signed.version}; packgate bundle publish puts it out\n")
    return CLEAN


@command.command("revoke")
@_FOLDER
@click.argument("key", metavar="KEYID")
@passphrase_option
@at_option("The time from which the new root's life counts (RFC 3339). Default: now.")
def revoke(folder: str, key: str, passphrase_env: str | None, at: str | None) -> int:
    """Replace a key that can't be trusted any more, in every role that has it.

    KEYID is the beginning of the key's id (`packgate bundle keys show`). What the key has signed counts for nothing once the next
    `packgate bundle publish` has put the new root out. The private key is moved to KEYDIR/revoked.

    \b
    Examples:
      packgate bundle keys revoke ~/packgate-keys 3f9c2a
    """
    opened = open_keys(folder, passphrase_env)
    from packgate.bundle.keys import revoke as change

    keyid, root = change(opened, key, at or clock.now())
    _print(opened, "text", f"revoked {keyid}\nsigned root {root.signed.version}; packgate bundle publish puts it out\n")
    return CLEAN


@command.command("show")
@_FOLDER
@_FORMAT
def show(folder: str, form: str) -> int:
    """Show roles, thresholds, lifetimes and the ids of keys; never a private key.

    \b
    Examples:
      packgate bundle keys show ~/packgate-keys
      packgate bundle keys show ~/packgate-keys --format json
    """
    _print(open_keys(folder, None), form, "")
    return CLEAN


def _print(folder: KeyFolder, form: str, before: str) -> None:
    from packgate.bundle.keys import describe

    found = describe(folder)
    if form == "json":
        print_text(json.dumps(found, indent=2) + "\n")
        return
    lines = [f"root {found['version']}, until {found['expires']}"]
    for role, said in found["roles"].items():
        lines.append(f"  {role:<10} {said['threshold']} of {len(said['keys'])} must sign, good for {said['days']} days")
        lines.extend(f"    {key['id']}{'' if key['private'] else '  (private key not here)'}" for key in said["keys"])
    print_text(before + "\n".join(lines) + "\n")
