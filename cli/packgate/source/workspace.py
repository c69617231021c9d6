"""A policy repository: its settings, context, assignments and packs; and packs by name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from packgate.diagnostics import Diagnostic, Position
from packgate.resources import ResourceError, packs_folder
from packgate.source import codes
from packgate.source.build import build_assignment
from packgate.source.files import join, kind_of, read_checked, yaml_files
from packgate.source.load import find_pack, load_pack
from packgate.source.pointer import pointer
from packgate.source.read import read_source
from packgate.source.references import check_assignments
from packgate.source.result import LoadResult, has_errors
from packgate.source.schema import KINDS, check_schema
from packgate.source.suggest import did_you_mean
from packgate.source.surroundings import check_context, surroundings_of
from packgate.source.vocabulary import builtin_vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.engine.surroundings import Surroundings
    from packgate.model.policy import Assignment, Pack
    from packgate.model.vocabulary import Vocabulary
    from packgate.source.cache import ValidationCache
    from packgate.source.file import SourceFile

_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(slots=True)
class Workspace:
    """What was found under ``root``. ``diagnostics`` are those of all files, sorted, those of the packs included; ``lists``
    are the named lists of the context, ``surroundings`` what it says of people, repositories, paths and hosts, None when nothing;
    ``vocabulary`` is the built-in one with what the packs add."""

    root: str
    vocabulary: Vocabulary
    settings: SourceFile | None = None
    assignments: SourceFile | None = None
    context: list[SourceFile] = field(default_factory=list)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    surroundings: Surroundings | None = None
    results: list[LoadResult] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def packs(self) -> list[Pack]:
        """The packs that have no errors, in the order in which they were named."""
        return [result.pack for result in self.results if result.pack is not None]

    @property
    def assigned(self) -> list[Assignment]:
        """The assignments that fit the schema, in the order of the file."""
        file = self.assignments
        return [] if file is None else [build_assignment(item, index) for index, item in file.items("assignments")]

    @property
    def stage(self) -> str | None:
        """The cap of packs that no assignment names, by packgate.yaml; None without one."""
        settings = self.settings
        found = None if settings is None or settings.unfit or not isinstance(settings.data, dict) else settings.data.get("stage")
        return found if isinstance(found, str) else None

    @property
    def ok(self) -> bool:
        """Whether nothing that was loaded has an error."""
        return not has_errors(self.diagnostics)


def find_root(start: str) -> str | None:
    """The nearest folder from ``start`` upward that holds packgate.yaml or packs/ with a pack; a git repository's edge
    ends the search."""
    folder = os.path.abspath(start)
    while True:
        if os.path.isfile(os.path.join(folder, "packgate.yaml")) or pack_names(os.path.join(folder, "packs")):
            return folder
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return None
        folder = above


def pack_names(folder: str) -> list[str]:
    """Names of the packs in a folder, sorted; none when there is no such folder."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(name for name in names if os.path.isfile(os.path.join(folder, name, "pack.yaml")))


def pack_of(path: str) -> str | None:
    """The folder of the pack that a file belongs to, or None when it stands alone."""
    folder = os.path.dirname(os.path.abspath(path))
    for candidate in (folder, os.path.dirname(folder)):
        if os.path.isfile(os.path.join(candidate, "pack.yaml")):
            return join(os.path.relpath(candidate)) if not os.path.isabs(path) else candidate
    return None


def resolve_pack(name_or_path: str, root: str | None) -> str | Diagnostic:
    """The path of a pack: a name is a folder of the repository's packs/, else a pack that packgate carries; anything with
    a slash, a dot or a letter that names do not have is a path."""
    if _NAME.fullmatch(name_or_path) is None:
        return name_or_path
    local = join(root, "packs") if root is not None else None
    found = find_pack(name_or_path, local)
    if found is not None:
        return found
    if os.path.isfile(os.path.join(name_or_path, "pack.yaml")):
        return name_or_path
    known = (pack_names(local) if local else []) + _carried_packs()
    return Diagnostic(
        codes.PACK_NOT_FOUND, f"there is no pack '{name_or_path}'", Position(local or name_or_path),
        hint=did_you_mean(name_or_path, known),
    )


