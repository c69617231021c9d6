"""Every case of every program of the built-in catalog, executed by the analysis."""

from __future__ import annotations

import pytest

from packgate.catalog.build import read_documents
from packgate.catalog.cases import Case, cases_of, check_case
from packgate.catalog.load import PROGRAMS, Catalog

DOCUMENTS = read_documents(PROGRAMS)
CASES = cases_of(DOCUMENTS)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load_builtin()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, catalog: Catalog) -> None:
    wrong = check_case(case, catalog)
    assert not wrong, "\n".join(wrong)


def test_every_program_has_cases() -> None:
    """A program without cases is knowledge that nothing checks."""
    with_cases = {case.program for case in CASES}
    names = {program["name"] for _, document in DOCUMENTS for program in document.get("programs") or []}
    assert names - with_cases == set()
