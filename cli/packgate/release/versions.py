"""Which version a change needs: computed from what it does, not from what its author calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.impact.structural import LOOSENED
from packgate.source.vocabulary import builtin_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packgate.impact.compare import Comparison
    from packgate.source.result import LoadResult

PATCH, MINOR, MAJOR = "patch", "minor", "major"
_RANK = {PATCH: 0, MINOR: 1, MAJOR: 2}
_MOST_REASONS = 5
Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Needed:
    """The least step that a change needs, and sentences that say why; patch needs no reason."""

    step: str
    reasons: tuple[str, ...]

    def lowest(self, previous: str) -> str:
        """The lowest version that the change may have after ``previous``. Below 1.0.0 a major step raises the second number, as Semantic
        Versioning leaves open."""
        major, minor, patch = parse(previous)
        if self.step == MAJOR and major:
            return f"{major + 1}.0.0"
        return f"{major}.{minor}.{patch + 1}" if self.step == PATCH else f"{major}.{minor + 1}.0"


def parse(version: str) -> Version:
    """The three numbers of ``1.4.0``."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def needed(comparison: Comparison, base: LoadResult, head: LoadResult) -> Needed:
    """The step that the change from ``base`` to ``head`` needs.

    Major: what others build on is gone (a list, a threat layer, a family or field of the pack's own), another base, or another default.
    Minor: anything is looser than it was, or a policy went or has another name. Patch: everything else.
    """
    breaking = list(_breaking(base, head))
    if breaking:
        return Needed(MAJOR, tuple(breaking[:_MOST_REASONS]))
    looser = [*_gone(comparison), *_looser(comparison)]
    if looser:
        return Needed(MINOR, tuple(dict.fromkeys(looser))[:_MOST_REASONS])
    return Needed(PATCH, ())


def _gone(comparison: Comparison) -> Iterator[str]:
    for change in comparison.changes:
        if change.kind in ("removed", "renamed"):
            yield f"{change.subject}: {change.sentence}"


def _looser(comparison: Comparison) -> Iterator[str]:
    for change in comparison.changes:
        if change.direction == LOOSENED:
            yield f"{change.subject}: {change.sentence}" if change.subject else change.sentence
    for relation in comparison.relations:
        if relation.loosened:
            yield f"{relation.policy} no longer fires on all that it did ({relation.family})"
    count = sum(each.direction in (LOOSENED, "mixed") for each in comparison.behaviour.differences)
    if count:
        yield f"{count} action{'s' if count > 1 else ''} of the cases and corpora {'are' if count > 1 else 'is'} decided more loosely"


def _breaking(base: LoadResult, head: LoadResult) -> Iterator[str]:
    old, new = base.pack, head.pack
    if old is None or new is None:
        yield "the previous release does not load with this packgate, so what changed is not known"
        return
    words = builtin_vocabulary()
    for what, before, after in (
        ("list", old.lists, new.lists), ("threat layer", base.threats, head.threats),
        ("family", base.vocabulary.families.keys() - words.families.keys(), head.vocabulary.families),
        ("field", base.vocabulary.fields.keys() - words.fields.keys(), head.vocabulary.fields),
    ):
        for name in _missing(before, after):
            yield f"the {what} '{name}' is gone, which other packs may name"
    if _base_name(base) != _base_name(head):
        yield f"it extends {_base_name(head) or 'nothing'}, and extended {_base_name(base) or 'nothing'}"
    if old.default != new.default:
        yield f"its default {old.default} becomes {new.default}"


def _missing(before: Iterable[str], after: Iterable[str]) -> list[str]:
    return sorted(set(before) - set(after))


def _base_name(result: LoadResult) -> str | None:
    header = result.header.data if result.header is not None else {}
    name: str | None = header.get("extends")
    return None if name is None else name.partition("@")[0]
