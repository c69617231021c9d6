"""A folder of bundles in use, as a pull leaves it, without a publisher and a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packgate.bundle import activation
from packgate.bundle.verify import read_bundle

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = "2026-02-01T00:00:00Z"


def install(into: Path, bundles: Sequence[tuple[str, bytes]]) -> None:
    """Make bundles, by file name and bytes, the snapshot that is in use."""
    staged = activation.stage(str(into))
    for name, data in bundles:
        (Path(staged) / name).write_bytes(data)
    verified = [read_bundle(data) for _, data in bundles]
    files = {bundle.manifest.pack: name for bundle, (name, _) in zip(verified, bundles, strict=True)}
    name = activation.snapshot_name(b"".join(data for _, data in bundles), sorted(files))
    activation.activate(str(into), staged, name, verified, files, False, NOW)
