"""What the verbs of `packgate bundle` share: reading files, and how a verdict on one is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from packgate.bundle.refusals import Refused
    from packgate.bundle.verify import Bundle, Held


def read_bytes(path: Path) -> bytes:
    """A bundle's file; of one that is too large only so much that it is refused. Raises `UserError`."""
    from packgate.bundle.limits import DEFAULT

    try:
        with path.open("rb") as file:
            return file.read(DEFAULT.archive + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error


def read_whole(path: Path) -> Bundle:
    """A whole bundle, whenever it holds. Raises `UserError` for one that is refused."""
    from packgate.bundle.refusals import Refused
    from packgate.bundle.verify import read_bundle

    try:
        return read_bundle(read_bytes(path))
    except Refused as refusal:
        raise UserError(f"{path}: {refusal.code}: {refusal.message}", refusal.hint) from refusal


def read_with_sources(path: Path) -> Bundle:
    """A whole bundle whose sources give what it decides with. Raises `UserError` for one that is refused."""
    from packgate.bundle.recompile import check_sources, is_comparable
    from packgate.bundle.refusals import Refused

    bundle = read_whole(path)
    if not is_comparable(bundle):
        raise UserError(
            f"{path}: it was built by packgate {bundle.manifest.minimum_engine[:-2]}, which may compile otherwise than this one",
            "build both sides with one version, or compare the tags",
        )
    try:
        check_sources(bundle)
    except Refused as refusal:
        raise UserError(f"{path}: {refusal.code}: {refusal.message}", refusal.hint) from refusal
    return bundle


def open_held(path: Path | None) -> Held | None:
    """What is installed, from the file of the installed bundle. Raises `UserError` for one that is refused."""
    return None if path is None else read_whole(path).held


def verdict_text(path: Path, bundle: Bundle | None, refusal: Refused | None, compared: bool = False) -> str:
    """A verdict on a few lines for people. ``compared``: whether the sources were compiled again."""
    if refusal is not None:
        return f"refused: {refusal.code}\n  {path}: {refusal.message}\n  hint: {refusal.hint}\n"
    assert bundle is not None
    manifest = bundle.manifest
    return (
        f"good: {manifest.pack} {manifest.version}, stage {manifest.stage}, revision {manifest.revision}, until {manifest.expires}\n"
        f"  {manifest.digest}\n"
        f"  its sources {'give what it decides with' if compared else 'were not compared: built by another version of packgate'}\n"
    )


def verdict_json(path: Path, bundle: Bundle | None, refusal: Refused | None, compared: bool = False) -> str:
    """A verdict as JSON: every key is always there."""
    held = None if bundle is None else bundle.held
    value = {
        "file": str(path), "accepted": refusal is None,
        "refused": None if refusal is None else {"code": refusal.code, "message": refusal.message, "hint": refusal.hint},
        "pack": held and held.pack, "revision": held and held.revision, "digest": held and held.digest,
        "sources_compared": compared,
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
