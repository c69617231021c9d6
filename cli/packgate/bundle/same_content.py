"""A bundle has to hold what the commit of its release holds: its manifest can name any commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate import __version__
from packgate.bundle.build import TARGETS
from packgate.bundle.canonical import canonical
from packgate.bundle.compiled import COMPILED, to_data
from packgate.bundle.provenance import PROVENANCE, builder
from packgate.bundle.recompile import is_comparable
from packgate.bundle.rendering import target_files
from packgate.bundle.sources import SOURCES, gather, used_files
from packgate.bundle.unproven import ReleaseDisagrees
from packgate.source.vocabulary import builtin_vocabulary

if TYPE_CHECKING:
    from packgate.bundle.verify import Bundle
    from packgate.release.content import Content


def check_content(bundle: Bundle, content: Content) -> None:
    """Hold a bundle's sources, its compiled pack and its rendered files against the content of its release's commit.

    Raises `ReleaseDisagrees`.
    """
    tag = bundle.manifest.tag
    if not is_comparable(bundle):
        raise ReleaseDisagrees(f"the bundle of {tag} was built by another packgate, so it can't be held against its commit")
    pack = content.result.pack
    if not content.loads or pack is None:
        raise ReleaseDisagrees(f"the content of {tag} does not load with this packgate")
    if pack.version != bundle.manifest.version:
        raise ReleaseDisagrees(f"{tag}: pack.yaml at its commit says version {pack.version}")
    compiled = to_data(pack, content.result.vocabulary, builtin_vocabulary(), content.space.lists, content.space.surroundings)
    wanted = gather(content.result, used_files(content.space.context, compiled))
    wanted[COMPILED] = canonical(compiled)
    wanted |= _rendered(bundle, content)
    found = {name: data for name, data in bundle.members.items() if name == COMPILED or name.startswith((SOURCES, TARGETS))}
    different = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if different:
        more = f" and {len(different) - 3} more" if len(different) > 3 else ""
        raise ReleaseDisagrees(f"the bundle of {tag} holds something else than its commit: {', '.join(different[:3])}{more}")


def _rendered(bundle: Bundle, content: Content) -> dict[str, bytes]:
    """The files that the commit's settings want to be rendered. What is rendered depends on packgate's own catalog and corpora, so only
    the version that built the bundle can tell."""
    files = target_files(content.space, bundle.manifest.stage)
    if (files or any(name.startswith(TARGETS) for name in bundle.members)) and builder(bundle.members[PROVENANCE]) != __version__:
        raise ReleaseDisagrees(f"the rendered files in the bundle of {bundle.manifest.tag} were built by another version of packgate")
    return {TARGETS + name: data for name, data in files.items()}
