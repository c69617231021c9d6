"""Every refusal, by a bundle that was really tampered with: with Python's tar, with an editor, or by somebody who can build."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import tracemalloc

import pytest
from bundle_forge import NOW, entry, golden, header_changed, members, packed, with_entry, with_manifest

from packgate.bundle import refusals
from packgate.bundle.canonical import canonical
from packgate.bundle.compiled import COMPILED
from packgate.bundle.limits import Limits
from packgate.bundle.manifest import MANIFEST
from packgate.bundle.recompile import check_sources
from packgate.bundle.refusals import Refused
from packgate.bundle.verify import Held, open_bundle, read_bundle


def refused(data: bytes, **options) -> Refused:
    with pytest.raises(Refused) as caught:
        open_bundle(data, **{"now": NOW, **options}).load()
    assert caught.value.message
    assert caught.value.hint
    return caught.value


def code(data: bytes, **options) -> str:
    return refused(data, **options).code


def test_the_golden_bundle_is_taken():
    bundle = open_bundle(golden(), now=NOW, pack="small", name="small-1.2.0-warn-r7.packgate")
    assert (bundle.manifest.version, bundle.manifest.revision, bundle.size) == ("1.2.0", 7, len(golden()))
    assert [pack.name for pack in bundle.packs()] == ["small"]


@pytest.mark.parametrize(("kind", "target", "expected"), [
    (tarfile.SYMTYPE, "/etc/passwd", "symbolic-link"),
    (tarfile.LNKTYPE, MANIFEST, "hard-link"),
    (tarfile.CHRTYPE, "", "device"),
    (tarfile.BLKTYPE, "", "device"),
    (tarfile.FIFOTYPE, "", "device"),
    (tarfile.DIRTYPE, "", "not-a-file"),
    (tarfile.GNUTYPE_SPARSE, "", "decompression-bomb"),
    (tarfile.XHDTYPE, "", "not-a-file"),
    (tarfile.XGLTYPE, "", "not-a-file"),
    (tarfile.GNUTYPE_LONGNAME, "", "not-a-file"),
    (b"V", "", "not-a-file"),
])
def test_only_files(kind, target, expected):
    data = packed(members(golden()))
    place = len(data) - 1024
    item = tarfile.TarInfo("sources/x")
    item.linkname = target
    header = bytearray(item.tobuf(tarfile.USTAR_FORMAT))
    forged = data[:place] + bytes(header) + data[place:]
    assert code(header_changed(forged, 156, kind, place)) == expected


def test_links_and_devices_by_tar_itself():
    assert code(with_entry(entry("sources/link", tarfile.SYMTYPE, "../../../etc/passwd"))) == "symbolic-link"
    assert code(with_entry(entry("sources/null", tarfile.CHRTYPE))) == "device"
    assert code(with_entry(entry("sources/same", tarfile.LNKTYPE, MANIFEST))) == "hard-link"


@pytest.mark.parametrize("name", ["/etc/cron.d/x", "//host/share", "C:/Windows/x", "c:x", "\\\\host\\share", "~/x"])
def test_absolute_path(name):
    assert code(with_entry(entry(name), b"x")) == "absolute-path"


@pytest.mark.parametrize("name", ["../x", "sources/../../x", "sources/..", "a\\..\\x"])
def test_parent_path(name):
    assert code(with_entry(entry(name), b"x")) == "parent-path"


@pytest.mark.parametrize("name", ["sources/./x", "sources//x", "a b", "sources/ä", "sources\\x", "x\x1b[2J"])
def test_names_that_no_builder_gives(name):
    assert code(with_entry(entry(name), b"x")) == "not-canonical"


def test_a_prefix_cannot_hide_a_path():
    """The name of a header is continued to the left by its prefix."""
    for prefix, expected in ((b"/etc", "absolute-path"), (b"..", "parent-path")):
        assert code(header_changed(with_entry(entry("x"), b"x"), 345, prefix, _last_header())) == expected


def _last_header() -> int:
    with tarfile.open(fileobj=io.BytesIO(with_entry(entry("x"), b"x"))) as archive:
        return archive.getmember("x").offset


def test_member_missing():
    found = members(golden())
    assert code(packed({name: data for name, data in found.items() if name != "sources/packs/small/pack.yaml"})) == "member-missing"
    assert code(packed({name: data for name, data in found.items() if name != MANIFEST})) == "member-missing"


@pytest.mark.parametrize("name", [COMPILED, "provenance.json"])
def test_members_that_every_bundle_has(name):
    """Somebody who builds bundles left one out, and sealed a manifest without it."""
    found = members(golden())
    manifest = json.loads(found.pop(MANIFEST))
    del found[name]
    from packgate.bundle.manifest import seal

    fields = {key: value for key, value in manifest.items() if key not in ("schema", "members", "digest")}
    assert code(packed({MANIFEST: seal(fields, found), **found})) == "member-missing"


def test_member_extra():
    assert code(packed({**members(golden()), "sources/zz.yaml": b"policies: []\n"})) == "member-extra"
    assert code(with_entry(entry("sources/zz.yaml"), b"policies: []\n")) == "member-extra"


def test_member_altered():
    found = members(golden())
    name = "sources/packs/small/policies/platform.yaml"
    assert code(packed({**found, name: found[name].replace(b"block", b"audit", 1)})) == "member-altered"
    assert code(packed({**found, COMPILED: found[COMPILED].replace(b'"mode":"block"', b'"mode":"audit"', 1)})) == "member-altered"
    assert code(packed({**found, name: b""})) == "member-altered"


def test_manifest_altered():
    assert code(with_manifest({"revision": 8}, sealed=False)) == "member-altered"
    assert code(with_manifest({"stage": "block"}, sealed=False)) == "member-altered"
    assert code(with_manifest({"expires": "2036-01-31T09:30:00Z"}, sealed=False)) == "member-altered"
    assert code(with_manifest({"digest": "sha256:" + "0" * 64}, sealed=False)) == "member-altered"


def test_member_duplicated():
    name = "sources/packs/small/pack.yaml"
    assert code(with_entry(entry(name), members(golden())[name])) == "member-duplicated"
    assert code(with_entry(entry(MANIFEST), b"{}")) == "member-duplicated"
    assert code(with_entry(entry("Manifest.JSON"), b"{}")) == "member-duplicated"


def test_archive_too_large():
    assert code(golden(), limits=Limits(archive=len(golden()) - 1)) == "archive-too-large"
    assert open_bundle(golden(), now=NOW, limits=Limits(archive=len(golden()), member=len(golden())))


def test_member_too_large_is_told_by_its_header_alone():
    # The size of the first member, as octal digits, without a byte of it.
    assert code(header_changed(golden(), 124, b"77777777777\0")) == "member-too-large"
    assert code(golden(), limits=Limits(member=1000)) == "member-too-large"


def test_total_too_large():
    assert code(golden(), limits=Limits(total=5000)) == "total-too-large"


def test_too_many_members():
    assert code(golden(), limits=Limits(members=10)) == "too-many-members"
    assert open_bundle(golden(), now=NOW, limits=Limits(members=11))


def test_a_bomb_is_refused_in_little_memory():
    bombs = {
        "gzip": gzip.compress(bytes(1 << 27)),
        "bzip2": bz2.compress(bytes(1 << 26)),
        "xz": lzma.compress(bytes(1 << 26), preset=0),
    }
    for kind, data in bombs.items():
        tracemalloc.start()
        refusal = refused(data, limits=Limits(ratio=1000))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert refusal.code == "decompression-bomb", kind
        assert kind in refusal.message
        assert peak < 4 << 20, (kind, peak)


def test_a_compressed_copy_is_told_from_a_bomb():
    for compress in (gzip.compress, bz2.compress, lzma.compress):
        refusal = refused(compress(golden()))
        assert refusal.code == "not-canonical"
        assert "compressed" in refusal.message
    assert code(gzip.compress(golden())[:-40]) == "not-canonical"
    assert code(b"PK\x03\x04" + golden()) == "not-canonical"
    assert code(b"\x1f\x8b" + golden()) == "not-canonical"


def test_not_a_bundle():
    assert code(b"<!doctype html><title>404</title>" + b" " * 1000) == "not-a-bundle"
    assert code(b"") == "truncated"


def test_damaged_header():
    data = bytearray(golden())
    data[3] ^= 1
    assert code(bytes(data)) == "damaged"
    # The second header lies behind the manifest.
    second = 512 + -(-len(members(golden())[MANIFEST]) // 512) * 512
    assert code(golden()[:second] + bytes(1) + golden()[second + 1 :]) == "damaged"
    assert code(header_changed(golden(), 124, b"12345x78901\0")) == "damaged"
    assert code(golden()[:second] + b"x" * 512 + golden()[second + 512 :]) == "damaged"


@pytest.mark.parametrize("text", [
    b"", b"{", b"[]", b"null", b"\xff", b'{"schema": 1}', b'{"schema": 1, "schema": 2}', b'{"schema": 1.0}', b"[" * 100_000, b'{"schema": NaN}',
    b'{"schema":' + b"9" * 5000 + b"}", b'{"schema": 1, "a\\ud800": 1}', b'{"Schema": 1}',
])
def test_damaged_manifest(text):
    assert code(packed({**members(golden()), MANIFEST: text})) == "damaged"


@pytest.mark.parametrize(("name", "value"), [
    ("pack", "../x"), ("pack", 1), ("pack", "Small"), ("version", "1.2"), ("version", "01.2.3"), ("stage", "allow"), ("revision", 0), ("revision", -1),
    ("revision", True), ("revision", "7"), ("revision", 2**60), ("commit", "abc"), ("commit", "x" * 40), ("tag", ""), ("tag", "a\nb"), ("tag", 1),
    ("created", "2026-01-31"), ("not_before", "tomorrow"), ("expires", "2026-01-31T09:30:00+01:00"), ("expires", None), ("minimum_engine", "latest"),
    ("digest", "md5:0"), ("members", []), ("members", {"../x": {"sha256": "0" * 64, "size": 1}}), ("members", {"x": {"sha256": "0", "size": 1}}),
    ("members", {"x": {"sha256": "0" * 64, "size": -1}}), ("members", {"x": {"sha256": "0" * 64}}), ("members", {MANIFEST: {"sha256": "0" * 64, "size": 1}}),
])
def test_manifest_of_a_wrong_form(name, value):
    refusal = refused(with_manifest({name: value}, sealed=False))
    assert (refusal.code, repr(name) in refusal.message or f"'{name}'" in refusal.message) == ("damaged", True)


def test_manifest_with_other_keys():
    assert code(with_manifest({"note": "hello"}, sealed=False)) == "damaged"


def test_unknown_schema():
    assert code(with_manifest({"schema": 2})) == "unknown-schema"
    assert code(packed({**members(golden()), MANIFEST: b'{"schema":99,"whatever":true}\n'})) == "unknown-schema"
    assert code(packed({**members(golden()), MANIFEST: b'{"schema":true}\n'})) == "unknown-schema"


def test_engine_too_old():
    assert code(with_manifest({"minimum_engine": "0.10.0"}), engine="0.9.9") == "engine-too-old"
    assert open_bundle(with_manifest({"minimum_engine": "0.10.0"}), now=NOW, engine="0.10.0rc1")
    assert open_bundle(with_manifest({"minimum_engine": "0.9.0"}), now=NOW, engine="0.10.0")


def test_times():
    assert code(golden(), now="2026-01-31T09:29:59Z") == "not-yet-valid"
    assert open_bundle(golden(), now="2026-01-31T10:30:00+01:00")
    assert open_bundle(golden(), now="2027-01-31T09:29:59Z")
    assert code(golden(), now="2027-01-31T09:30:00Z") == "expired"
    assert code(golden(), now="2027-01-31T10:30:00+00:30") == "expired"
    with pytest.raises(ValueError, match="not a time"):
        open_bundle(golden(), now="tomorrow")


def test_revisions():
    digest = read_bundle(golden()).manifest.digest
    assert code(golden(), floor=Held("small", 8, digest)) == "lower-revision"
    assert code(golden(), floor=Held("small", 7, "sha256:" + "0" * 64)) == "same-revision-other-content"
    assert open_bundle(golden(), now=NOW, floor=Held("small", 7, digest)).held == Held("small", 7, digest)
    assert open_bundle(golden(), now=NOW, floor=Held("small", 6, "sha256:" + "0" * 64))


def test_an_intended_rollback_is_taken():
    """Earlier content at a higher revision."""
    newer = with_manifest({"version": "1.3.0", "revision": 8}, _with_version("1.3.0"))
    rollback = with_manifest({"revision": 9})
    floor = open_bundle(newer, now=NOW, floor=read_bundle(golden()).held).held
    assert open_bundle(rollback, now=NOW, floor=floor).load().packs[0].version == "1.2.0"
    assert code(golden(), floor=floor) == "lower-revision"


def _with_version(version: str) -> dict[str, bytes]:
    return {COMPILED: members(golden())[COMPILED].replace(b'"version":"1.2.0"', b'"version":"%s"' % version.encode())}


def test_wrong_pack_and_wrong_name():
    assert code(golden(), pack="strict") == "wrong-pack"
    assert code(golden(), floor=Held("strict", 1, "sha256:0")) == "wrong-pack"
    assert code(golden(), name="small-1.2.0-block-r7.packgate") == "wrong-name"


def test_not_canonical():
    found = members(golden())
    assert code(packed({MANIFEST: found[MANIFEST], **dict(reversed(list(found.items())[1:]))})) == "not-canonical"
    assert code(packed(dict(sorted(found.items())))) == "not-canonical", "the manifest comes first"
    assert code(golden() + b"\0" * 512) == "not-canonical"
    assert code(golden() + b"x") == "not-canonical"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in found.items():
            item = tarfile.TarInfo(name)
            item.size, item.uname = len(data), "builder"
            archive.addfile(item, io.BytesIO(data))
    assert code(out.getvalue()) == "not-canonical", "tar pads to a record"


@pytest.mark.parametrize(("start", "value"), [
    (100, b"0000755\0"), (108, b"0001750\0"), (136, b"14716230000\0"), (156, b"\0"), (156, b"7"), (157, b"target"), (265, b"root"), (329, b"0000000\0"),
    (500, b"x"), (257, b"ustar  \0"), (124, b"000000%05o\0"),
])
def test_other_metadata(start, value):
    size = len(members(golden())[MANIFEST])
    if start == 124:
        # The same number, written with blanks.
        value = b"%11o\0" % size
    assert code(header_changed(golden(), start, value)) == "not-canonical"


def test_padding_is_not_a_hiding_place():
    size = len(members(golden())[MANIFEST])
    place = 512 + size
    assert size % 512
    assert code(golden()[:place] + b"x" + golden()[place + 1 :]) == "not-canonical"


def test_an_empty_block_between_members():
    second = 512 + -(-len(members(golden())[MANIFEST]) // 512) * 512
    assert code(golden()[:second] + bytes(512) + golden()[second:]) == "not-canonical"


def test_manifest_written_otherwise():
    found = members(golden())
    pretty = json.dumps(json.loads(found[MANIFEST]), indent=1).encode()
    assert code(packed({**found, MANIFEST: pretty})) == "not-canonical"


def test_not_loadable():
    compiled = json.loads(members(golden())[COMPILED])
    assert code(with_manifest(contents={COMPILED: b"{}\n"})) == "not-loadable"
    assert code(with_manifest(contents={COMPILED: b"[" * 100_000})) == "not-loadable"
    assert code(with_manifest(contents={COMPILED: canonical({**compiled, "form": 2})})) == "not-loadable"
    assert code(with_manifest({"version": "1.2.1"})) == "not-loadable", "the pack says another version than the manifest"
    pretty = json.dumps(compiled, indent=1).encode()
    assert code(with_manifest(contents={COMPILED: pretty})) == "not-canonical"


def test_patterns_that_no_decision_could_use_are_found_before():
    compiled = json.loads(members(golden())[COMPILED])
    for pattern in (["regex", "(a+"], ["regex", "(?<=x)y"], ["list", "nowhere"], ["cidr", "10.0.0.0/99"], ["detector", "nothing"]):
        compiled["pack"]["policies"][0]["clauses"][0][0][2] = [pattern]
        bundle = read_bundle(with_manifest(contents={COMPILED: canonical(compiled)}))
        with pytest.raises(refusals.NotLoadable):
            bundle.load()


def test_sources_disagree():
    """Somebody who can build shows reviewers one thing and lets another decide."""
    compiled = members(golden())[COMPILED].replace(b'"mode":"block"', b'"mode":"audit"')
    bundle = open_bundle(with_manifest(contents={COMPILED: compiled}), now=NOW)
    bundle.load()
    with pytest.raises(Refused) as caught:
        check_sources(bundle)
    assert caught.value.code == "sources-disagree"
    broken = open_bundle(with_manifest(contents={"sources/packs/small/pack.yaml": b"name: [\n"}), now=NOW)
    with pytest.raises(Refused, match="do not load"):
        check_sources(broken)
    check_sources(read_bundle(golden()))


def test_truncated_at_any_byte():
    data = golden()
    for end in range(len(data)):
        with pytest.raises(refusals.Truncated):
            read_bundle(data[:end])


def test_every_refusal_has_a_code_of_its_own():
    every = list(refusals.refusals())
    assert len({each.code for each in every}) == len(every) >= 28
    assert all(each.meaning != Refused.meaning and each.__doc__ and each.code != "refused" for each in every)
