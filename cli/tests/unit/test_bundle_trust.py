"""Attacks on a signed repository of bundles, made by changing its files: each is refused for its own reason, and what was active stays."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from bundle_host import NOW, Point, Publisher, change, serving

from packgate.bundle import distrust, unproven
from packgate.bundle.fetch import Network
from packgate.bundle.keys import KeyFolder, new_keys, revoke, rotate
from packgate.bundle.refusals import refusals
from packgate.bundle.roles import DEFAULTS

NEWER = "2026-02-02T00:00:00Z"


@pytest.fixture
def publisher(tmp_path):
    made = Publisher(tmp_path)
    made.publish(1)
    return made


@pytest.fixture
def point(tmp_path, publisher):
    return Point(tmp_path / "point", publisher.root, Network(timeout=5))


@pytest.fixture
def host(publisher):
    with serving(publisher.public) as (address, _):
        yield address


def keep(point, revision=1):
    """What was active before an attack still decides."""
    assert point.revision() == revision


def edit_signatures(entries):
    def edit(data):
        data["signatures"] = entries(data["signatures"])
    return edit


def foreign(data):
    """Signatures by a key that the role doesn't have."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.formats import encode_canonical
    from securesystemslib.signer import CryptoSigner

    signer = CryptoSigner(Ed25519PrivateKey.generate())
    data["signatures"] = [signer.sign(encode_canonical(data["signed"]).encode()).to_dict()]


def later_expiry(data):
    data["signed"]["expires"] = "2090-01-01T00:00:00Z"


SIGNATURES = {
    "metadata-unsigned": edit_signatures(lambda _: []),
    "signature-emptied": edit_signatures(lambda old: [{**one, "sig": ""} for one in old]),
    "signature-stripped": lambda data: data.pop("signatures"),
    "wrong-key": foreign,
    "signature-invalid": later_expiry,
}


@pytest.mark.parametrize("code", SIGNATURES)
@pytest.mark.parametrize("first", [True, False], ids=["first pull", "later pull"])
def test_signatures_of_the_timestamp(publisher, point, host, code, first) -> None:
    if not first:
        point.pull(host)
        publisher.publish(2, at=NEWER)
    change(publisher.public / "timestamp.json", SIGNATURES[code])
    assert point.refused(host) == code
    keep(point, None if first else 1)


@pytest.mark.parametrize("role", ["snapshot", "targets"])
@pytest.mark.parametrize("code", SIGNATURES)
def test_signatures_of_what_the_timestamp_names(publisher, point, host, code, role) -> None:
    """Who holds the timestamp's key alone can't put other bundles in: every file that it leads to needs its own signature."""
    point.pull(host)
    publisher.publish(2, at=NEWER)
    path = publisher.public / f"2.{role}.json"
    change(path, SIGNATURES[code])
    assert point.refused(host) == "metadata-altered"  # the digest in the file above does not fit
    lead_to(publisher, path, role)
    assert point.refused(host) == code
    keep(point)


def lead_to(publisher, path, role):
    """Sign the metadata above a file again, so that its digest fits: the attacker holds the keys above it."""
    from tuf.api.metadata import Metadata, MetaFile

    meta = MetaFile.from_data(2, path.read_bytes(), ["sha256"])
    if role == "targets":
        above = Metadata.from_file(str(publisher.public / "2.snapshot.json"))
        above.signed.version, above.signed.meta["targets.json"] = 3, meta
        sign(publisher, above, "snapshot", publisher.public / "3.snapshot.json")
        meta = MetaFile.from_data(3, (publisher.public / "3.snapshot.json").read_bytes(), ["sha256"])
    stamp = Metadata.from_file(str(publisher.public / "timestamp.json"))
    stamp.signed.version, stamp.signed.snapshot_meta = 3, meta
    sign(publisher, stamp, "timestamp", publisher.public / "timestamp.json")


def sign(publisher, metadata, role, path):
    metadata.signatures.clear()
    for signer in publisher.keys.signers(publisher.keys.root().signed.roles[role].keyids):
        metadata.sign(signer, append=True)
    path.write_bytes(metadata.to_bytes())


