"""Signed checkpoints: how far a log had come, in a DSSE envelope with an ed25519 signature (https://github.com/secure-systems-lab/dsse).

Whoever has the public key can tell, from a checkpoint alone, that a log was cut off before the event that it names, or holds another one.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from securesystemslib.signer import CryptoSigner, Key

TYPE = "application/vnd.packgate.checkpoint+json"
_VERSION = 1
_KEYS = {"v", "seq", "head", "time"}
_DIGEST = len("sha256:") + 64


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says: at ``time`` the log had come to the event ``seq``, whose line has the digest ``head``."""

    seq: int
    head: str
    time: str


class BadCheckpoint(Exception):
    """Something that is no checkpoint, or not one by a key that is trusted. The message says why."""


def sign(statement: Statement, signer: CryptoSigner) -> dict[str, Any]:
    """The envelope of a checkpoint."""
    payload = {"head": statement.head, "seq": statement.seq, "time": statement.time, "v": _VERSION}
    envelope = Envelope(json.dumps(payload, separators=(",", ":")).encode(), TYPE, {})
    envelope.sign(signer)
    found: dict[str, Any] = envelope.to_dict()
    return found


def read(data: object, keys: Sequence[Key]) -> Statement:
    """What an envelope says. ``keys``: one of them must have signed it; none are asked for when it is empty. Raises `BadCheckpoint`."""
    try:
        if not isinstance(data, dict):
            raise TypeError
        envelope = Envelope.from_dict(deepcopy(data))
        said = json.loads(envelope.payload)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise BadCheckpoint("it is no envelope of a checkpoint") from None
    except Exception as error:  # The library has errors of its own for what is no signature.
        raise BadCheckpoint(f"it is no envelope of a checkpoint: {type(error).__name__}") from None
    if envelope.payload_type != TYPE or not isinstance(said, dict) or set(said) != _KEYS or said["v"] != _VERSION:
        raise BadCheckpoint("it is not a checkpoint of a log")
    statement = _statement(said)
    if keys:
        try:
            envelope.verify(list(keys), 1)
        except VerificationError:
            raise BadCheckpoint("it is not signed by a key that was given") from None
    return statement


def _statement(said: Mapping[str, Any]) -> Statement:
    seq, head, time = said["seq"], said["head"], said["time"]
    if type(seq) is not int or seq < 1 or not isinstance(head, str) or len(head) != _DIGEST or not isinstance(time, str):
        raise BadCheckpoint("it says of no event that the log had come to it")
    return Statement(seq, head, time)


def read_public_key(path: str) -> Key:
    """A public ed25519 key from a PEM file. Raises `UserError`."""
    try:
        with open(path, "rb") as file:
            key = load_pem_public_key(file.read(100_000))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except ValueError:
        raise UserError(f"{path}: this is not a public key in PEM", "packgate events key writes it as FILE.pub") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UserError(f"{path}: this is not an ed25519 key")
    return SSlibKey.from_crypto(key)


def public_pem(signer: CryptoSigner) -> bytes:
    """The public half of a key, as a PEM file holds it."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer.public_key.keyval["public"]))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
