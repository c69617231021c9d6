"""Levels of a program: the program itself and its tree of sub-commands, flattened into a table."""

from __future__ import annotations

from packgate.catalog.options import compile_neutral, compile_options
from packgate.catalog.problems import did_you_mean
from packgate.catalog.rules import compile_rules, compile_wrap
from packgate.catalog.sources import compile_source, compile_values
from packgate.catalog.words import HANDLERS, LEVEL_KEYS, OUTPUTS, STYLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.catalog.problems import Place
    from packgate.model.vocabulary import Vocabulary

_GLOB = frozenset("*?[")


def compile_level(level: dict[str, Any], place: Place, vocabulary: Vocabulary) -> dict[str, Any]:
    """A level without its sub-commands. Keys that say nothing are left out."""
    out: dict[str, Any] = {}
    if "style" in level:
        out["style"] = place.at("style").choice(level["style"], STYLES)
    if "options" in level:
        out["options"] = compile_options(level["options"], place.at("options"))
    if "unknown-options" in level:
        place.at("unknown-options").choice(level["unknown-options"], ("value",))
        out["unknown-options"] = True
    if "neutral" in level:
        out["neutral"] = compile_neutral(level["neutral"], place.at("neutral"))
    if "fields" in level:
        out["fields"] = _literal_fields(level["fields"], place.at("fields"), vocabulary)
    for key in ("environment", "prints"):
        if key in level:
            out[key] = compile_values(level[key], place.at(key))
    if "cwd" in level:
        out["cwd"] = compile_source(level["cwd"], place.at("cwd"))
    if "output" in level:
        out["output"] = place.at("output").choice(level["output"], OUTPUTS)
    if level.get("via") is False:
        out["via"] = False
    rules = compile_rules(level, place, vocabulary)
    if rules:
        out["rules"] = rules
    if "wraps" in level:
        wraps = level["wraps"] if isinstance(level["wraps"], list) else [level["wraps"]]
        out["wraps"] = [compile_wrap(item, place.at("wraps", index)) for index, item in enumerate(wraps)]
    if "handler" in level:
        out["handlers"] = _handlers(level["handler"], place.at("handler"))
    return out


def _literal_fields(value: Any, place: Place, vocabulary: Vocabulary) -> dict[str, list[str]]:
    fields = place.mapping(value)
    place.check_keys(fields, vocabulary.fields)
    return {name: [place.at(name).text(item) for item in (literal if isinstance(literal, list) else [literal])]
            for name, literal in fields.items()}


def _handlers(value: Any, place: Place) -> list[str]:
    names = [place.text(item) for item in (value if isinstance(value, list) else [value])]
    for name in names:
        if name not in HANDLERS:
            place.wrong(f"unknown handler {name!r}", did_you_mean(name, sorted(HANDLERS)))
    return names


class _Branch:
    """A word of the sub-command tree while it is built; ``level`` is an index into the table, or None for a mere prefix."""

    __slots__ = ("exact", "globs", "level")

    def __init__(self) -> None:
        self.level: int | None = None
        self.exact: dict[str, _Branch] = {}
        self.globs: list[tuple[str, _Branch]] = []

    def child(self, word: str) -> _Branch:
        """The branch of a word, made when it is new."""
        if not _GLOB & set(word):
            return self.exact.setdefault(word, _Branch())
        for glob, branch in self.globs:
            if glob == word:
                return branch
        branch = _Branch()
        self.globs.append((word, branch))
        return branch

    def to_json(self) -> dict[str, Any]:
        """The compiled form: ``level``, ``exact`` words and ``globs`` in their order."""
        out: dict[str, Any] = {}
        if self.level is not None:
            out["level"] = self.level
        if self.exact:
            out["exact"] = {word: branch.to_json() for word, branch in sorted(self.exact.items())}
        if self.globs:
            out["globs"] = [[glob, branch.to_json()] for glob, branch in self.globs]
        return out


class LevelTable:
    """Collects the levels of one program; sub-commands that are written once with ``a|b`` share a level."""

    __slots__ = ("levels", "vocabulary")

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.levels: list[dict[str, Any]] = []
        self.vocabulary = vocabulary

    def build(
        self, program: dict[str, Any], place: Place, more: list[tuple[dict[str, Any], Place]]
    ) -> dict[str, Any]:
        """The tree of a program, whose root is level 0; ``more`` are entries with further sub-commands."""
        root = _Branch()
        root.level = self._add(program, place)
        for entry, where in [(program, place), *more]:
            self._commands(entry, [root], where)
        return root.to_json()

    def _add(self, level: dict[str, Any], place: Place) -> int:
        index = len(self.levels)
        self.levels.append({})
        self.levels[index] = compile_level(level, place, self.vocabulary)
        return index

    def _commands(self, level: dict[str, Any], parents: list[_Branch], place: Place) -> None:
        if "commands" not in level:
            return
        for key, value in place.at("commands").mapping(level["commands"]).items():
            here = place.at("commands", key)
            child = {} if value is None else here.mapping(value)
            here.check_keys(child, LEVEL_KEYS)
            branches = [branch for parent in parents for branch in _branches(parent, key)]
            if any(branch.level is not None for branch in branches):
                here.wrong(f"the sub-command {key!r} is declared twice")
            index = self._add(child, here)
            for branch in branches:
                branch.level = index
            self._commands(child, branches, here)


def _branches(parent: _Branch, key: str) -> list[_Branch]:
    """The branches that a key such as ``"s3 cp|mv"`` or ``"read, kv get"`` names."""
    named: list[_Branch] = []
    for words in key.split(","):
        found = [parent]
        for word in words.split():
            found = [branch.child(choice) for branch in found for choice in word.split("|")]
        named.extend(found)
    return named
