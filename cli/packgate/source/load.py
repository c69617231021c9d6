"""Load a pack: read every file, collect every problem, and build the model when there is none."""

from __future__ import annotations

import os
from contextlib import suppress

from packgate.diagnostics import Diagnostic, Position
from packgate.model.policy import Pack, Policy, Rollout
from packgate.resources import ResourceError, packs_folder
from packgate.source import codes
from packgate.source.build import build_default, build_limit, build_rollout, build_waiver
from packgate.source.catalogs import compile_catalogs
from packgate.source.collect import collect_policies, load_policies_file
from packgate.source.extend import inherit, looser_settings
from packgate.source.files import join, read_checked, yaml_files
from packgate.source.pointer import pointer
from packgate.source.references import check_policies, check_rollout, check_waivers
from packgate.source.result import LoadResult, PolicySource, has_errors
from packgate.source.suggest import did_you_mean
from packgate.source.vocabulary import builtin_vocabulary, extend_vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from packgate.model.vocabulary import Vocabulary
    from packgate.source.cache import ValidationCache
    from packgate.source.file import SourceFile


def load_pack(
    path: str, *, vocabulary: Vocabulary | None = None, lists: Collection[str] = (), cache: ValidationCache | None = None,
    chain: tuple[str, ...] = (), memo: dict[str, LoadResult] | None = None,
) -> LoadResult:
    """Load a pack from its folder, or policies from a file that stands alone.

    ``lists`` are named lists that the context defines. The base of ``extends`` is looked for beside the pack, then among
    the packs that packgate carries; ``chain`` are the packs that are being loaded on the way here, ``memo`` those loaded
    already with the same arguments, by path. All problems of all files are in the result's ``diagnostics``, sorted; its
    ``pack`` is None when one of them is an error.
    """
    words = vocabulary or builtin_vocabulary()
    if os.path.basename(path) == "pack.yaml" and os.path.isfile(path):
        path = os.path.dirname(path) or "."
    if not os.path.isdir(path):
        return load_policies_file(path, words, lists, cache)
    known = {} if memo is None else memo
    place = join(path)
    if place not in known:
        known[place] = _PackLoader(path, words, lists, cache, chain, known).load()
    return known[place]


def find_pack(name: str, folder: str | None) -> str | None:
    """The folder of a pack by name: in ``folder``, else among the packs that packgate carries."""
    candidates = [join(folder, name)] if folder is not None else []
    with suppress(ResourceError):
        candidates.append(os.path.join(packs_folder(), name))
    return next((path for path in candidates if os.path.isfile(os.path.join(path, "pack.yaml"))), None)


