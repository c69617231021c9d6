"""Pages of the catalog: what packgate knows about each program, a page for every file of programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.catalog.words import SHORT_FORMS
from packgate.docs.pages import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def catalog_pages(folder: Path, programs: Path) -> dict[Path, str]:
    """Pages from the catalog's YAML, and their index. Raises `CatalogError` for files that can't be read."""
    from packgate.catalog.build import read_documents

    pages: dict[Path, str] = {}
    index: list[dict[str, Any]] = []
    for file, document in read_documents(str(programs)):
        views = [_view(program) for program in document.get("programs") or []]
        if views:
            name = file.removesuffix(".yaml")
            pages[folder / f"{name}.md"] = render("catalog.md.j2", name=name, programs=views)
            index.append({"name": name, "programs": [view["name"] for view in views]})
    count = len({program for item in index for program in item["programs"]})
    pages[folder / "README.md"] = render("catalog-index.md.j2", files=index, count=count)
    return pages


def _view(program: dict[str, Any]) -> dict[str, Any]:
    neutral = program.get("neutral") or []
    return {
        "name": program["name"],
        "title": program.get("title", ""),
        "aliases": program.get("aliases") or [],
        "neutral": [str(item) for item in (neutral if isinstance(neutral, list) else [neutral])],
        "rules": list(_rules(program, "")),
        "wraps": list(_wraps(program, "")),
    }


def _rules(level: dict[str, Any], command: str) -> Iterator[dict[str, Any]]:
    """What the level of a program yields, then its sub-commands."""
    for rule in level.get("does") or []:
        operation = rule.get("operation") or command.rsplit(" ", 1)[-1]
        yield {
            "command": command, "families": rule.get("families") or [], "effect": rule.get("effect", ""),
            "operation": ", ".join(map(str, operation)) if isinstance(operation, list) else str(operation),
        }
    for key, (family, operation, effect) in SHORT_FORMS.items():
        if key in level:
            yield {"command": command, "families": [family], "operation": operation, "effect": effect}
    for name, inner in _inner(level):
        yield from _rules(inner, f"{command} {name}".strip())


def _wraps(level: dict[str, Any], command: str) -> Iterator[str]:
    """The other commands and the code that a call holds."""
    wraps = level.get("wraps") or []
    for wrap in wraps if isinstance(wraps, list) else [wraps]:
        yield f"{wrap.get('kind')} {wrap.get('lang', '')}".strip() + (f" ({command})" if command else "")
    for name, inner in _inner(level):
        yield from _wraps(inner, f"{command} {name}".strip())


def _inner(level: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, inner) for name, inner in (level.get("commands") or {}).items() if isinstance(inner, dict))
