"""The catalog at run time: programs by name, decoded when they first occur."""

from __future__ import annotations

from packgate.facts.program import Program
from packgate.facts.wildcard import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.model.vocabulary import Vocabulary


class Catalog:
    """Programs and variables by name. ``entries`` holds each program as JSON text or as the decoded structure."""

    __slots__ = ("_by_start", "cache", "entries", "folded", "globs", "names", "variable_globs", "variables")

    def __init__(self, compiled: dict[str, Any]) -> None:
        self.names: dict[str, int] = compiled["names"]
        self.folded: dict[str, str] = {}
        self.globs: list[tuple[str, int]] = [(glob, index) for glob, index in compiled["globs"]]
        # With what each of them begins with, which tells most names apart.
        self._by_start = [(_start(glob), glob, index) for glob, index in self.globs]
        self.entries: list[Any] = compiled["programs"]
        self.variables: dict[str, dict[str, Any]] = compiled["variables"]
        self.variable_globs = [(_start(name), name) for name in self.variables if "*" in name]
        self.cache: dict[str, Program | None] = {}

    def program(self, name: str) -> Program | None:
        """The program of a base name or alias; None when the catalog does not know it."""
        if name in self.cache:
            return self.cache[name]
        index = self.names.get(name)
        if index is None:
            index = next((found for first, glob, found in self._by_start if name.startswith(first) and matches(glob, name)), None)
        program = None if index is None else Program(self.entry(index))
        self.cache[name] = program
        return program

    def entry(self, index: int) -> dict[str, Any]:
        """The decoded structure of a program by its number."""
        entry = self.entries[index]
        if isinstance(entry, str):
            import json

            entry = self.entries[index] = json.loads(entry)
        return entry  # type: ignore[no-any-return]

    def any_case(self, name: str) -> str:
        """The name of a program as the catalog writes it, where letter case does not count; the name itself when it is not listed."""
        if name in self.names:
            return name
        if not self.folded:
            for known in self.names:
                self.folded.setdefault(known.lower(), known)
        return self.folded.get(name.lower(), name)

    def variable(self, name: str) -> dict[str, Any] | None:
        """What the assignment of a variable means; None when the catalog does not list it."""
        found = self.variables.get(name)
        if found is not None or not self.variable_globs:
            return found
        return next((self.variables[glob] for first, glob in self.variable_globs if name.startswith(first) and matches(glob, name)), None)

    def merged(self, compiled: dict[str, Any]) -> Catalog:
        """With the programs of another compiled catalog. Raises `ValueError` for a program that both have."""
        clashes = sorted(set(self.names) & set(compiled["names"]))
        if clashes:
            raise ValueError(f"already in the catalog: {', '.join(clashes)}")
        offset = len(self.entries)
        return Catalog({
            "names": {**self.names, **{name: index + offset for name, index in compiled["names"].items()}},
            "globs": [*self.globs, *((glob, index + offset) for glob, index in compiled["globs"])],
            "programs": [*self.entries, *compiled["programs"]],
            "variables": {**self.variables, **compiled["variables"]},
        })

    def extended_with(self, document: dict[str, Any], vocabulary: Vocabulary | None = None, file: str = "catalog") -> Catalog:
        """With a pack's catalog document (plain data of its YAML).

        Raises `packgate.catalog.problems.CatalogError` with every mistake, and `ValueError` for a program that is in the
        catalog already: a pack can't redefine what others rely on.
        """
        from packgate.catalog.build import extended_vocabulary
        from packgate.catalog.compile import compile_catalog

        return self.merged(compile_catalog([(file, document)], extended_vocabulary(document, vocabulary)))

    @staticmethod
    def load_builtin() -> Catalog:
        """The catalog that packgate carries.

        Raises `CatalogError` when its YAML has mistakes, `RuntimeError` when the installation carries none.
        """
        from packgate.catalog.load import load_builtin

        return load_builtin()


def _start(glob: str) -> str:
    """The literal beginning of a glob; empty where there are alternatives."""
    if "|" in glob:
        return ""
    ends = [place for place in (glob.find(char) for char in "*?[") if place >= 0]
    return glob[:min(ends, default=len(glob))]
