"""What a bundle decides with: the compiled pack from its canonical JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.bundle.canonical import canonical, parse
from packgate.bundle.compiled import COMPILED, read_compiled
from packgate.bundle.refusals import MemberMissing, NotCanonical, NotLoadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.bundle.verify import Bundle
    from packgate.model.policy import Pack
    from packgate.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Loaded:
    """Arguments for `engine.gate.build_gate`: packs (one), the vocabulary that their patterns need, lists of the context, and the stage of
    the release by pack."""

    packs: tuple[Pack, ...]
    vocabulary: Vocabulary
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)


def load(bundle: Bundle) -> Loaded:
    """The compiled pack of a verified bundle. Raises `Refused`: it has none, or one from which nothing can be built."""
    data = bundle.members.get(COMPILED)
    if data is None:
        raise MemberMissing(f"the bundle has no {COMPILED}")
    try:
        value = parse(data)
        written = canonical(value)
        pack, vocabulary, lists = read_compiled(value)
    except ValueError as error:
        raise NotLoadable(f"{COMPILED}: {error}") from None
    if written != data:
        raise NotCanonical(f"{COMPILED} is not written as a builder writes it")
    manifest = bundle.manifest
    if (pack.name, pack.version) != (manifest.pack, manifest.version):
        raise NotLoadable(f"{COMPILED} holds {pack.name} {pack.version}, the manifest says {manifest.pack} {manifest.version}")
    pack.digest, pack.revision = manifest.digest, manifest.revision
    return Loaded((pack,), vocabulary, lists, {pack.name: manifest.stage})
