"""What a bundle decides with: the compiled pack from its canonical JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.bundle.canonical import canonical, parse
from packgate.bundle.compiled import COMPILED, conditions, read_compiled
from packgate.bundle.context import joined_context
from packgate.bundle.refusals import NotCanonical, NotLoadable
from packgate.engine.gate import build_gate
from packgate.engine.patterns import check_pattern
from packgate.engine.syntax import PatternError
from packgate.errors import UserError
from packgate.guard.detectors import detects
from packgate.model.policy import Pattern
from packgate.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packgate.bundle.verify import Bundle
    from packgate.engine.gate import Gate
    from packgate.model.policy import Pack


@dataclass(frozen=True, slots=True)
class Loaded:
    """Arguments for `engine.gate.build_gate`: packs (one), the vocabulary that their patterns need, lists of the context, the stage of
    the release by pack, and what else the context says (`context.read_context`), None when nothing."""

    packs: tuple[Pack, ...]
    vocabulary: Vocabulary
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, Any] | None = None


def load(bundle: Bundle) -> Loaded:
    """The compiled pack of a verified bundle. Raises `Refused`: it has none, or one from which nothing can be built."""
    data = bundle.members[COMPILED]
    try:
        value = parse(data)
        written = canonical(value)
        pack, vocabulary, lists, context = read_compiled(value)
    except ValueError as error:
        raise NotLoadable(f"{COMPILED}: {error}") from None
    if written != data:
        raise NotCanonical(f"{COMPILED} is not written as a builder writes it")
    manifest = bundle.manifest
    if (pack.name, pack.version) != (manifest.pack, manifest.version):
        raise NotLoadable(f"{COMPILED} holds {pack.name} {pack.version}, the manifest says {manifest.pack} {manifest.version}")
    pack.digest, pack.revision = manifest.digest, manifest.revision
    loaded = Loaded((pack,), vocabulary, lists, {pack.name: manifest.stage}, context)
    _check_patterns(loaded)
    return loaded


def open_gate(bundles: Sequence[Bundle]) -> Gate:
    """The gate of bundles together, each under the stage of its release. Raises `Refused`, and `UserError` for packs that cannot stand
    beside each other."""
    loaded = [load(bundle) for bundle in bundles]
    packs: list[Pack] = []
    releases: dict[str, str] = {}
    vocabulary = Vocabulary({}, {})
    for each in loaded:
        # Two repositories may give one name of the context to different lists.
        for pack in each.packs:
            pack.lists = {**each.lists, **pack.lists}
            packs.append(pack)
        for name, field_type in each.vocabulary.fields.items():
            if name in vocabulary.fields and vocabulary.fields[name].type != field_type.type:
                raise UserError(f"the field '{name}' has different types in the bundles")
        vocabulary = vocabulary.extended(each.vocabulary.families.values(), each.vocabulary.fields.values())
        releases.update(each.releases)
    if len({pack.name for pack in packs}) != len(packs):
        raise UserError("two of the bundles are of the same pack")
    try:
        return build_gate(packs, vocabulary, releases=releases, surroundings=joined_context(each.context for each in loaded))
    except ValueError as error:
        raise UserError(f"the bundles cannot stand beside each other: {error}") from error


def _check_patterns(loaded: Loaded) -> None:
    """Compile everything once: what can't be compiled would else be found by a decision."""
    (pack,) = loaded.packs
    types = {name: each.type for name, each in loaded.vocabulary.fields.items()}
    known = {**loaded.lists, **pack.lists}
    try:
        build_gate(
            loaded.packs, loaded.vocabulary, lists=loaded.lists, releases=loaded.releases, surroundings=joined_context([loaded.context]),
        )
        for condition in conditions(pack):
            for pattern in _resolved(condition.patterns, known):
                check_pattern(pattern, types.get(condition.field, "word"))
                if pattern.kind == "detector":
                    detects(pattern.text, "")
    except (PatternError, ValueError, KeyError) as error:
        raise NotLoadable(f"{COMPILED}: {error}") from error


def _resolved(patterns: Iterable[Pattern], lists: Mapping[str, tuple[str, ...]]) -> Iterator[Pattern]:
    """Patterns with those of a list in its place. Raises `KeyError` for a list that there is not."""
    for pattern in patterns:
        if pattern.kind == "list":
            yield from (Pattern("glob", text) for text in lists[pattern.text])
        else:
            yield pattern
