"""Builds an image: from an installed snapshot and the modules of packgate, all that the hook decides with, in one file.

It is built in two steps, since modules change with the version of packgate and policies with every pull: `build_base` has the modules and
the regular expressions that they compile, `build_image` adds the gate. What an image is made from is written into it (`about`), and it
decides for nothing else: the bytes of `active.json`, packgate's version, the digest of the modules; its head names the Python.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from packgate import __version__
from packgate.engine.plain import assignment_to
from packgate.engine.prepared import prepare
from packgate.guard.detectors import masking_look
from packgate.hook.patterns import SEGMENT as PATTERN_SEGMENT
from packgate.hook.prepared_gate import COMMON, FAMILY, LOOK, PROGRAMS, Names, PreparedCatalog
from packgate.installation.image_file import ImageWriter
from packgate.installation.late_source import BOOT, read_modules, sources
from packgate.installation.regexes import compiled_regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packgate.bundle.installed import Installed
    from packgate.catalog.lookup import Catalog
    from packgate.engine.gate import Gate
    from packgate.hook.opening import Image
    from packgate.installation.late_source import Module


def build_base(modules: Mapping[str, Module], digest: str, patterns: Iterable[tuple[str | bytes, int]] = ()) -> bytes:
    """The bytes of an image without a gate. ``digest``: that of the modules' sources; ``patterns``: the regular expressions, with flags,
    that it is to hold compiled beside those that functions spell out."""
    writer = ImageWriter()
    for name, module in modules.items():
        pieces = {piece: writer.part(code) for piece, code in module.pieces.items()}
        writer.segment(name, (module.code, {**module.late, **pieces}))
    writer.segment(LOOK, masking_look())
    _add_patterns(writer, [*patterns, *(pattern for module in modules.values() for pattern in module.patterns)])
    packages = {name: True for name, module in modules.items() if module.package}
    return writer.finish({"version": __version__, "modules": digest, "packages": packages}, {name: modules[name].code for name in BOOT})


def build_image(base: Image, data: bytes, installed: Installed, bundles: str, pointer: str, active: bytes) -> bytes:
    """The bytes of an image. ``base``, ``data``: the open base and the bytes of its file; ``bundles``: the folder of bundles, as settings
    name it; ``pointer``, ``active``: the path of what says which snapshot is in use, and its bytes. Raises what building a gate raises."""
    writer = ImageWriter()
    writer.continue_from(base, data)
    _add_gate(writer, installed.gate(), {name: field.type for name, field in installed.vocabulary.fields.items()})
    return writer.finish({**base.about, "bundles": bundles, "pointer": pointer, "active": active}, base.boot)


def modules_digest(package: str) -> str:
    """A digest of the sources that an image is made from. Raises `OSError`."""
    found = hashlib.sha256()
    for name, file in sources(package):
        with open(file, "rb") as stream:
            found.update(f"{name} ".encode() + hashlib.sha256(stream.read()).digest())
    return found.hexdigest()


def _add_patterns(writer: ImageWriter, patterns: Iterable[tuple[str | bytes, int]]) -> None:
    numbers: dict[tuple[str | bytes, int], int] = {}
    places: list[bytes] = []
    for key in sorted(set(patterns), key=repr):
        numbers[key] = len(places)
        places.append(writer.part(compiled_regex(*key)))
    writer.segment(PATTERN_SEGMENT, (numbers, b"".join(places)))


def _add_gate(writer: ImageWriter, gate: Gate, fields: Mapping[str, str]) -> None:
    prepared = prepare(gate.engine, fields)
    for family, data in sorted(prepared.families.items()):
        writer.segment(FAMILY + family, data)
    items = () if gate.assignments is None else gate.assignments.items
    writer.segment(COMMON, {
        "engine": prepared.common, "rules": b"".join([writer.part(rule) for rule in prepared.rules]),
        "assignments": [assignment_to(item) for item in items],
    })
    _add_catalog(writer, gate.catalog)


def _add_catalog(writer: ImageWriter, catalog: Catalog) -> None:
    places = [writer.part(PreparedCatalog.program_to(catalog.entry(index))) for index in range(len(catalog.entries))]
    writer.segment(PROGRAMS, {
        "names": Names.text(catalog.names), "globs": catalog.globs, "variables": catalog.variables, "places": b"".join(places),
    })


__all__ = ["build_base", "build_image", "modules_digest", "read_modules"]
