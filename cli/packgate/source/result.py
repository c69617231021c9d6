"""What loading gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

from packgate.diagnostics import Severity
from packgate.source.pointer import pointer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from packgate.diagnostics import Diagnostic, Position
    from packgate.model.policy import Pack, Policy
    from packgate.model.vocabulary import Vocabulary
    from packgate.source.file import SourceFile


def has_errors(found: Iterable[Diagnostic]) -> bool:
    """Whether a finding is an error."""
    return any(item.severity is Severity.ERROR for item in found)


@dataclass(frozen=True, slots=True)
class PolicySource:
    """Where a policy stands: its file and the pointer of its mapping there, ``/policies/3``.

    ``override`` is the place of a later pack's override, if one changed the policy.
    """

    file: SourceFile
    place: str
    override: tuple[SourceFile, str] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The mapping as written."""
        found: dict[str, Any] = self.file.data["policies"][int(self.place.rpartition("/")[2])]
        return found

    def position(self, *path: str | int, on_key: bool = False) -> Position:
        """The position of something inside the policy: ``position("tests", "must_fire", 0, "command")``."""
        place = self.place + pointer(*path)
        return self.file.key_position(place) if on_key else self.file.position(place)

    def diagnostic(self, code: str, message: str, *path: str | int, **options: Any) -> Diagnostic:
        """A finding at something inside the policy; options as of `SourceFile.diagnostic`."""
        return self.file.diagnostic(code, message, self.place + pointer(*path), **options)


@dataclass(slots=True)
class LoadResult:
    """A pack as loaded.

    ``pack`` is None when it has errors. ``files`` are its own files, in a fixed order; ``policies`` says where each policy
    stands, in files of the base pack too; ``threats`` are title and description of the threat layers, inherited ones
    included, as ``catalogs`` hold inherited files. ``vocabulary`` is the one that holds for the pack. ``base`` is the pack it
    extends.
    """

    path: str
    vocabulary: Vocabulary
    pack: Pack | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    policies: dict[str, PolicySource] = field(default_factory=dict)
    threats: dict[str, dict[str, str]] = field(default_factory=dict)
    header: SourceFile | None = None
    rollout: SourceFile | None = None
    waivers: SourceFile | None = None
    catalogs: list[SourceFile] = field(default_factory=list)
    base: LoadResult | None = None

    @property
    def sources(self) -> list[SourceFile]:
        """All files of the pack and of its bases; each path once."""
        inherited = self.base.sources if self.base is not None else []
        return [*self.files, *inherited]

    @property
    def own_policies(self) -> tuple[Policy, ...]:
        """The policies that the pack itself adds."""
        if self.pack is None:
            return ()
        mine = {source.path for source in self.files}
        return tuple(policy for policy in self.pack.policies if self.policies[policy.id].file.path in mine)

    def source_of(self, path: str) -> SourceFile | None:
        """The file with this shown path."""
        return next((source for source in self.sources if source.path == path), None)