def test_below_the_threshold(tmp_path) -> None:
    publisher = Publisher(tmp_path, threshold=2)
    publisher.publish(1)
    point = Point(tmp_path / "point", publisher.root, Network())
    point.pull(str(publisher.public))
    publisher.publish(2, at=NEWER)
    change(publisher.public / "timestamp.json", edit_signatures(lambda old: old[:1]))
    assert point.refused(str(publisher.public)) == "below-threshold"
    # The same signature twice counts once.
    change(publisher.public / "timestamp.json", edit_signatures(lambda old: [old[0], old[0]]))
    assert point.refused(str(publisher.public)) in {"metadata-malformed", "below-threshold"}
    keep(point)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_expired(publisher, point, host, role) -> None:
    point.pull(host)
    publisher.publish(2, at=NEWER, signed_for={role: 1})
    assert point.refused(host) == f"{role}-expired"
    keep(point)


def test_an_expired_root(tmp_path) -> None:
    publisher = Publisher(tmp_path)
    publisher.publish(1)
    (tmp_path / "keys" / "lifetimes.json").write_text(json.dumps(dict.fromkeys(DEFAULTS, 1)))
    rotate(publisher.keys, ["root"], NOW)
    publisher.publish(2)
    assert Point(tmp_path / "point", publisher.root, Network()).refused(str(publisher.public)) == "root-expired"


@pytest.mark.parametrize(("option", "code"), [({"created": "2026-03-01T00:00:00Z"}, "not-yet-valid"), ({"days": 40}, "expired")])
def test_a_bundle_out_of_its_time(publisher, point, host, option, code) -> None:
    point.pull(host)
    at = "2026-03-02T00:00:00Z" if code == "not-yet-valid" else NOW
    publisher.publish(2, at=at, **option)
    assert point.refused(host, NOW if code == "not-yet-valid" else "2026-02-11T00:00:00Z") == code
    keep(point)


def test_a_replayed_repository(publisher, point, host) -> None:
    old = publisher.copy("old")
    publisher.publish(2, at=NEWER)
    assert point.pull(host).changed == ("demo",)
    for name in ("timestamp.json",):
        shutil.copy(old / name, publisher.public / name)
    assert point.refused(host) == "timestamp-rollback"
    keep(point, 2)


def test_a_replay_by_who_holds_the_timestamp_key(publisher, point, host) -> None:
    """A new timestamp that leads to an older snapshot; then to a new snapshot that leads to older targets."""
    from tuf.api.metadata import Metadata, MetaFile

    publisher.publish(2, at=NEWER)
    publisher.publish(3, at=NEWER)
    point.pull(host)
    path = publisher.public / "timestamp.json"
    stamp = Metadata.from_file(str(path))
    stamp.signed.version += 1
    stamp.signed.snapshot_meta = MetaFile.from_data(2, (publisher.public / "2.snapshot.json").read_bytes(), ["sha256"])
    sign(publisher, stamp, "timestamp", path)
    assert point.refused(host) == "snapshot-rollback"

    snapshot = Metadata.from_file(str(publisher.public / "3.snapshot.json"))
    snapshot.signed.version = 4
    snapshot.signed.meta["targets.json"] = MetaFile.from_data(2, (publisher.public / "2.targets.json").read_bytes(), ["sha256"])
    sign(publisher, snapshot, "snapshot", publisher.public / "4.snapshot.json")
    stamp.signed.snapshot_meta = MetaFile.from_data(4, (publisher.public / "4.snapshot.json").read_bytes(), ["sha256"])
    sign(publisher, stamp, "timestamp", path)
    assert point.refused(host) == "targets-rollback"
    keep(point, 3)


def test_a_snapshot_without_the_list_of_targets(publisher, point, host) -> None:
    from tuf.api.metadata import Metadata, MetaFile

    point.pull(host)
    snapshot = Metadata.from_file(str(publisher.public / "1.snapshot.json"))
    snapshot.signed.version, snapshot.signed.meta = 2, {}
    sign(publisher, snapshot, "snapshot", publisher.public / "2.snapshot.json")
    path = publisher.public / "timestamp.json"
    stamp = Metadata.from_file(str(path))
    stamp.signed.version, stamp.signed.snapshot_meta = 2, MetaFile.from_data(2, (publisher.public / "2.snapshot.json").read_bytes(), ["sha256"])
    sign(publisher, stamp, "timestamp", path)
    assert point.refused(host) == "targets-rollback"
    keep(point)