def load_workspace(
    root: str | None, names: Sequence[str] | None = None, *, cache: ValidationCache | None = None, apart: bool = False,
) -> Workspace:
    """Load a repository's settings, context, assignments and packs.

    ``names`` are packs by name or path; by default those that packgate.yaml lists, else every folder of packs/. Without a
    root only packs named here are loaded, by path or from what packgate carries. ``apart``: packs that packgate.yaml does not list,
    where it has a list, hold with no other, so they may use the same policy ids.
    """
    space = Workspace(root or "", builtin_vocabulary())
    if root is not None:
        space.settings = _optional(space, root, "packgate", cache)
        space.assignments = _optional(space, root, "assignments", cache)
        _load_context(space, root, cache)
        if space.assignments is not None:
            space.diagnostics += check_assignments(space.assignments, space.lists)
    memo: dict[str, LoadResult] = {}
    for name in names if names is not None else _default_packs(space, root):
        path = resolve_pack(name, root)
        if isinstance(path, Diagnostic):
            space.diagnostics.append(path)
            continue
        result = load_pack(path, vocabulary=space.vocabulary, lists=space.lists, cache=cache, memo=memo)
        space.results.append(result)
        space.diagnostics += result.diagnostics
    space.diagnostics += _clashes(_together(space) if apart else space.results) + _join_vocabularies(space)
    space.diagnostics = sorted(set(space.diagnostics), key=Diagnostic.sort_key)
    return space


def check_file(path: str, cache: ValidationCache | None = None) -> tuple[SourceFile | None, list[Diagnostic]]:
    """One file of any kind against its schema, by itself; references to other files are not judged."""
    source, found = read_source(path)
    if source is None:
        return None, found
    source.kind = kind_of(path, source.data)
    if source.kind not in KINDS:
        hint = "expected one of: " + ", ".join(KINDS)
        return source, [*found, source.diagnostic(codes.UNKNOWN_KIND, "it is not clear what this file is", "", hint=hint)]
    found = found + check_schema(source, source.kind, cache)
    return source, sorted(found, key=Diagnostic.sort_key)


def _optional(space: Workspace, root: str, kind: str, cache: ValidationCache | None) -> SourceFile | None:
    path = join(root, f"{kind}.yaml")
    if not os.path.lexists(path):
        return None
    source, found = read_checked(path, kind, cache)
    space.diagnostics += found
    return source


def _load_context(space: Workspace, root: str, cache: ValidationCache | None) -> None:
    paths, found = yaml_files(join(root, "context"))
    space.diagnostics += found
    for path in paths:
        source, problems = read_checked(path, "context", cache)
        space.diagnostics += problems
        if source is None or source.unfit:
            continue
        space.context.append(source)
        for name, items in (source.data.get("lists") or {}).items():
            space.lists[name] = space.lists.get(name, ()) + tuple(items)
    problems = [problem for source in space.context for problem in check_context(source)]
    space.diagnostics += problems
    space.surroundings = None if problems else surroundings_of(space.context)


def _default_packs(space: Workspace, root: str | None) -> list[str]:
    settings = space.settings
    if settings is not None and not settings.unfit and settings.data.get("packs"):
        return list(settings.data["packs"])
    if root is None:
        return []
    return [join(root, "packs", name) for name in pack_names(join(root, "packs"))]


def _carried_packs() -> list[str]:
    try:
        return pack_names(packs_folder())
    except ResourceError:
        return []


def _join_vocabularies(space: Workspace) -> list[Diagnostic]:
    """Add what every pack defines. Two packs may define the same field only with the same type."""
    found = []
    for result in space.results:
        fields = space.vocabulary.fields
        for name, field_type in sorted(result.vocabulary.fields.items()):
            if result.header is not None and name in fields and fields[name].type != field_type.type:
                found.append(result.header.diagnostic(
                    codes.VOCABULARY_CLASH, f"its field '{name}' has another type in a pack that is loaded with it", ""
                ))
        space.vocabulary = result.vocabulary.extended(space.vocabulary.families.values(), fields.values())
    return found


def _together(space: Workspace) -> list[LoadResult]:
    """The packs that hold together: those that the settings list, where they have a list."""
    settings = space.settings
    listed = None if settings is None or settings.unfit else settings.data.get("packs")
    return [result for result in space.results if not listed or os.path.basename(os.path.abspath(result.path)) in listed]


def _clashes(results: list[LoadResult]) -> list[Diagnostic]:
    """Pack names and policy ids that two packs claim. A policy that both inherit from the same place is no clash."""
    found = []
    packs: dict[str, LoadResult] = {}
    owners: dict[str, LoadResult] = {}
    for result in results:
        name = result.pack.name if result.pack is not None else None
        if name is not None and result.header is not None:
            if name in packs and packs[name].path != result.path:
                found.append(result.header.diagnostic(
                    codes.DUPLICATE_PACK, f"the pack name '{name}' is used already, by {packs[name].path}", pointer("name")
                ))
            packs.setdefault(name, result)
        for policy, source in result.policies.items():
            first = owners.setdefault(policy, result).policies[policy]
            if (first.file.path, first.place) != (source.file.path, source.place):
                found.append(source.diagnostic(
                    codes.DUPLICATE_POLICY, f"the policy id '{policy}' is used already, at {first.position('id')}", "id",
                    hint="choose another id, or build one pack on the other with `extends`",
                ))
    return found
