"""Packs, policies, overrides and waivers as rules see them: the data as written, the model built from it, and their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.lint.rule import Finding, Place
from packgate.source.build import build_default, build_policy
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.diagnostics import Fix
    from packgate.model.policy import Default, Policy
    from packgate.model.vocabulary import Vocabulary
    from packgate.source.file import SourceFile
    from packgate.source.result import LoadResult

    Step = str | int


@dataclass(frozen=True, slots=True)
class View:
    """An item of a file. ``about`` starts its messages: ``policy 'force-push'``."""

    file: SourceFile
    place: str
    data: dict[str, Any]
    about: str

    def at(self, *path: Step, on_key: bool = False) -> Place:
        """A place inside the item."""
        return Place(self.file, self.place + pointer(*path), on_key)

    def finding(
        self, message: str, *path: Step, on_key: bool = False, hint: str | None = None, fix: Fix | None = None
    ) -> Finding:
        """A finding at a place inside the item."""
        return Finding(self.at(*path, on_key=on_key), f"{self.about}: {message}", hint, fix)


@dataclass(frozen=True, slots=True)
class PolicyView(View):
    """A policy that the pack itself writes."""

    policy: Policy
    pack: PackView

    def cases(self, polarity: str) -> list[dict[str, Any]]:
        """The cases of ``must_fire`` or ``must_not_fire``."""
        return list((self.data.get("tests") or {}).get(polarity) or ())


@dataclass(frozen=True, slots=True)
class OverrideView(View):
    """An entry of ``override`` in pack.yaml; ``policy`` is the inherited policy with the change applied."""

    policy: Policy
    base: Policy
    pack: PackView


@dataclass(frozen=True, slots=True)
class WaiverView(View):
    """A waiver; ``policy`` is the one it is for, where that is known."""

    policy: Policy | None
    pack: PackView | None


@dataclass(slots=True)
class PackView:
    """A pack, or a policies file that stands alone (then without ``header``). ``lists`` are all that its patterns can name, ``header``
    is None too where pack.yaml has errors."""

    result: LoadResult
    header: SourceFile | None
    name: str
    context_lists: dict[str, tuple[str, ...]]
    policies: list[PolicyView] = field(default_factory=list)

    @property
    def vocabulary(self) -> Vocabulary:
        """The families and fields that hold for the pack."""
        return self.result.vocabulary

    @property
    def data(self) -> dict[str, Any]:
        """The mapping of pack.yaml; empty for a file that stands alone."""
        return self.header.data if self.header is not None else {}

    @property
    def default(self) -> Default:
        """What holds for operations that no policy allows."""
        return self.result.pack.default if self.result.pack is not None else build_default(self.data)

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """Entries by list name; a pack's own come before those of the context."""
        own = {name: tuple(items) for name, items in (self.data.get("lists") or {}).items()}
        base = self.result.base
        inherited = base.pack.lists if base is not None and base.pack is not None else {}
        return {**self.context_lists, **own, **inherited}

    @property
    def all_policies(self) -> tuple[Policy, ...]:
        """Inherited policies, overrides applied, and its own; only its own while the pack has errors."""
        return self.result.pack.policies if self.result.pack is not None else tuple(view.policy for view in self.policies)

    def by_id(self, name: str) -> Policy | None:
        """A policy of the pack."""
        return next((policy for policy in self.all_policies if policy.id == name), None)


def pack_view(result: LoadResult, lists: dict[str, tuple[str, ...]]) -> PackView:
    """The view of a loaded pack. What does not fit the schema is left out: the loader has reported it."""
    header = result.header if result.header is not None and not result.header.unfit else None
    name = header.data["name"] if header is not None else result.pack.name if result.pack is not None else ""
    view = PackView(result, header, name, lists)
    view.policies = [
        PolicyView(source, pointer("policies", index), data, f"policy '{data['id']}'", build_policy(data, name), view)
        for source in result.files
        if source.kind == "policies"
        for index, data in source.items("policies")
    ]
    return view


def override_views(pack: PackView) -> Iterator[OverrideView]:
    """The overrides of a pack that was loaded without errors."""
    base = pack.result.base
    if pack.header is None or base is None or base.pack is None or pack.result.pack is None:
        return
    inherited = {policy.id: policy for policy in base.pack.policies}
    for name, change in (pack.data.get("override") or {}).items():
        policy = pack.by_id(name)
        if policy is not None:
            yield OverrideView(
                pack.header, pointer("override", name), change, f"override of '{name}'", policy, inherited[name], pack
            )


def waiver_views(file: SourceFile, pack: PackView | None) -> Iterator[WaiverView]:
    """The waivers of a file that fit the schema."""
    for index, data in file.items("waivers"):
        policy = pack.by_id(data["policy"]) if pack is not None else None
        yield WaiverView(file, pointer("waivers", index), data, f"waiver '{data['id']}'", policy, pack)
