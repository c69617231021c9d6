"""Compile a bundle's sources again: what people can read in it has to be what decides."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate import __version__
from packgate.bundle.canonical import canonical
from packgate.bundle.compiled import COMPILED, to_data
from packgate.bundle.refusals import SourcesDisagree
from packgate.bundle.sources import unpack
from packgate.source.vocabulary import builtin_vocabulary
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from packgate.bundle.verify import Bundle


def is_comparable(bundle: Bundle) -> bool:
    """Whether this packgate compiles as the builder did: versions that differ in the last number do."""
    return bundle.manifest.minimum_engine.split(".")[:2] == __version__.split(".")[:2]


def check_sources(bundle: Bundle) -> None:
    """Hold the compiled pack against the sources beside it. Raises `Refused` (`SourcesDisagree`)."""
    name = bundle.manifest.pack
    with TemporaryDirectory(prefix="packgate-bundle-") as folder:
        unpack(bundle, Path(folder))
        space = load_workspace(folder, [os.path.join(folder, "packs", name)])
        result = space.results[0]
        if result.pack is None:
            raise SourcesDisagree(f"the sources of '{name}' in the bundle do not load")
        again = canonical(to_data(result.pack, result.vocabulary, builtin_vocabulary(), space.lists, space.surroundings))
    if again != bundle.members[COMPILED]:
        raise SourcesDisagree(f"{COMPILED} is not what the sources in the bundle give")
