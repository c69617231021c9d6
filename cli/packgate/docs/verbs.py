"""Pages of the verbs, from their own help, so that help and page can't disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.docs.pages import render
from packgate.exitcodes import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def verb_pages(helps: Mapping[str, tuple[str, str]], folder: Path) -> dict[Path, str]:
    """Pages from (summary, help text) of every verb, and their index with the exit codes."""
    pages = {folder / f"{verb}.md": render("verb.md.j2", verb=verb, summary=summary, text=text) for verb, (summary, text) in helps.items()}
    pages[folder / "README.md"] = render("verbs.md.j2", verbs=helps, codes=MEANINGS)
    return pages
