"""Spellings: what a command begins with. Candidates for native rules come from the catalog and from the commands of cases.

No rule language of an agent knows operations. What all of them know is how a command is written: a program, words after it, an option.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packgate.catalog.load import Catalog

# Words that mean themselves in every rule language, and in a shell.
PLAIN = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
# Words of a case's command that a rule may take, and what none of them has: longer beginnings, addresses and paths are about that case.
MOST_WORDS = 4
_OF_THE_CASE = re.compile(r"[/@]")


@dataclass(frozen=True, slots=True, order=True)
class Spelling:
    """``words``: the program and the words that follow it at once; ``option``: one that stands right behind them or later, if any."""

    words: tuple[str, ...]
    option: str | None = None

    @property
    def text(self) -> str:
        """As a command."""
        return " ".join((*self.words, self.option) if self.option else self.words)

    def begins(self, other: Spelling) -> bool:
        """Whether whatever is spelled like ``other`` is spelled like this one too."""
        same = other.words[:len(self.words)] == self.words
        return same and (self.option is None or self.option == other.option or self.option in other.words[len(self.words):])


@dataclass(frozen=True, slots=True)
class Place:
    """A sub-command of the catalog: the programs that have it, its words, and the options that can matter there. ``followed``: what may
    come later and must not change anything, every option that is not for trying out, with a value where it takes one."""

    programs: tuple[str, ...]
    words: tuple[str, ...]
    options: tuple[str, ...]
    followed: tuple[str, ...]


def places(catalog: Catalog, families: frozenset[str], options: frozenset[str]) -> Iterator[Place]:
    """The sub-commands that can yield one of the families, sorted. ``options`` are those that policies name."""
    names: dict[int, list[str]] = {}
    for name, index in catalog.names.items():
        if PLAIN.fullmatch(name):
            names.setdefault(index, []).append(name)
    for index in sorted(names, key=lambda each: min(names[each])):
        entry = catalog.entries[index]
        data = json.loads(entry) if isinstance(entry, str) else entry
        yield from _branches(data["tree"], data["levels"], tuple(sorted(names[index])), (), (), families, options)


def _branches(
    branch: dict[str, Any], levels: list[dict[str, Any]], programs: tuple[str, ...], words: tuple[str, ...],
    above: tuple[dict[str, Any], ...], families: frozenset[str], named: frozenset[str],
) -> Iterator[Place]:
    number = branch.get("level")
    here = above if number is None else (*above, levels[number])
    if number is not None and _concerns(levels[number], families):
        yield Place(programs, words, _telling(levels[number], here, named), _followed(here))
    for word, child in sorted(branch.get("exact", {}).items()):
        if PLAIN.fullmatch(word):
            yield from _branches(child, levels, programs, (*words, word), here, families, named)


def _concerns(level: dict[str, Any], families: frozenset[str]) -> bool:
    """Whether a level can yield one of the families; what a handler yields is not written down."""
    return bool(level.get("handlers")) or any(not families.isdisjoint(rule["families"]) for rule in level.get("rules", ()))


def _telling(level: dict[str, Any], here: tuple[dict[str, Any], ...], named: frozenset[str]) -> tuple[str, ...]:
    """Options that change what the level yields, in all their spellings: those that a rule asks about, all of a level with a handler, and
    those that policies name."""
    asked = set(_options(level.get("rules", ())))
    handled = bool(level.get("handlers"))
    found = set()
    for each in here:
        for declared in each.get("options", ()):
            spellings = [name for name in declared[1] if PLAIN.fullmatch(name)]
            if declared[0] == "flag" and ((handled and each is level) or not {*asked, *named}.isdisjoint(spellings)):
                found.update(spellings)
    return tuple(sorted(found))


def _options(data: Any) -> Iterator[str]:
    if isinstance(data, (list, tuple)):
        if len(data) == 2 and data[0] == "option" and isinstance(data[1], str):
            yield data[1]
        for item in data:
            yield from _options(item)
    elif isinstance(data, dict):
        for item in data.values():
            yield from _options(item)


def _followed(here: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    """One spelling of every option but those that take another one back: `--dry-run` makes any call harmless, `--no-force` a forced one."""
    neutral = {name for level in here for name, _ in level.get("neutral", ())}
    found = set()
    for level in here:
        for declared in level.get("options", ()):
            spelling = declared[1][0]
            if neutral.isdisjoint(declared[1]) and PLAIN.fullmatch(spelling) and not spelling.startswith("--no-"):
                found.add(f"{spelling} zz" if declared[0] == "value" else spelling)
    return tuple(sorted(found))


def beginnings(commands: Iterable[tuple[str, ...]]) -> list[Spelling]:
    """What commands, as words, begin with: a spelling for every number of plain words."""
    found: set[Spelling] = set()
    for words in commands:
        for count in range(1, min(len(words), MOST_WORDS) + 1):
            if not PLAIN.fullmatch(words[count - 1]) or _OF_THE_CASE.search(words[count - 1]):
                break
            found.add(Spelling(words[:count]))
    return sorted(found)


def shortest(spellings: Iterable[Spelling]) -> list[Spelling]:
    """Without those that another one covers, sorted."""
    kept: list[Spelling] = []
    for each in sorted(set(spellings), key=lambda one: (len(one.words), one.option is not None, one)):
        if not any(other.begins(each) for other in kept):
            kept.append(each)
    return sorted(kept)
