"""The cases that a pack's own catalog carries: a command, and the operations that its program must yield for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.catalog.cases import Case, check_case
from packgate.guard.known import mask_with, texts
from packgate.model.action import ActionError
from packgate.testing import codes
from packgate.testing.outcome import CatalogOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.catalog.load import Catalog
    from packgate.diagnostics import Diagnostic
    from packgate.source.file import SourceFile
    from packgate.source.result import LoadResult


def run_catalog_cases(result: LoadResult, catalog: Catalog) -> list[CatalogOutcome]:
    """Every case of the programs that the pack itself adds, in the order of the files."""
    mine = {source.path for source in result.files}
    return [outcome for source in result.catalogs if source.path in mine for outcome in _of_file(source, catalog)]


def _of_file(source: SourceFile, catalog: Catalog) -> Iterator[CatalogOutcome]:
    for index, program in enumerate(source.data.get("programs") or ()):
        for number, data in enumerate(program.get("cases") or ()):
            case = Case(source.path, program["name"], data)
            finding = _problem(case, source, f"/programs/{index}/cases/{number}", catalog)
            yield CatalogOutcome(f"{program['name']}/{number + 1}", source.path, finding)


def _problem(case: Case, source: SourceFile, place: str, catalog: Catalog) -> Diagnostic | None:
    try:
        wrong = check_case(case, catalog)
    except ActionError as error:
        return source.diagnostic(codes.BAD_ACTION, f"the action can't be decided: {error}", place)
    if not wrong:
        return None
    hide = mask_with(texts(case.data))
    message = f"{case.program} yields something else: {case.data['command']}"
    return source.diagnostic(codes.CATALOG_CASE, hide(message), place, hint=hide("; ".join(wrong)))
