"""The folder in which a simulation works: what is done stands in it as whole files, so that one that was ended can be taken up again."""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate import __version__
from packgate.engine.plain import pack_to, policy_to
from packgate.errors import UserError
from packgate.eventstore.places import absolute, is_parquet, length, opened
from packgate.impact.simulation.lines import Range, ranges
from packgate.impact.simulation.plain import decided_from, decided_to, is_empty, range_to, read_from
from packgate.impact.simulation.spill import read_block, write_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from packgate.impact.simulation.deciding import Decided
    from packgate.impact.simulation.pair import Policies
    from packgate.impact.simulation.reading import Read, Share

_OTHERS_WRITE = 0o022
_MANIFEST = "simulation.json"
# How much of a file's beginning and end tells whether it is the same one.
_PROBE = 64 * 1024


class Work:
    """Files in a folder: ``range-N`` for what was read, ``share-N`` for what was decided."""

    def __init__(self, folder: Path, shares: int) -> None:
        self.folder = folder
        self.shares = shares

    def has_range(self, number: int) -> bool:
        """Whether a range was read."""
        return self._range(number).exists()

    def put_range(self, number: int, read: Read, shares: Sequence[Share]) -> None:
        """Keep what a range holds."""
        write_blocks(self._range(number), range_to(read, shares))

    def read(self, number: int) -> Read:
        """What was found in a range beside actions."""
        return read_from(read_block(self._range(number), self.shares))

    def blocks(self, share: int, count: int) -> Iterator[tuple[int, Any, Any]]:
        """One share of each of ``count`` ranges: number, texts and occurrences."""
        for number in range(count):
            block = read_block(self._range(number), share)
            if not is_empty(block):
                yield number, *block

    def has_share(self, number: int) -> bool:
        """Whether a share was decided."""
        return self._share(number).exists()

    def put_share(self, number: int, found: Decided) -> None:
        """Keep what a share came to."""
        write_blocks(self._share(number), [decided_to(found)])

    def share(self, number: int) -> Decided:
        """What a share came to."""
        return decided_from(read_block(self._share(number), 0))

    def clear(self) -> None:
        """Remove everything that was kept here, and the folder if nothing else is in it."""
        for pattern in ("range-*", "share-*", _MANIFEST):
            for path in self.folder.glob(pattern):
                path.unlink()
        if not os.listdir(self.folder):
            self.folder.rmdir()

    def _range(self, number: int) -> Path:
        return self.folder / f"range-{number:06}"

    def _share(self, number: int) -> Path:
        return self.folder / f"share-{number:06}"


def take_up(
    folder: Path, paths: Sequence[Path | str], sides: Sequence[Policies], now: str | None, size: int, shares: Callable[[int], int],
) -> tuple[list[Range], int]:
    """The ranges of a simulation that works in a folder, and in how many shares: those of the one that was begun there, else new ones, of
    ``size`` bytes, in as many shares as ``shares`` says of the number of all bytes.

    Raises `UserError` where another simulation was begun: other files, policies or times, or another version of packgate or Python.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & _OTHERS_WRITE:
        raise UserError(f"{folder}: others could write in the folder", "name a new folder")
    manifest = folder / _MANIFEST
    wanted: dict[str, Any] = {
        "packgate": __version__, "python": sys.implementation.cache_tag, "now": now, "policies": [digest_of(each) for each in sides],
        "size": size, "paths": [absolute(str(path)) for path in paths],
    }
    if not manifest.exists():
        if any(folder.iterdir()):
            raise UserError(f"{folder}: the folder is not empty, and no simulation was begun in it", "name a new folder")
        lengths = [length(str(path)) for path in paths]
        parts = ranges(paths, size, lengths)
        files = [{"length": end, "probe": _probe(str(path), end)} for path, end in zip(paths, lengths, strict=True)]
        partial = manifest.with_suffix(".partial")
        count = shares(sum(part.end - part.start for part in parts))
        partial.write_text(json.dumps({**wanted, "shares": count, "files": files}, indent=1) + "\n", encoding="utf-8")
        os.replace(partial, manifest)
        return parts, count
    try:
        known = json.loads(manifest.read_text(encoding="utf-8"))
        files = known["files"]
        differing = [key for key, value in wanted.items() if known.get(key) != value]
        lengths = [each["length"] for each in files]
        probes = [each["probe"] for each in files]
        count = int(known["shares"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{manifest}: can't be read: {error}", "name a new folder") from error
    if differing:
        raise UserError(f"{folder}: another simulation was begun there: {', '.join(differing)} differ", "name a new folder")
    if [_probe(str(path), end) for path, end in zip(paths, lengths, strict=True)] != probes:
        raise UserError(f"{folder}: the files of events were changed since it was begun", "name a new folder")
    return ranges(paths, size, lengths), count


def begun_at(folder: Path) -> str | None:
    """The time that waivers are held against in the simulation that was begun in a folder; None where none was, or none was given."""
    try:
        found = json.loads((folder / _MANIFEST).read_text(encoding="utf-8")).get("now")
    except (OSError, ValueError, AttributeError):
        # What is wrong with it is told by `take_up`.
        return None
    return found if isinstance(found, str) else None


def _probe(path: str, end: int) -> str:
    """What a file begins and ends with, as a digest; of a file that has become shorter, something else. A log may grow; a Parquet file may
    not."""
    digest = sha256()
    with opened(path) as stream:
        digest.update(stream.read(min(_PROBE, end)))
        stream.seek(max(end - _PROBE, 0))
        tail = stream.read(min(_PROBE, end))
    digest.update(tail + b"%d" % len(tail))
    if is_parquet(path):
        digest.update(b"%d" % length(path))
    return digest.hexdigest()


def digest_of(side: Policies) -> str:
    """A digest of everything that one side's decisions depend on."""
    packs = [(pack_to(pack), pack.catalog, [policy_to(policy) for policy in pack.policies]) for pack in side.packs]
    assigned = [(each.pack, each.stage, repr(each.conditions), each.name) for each in side.assigned]
    data = [
        packs, assigned, side.default_stage, side.stage, side.vocabulary.to_json(), side.surroundings, sorted(side.lists.items()),
        sorted(side.releases.items()),
    ]
    return sha256(json.dumps(data, sort_keys=True, default=list).encode()).hexdigest()

