"""The documentation holds together: generated pages are fresh, links resolve, named tests exist, examples are in the tree."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "acceptance"))

from command_line import ROOT, packgate

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```|^    .*?$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_generated_pages_are_fresh() -> None:
    """What `packgate docs --reference docs` would write is what stands in docs/."""
    done = packgate("docs", "--check", "--reference", "docs", cwd=ROOT)
    assert done.code == 0, f"run: packgate docs --reference docs\n{done.all[-3000:]}"


def links(page: Path) -> list[str]:
    """The targets of the links of a page, code left out."""
    return _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        if "://" in target or path.startswith("mailto:"):
            continue
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page}: {target}"
        assert not path.startswith("/")
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{page}: {target}"


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def named_tests() -> list[tuple[str, str]]:
    """The tests that docs/claims.md names."""
    return sorted(set(_TEST.findall((ROOT / "docs" / "claims.md").read_text(encoding="utf-8"))))


@pytest.mark.parametrize(("file", "name"), named_tests())
def test_a_named_test_exists(file: str, name: str) -> None:
    path = ROOT / "cli" / "tests" / file
    assert path.is_file(), path
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, f"{file} has no {name}"


def test_every_promise_names_a_test() -> None:
    rows = [line for line in (ROOT / "docs" / "claims.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    promises = [row for row in rows if "| shown by |" not in row]
    assert len(promises) >= 30
    assert [row for row in promises if not _TEST.search(row)] == []


def test_every_page_can_be_reached() -> None:
    """From README.md, following links."""
    seen: set[Path] = set()
    left = [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = [target.partition("#")[0] for target in links(page) if "://" not in target]
        found = [(page.parent / target).resolve() for target in targets if target]
        left += [item / "README.md" if item.is_dir() else item for item in found if item.is_dir() or item.suffix == ".md"]
        left = [item for item in left if item.is_file()]
    assert sorted(str(page.relative_to(ROOT)) for page in PAGES if page not in seen) == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in index] == []


def test_codes_of_tests_are_documented() -> None:
    from packgate.testing.codes import TITLES

    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    assert [code for code in TITLES if f"| {code} |" not in page] == []
