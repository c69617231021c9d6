"""Pages of the catalog: what packgate knows about each program, a page for every file of programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from packgate.docs.pages import render


def catalog_pages(folder: Path, programs: Path) -> dict[Path, str]:
    """Pages from the catalog's YAML, and their index."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    pages: dict[Path, str] = {}
    index = []
    for path in sorted(programs.glob("*.yaml")):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        views = [_view(program) for program in data.get("programs") or []]
        if views:
            pages[folder / f"{path.stem}.md"] = render("catalog.md.j2", name=path.stem, programs=views)
            index.append({"name": path.stem, "programs": [view["name"] for view in views]})
    pages[folder / "README.md"] = render("catalog-index.md.j2", files=index, count=sum(len(item["programs"]) for item in index))
    return pages


def _view(program: dict[str, Any]) -> dict[str, Any]:
    rules = list(_rules(program, ""))
    return {
        "name": program["name"], "title": program.get("title", ""), "aliases": program.get("aliases") or [],
        "neutral": [str(item) for item in program.get("neutral") or []], "rules": rules, "wraps": list(_wraps(program, "")),
        "cases": [case for case in program.get("cases") or [] if isinstance(case, dict)],
    }


_SHORT = ("reads", "writes", "appends", "edits", "deletes", "copies", "searches", "loads", "inspects")


def _rules(node: dict[str, Any], command: str) -> Any:
    for rule in node.get("does") or []:
        operation = rule.get("operation")
        yield {
            "command": command, "families": rule.get("families") or [], "effect": rule.get("effect", ""),
            "operation": ", ".join(map(str, operation)) if isinstance(operation, list) else str(operation or command.rsplit(" ", 1)[-1]),
        }
    for key in _SHORT:
        if key in node:
            yield {"command": command, "families": [_FAMILY.get(key, "read-file")], "operation": key[:-1], "effect": _EFFECT.get(key, "read")}
    for name, child in (node.get("commands") or {}).items():
        if isinstance(child, dict):
            yield from _rules(child, f"{command} {name}".strip())


_FAMILY = {"writes": "modify-file", "appends": "modify-file", "edits": "modify-file", "deletes": "delete-file"}
_EFFECT = {"writes": "write", "appends": "write", "edits": "write", "deletes": "delete"}


def _wraps(node: dict[str, Any], command: str) -> Any:
    for wrap in node.get("wraps") or []:
        yield f"{wrap.get('kind')} {wrap.get('lang', '')}".strip() + (f" ({command})" if command else "")
    for name, child in (node.get("commands") or {}).items():
        if isinstance(child, dict):
            yield from _wraps(child, f"{command} {name}".strip())