@pytest.mark.parametrize("role", ["snapshot", "targets"])
def test_mix_and_match(publisher, point, host, role) -> None:
    """Well-signed metadata of another snapshot under the name of this one."""
    publisher.publish(2, at=NEWER)
    shutil.copy(publisher.public / f"1.{role}.json", publisher.public / f"2.{role}.json")
    assert point.refused(host) == "metadata-altered"
    lead_to(publisher, publisher.public / f"2.{role}.json", role)
    assert point.refused(host) == "mix-and-match"
    keep(point, None)


@pytest.mark.parametrize("name", ["demo", "index.json"])
@pytest.mark.parametrize("how", ["flipped", "truncated", "longer", "other bundle", "gone"])
def test_altered_targets(publisher, point, host, name, how) -> None:
    point.pull(host)
    publisher.publish(2, at=NEWER)
    before = set((publisher.public / "targets").glob(f"*{name}*"))
    path = next(one for one in before if name != "demo" or "-r2" in one.name) if name == "demo" else max(before, key=lambda one: one.stat().st_mtime_ns)
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        other = next(iter((publisher.public / "targets").glob("*-r1.packgate"))).read_bytes()
        path.write_bytes({"flipped": data[:100] + bytes([data[100] ^ 1]) + data[101:], "truncated": data[:-10], "longer": data + b"x", "other bundle": other[: len(data)]}[how])
    expected = {"gone": "http-status", "longer": "endless-data"}.get(how, "target-altered")
    assert point.refused(host) == expected
    keep(point)


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json"])
def test_truncated_metadata(publisher, point, host, name) -> None:
    point.pull(host)
    publisher.publish(2, at=NEWER)
    path = publisher.public / name
    path.write_bytes(path.read_bytes()[:-50])
    assert point.refused(host) == ("metadata-malformed" if name == "timestamp.json" else "metadata-altered")
    keep(point)


def test_signed_by_another_publisher(tmp_path, publisher, point) -> None:
    """Whoever controls the host, but not the keys, can only make pulls fail."""
    point.pull(str(publisher.public))
    (tmp_path / "attacker").mkdir()
    attacker = Publisher(tmp_path / "attacker")
    attacker.publish(9, branch="nothing")
    assert point.refused(str(attacker.public)) == "wrong-key"
    keep(point)


def test_a_root_that_old_keys_did_not_sign(tmp_path, publisher, point) -> None:
    point.pull(str(publisher.public))
    (tmp_path / "attacker").mkdir()
    attacker = Publisher(tmp_path / "attacker")
    root = rotate(attacker.keys, ["root"], NOW)
    (publisher.public / "2.root.json").write_bytes(root.to_bytes())
    assert point.refused(str(publisher.public)) == "wrong-key"
    keep(point)


def test_a_root_out_of_order(publisher, point) -> None:
    point.pull(str(publisher.public))
    rotate(publisher.keys, ["root"], NOW)
    third = rotate(publisher.keys, ["timestamp"], NOW)
    for signer in publisher.keys.signers(publisher.keys.roots()[0].signed.roles["root"].keyids):
        third.sign(signer, append=True)
    (publisher.public / "2.root.json").write_bytes(third.to_bytes())
    assert point.refused(str(publisher.public)) == "root-out-of-order"
    keep(point)


def test_a_chain_of_roots_is_followed(publisher, point) -> None:
    point.pull(str(publisher.public))
    for _ in range(3):
        rotate(publisher.keys, list(DEFAULTS), NOW)
    publisher.publish(2, at=NEWER)
    assert point.pull(str(publisher.public)).changed == ("demo",)
    keep(point, 2)
    # A new point that still has the first root follows as well.
    fresh = Point(point.into.parent / "fresh", publisher.root, Network())
    fresh.pull(str(publisher.public))
    keep(fresh, 2)


