"""The sources in a bundle: the YAML that a pack was loaded from, laid out as a policy repository that can be loaded again."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from packgate.bundle.canonical import digest
from packgate.bundle.names import LONGEST, is_plain
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packgate.bundle.verify import Bundle
    from packgate.source.file import SourceFile
    from packgate.source.result import LoadResult

SOURCES = "sources/"


def gather(result: LoadResult, context: Iterable[SourceFile]) -> dict[str, bytes]:
    """The files of a pack and of the packs that it extends, and files of the context, as members. Raises `UserError` for a file whose name
    no member can have, or that changed since it was loaded."""
    found = dict(_pack_files(result))
    for source in context:
        found[f"{SOURCES}context/{os.path.basename(source.path)}"] = _content(source)
    for name in found:
        if not is_plain(name):
            raise UserError(
                f"{name.removeprefix(SOURCES)}: a bundle can't have a file with this name",
                f"letters, digits and . _ @ + - in names; {LONGEST - len(SOURCES)} characters with the folders",
            )
    return found


def unpack(bundle: Bundle, folder: Path) -> None:
    """Write the sources below a folder, which then is a policy repository. Names are those that `open_bundle` let through."""
    for name, content in bundle.members.items():
        if name.startswith(SOURCES):
            path = folder / PurePosixPath(name.removeprefix(SOURCES))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def used_files(context: Iterable[SourceFile], compiled: Mapping[str, Any]) -> list[SourceFile]:
    """The files of the context of which something is in a compiled pack (`compiled.to_data`): no others leave the repository."""
    names = {"lists": set(compiled["context_lists"]), "groups": set(compiled.get("context", {}).get("groups", ()))}
    said = {name for name, data in compiled.get("context", {}).items() if data and name not in names}

    def is_used(data: Mapping[str, Any]) -> bool:
        return bool(said & data.keys()) or any(used & (data.get(name) or {}).keys() for name, used in names.items())

    return [source for source in context if isinstance(source.data, dict) and is_used(source.data)]


def _pack_files(result: LoadResult) -> Iterator[tuple[str, bytes]]:
    if result.base is not None:
        yield from _pack_files(result.base)
    assert result.pack is not None
    for source in result.files:
        inside = Path(os.path.relpath(source.path, result.path)).as_posix()
        yield f"{SOURCES}packs/{result.pack.name}/{inside}", _content(source)


def _content(source: SourceFile) -> bytes:
    content = Path(source.path).read_bytes()
    if digest(content) != source.digest:
        raise UserError(f"{source.path}: the file changed while the bundle was built", "build again")
    return content
