"""From an error of python-tuf to the refusal that says which attack it was.

python-tuf has one error for several attacks (a lower version of a timestamp, a snapshot that does not fit). What tells them apart is the
file that was being read, its bytes, and the root that signs for its role.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    SlowRetrievalError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata
from tuf.api.serialization import DeserializationError

from packgate.bundle import distrust, fetch

if TYPE_CHECKING:
    from tuf.api.metadata import Root

    from packgate.bundle.refusals import Refused

_EXPIRED = {
    "root": distrust.RootExpired,
    "timestamp": distrust.TimestampExpired,
    "snapshot": distrust.SnapshotExpired,
    "targets": distrust.TargetsExpired,
}
_NETWORK: tuple[tuple[type[Exception], type[Refused]], ...] = (
    (DownloadLengthMismatchError, distrust.EndlessData),
    (SlowRetrievalError, distrust.SlowRetrieval),
    (DownloadHTTPError, distrust.HttpStatus),
    (fetch.RedirectError, distrust.Redirected),
    (fetch.TlsError, distrust.TlsUntrusted),
    (fetch.ProxyFailedError, distrust.ProxyFailed),
    (fetch.CutError, distrust.ConnectionCut),
)


def diagnose(error: Exception, file: str, data: bytes | None, root: Root | None) -> Refused:
    """The refusal for an error.

    ``file``: the name that was fetched last. ``data``: its bytes, for metadata. ``root``: the newest trusted root.
    """
    for kind, refusal in _NETWORK:
        if isinstance(error, kind):
            return refusal(f"{file}: {error or 'no data in time'}")
    text = str(error)
    if isinstance(error, DownloadError):
        return distrust.Unreachable(text or f"{file} can't be fetched")
    role = _role(file)
    if isinstance(error, ExpiredMetadataError):
        named = next((name for name in _EXPIRED if name in text), role or "targets")
        return _EXPIRED[named](f"{named}.json has expired")
    if isinstance(error, LengthOrHashMismatchError):
        if role is None:
            return distrust.TargetAltered(f"{file}: {text}")
        return distrust.MetadataAltered(f"{file}: {text}")
    if isinstance(error, BadVersionNumberError):
        return _version(role, file, text)
    if isinstance(error, UnsignedMetadataError):
        return _signature(role, file, data, root)
    if isinstance(error, DeserializationError):
        return _malformed(file, data)
    if "missing info" in text or "does not contain information" in text:
        return distrust.TargetsRollback(f"{file}: the list of targets is not part of it")
    return distrust.MetadataMalformed(f"{file}: {text or type(error).__name__}")


def _role(file: str) -> str | None:
    """The role whose metadata a file is; None for a target."""
    found = re.fullmatch(r"(?:\d+\.)?([^/]+)\.json", file)
    return found[1] if found and found[1] in {*_EXPIRED} else None


def _version(role: str | None, file: str, text: str) -> Refused:
    """A version that is lower than one seen is a rollback; one that does not fit what leads to it is another snapshot's."""
    if role == "root":
        return distrust.RootOutOfOrder(f"{file}: {text}")
    if role == "timestamp":
        refusal = distrust.SnapshotRollback if "snapshot" in text else distrust.TimestampRollback
        return refusal(f"{file}: {text}")
    if role == "snapshot" and "targets.json" in text:
        return distrust.TargetsRollback(f"{file}: {text}")
    return distrust.MixAndMatch(f"{file}: {text}")


def _signature(role: str | None, file: str, data: bytes | None, root: Root | None) -> Refused:
    """What is wrong with the signatures of metadata that lacks good ones."""
    try:
        entries: list[dict[str, Any]] = json.loads(data or b"")["signatures"]
        metadata: Metadata[Any] = Metadata.from_bytes(data or b"")
    except (ValueError, KeyError, DeserializationError):
        return distrust.MetadataMalformed(f"{file} can't be read")
    if not entries:
        return distrust.MetadataUnsigned(f"{file} is not signed")
    if all(not entry.get("sig") for entry in entries):
        return distrust.SignatureEmptied(f"the signatures of {file} are empty")
    if root is None or role is None:
        return distrust.BelowThreshold(f"{file} lacks signatures that its role asks for")
    judges = [root, metadata.signed] if role == "root" and metadata.signed.type == "root" else [root]
    for judge in judges:
        result = judge.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
        if not result.verified:
            return _lacking(file, role, {entry["keyid"] for entry in entries}, result)
    return distrust.BelowThreshold(f"{file} lacks signatures that its role asks for")


def _lacking(file: str, role: str, named: set[str], result: Any) -> Refused:
    if result.signed:
        good, asked = len(result.signed), result.threshold
        return distrust.BelowThreshold(f"{file} has {good} of the {asked} signatures that the role {role} asks for")
    if named & set(result.unsigned):
        return distrust.SignatureInvalid(f"the signatures of {file} are not of its content")
    return distrust.WrongKey(f"{file} is signed by keys that the role {role} does not have")


def _malformed(file: str, data: bytes | None) -> Refused:
    try:
        content = json.loads(data or b"")
    except ValueError:
        content = None
    if isinstance(content, dict) and "signed" in content and "signatures" not in content:
        return distrust.SignatureStripped(f"{file} has no field for signatures")
    return distrust.MetadataMalformed(f"{file} is not metadata of its format: altered or truncated")
