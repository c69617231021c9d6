"""What makes a client distrust a repository or a download: one refusal for every attack. What was active stays active."""

from __future__ import annotations

from packgate.bundle.refusals import Refused


class MetadataUnsigned(Refused):
    """Metadata whose list of signatures is empty."""

    code = "metadata-unsigned"
    meaning = "metadata whose list of signatures is empty"


class SignatureEmptied(Refused):
    """Metadata with entries for signatures that hold none."""

    code = "signature-emptied"
    meaning = "metadata with entries for signatures that hold none"


class SignatureStripped(Refused):
    """Metadata without any field for signatures."""

    code = "signature-stripped"
    meaning = "metadata without any field for signatures"


class WrongKey(Refused):
    """Metadata signed by keys that the role does not have."""

    code = "wrong-key"
    meaning = "metadata signed by keys that the role does not have"


class SignatureInvalid(Refused):
    """Metadata that names the right keys, with signatures of something else: it was altered."""

    code = "signature-invalid"
    meaning = "metadata that names the right keys, with signatures of something else: it was altered"


class BelowThreshold(Refused):
    """Metadata with good signatures, fewer than the role asks for."""

    code = "below-threshold"
    meaning = "metadata with good signatures, fewer than the role asks for"


class MetadataMalformed(Refused):
    """Metadata that isn't what the format says: altered, truncated, or of another role."""

    code = "metadata-malformed"
    meaning = "metadata that isn't what the format says: altered, truncated, or of another role"


class RootExpired(Refused):
    """The newest root is past its expiry."""

    code = "root-expired"
    meaning = "the newest root is past its expiry"
    hint = "compare the clock of this machine; if it is right, the publisher has to rotate: packgate bundle keys rotate"


class TimestampExpired(Refused):
    """The newest timestamp that is offered is past its expiry: news may be withheld."""

    code = "timestamp-expired"
    meaning = "the newest timestamp that is offered is past its expiry: news may be withheld"
    hint = "compare the clock of this machine; if it is right, the publisher has to publish again"


class SnapshotExpired(Refused):
    """The snapshot is past its expiry."""

    code = "snapshot-expired"
    meaning = "the snapshot is past its expiry"
    hint = "compare the clock of this machine; if it is right, the publisher has to publish again"


class TargetsExpired(Refused):
    """The list of targets is past its expiry."""

    code = "targets-expired"
    meaning = "the list of targets is past its expiry"
    hint = "compare the clock of this machine; if it is right, the publisher has to publish again"


class RootOutOfOrder(Refused):
    """A root whose version is not the one that follows."""

    code = "root-out-of-order"
    meaning = "a root whose version is not the one that follows"


class TimestampRollback(Refused):
    """A timestamp older than one that was seen."""

    code = "timestamp-rollback"
    meaning = "a timestamp older than one that was seen"


class SnapshotRollback(Refused):
    """A snapshot, or a timestamp that leads to one, older than what was seen."""

    code = "snapshot-rollback"
    meaning = "a snapshot, or a timestamp that leads to one, older than what was seen"


class TargetsRollback(Refused):
    """A snapshot that leads to an older list of targets than what was seen, or to none."""

    code = "targets-rollback"
    meaning = "a snapshot that leads to an older list of targets than what was seen, or to none"


class MixAndMatch(Refused):
    """Metadata of different snapshots put together."""

    code = "mix-and-match"
    meaning = "metadata of different snapshots put together"


class MetadataAltered(Refused):
    """Metadata whose length or digest is not the one that signed metadata gives."""

    code = "metadata-altered"
    meaning = "metadata whose length or digest is not the one that signed metadata gives"


class TargetAltered(Refused):
    """A target whose length or digest is not the one that signed metadata gives: bits flipped, truncated, replaced."""

    code = "target-altered"
    meaning = "a target whose length or digest is not the one that signed metadata gives: bits flipped, truncated, replaced"


class TargetMissing(Refused):
    """A target that the signed list does not have."""

    code = "target-missing"
    meaning = "a target that the signed list does not have"


class EndlessData(Refused):
    """A download longer than its signed or largest length."""

    code = "endless-data"
    meaning = "a download longer than its signed or largest length"


class SlowRetrieval(Refused):
    """A download that stands still, or drips for longer than it may take."""

    code = "slow-retrieval"
    meaning = "a download that stands still, or drips for longer than it may take"


class Redirected(Refused):
    """A redirection that is not followed: to another scheme, or one of too many."""

    code = "redirected"
    meaning = "a redirection that is not followed: to another scheme, or one of too many"


class HttpStatus(Refused):
    """The server answered with an error."""

    code = "http-status"
    meaning = "the server answered with an error"
    hint = "check the address; if it is right, ask who runs the host"


class TlsUntrusted(Refused):
    """The server's certificate is not one that is trusted."""

    code = "tls-untrusted"
    meaning = "the server's certificate is not one that is trusted"
    hint = "--ca FILE names the certificates of an own authority; else ask who runs the host"


class ProxyFailed(Refused):
    """The proxy refused, or can't be reached."""

    code = "proxy-failed"
    meaning = "the proxy refused, or can't be reached"
    hint = "check --proxy, HTTPS_PROXY and NO_PROXY"


class ConnectionCut(Refused):
    """The connection ended before the download did."""

    code = "connection-cut"
    meaning = "the connection ended before the download did"


class Unreachable(Refused):
    """No connection to the server."""

    code = "unreachable"
    meaning = "no connection to the server"
    hint = "check the address, the network and the proxy; what is installed stays in use"


class RootUntrusted(Refused):
    """The root that was given as trusted is none, or is not signed by itself."""

    code = "root-untrusted"
    meaning = "the root that was given as trusted is none, or is not signed by itself"
    hint = "get root.json from the publisher again, by a way that you trust"


class NoRoot(Refused):
    """A first download without a root to trust."""

    code = "no-trusted-root"
    meaning = "a first download without a root to trust"
    hint = "--root ROOT.json: get the publisher's first root by a way that you trust, never from the repository itself"


class AnotherPull(Refused):
    """Another download into the same folder is running."""

    code = "another-pull"
    meaning = "another download into the same folder is running"
    hint = "wait until it is done"


class IndexMalformed(Refused):
    """The index of a snapshot can't be used, or disagrees with the bundles that it lists."""

    code = "index-malformed"
    meaning = "the index of a snapshot can't be used, or disagrees with the bundles that it lists"


class PackUnknown(Refused):
    """A pack that was asked for is not published."""

    code = "pack-unknown"
    meaning = "a pack that was asked for is not published"
    hint = "compare --pack with what is published"


class Unloadable(Refused):
    """Bundles that verify one by one, from which no gate can be built."""

    code = "unloadable"
    meaning = "bundles that verify one by one, from which no gate can be built"
    hint = "ask the publisher; bundles of one snapshot must load together"


class DiskFailed(Refused):
    """The folder of bundles can't be written."""

    code = "disk-failed"
    meaning = "the folder of bundles can't be written"
    hint = "check the space and the owner of the folder"