def test_between_the_writes_of_a_rotation_readers_are_served(publisher, point) -> None:
    """The timestamp of a rotation carries both signatures, so the host can be copied file by file, the new root last."""
    point.pull(str(publisher.public))
    rotate(publisher.keys, ["timestamp", "snapshot"], NOW)
    publisher.publish(2, at=NEWER)
    (publisher.public / "2.root.json").rename(publisher.place / "2.root.json")
    point.pull(str(publisher.public))
    keep(point, 2)
    (publisher.place / "2.root.json").rename(publisher.public / "2.root.json")
    point.pull(str(publisher.public))
    keep(point, 2)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "root"])
def test_a_revoked_key_counts_for_nothing(publisher, point, role) -> None:
    point.pull(str(publisher.public))
    stolen = publisher.keys.root().signed.roles[role].keyids[0]
    keyid, root = revoke(publisher.keys, stolen[:12], NOW)
    assert keyid == stolen
    assert root.signed.version == 2
    assert stolen not in {one for each in root.signed.roles.values() for one in each.keyids}
    publisher.publish(2, at=NEWER)
    point.pull(str(publisher.public))
    keep(point, 2)
    if role != "root":
        thief = KeyFolder(publisher.keys.path)
        (publisher.place / "keys" / "revoked" / f"{stolen}.pem").rename(publisher.place / "keys" / "private" / f"{stolen}.pem")
        from tuf.api.metadata import Metadata

        path = publisher.public / ("timestamp.json" if role == "timestamp" else f"2.{role}.json")
        metadata = Metadata.from_file(str(path))
        metadata.signatures.clear()
        metadata.sign(thief.signers([stolen])[0])
        path.write_bytes(metadata.to_bytes())
        fresh = Point(point.into.parent / "fresh", publisher.root, Network())
        assert fresh.refused(str(publisher.public)) in {"wrong-key", "metadata-altered"}


def test_the_first_pull_needs_a_root(publisher, point) -> None:
    point.root = None
    assert point.refused(str(publisher.public)) == "no-trusted-root"
    for bad in (b"", b"{}", publisher.root[:-20], (publisher.public / "timestamp.json").read_bytes(), publisher.root.replace(b'"version":1', b'"version":2')):
        point.root = bad
        assert point.refused(str(publisher.public)) == "root-untrusted"
    point.root = publisher.root
    point.pull(str(publisher.public))
    # Afterwards the root that was given is remembered.
    point.root = None
    point.pull(str(publisher.public))


def test_revisions(publisher, point) -> None:
    """A repository whose keys all signed it can still not bring an older release back, or swap one."""
    publisher.publish(3, at=NEWER)
    point.pull(str(publisher.public))
    for revision, branch, code in ((2, "main", "lower-revision"), (3, "other", "same-revision-other-content")):
        shutil.rmtree(publisher.public)
        publisher.publish(revision, branch=branch)
        shutil.rmtree(point.into / "trust")
        assert point.refused(str(publisher.public)) == code
        keep(point, 3)
    # The same behaviour at a higher revision is a rollback, and accepted.
    shutil.rmtree(publisher.public)
    publisher.publish(4, branch="older")
    shutil.rmtree(point.into / "trust")
    point.pull(str(publisher.public))
    keep(point, 4)


def test_every_trust_refusal_has_a_code_of_its_own() -> None:
    codes = [one.code for one in refusals()]
    assert len(set(codes)) == len(codes)
    assert all(one.__doc__ and one.meaning != "the bundle is not taken" for one in refusals() if one.__module__ == distrust.__name__)


def test_the_page_lists_every_code() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "publishing.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", page, re.MULTILINE)
    for module in (distrust, unproven):
        ours = [(one.code, one.meaning) for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
        assert len(ours) >= 3
        assert [row for row in rows if row in ours] == ours


def test_new_keys_refuse_public_places(tmp_path) -> None:
    from packgate.errors import UserError

    (tmp_path / ".git").mkdir()
    with pytest.raises(UserError, match="private keys don't belong there"):
        new_keys(KeyFolder(str(tmp_path / "keys")), DEFAULTS, NOW)
