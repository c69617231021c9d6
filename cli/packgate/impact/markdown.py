"""A comparison as the comment of a pull request: the sentence, the counts, some examples, the rest folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.impact.structural import LOOSENED, TIGHTENED
from packgate.impact.summary import action_line, counts, examples, headline, origin, relation_line, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.impact.behaviour import Difference
    from packgate.impact.compare import Comparison

_MARKS = {LOOSENED: "🔓", TIGHTENED: "🔒"}
# GitHub refuses comments of more than 65,536 characters.
_MOST_ROWS = 200


def render_markdown(comparison: Comparison, limit: int, mask: Callable[[str], str]) -> str:
    """The whole comparison; ``limit``: how many actions stand in the open, the others are folded."""
    mark = _MARKS.get(comparison.direction, "⚖️")
    lines = [f"### {mark} {headline(comparison)}", "", f"`{comparison.base}` → `{comparison.head}`. {_sentence(counts(comparison))}"]
    lines += _changes(comparison)
    lines += _conditions(comparison, mask)
    differences = comparison.behaviour.differences
    if differences:
        lines += ["", "#### Verdicts that changed", "", *_table(differences[:limit], mask)]
    if len(differences) > limit:
        lines += _folded(f"{len(differences) - limit} more", _table(differences[limit : limit + _MOST_ROWS], mask))
        if len(differences) > limit + _MOST_ROWS:
            lines += ["", f"{len(differences) - limit - _MOST_ROWS} are not listed here; `packgate diff` shows them."]
    return "\n".join(lines) + "\n"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _changes(comparison: Comparison) -> list[str]:
    if not comparison.changes:
        return []
    rows = ["| | pack | policy | change |", "|---|---|---|---|"]
    rows += [
        f"| {_MARKS.get(each.direction, '')} | {each.pack} | {_code(each.subject)} | {_cell(each.sentence)} |"
        for each in comparison.changes
    ]
    if len(rows) <= 14:
        return ["", "#### What changed", "", *rows]
    loose = [row for row, each in zip(rows[2:], comparison.changes, strict=True) if each.direction == LOOSENED]
    opened = ["", "#### What became looser", "", *rows[:2], *loose] if loose else []
    return [*opened, *_folded(f"all {len(comparison.changes)} changes", rows)]


def _conditions(comparison: Comparison, mask: Callable[[str], str]) -> list[str]:
    if not comparison.relations:
        return []
    shown = examples(comparison, mask)
    lines = [f"- {_cell(relation_line(each, shown.get((each.pack, each.policy))))}" for each in comparison.relations]
    return ["", "#### What the conditions say", "", *lines]


def _table(differences: tuple[Difference, ...], mask: Callable[[str], str]) -> list[str]:
    rows = [
        f"| {_MARKS.get(each.direction, '')} {step(each)} | {_code(action_line(each, mask))} | {_cell(origin(each))} |"
        for each in differences
    ]
    return ["| verdict | action | from |", "|---|---|---|", *rows]


def _folded(summary: str, lines: list[str]) -> list[str]:
    return ["", f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]


def _code(text: str) -> str:
    """Text as code inside a table."""
    if not text:
        return ""
    fence = "``" if "`" in text else "`"
    padding = " " if fence == "``" else ""
    return f"{fence}{padding}{_cell(text, code=True)}{padding}{fence}"


def _cell(text: str, code: bool = False) -> str:
    """Text that neither ends a table's cell nor is read as mark-up or as a mention."""
    flat = " ".join(text.split()).replace("|", "\\|")
    return flat if code else flat.replace("<", "&lt;").replace("@", "@\u200b").replace("*", "\\*").replace("_", "\\_")
