"""A pack's own catalog: compiled, its mistakes with their places."""

from __future__ import annotations

from packgate.source import codes
from packgate.source.pointer import pointer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.diagnostics import Diagnostic
    from packgate.model.vocabulary import Vocabulary
    from packgate.source.file import SourceFile


def compile_catalogs(
    sources: list[SourceFile], vocabulary: Vocabulary
) -> tuple[dict[str, Any] | None, list[Diagnostic]]:
    """The compiled catalog of these files together, or None with everything that is wrong in them.

    A program that packgate's own catalog has can't be defined again: others rely on it.
    """
    from packgate.catalog.compile import compile_catalog
    from packgate.catalog.load import load_builtin
    from packgate.catalog.problems import CatalogError

    by_path = {source.path: source for source in sources}
    try:
        compiled = compile_catalog([(source.path, source.data) for source in sources], vocabulary)
    except CatalogError as error:
        return None, [
            by_path[problem.file].diagnostic(
                codes.CATALOG, problem.message, _place(by_path[problem.file].data, problem.pointer),
                on_key=problem.message.startswith("unknown key"), hint=problem.hint,
            )
            for problem in error.problems
        ]
    taken = set(load_builtin().names) & set(compiled["names"])
    found = [
        source.diagnostic(
            codes.CATALOG_CLASH, f"packgate's own catalog has the program '{name}' already", pointer("programs", index, "name"),
            hint="govern it with policies; a pack adds programs, it does not redefine them",
        )
        for source in sources
        for index, name in _claims(source.data, taken)
    ]
    return (None if found else compiled), found


def _claims(data: dict[str, Any], taken: set[str]) -> list[tuple[int, str]]:
    return [
        (index, name)
        for index, program in enumerate(data.get("programs") or ())
        for name in (program.get("name"), *(program.get("aliases") or ()))
        if name in taken
    ]


def _place(data: Any, steps: tuple[str | int, ...]) -> str:
    """The pointer of a mistake: the compiler names a program by its name, the file by its position."""
    path: list[str | int] = []
    for step in steps:
        if isinstance(data, list) and isinstance(step, str):
            names = [item.get("name") if isinstance(item, dict) else None for item in data]
            if step not in names:
                break
            step = names.index(step)
        path.append(step)
        try:
            data = data[step]
        except (LookupError, TypeError):
            break
    return pointer(*path)
