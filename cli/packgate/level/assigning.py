"""What a level changes in assignments.yaml and packgate.yaml: lines between two marks, and the pack's name; the rest stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.source.yaml import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.level.levels import Level

_BEGIN = "# packgate level {name}: begin. What stands here wins over what follows; `packgate level` writes it."
_END = "# packgate level {name}: end."
_MARKED = re.compile(r"^[ ]*# packgate level [a-z]+: begin\..*?^[ ]*# packgate level [a-z]+: end\.[ ]*\n", re.MULTILINE | re.DOTALL)
_LIST = re.compile(r"^assignments:[ ]*(?:#[^\n]*)?\n", re.MULTILINE)
_EMPTY = re.compile(r"^assignments:[ ]*\[[ ]*\][ ]*(?:#[^\n]*)?(?:\n|\Z)", re.MULTILINE)
_ITEM = re.compile(r"^(?P<indent>[ ]*)- ", re.MULTILINE)
_PACKS = re.compile(r"^packs:[ ]*(?P<flow>\[)?[^\n]*\n", re.MULTILINE)
_SCHEMA = "# yaml-language-server: $schema=https://packgate.dev/schema/assignments.schema.json\nassignments:\n"


def with_assignments(text: str | None, level: Level, others: Sequence[str]) -> str:
    """The text of assignments.yaml with a level's entries first, in place of an earlier level's. ``others``: packs beside the level's that
    hold; a level that caps them gives each an entry, too.

    Raises `UserError` for a file that can't be changed in this way.
    """
    wanted: list[dict[str, Any]] = [{"name": level.assignment, "pack": level.name, "stage": level.stage}]
    if level.caps_others:
        wanted += [{"name": f"{level.assignment}-{pack}", "pack": pack, "stage": "audit"} for pack in others]
    clean = without_assignments(text or "") or _SCHEMA
    kept = _entries(clean)
    clean = _EMPTY.sub("assignments:\n", clean)
    head = _LIST.search(clean)
    if head is None:
        raise _by_hand("assignments.yaml", "its list does not stand below a line `assignments:`")
    item = _ITEM.search(clean, head.end())
    indent = item["indent"] if item else "  "
    lines = [_BEGIN.format(name=level.name), *(_written(each) for each in wanted), _END.format(name=level.name)]
    block = "".join(f"{indent}{line}\n" for line in lines)
    return _checked(clean[:head.end()] + block + clean[head.end():], "assignments.yaml", [*wanted, *kept])


def without_assignments(text: str) -> str:
    """The text without the entries of a level; empty when nothing else is in it."""
    clean = _MARKED.sub("", text)
    return "" if clean != text and clean == _SCHEMA else clean


def assigned_packs(text: str | None) -> list[str]:
    """Packs that assignments.yaml names, those of a level aside."""
    return sorted({each["pack"] for each in _entries(without_assignments(text or "")) if isinstance(each.get("pack"), str)})


def listed_packs(text: str | None) -> list[str] | None:
    """The packs that packgate.yaml lists; None where it lists none."""
    data = parse_yaml(text or "", "packgate.yaml").data
    found = data.get("packs") if isinstance(data, dict) else None
    return [str(each) for each in found] if isinstance(found, list) else None


def with_pack(text: str, level: Level, leaving: Sequence[str]) -> str:
    """The text of packgate.yaml with the level's pack in its list of packs, without those that leave. Raises `UserError`."""
    before = listed_packs(text)
    if before is None:
        return text
    wanted = [level.name, *(each for each in before if each not in (level.name, *leaving))]
    head = _PACKS.search(text)
    if head is None:
        raise _by_hand("packgate.yaml", "its list of packs can't be found")
    end = head.end()
    if head["flow"]:
        end = text.find("]", head.start())
        end = text.find("\n", end) + 1 or len(text)
    else:
        item = re.compile(r"[ ]*(-[ ][^\n]*|#[^\n]*)?\n")
        while (found := item.match(text, end)) and found.group().strip():
            end = found.end()
    edited = text[:head.start()] + f"packs: [{', '.join(wanted)}]\n" + text[end:]
    again, old = parse_yaml(edited, "packgate.yaml"), parse_yaml(text, "packgate.yaml")
    if again.diagnostics or again.data != {**old.data, "packs": wanted}:
        raise _by_hand("packgate.yaml", "its list of packs can't be changed alone")
    return edited


def _written(entry: dict[str, Any]) -> str:
    return "- {" + ", ".join(f"{key}: {value}" for key, value in entry.items()) + "}"


def _entries(text: str) -> list[dict[str, Any]]:
    document = parse_yaml(text, "assignments.yaml")
    if document.diagnostics:
        first = document.diagnostics[0]
        raise _by_hand("assignments.yaml", f"line {first.position.line}: {first.message}")
    found = document.data.get("assignments") if isinstance(document.data, dict) else None
    return [each for each in found or [] if isinstance(each, dict)]


def _checked(text: str, name: str, wanted: list[dict[str, Any]]) -> str:
    """The text, if it says what is wanted."""
    if _entries(text) != wanted:
        raise _by_hand(name, "it can't be changed in one place alone")
    return text


def _by_hand(name: str, why: str) -> UserError:
    return UserError(f"{name}: {why}", "write the list as lines that begin with `- `, and commit that")
