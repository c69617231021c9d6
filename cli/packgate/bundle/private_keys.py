"""Private keys in owner-only files, encrypted when a passphrase is given."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner

from packgate.bundle.durable import write_whole
from packgate.errors import UserError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization import KeySerializationEncryption


def generate(folder: str, passphrase: bytes | None) -> CryptoSigner:
    """Make an ed25519 key and keep it as ``<key id>.pem`` in a folder of private keys. Raises `OSError`."""
    signer, text = new_key(passphrase)
    write_whole(key_file(folder, signer.public_key.keyid), text, 0o600)
    return signer


def new_key(passphrase: bytes | None) -> tuple[CryptoSigner, bytes]:
    """An ed25519 key, and what its file holds."""
    key = Ed25519PrivateKey.generate()
    encryption: KeySerializationEncryption = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase)
    return CryptoSigner(key), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def load(folder: str, keyid: str, passphrase: bytes | None) -> CryptoSigner | None:
    """The private key of a key id; None when the folder does not hold it.

    Raises `UserError` for a file that others can read, one that is not a key or not this key, and a passphrase that is missing or wrong.
    """
    path = key_file(folder, keyid)
    signer = read_key(path, passphrase)
    if signer is not None and signer.public_key.keyid != keyid:
        raise UserError(f"{path}: the key in the file is not the one that its name says")
    return signer


def read_key(path: str, passphrase: bytes | None) -> CryptoSigner | None:
    """The private key in a file; None where there is no file. Raises `UserError` as `load` does."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise UserError(f"{path}: others than its owner can read or write this private key", f"chmod 600 {path}; then rotate it")
        text = file.read(100_000)
    return CryptoSigner(_decrypted(path, text, passphrase))


def _decrypted(path: str, text: bytes, passphrase: bytes | None) -> Ed25519PrivateKey:
    encrypted = b"ENCRYPTED" in text[:100]
    if encrypted and passphrase is None:
        hint = "--passphrase-env NAME names the environment variable that holds it (packgate serve: --checkpoint-passphrase-env)"
        raise UserError(f"{path} is encrypted", hint)
    try:
        key = load_pem_private_key(text, passphrase if encrypted else None)
    except (ValueError, TypeError):
        raise UserError(f"{path}: " + ("the passphrase is wrong" if encrypted else "this is not a private key")) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(f"{path}: this is not an ed25519 key")
    return key


def key_file(folder: str, keyid: str) -> str:
    """Where the private key of a key id is kept."""
    return os.path.join(folder, f"{keyid}.pem")
