"""Bundles for tests: the golden one, and what somebody with tar and a text editor makes of it."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

from packgate.bundle.archive import write_archive
from packgate.bundle.build import Built, Facts, build
from packgate.bundle.canonical import canonical
from packgate.bundle.manifest import MANIFEST, seal
from packgate.source.workspace import load_workspace

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = ROOT / "testcases" / "bundles" / "repository"
GOLDEN = ROOT / "testcases" / "bundles" / "small-1.2.0-warn-r7.packgate"
# Within the time of the golden bundle.
NOW = "2026-06-01T12:00:00Z"
FACTS = Facts("warn", 7, "2026-01-31T09:30:00Z")


def golden() -> bytes:
    return GOLDEN.read_bytes()


def built(root: Path = REPOSITORY, pack: str = "small", facts: Facts = FACTS, engine: str = "0.1.0", **options: Any) -> Built:
    """A bundle of a repository's pack, without its cases being run."""
    space = load_workspace(str(root), [str(root / "packs" / pack)])
    assert space.ok, space.diagnostics
    return build(space, space.results[0], facts, engine=engine, **options)


def members(data: bytes) -> dict[str, bytes]:
    """Every member, the manifest first."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {item.name: archive.extractfile(item).read() for item in archive.getmembers()}


def packed(contents: dict[str, bytes]) -> bytes:
    """An archive as a builder writes it, in the order given."""
    return write_archive(contents, list(contents))


def with_manifest(changes: dict[str, Any] | None = None, contents: dict[str, bytes] | None = None, sealed: bool = True) -> bytes:
    """The golden bundle with other entries in its manifest, or other members; ``sealed``: by somebody who builds bundles."""
    found = members(golden())
    manifest = json.loads(found.pop(MANIFEST)) | (changes or {})
    found.update(contents or {})
    if not sealed:
        return packed({MANIFEST: canonical(manifest), **found})
    schema = manifest.pop("schema")
    fields = {name: value for name, value in manifest.items() if name not in ("members", "digest")}
    data = seal(fields, found)
    if schema != 1:
        data = data.replace(b'"schema":1', b'"schema":%d' % schema)
    return packed({MANIFEST: data, **dict(sorted(found.items()))})


def with_entry(entry: tarfile.TarInfo, content: bytes = b"", form: int = tarfile.USTAR_FORMAT) -> bytes:
    """The golden bundle with one more entry, written by Python's own tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in members(golden()).items():
            item = tarfile.TarInfo(name)
            item.size = len(data)
            archive.addfile(item, io.BytesIO(data))
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, target
    return found


def header_changed(data: bytes, start: int, value: bytes, header: int = 0) -> bytes:
    """An archive with other bytes in one header, whose checksum is right again."""
    block = bytearray(data[header : header + 512])
    block[start : start + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return data[:header] + bytes(block) + data[header + 512 :]

