"""What a rule sees: everything that is linted together, and knowledge that is made when the first rule asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from packgate.lint.conditions import assignment_conditions, policy_conditions, waiver_conditions
from packgate.lint.views import override_views, pack_view, waiver_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.engine.gate import Gate
    from packgate.lint.capabilities import Capabilities
    from packgate.lint.conditions import ConditionView, PatternView
    from packgate.lint.views import OverrideView, PackView, PolicyView, WaiverView
    from packgate.source.codeowners import CodeOwners
    from packgate.source.file import SourceFile
    from packgate.source.result import LoadResult


@dataclass
class LintContext:
    """Packs and the files around them.

    ``root`` is the repository's folder, None outside one; ``pack_names`` the packs that its packs/ holds and those that packgate
    carries; ``loose`` are files that were named alone; ``groups_from`` are the files that define groups, also when they are not
    linted; ``today`` is a day (``2026-01-31``), None when rules must not ask for it;
    ``complete`` says that every pack of the repository is here; ``codeowners`` is the repository's CODEOWNERS file, if it has one.
    """

    results: list[LoadResult]
    settings: SourceFile | None = None
    assignments: SourceFile | None = None
    context_files: list[SourceFile] = field(default_factory=list)
    groups_from: list[SourceFile] = field(default_factory=list)
    loose: list[SourceFile] = field(default_factory=list)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    root: str | None = None
    pack_names: tuple[str, ...] = ()
    today: str | None = None
    complete: bool = True
    codeowners: CodeOwners | None = None

    @cached_property
    def packs(self) -> list[PackView]:
        """The packs, in the order in which they were loaded."""
        return [pack_view(result, self.lists) for result in self.results]

    @property
    def policies(self) -> Iterator[PolicyView]:
        """Every policy that a pack itself writes; inherited ones belong to the pack that wrote them."""
        for pack in self.packs:
            yield from pack.policies

    @property
    def overrides(self) -> Iterator[OverrideView]:
        """Every override of an inherited policy."""
        for pack in self.packs:
            yield from override_views(pack)

    @property
    def policies_and_overrides(self) -> Iterator[PolicyView | OverrideView]:
        """Both, for rules about what either can say."""
        yield from self.policies
        yield from self.overrides

    @property
    def waivers(self) -> Iterator[WaiverView]:
        """Every waiver, of packs and of loose files."""
        for pack in self.packs:
            if pack.result.waivers is not None:
                yield from waiver_views(pack.result.waivers, pack)
        for file in self.loose:
            if file.kind == "waivers":
                yield from waiver_views(file, None)

    @cached_property
    def conditions(self) -> list[ConditionView]:
        """Every condition of policies, overrides, waivers and assignments."""
        found: list[ConditionView] = []
        for view in self.policies_and_overrides:
            found += policy_conditions(view)
        for waiver in self.waivers:
            found += waiver_conditions(waiver)
        if self.assignments is not None:
            found += assignment_conditions(self.assignments, self.lists)
        return found

    @cached_property
    def patterns(self) -> list[PatternView]:
        """Every pattern of the conditions, entries of the lists that they name included, each place once for a type of field."""
        found: dict[tuple[str, str, str], PatternView] = {}
        for condition in self.conditions:
            for pattern in condition.expanded():
                key = (pattern.place.file.path, pattern.place.pointer, condition.type)
                found.setdefault(key, pattern)
        return list(found.values())

    @property
    def files(self) -> list[SourceFile]:
        """Every file that is linted."""
        around = [file for file in (self.settings, self.assignments) if file is not None]
        own = [file for result in self.results for file in result.files]
        return [*around, *self.context_files, *own, *self.loose]

    @cached_property
    def capabilities(self) -> Capabilities:
        """Which fields and operations each family can have, by the catalog with what the packs add."""
        from packgate.lint.capabilities import capabilities_of

        return capabilities_of([result.pack.catalog for result in self.results if result.pack is not None and result.pack.catalog])

    def gate(self, pack: PackView) -> Gate | None:
        """The gate of one pack alone; None while it has errors or patterns that can't be compiled."""
        if pack.name not in self._gates:
            self._gates[pack.name] = _build_gate(pack)
        return self._gates[pack.name]

    @cached_property
    def _gates(self) -> dict[str, Gate | None]:
        return {}


def _build_gate(pack: PackView) -> Gate | None:
    from packgate.engine.gate import build_gate
    from packgate.engine.syntax import PatternError

    if pack.result.pack is None:
        return None
    try:
        return build_gate([pack.result.pack], pack.vocabulary, lists=pack.context_lists)
    except PatternError:
        return None
