"""The key folder: private keys, the chain of roots that names their public halves, rotation and revocation.

    KEYDIR/private/<key id>.pem      owner-only
    KEYDIR/revoked/<key id>.pem      keys that no root names any more because they were revoked
    KEYDIR/roots/<version>.root.json every root that was ever signed, public
    KEYDIR/lifetimes.json            how many days a signature of each role is good
"""

from __future__ import annotations

import json
import os
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tuf.api.metadata import Metadata, Root
from tuf.api.serialization import DeserializationError

from packgate.bundle.durable import locked, sync_folder, write_whole
from packgate.bundle.private_keys import generate, key_file, load
from packgate.bundle.roles import ROLES, expiry
from packgate.errors import UserError
from packgate.times import written

# What marks a folder that others get to see.
_PUBLIC = ((".git", "a git repository"), ("timestamp.json", "a repository of bundles"), ("packgate.yaml", "a repository of packs"))

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from securesystemslib.signer import CryptoSigner

    from packgate.bundle.roles import RoleSettings


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """A folder of keys. ``passphrase`` opens and encrypts private keys; None for keys in the clear."""

    path: str
    passphrase: bytes | None = None

    @property
    def private(self) -> str:
        """Where the private keys are."""
        return os.path.join(self.path, "private")

    def root_file(self, version: int) -> str:
        """Where the root of a version is."""
        return os.path.join(self.path, "roots", f"{version}.root.json")

    def roots(self) -> list[Metadata[Root]]:
        """Every root, oldest first. Raises `UserError` when the folder is not one of keys or a root can't be read."""
        found: list[Metadata[Root]] = []
        while os.path.exists(path := self.root_file(len(found) + 1)):
            found.append(read_root(path))
        if not found:
            raise UserError(f"{self.path} is not a folder of keys", f"packgate bundle keys new {self.path}")
        return found

    def root(self) -> Metadata[Root]:
        """The newest root. Raises `UserError`."""
        return self.roots()[-1]

    def lifetimes(self) -> dict[str, int]:
        """Days that a signature of each role is good. Raises `UserError`."""
        try:
            with open(os.path.join(self.path, "lifetimes.json"), encoding="utf-8") as file:
                found = json.load(file)
            return {role: int(found[role]) for role in ROLES}
        except (OSError, ValueError, KeyError, TypeError):
            raise UserError(f"{self.path}/lifetimes.json can't be read") from None

    def signers(self, keyids: Iterable[str]) -> list[CryptoSigner]:
        """The private keys among ``keyids`` that are here, sorted by id. Raises `UserError` for one that can't be used."""
        found = (load(self.private, keyid, self.passphrase) for keyid in sorted(set(keyids)))
        return [signer for signer in found if signer is not None]

    def has(self, keyid: str) -> bool:
        """Whether the private key of an id is here."""
        return os.path.exists(key_file(self.private, keyid))


def read_root(path: str) -> Metadata[Root]:
    """A root from a file. Raises `UserError`."""
    try:
        with open(path, "rb") as file:
            found = Metadata[Root].from_bytes(file.read())
        if not isinstance(found.signed, Root):
            raise UserError(f"{path} is metadata of {found.signed.type}, not a root")
        found.signed.verify_delegate("root", found.signed_bytes, found.signatures)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except DeserializationError:
        raise UserError(f"{path} is not TUF root metadata") from None
    except Exception as error:  # an unsigned root, or whatever a broken key makes the library raise
        if isinstance(error, UserError):
            raise
        raise UserError(f"{path}: {error}") from None
    return found


def new_keys(folder: KeyFolder, settings: Mapping[str, RoleSettings], now: str) -> Metadata[Root]:
    """Make the keys of all roles and the first root. ``now`` is RFC 3339. Raises `UserError`."""
    _refuse_inside_repository(folder.path)
    os.makedirs(folder.path, mode=0o700, exist_ok=True)
    if os.listdir(folder.path):
        raise UserError(f"{folder.path} is not empty", "keys are made in a folder of their own")
    os.chmod(folder.path, 0o700)
    for name, mode in (("private", 0o700), ("revoked", 0o700), ("roots", 0o755)):
        os.mkdir(os.path.join(folder.path, name), mode)
    root = Root(version=1, expires=expiry(now, settings["root"].days), consistent_snapshot=True)
    for role in ROLES:
        for _ in range(settings[role].keys):
            root.add_key(generate(folder.private, folder.passphrase).public_key, role)
        root.roles[role].threshold = settings[role].threshold
    lifetimes = {role: settings[role].days for role in ROLES}
    write_whole(os.path.join(folder.path, "lifetimes.json"), (json.dumps(lifetimes, indent=1) + "\n").encode())
    return _sign_root(folder, root, None)


