"""From what was named on the command line to what is linted together."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packgate.diagnostics import Diagnostic
from packgate.lint.context import LintContext
from packgate.resources import packs_folder
from packgate.source.codeowners import find_codeowners
from packgate.source.files import join
from packgate.source.load import find_pack
from packgate.source.workspace import check_file, find_root, load_workspace, pack_names, pack_of, resolve_pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.source.cache import ValidationCache
    from packgate.source.workspace import Workspace


@dataclass(slots=True)
class Target:
    """Things that are linted together. ``diagnostics`` are the loader's; ``only`` are the files to report on, all when it is empty;
    ``roots`` the folders and files in which fixes may write."""

    context: LintContext
    diagnostics: list[Diagnostic]
    only: frozenset[str] = frozenset()
    roots: tuple[str, ...] = ()

    def reported(self, findings: Sequence[Diagnostic]) -> list[Diagnostic]:
        """The findings about files that were named."""
        return [found for found in findings if not self.only or os.path.abspath(found.position.file) in self.only]


@dataclass(slots=True)
class _Group:
    """What was named of one repository: packs by path, whether all of it, and single files."""

    packs: list[str] = field(default_factory=list)
    whole: bool = False
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)


def open_targets(names: Sequence[str], *, today: str | None, cache: ValidationCache | None, default_pack: str) -> list[Target]:
    """What the names stand for: a pack by name or folder, a repository, a folder of packs, or a file of any kind. Without names the
    repository around the current folder, else the default pack."""
    here = find_root(".")
    if not names:
        names = [_shown(here)] if here is not None else [default_pack]
    groups: dict[str | None, _Group] = {}
    targets = []
    for name in names:
        path = _pack_folder(name, here) or name
        unknown = resolve_pack(name, here) if _is_name(name) and not os.path.exists(path) else None
        if isinstance(unknown, Diagnostic):
            targets.append(Target(LintContext(results=[], today=today), [unknown]))
        elif os.path.isdir(path):
            _add_folder(path, groups)
        elif not _add_file(path, groups):
            targets.append(_open_loose(path, today, cache))
    targets += [_open_group(root, group, today, cache) for root, group in groups.items()]
    return targets


def _pack_folder(name: str, root: str | None) -> str | None:
    """The folder of a pack that is named, as `packgate test` finds it."""
    if not _is_name(name):
        return None
    return find_pack(name, join(os.path.relpath(root), "packs") if root is not None else None)


def _is_name(name: str) -> bool:
    """Whether it can be the name of a pack; anything with a slash or a dot is a path."""
    return not {os.sep, "/", "."} & set(name)


def _add_folder(path: str, groups: dict[str | None, _Group]) -> None:
    root = find_root(path)
    group = groups.setdefault(root, _Group())
    group.folders.add(path)
    if os.path.isfile(os.path.join(path, "pack.yaml")):
        group.packs.append(join(path))
    elif root is not None and os.path.samefile(path, root):
        group.whole = True
    else:
        inside = pack_names(path)
        group.packs += [join(path, name) for name in inside] if inside else [join(path)]


def _add_file(path: str, groups: dict[str | None, _Group]) -> bool:
    """Whether a file belongs to a pack or repository, with which it is then linted."""
    if not os.path.isfile(path):
        return False
    pack = pack_of(path)
    root = find_root(os.path.dirname(os.path.abspath(path)))
    if pack is not None:
        group = groups.setdefault(root, _Group())
        group.packs.append(pack)
    elif root is not None and _is_around(os.path.abspath(path), root):
        group = groups.setdefault(root, _Group())
        group.whole = True
    else:
        return False
    group.files.add(os.path.abspath(path))
    return True


def _is_around(path: str, root: str) -> bool:
    """Whether a file is one of a repository's own: settings, assignments, context."""
    folder, name = os.path.split(path)
    return (folder == root and name in ("packgate.yaml", "assignments.yaml")) or (
        folder == os.path.join(root, "context") and name.endswith((".yaml", ".yml"))
    )


def _open_group(root: str | None, group: _Group, today: str | None, cache: ValidationCache | None) -> Target:
    shown = None if root is None else _shown(root)
    local = [] if shown is None else [join(shown, "packs", name) for name in pack_names(join(shown, "packs"))]
    packs = list(dict.fromkeys([*(local if group.whole else ()), *group.packs]))
    space = load_workspace(shown, [_as_path(pack) for pack in packs], cache=cache, apart=True)
    loaded = {os.path.abspath(result.path) for result in space.results}
    context = _context(space, group.whole, today)
    context.complete = all(os.path.abspath(pack) in loaded for pack in local) and _all_local(space, local)
    # A folder that was named is reported on whole, whatever files were named beside it.
    only = frozenset() if group.folders else frozenset(group.files)
    diagnostics = space.diagnostics if group.whole else _of_packs(space)
    return Target(context, diagnostics, only, (*sorted(group.folders), *sorted(group.files)))


def _shown(root: str) -> str:
    """A repository's folder as people see it: relative when it lies around or below the current folder."""
    relative = os.path.relpath(root)
    around = set(relative.split(os.sep)) == {os.pardir}
    return relative if around or not relative.startswith(os.pardir) else root


def _as_path(name: str) -> str:
    """A name that the workspace takes for a path, not for that of a pack."""
    return name if os.sep in name or "." in name else os.path.join(".", name)


def _context(space: Workspace, whole: bool, today: str | None) -> LintContext:
    known = (*pack_names(join(space.root, "packs")), *pack_names(packs_folder())) if space.root else ()
    return LintContext(
        results=space.results, settings=space.settings if whole else None, assignments=space.assignments if whole else None,
        context_files=space.context if whole else [], lists=space.lists, groups_from=space.context, root=space.root or None,
        pack_names=tuple(dict.fromkeys(known)), today=today, codeowners=find_codeowners(space.root) if space.root else None,
    )


def _all_local(space: Workspace, local: list[str]) -> bool:
    """Whether every pack that the settings name lies in the repository."""
    settings = space.settings
    if settings is None or settings.unfit:
        return True
    return set(settings.data.get("packs") or ()) <= {os.path.basename(path) for path in local}


def _of_packs(space: Workspace) -> list[Diagnostic]:
    """The loader's findings without those about the files around the packs."""
    around = [file for file in (space.settings, space.assignments, *space.context) if file is not None]
    outside = {file.path for file in around}
    inside = {id(found) for result in space.results for found in result.diagnostics}
    return [found for found in space.diagnostics if id(found) in inside or found.position.file not in outside]


def _open_loose(path: str, today: str | None, cache: ValidationCache | None) -> Target:
    """A file that stands alone, or a name that leads nowhere."""
    source, found = check_file(path, cache)
    if source is not None and source.kind == "policies":
        space = load_workspace(None, [_as_path(path)], cache=cache)
        return Target(_context(space, False, today), space.diagnostics, roots=(path,))
    loose = [source] if source is not None and source.kind is not None else []
    context = LintContext(results=[], loose=loose, today=today)
    if source is not None and source.kind == "assignments":
        context = LintContext(results=[], assignments=source, today=today)
    return Target(context, found, roots=(path,))
