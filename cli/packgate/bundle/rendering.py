"""What is rendered of bundles: the files of targets that a bundle carries, and the subject of bundles that were pulled."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.bundle.installed import load_installed
from packgate.bundle.sources import unpack
from packgate.render.options import read_settings
from packgate.render.rendered import all_files, render
from packgate.render.subject import from_packs, from_workspace
from packgate.source.build import build_assignment
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.render.subject import Subject
    from packgate.source.cache import ValidationCache
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace


def target_files(space: Workspace, stage: str, cache: ValidationCache | None = None) -> dict[str, bytes]:
    """The files of the targets that a repository's settings name, for its one loaded pack under the stage of a release; none when they
    name no target. Raises `UserError` for options that a target can't take."""
    settings = space.settings
    wanted = read_settings(None if settings is None or settings.unfit else settings.data)
    if not wanted.targets:
        return {}
    corpora = Path(space.root) / "testcases" if space.root else None
    releases = {pack.name: stage for pack in space.packs}
    return all_files(render(from_workspace(space, releases=releases, corpora=corpora, cache=cache), wanted.targets, wanted))


def from_bundles(folder: str, *, stage: str | None = None, on_failure: Mapping[str, str] | None = None) -> Subject:
    """The packs that are in use in a folder of bundles; their cases are those of the sources that the bundles carry.

    Raises what `bundle.installed.load_installed` raises.
    """
    installed = load_installed(folder)
    results: list[LoadResult] = []
    with TemporaryDirectory(prefix="packgate-render-") as place:
        for number, bundle in enumerate(installed.bundles):
            sources = Path(place, str(number))
            unpack(bundle, sources)
            results += load_workspace(str(sources), [os.path.join(sources, "packs", bundle.manifest.pack)]).results
        items = [build_assignment(item, number) for number, item in enumerate(installed.assignments or ())]
        return from_packs(
            installed.packs, installed.vocabulary, items, results, releases=installed.releases, stage=stage, on_failure=on_failure or {},
        )