class _PackLoader:
    """One run over one pack folder."""

    def __init__(
        self, folder: str, vocabulary: Vocabulary, lists: Collection[str], cache: ValidationCache | None,
        chain: tuple[str, ...], memo: dict[str, LoadResult],
    ) -> None:
        self.folder = folder
        self.vocabulary = vocabulary
        self.lists = lists
        self.cache = cache
        self.chain = chain
        self.memo = memo
        self.result = LoadResult(path=join(folder), vocabulary=vocabulary)

    def load(self) -> LoadResult:
        """Everything; see `load_pack`."""
        result = self.result
        result.header = self._required_header()
        self._read_folder("policies", "policies")
        self._read_folder("catalog", "catalog")
        result.rollout = self._optional("rollout")
        result.waivers = self._optional("waivers")
        header = result.header.data if result.header and not result.header.unfit else {}
        if header.get("extends"):
            self._load_base(header)
        self._extend_vocabulary()
        catalog = self._compile_catalog()
        pack = self._build(header)
        if pack is not None:
            pack.catalog = catalog
        result.diagnostics = sorted(set(result.diagnostics), key=Diagnostic.sort_key)
        if pack is not None and not has_errors(result.diagnostics):
            result.pack = pack
        return result

    def _required_header(self) -> SourceFile | None:
        path = join(self.folder, "pack.yaml")
        if not os.path.exists(path):
            self.result.diagnostics.append(Diagnostic(
                codes.NO_PACK_FILE, "there is no pack.yaml here, so this is not a pack", Position(join(self.folder)),
                hint="name the folder of a pack, such as packs/recommended",
            ))
            return None
        return self._read(path, "pack")

    def _optional(self, kind: str) -> SourceFile | None:
        path = join(self.folder, f"{kind}.yaml")
        return self._read(path, kind) if os.path.lexists(path) else None

    def _read_folder(self, name: str, kind: str) -> None:
        paths, found = yaml_files(join(self.folder, name))
        self.result.diagnostics += found
        for path in paths:
            source = self._read(path, kind)
            if source is not None and kind == "catalog":
                self.result.catalogs.append(source)

    def _read(self, path: str, kind: str) -> SourceFile | None:
        source, found = read_checked(path, kind, self.cache)
        self.result.diagnostics += found
        if source is not None:
            self.result.files.append(source)
        return source

    def _load_base(self, header: dict[str, Any]) -> None:
        name, _, version = header["extends"].partition("@")
        chain = (*self.chain, header["name"])
        if name in chain:
            circle = " extends ".join((*chain, name))
            self._at_extends(codes.BASE_CYCLE, f"packs extend each other in a circle: {circle}")
            return
        path = find_pack(name, os.path.dirname(os.path.abspath(self.folder)))
        if path is None:
            self._at_extends(codes.BASE_NOT_FOUND, f"there is no pack '{name}'", did_you_mean(name, self._pack_names()))
            return
        if not os.path.isabs(self.folder) and os.path.dirname(path) == os.path.dirname(os.path.abspath(self.folder)):
            path = join(self.folder, "..", name)
        base = load_pack(path, vocabulary=self.vocabulary, lists=self.lists, cache=self.cache, chain=chain, memo=self.memo)
        self.result.base = base
        if base.pack is None:
            self._at_extends(codes.BASE_BROKEN, f"the pack '{name}' has errors")
            self.result.diagnostics += base.diagnostics
        elif base.pack.name != name:
            self._at_extends(codes.BASE_NOT_FOUND, f"the pack in {base.path} is called '{base.pack.name}', not '{name}'")
        elif base.pack.version != version:
            self._at_extends(
                codes.BASE_VERSION, f"'{name}' has version {base.pack.version}, not {version}",
                f"review what changed, then write {name}@{base.pack.version}",
            )

    def _pack_names(self) -> list[str]:
        names: list[str] = []
        for folder in (os.path.dirname(os.path.abspath(self.folder)), packs_folder()):
            names += [name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name, "pack.yaml"))]
        return names

    def _at_extends(self, code: str, message: str, hint: str | None = None) -> None:
        assert self.result.header is not None
        self.result.diagnostics.append(self.result.header.diagnostic(code, message, "/extends", hint=hint))

    def _extend_vocabulary(self) -> None:
        words = self.result.base.vocabulary if self.result.base is not None else self.vocabulary
        for source in self.result.catalogs:
            words, found = extend_vocabulary(words, source)
            self.result.diagnostics += found
        self.result.vocabulary = words

    def _compile_catalog(self) -> dict[str, Any] | None:
        """The catalog of the pack and its bases."""
        inherited = self.result.base.catalogs if self.result.base is not None else []
        self.result.catalogs = inherited + self.result.catalogs
        if not self.result.catalogs or any(source.document.diagnostics for source in self.result.catalogs):
            return None
        catalog, found = compile_catalogs(self.result.catalogs, self.result.vocabulary)
        self.result.diagnostics += found
        return catalog

    def _build(self, header: dict[str, Any]) -> Pack | None:
        result, base = self.result, self.result.base
        base_pack = base.pack if base is not None else None
        inherited: tuple[Policy, ...] = ()
        lists = {name: tuple(items) for name, items in (header.get("lists") or {}).items()}
        if base is not None and base_pack is not None and result.header is not None:
            inherited, found = inherit(base_pack, result.header, header["name"])
            result.diagnostics += found + looser_settings(base_pack, result.header)
            result.policies = _inherited_sources(base, result.header)
            lists = {**lists, **base_pack.lists}
            result.threats = dict(base.threats)
        result.threats.update(header.get("threats") or {})
        policies = collect_policies(result, header.get("name", ""), inherited)
        self._check_references(set(lists) | set(self.lists))
        return _make_pack(header, policies, lists, result, base_pack) if header else None

    def _check_references(self, lists: Collection[str]) -> None:
        """References inside the pack; those to things that a broken or missing file would define are not judged."""
        result = self.result
        extends = result.header is not None and isinstance(result.header.data, dict) and "extends" in result.header.data
        complete = result.header is not None and (not extends or (result.base is not None and result.base.pack is not None))
        fits = complete and result.header is not None and not result.header.unfit
        for source in result.files:
            if source.kind == "policies":
                result.diagnostics += check_policies(
                    source, result.vocabulary, lists if fits else None, result.threats if fits else None
                )
        if not complete:
            return
        known = {name for source in result.files if source.kind == "policies" for name in _ids(source)}
        known.update(result.policies)
        if result.rollout is not None and not result.rollout.unfit:
            result.diagnostics += check_rollout(result.rollout, known, result.threats if fits else None)
        if result.waivers is not None:
            result.diagnostics += check_waivers(result.waivers, result.vocabulary, lists if fits else None, known)


def _ids(source: SourceFile) -> list[str]:
    """Ids of all policies of a file, also of those with errors, so that a reference to one is not an error too."""
    items = source.data.get("policies") if isinstance(source.data, dict) else None
    found = [item.get("id") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [name for name in found if isinstance(name, str)]


def _inherited_sources(base: LoadResult, header: SourceFile) -> dict[str, PolicySource]:
    overrides = header.data.get("override") or {}
    return {
        name: PolicySource(source.file, source.place, (header, pointer("override", name)))
        if name in overrides else source
        for name, source in base.policies.items()
    }


def _make_pack(
    header: dict[str, Any], policies: tuple[Policy, ...], lists: dict[str, tuple[str, ...]], result: LoadResult,
    base: Pack | None,
) -> Pack | None:
    broken = [source for source in (result.rollout, result.waivers) if source is not None and source.unfit]
    if broken:
        return None
    words = {name: tuple(items) for name, items in (header.get("environments") or {}).items()}
    for name, items in (base.environments if base is not None else {}).items():
        words[name] = items + tuple(word for word in words.get(name, ()) if word not in items)
    return Pack(
        name=header["name"], version=header["version"], policies=policies, lists=lists,
        default=build_default(header, base.default if base else None),
        uncertain=header.get("uncertain", base.uncertain if base else "audit"),
        rollout=build_rollout(result.rollout.data) if result.rollout is not None else Rollout(),
        waivers=tuple(build_waiver(item) for _, item in result.waivers.items("waivers")) if result.waivers else (),
        title=header["title"], environments=words,
        terminate_after=build_limit(header.get("terminate_after")) or (base.terminate_after if base else None),
    )