def rotate(folder: KeyFolder, roles: Iterable[str], now: str) -> Metadata[Root]:
    """Give roles new keys, as many as they had, in a new root that the old and the new root keys sign. Raises `UserError`."""
    old = folder.root()
    with locked(folder.path):
        root = _successor(folder, old.signed, now)
        for role in roles:
            _replace(folder, root, role, list(root.roles[role].keyids))
        return _sign_root(folder, root, old.signed)


def revoke(folder: KeyFolder, prefix: str, now: str) -> tuple[str, Metadata[Root]]:
    """Replace a key, named by the beginning of its id, in every role that has it; its id and the new root. Raises `UserError`."""
    old = folder.root()
    with locked(folder.path):
        keyid = _key_named(old.signed, prefix)
        root = _successor(folder, old.signed, now)
        for role in ROLES:
            if keyid in root.roles[role].keyids:
                _replace(folder, root, role, [keyid])
        signed = _sign_root(folder, root, old.signed)
        if folder.has(keyid):
            os.replace(key_file(folder.private, keyid), key_file(os.path.join(folder.path, "revoked"), keyid))
            sync_folder(folder.private)
        return keyid, signed


def describe(folder: KeyFolder) -> dict[str, Any]:
    """What the newest root says of every role: public facts only."""
    root, lifetimes = folder.root().signed, folder.lifetimes()
    return {
        "version": root.version,
        "expires": written(root.expires),
        "roles": {
            role: {
                "threshold": root.roles[role].threshold,
                "days": lifetimes[role],
                "keys": [{"id": keyid, "private": folder.has(keyid)} for keyid in sorted(root.roles[role].keyids)],
            }
            for role in ROLES
        },
    }


def _successor(folder: KeyFolder, old: Root, now: str) -> Root:
    """The next root, to be changed. The old keys are asked for before new ones are made."""
    here, role = sum(map(folder.has, old.roles["root"].keyids)), old.roles["root"]
    if here < role.threshold:
        raise UserError(
            f"{role.threshold} root keys must sign a new root, {here} are here",
            f"private root keys are read from {folder.private}; put those that are kept elsewhere back for this step",
        )
    root = deepcopy(old)
    root.version += 1
    root.expires = expiry(now, folder.lifetimes()["root"])
    return root


def _replace(folder: KeyFolder, root: Root, role: str, keyids: list[str]) -> None:
    for keyid in keyids:
        root.revoke_key(keyid, role)
        root.add_key(generate(folder.private, folder.passphrase).public_key, role)


def _key_named(root: Root, prefix: str) -> str:
    found = [keyid for keyid in root.keys if keyid.startswith(prefix)]
    if len(found) != 1 or len(prefix) < 4:
        kind = "no key" if not found else "more than one key"
        hint = "packgate bundle keys show lists them; give 4 letters or more"
        raise UserError(f"{kind} of the newest root has an id that begins with {prefix!r}", hint)
    return found[0]


def _sign_root(folder: KeyFolder, root: Root, old: Root | None) -> Metadata[Root]:
    """Sign a root with the keys of its predecessor and its own, and keep it once both thresholds are met."""
    metadata = Metadata(root)
    keyids = set(root.roles["root"].keyids) | (set(old.roles["root"].keyids) if old else set())
    for signer in folder.signers(keyids):
        metadata.sign(signer, append=True)
    payload = metadata.signed_bytes
    for judge, which in ((old, "the root before it"), (root, "itself")):
        if judge is not None and not (result := judge.get_verification_result("root", payload, metadata.signatures)).verified:
            raise UserError(
                f"root {root.version} would lack {result.missing} of {result.threshold} signatures that {which} asks for",
                f"private root keys are read from {folder.private}; put those that are kept elsewhere back for this step",
            )
    write_whole(folder.root_file(root.version), metadata.to_bytes())
    return metadata


def _refuse_inside_repository(path: str) -> None:
    """Private keys in a git repository or a repository of bundles are a push away from being public."""
    place = os.path.realpath(path)
    while True:
        for mark, what in _PUBLIC:
            if os.path.exists(os.path.join(place, mark)):
                raise UserError(f"{path} is inside {what} ({place}): private keys don't belong there", "choose a folder outside of it")
        above = os.path.dirname(place)
        if above == place:
            return
        place = above
