"""Builds an image: from an installed snapshot and the modules of packgate, all that the hook decides with, in one file.

What it is made from is written into it (`about`), and it decides for nothing else: the bytes of `active.json`, packgate's version, the
digest of the modules, the Python.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from packgate import __version__
from packgate.engine.plain import assignment_to
from packgate.engine.prepared import prepare
from packgate.hook.patterns import SEGMENT as PATTERN_SEGMENT
from packgate.hook.prepared_gate import COMMON, FAMILY, PROGRAMS
from packgate.installation.image_file import ImageWriter
from packgate.installation.late_source import BOOT, read_modules
from packgate.installation.regexes import compiled_regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packgate.bundle.installed import Installed
    from packgate.catalog.lookup import Catalog
    from packgate.engine.gate import Gate


def build_image(installed: Installed, active: bytes, package: str, patterns: Iterable[tuple[str | bytes, int]] = ()) -> bytes:
    """The bytes of an image.

    ``active``: the bytes of the pointer that the snapshot was loaded by; ``package``: the folder of the packgate whose modules it gets;
    ``patterns``: the regular expressions, with flags, that it is to hold compiled. Raises what building a gate raises, `OSError`.
    """
    modules = read_modules(package)
    writer = ImageWriter()
    for name, module in modules.items():
        writer.segment(name, module[:3])
    _add_patterns(writer, [*patterns, *(pattern for module in modules.values() for pattern in module.patterns)])
    gate = installed.gate()
    fields = {name: field.type for name, field in installed.vocabulary.fields.items()}
    _add_gate(writer, gate, fields)
    about = {"active": active, "version": __version__, "modules": modules_digest(package)}
    return writer.finish(about, {name: modules[name].code for name in BOOT})


def modules_digest(package: str) -> str:
    """A digest of the sources that an image is made from. Raises `OSError`."""
    from packgate.installation.late_source import sources

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
    places = [writer.part(catalog.entry(index)) for index in range(len(catalog.entries))]
    writer.segment(PROGRAMS, {
        "names": catalog.names, "globs": catalog.globs, "variables": catalog.variables, "places": b"".join(places),
    })
