"""Programs of the catalog at run time: levels with what they inherit, made when they are first reached."""

from __future__ import annotations

from packgate.facts.condition import Condition, condition_from
from packgate.facts.field_value import source_from, value_from
from packgate.facts.fields import FILE_FAMILIES
from packgate.facts.source import TextSource
from packgate.facts.wildcard import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from packgate.facts.source import Source
    from packgate.model.value import Text, Value

# Words of lines whose meaning is kept, for each branch and level: lines name words without end.
_MOST_REMEMBERED = 500
# Options by which a program prints its manual or version and does nothing else.
_MANUALS = ("--help", "--version")


class Option:
    """A declared option. ``kind`` is ``flag``, ``value`` (of ``count`` words), ``attached`` (``count`` 0: a number) or ``rest`` (all
    words that follow); ``key`` is the spelling that calls are keyed by."""

    __slots__ = ("count", "key", "kind", "spellings")

    def __init__(self, kind: str, spellings: tuple[str, ...], count: int = 1) -> None:
        self.kind = kind
        self.spellings = spellings
        self.count = count
        self.key = spellings[0]
        for spelling in spellings:
            if spelling[:2] == "--":
                self.key = spelling
                break


class Rule:
    """One rule of ``does``. ``literal`` are the fields that are the same for every call, ``fields`` the others; ``is_file`` tells
    that it is about the file named by its path."""

    __slots__ = (
        "condition", "each", "effect", "environment", "even_if_neutral", "families", "fields", "is_file", "literal", "paths", "sends",
    )  # fmt: skip

    def __init__(self, data: dict[str, Any], options: dict[str, Option], literal: dict[str, tuple[str, ...]]) -> None:
        self.families: tuple[str, ...] = (*data["families"], "command")
        self.effect: str = data["effect"]
        self.condition = condition_from(data["if"], options) if "if" in data else None
        self.each = value_from(data["each"], options) if "each" in data else None
        self.paths: frozenset[str] = frozenset(data.get("paths", ()))
        # As values of fields, so that an operation starts with a copy of it.
        self.literal: dict[str, tuple[Value, ...]] = {**literal, "operation": (), "effect": (self.effect,)}
        self.fields: list[tuple[str, Source]] = []
        for name, value in {"operation": data["operation"], **data["fields"]}.items():
            source = value_from(value, options)
            if isinstance(source, TextSource) and name not in self.paths:
                self.literal[name] = (source.text,)
            else:
                self.fields.append((name, source))
        self.is_file = "path" in self.paths and not FILE_FAMILIES.isdisjoint(self.families)
        self.environment = [value_from(item, options) for item in data.get("environment", ())]
        self.sends = [value_from(item, options) for item in data.get("sends", ())]
        self.even_if_neutral: bool = data.get("even-if-neutral", False) or self.effect == "read"


class Wrap:
    """One item of ``wraps``. ``source`` is the words or the code, ``file`` the file that holds the code, ``runs`` the one of them that
    is run; ``deeper`` says that it holds for the sub-commands too."""

    __slots__ = (
        "args", "assignments", "clear_env", "condition", "cwd", "deeper", "fields", "file", "host", "join", "kind", "lang", "place",
        "reads_stdin", "runs", "source", "user", "via",
    )  # fmt: skip

    def __init__(self, data: dict[str, Any], options: dict[str, Option]) -> None:
        self.kind: str = data["kind"]
        self.lang: str = data.get("lang", "shell")
        self.condition = condition_from(data["if"], options) if "if" in data else None
        self.join: bool = data.get("join", False)
        self.assignments: bool = data.get("assignments", False)
        self.source = _field(data, "from", options)
        self.file = _field(data, "file", options)
        self.runs = self.file if self.source is None and self.kind == "code" else self.source
        self.host = _field(data, "host", options)
        self.user = _field(data, "user", options)
        self.cwd = _field(data, "cwd", options)
        self.place = _field(data, "place", options)
        self.args = _field(data, "args", options)
        self.clear_env = [source_from(item, options) for item in data["clear-env"][1]] if "clear-env" in data else []
        self.fields = [(name, value_from(value, options)) for name, value in data.get("fields", {}).items()]
        self.reads_stdin: bool = data.get("from") == ["all", [["stdin"]]]
        self.via: bool = data.get("via", True)
        self.deeper: bool = data.get("deeper", False)


def _field(data: dict[str, Any], key: str, options: dict[str, Option]) -> Source | None:
    return value_from(data[key], options) if key in data else None


class GivenRule:
    """What is left of a rule for calls that give certain options. Of each field: its name, its source, and whether it is a path."""

    __slots__ = ("condition", "each", "environment", "fields", "rule", "sends")

    def __init__(self, rule: Rule, condition: Condition | None, each: Source | None, options: Collection[str]) -> None:
        self.rule = rule
        self.condition = condition
        self.each = each
        self.fields: list[tuple[str, Source, bool]] = []
        for name, source in rule.fields:
            left = source.given(options)
            if left is not None:
                self.fields.append((name, left, name in rule.paths))
        self.environment = _left(rule.environment, options)
        self.sends = _left(rule.sends, options)


class Given:
    """What of a level can concern the calls that give certain options: rules and wraps, each with what is still to be asked, the
    sources that tell its environment, and what makes a call harmless."""

    __slots__ = ("asks_help", "environment", "neutral", "rules", "wraps")

    def __init__(self, level: Level, options: Collection[str]) -> None:
        self.asks_help = any(name in options and level.is_flag(name) for name in _MANUALS)
        self.neutral = [(name, excepted) for name, excepted in level.neutral if name in options or not name.startswith("-")]
        self.environment = _left(level.environment, options)
        self.rules: list[GivenRule] = []
        for rule in level.rules:
            condition = rule.condition.given(options) if rule.condition is not None else True
            each = rule.each.given(options) if rule.each is not None else None
            if condition is not False and (rule.each is None or each is not None):
                self.rules.append(GivenRule(rule, None if condition is True else condition, each, options))
        self.wraps: list[tuple[Wrap, Condition | None]] = []
        for wrap in level.wraps:
            condition = wrap.condition.given(options) if wrap.condition is not None else True
            if condition is not False and wrap.runs is not None and wrap.runs.given(options) is not None:
                self.wraps.append((wrap, None if condition is True else condition))


def _left(sources: list[Source], options: Collection[str]) -> list[Source]:
    return [left for left in [source.given(options) for source in sources] if left is not None]


class Level:
    """A program or sub-command: its own rules, and what holds for it of the levels above."""

    __slots__ = (
        "_spellings", "cwd", "environment", "fields", "given_options", "handlers", "neutral", "options", "output", "prefixes",
        "prints", "rules", "style", "unknown_values", "via", "wraps",
    )  # fmt: skip

    def __init__(self, data: dict[str, Any], parent: Level | None) -> None:
        style = parent.style if parent is not None else "gnu"
        self.style: str = data.get("style", style)
        # Never changed once they are made, so that a level without options of its own shares those above it.
        options = self.options = _options(data.get("options"), parent, self.style == "go", style == "go")
        self._spellings: str | None = None
        self.unknown_values: bool = data.get("unknown-options", parent.unknown_values if parent is not None else False)
        self.neutral: list[tuple[str, str | None]] = list(parent.neutral) if parent is not None else []
        self.neutral.extend((self._key(name), excepted) for name, excepted in data.get("neutral", ()))
        self.fields: dict[str, tuple[str, ...]] = dict(parent.fields) if parent is not None else {}
        for name, values in data.get("fields", {}).items():
            self.fields[name] = tuple(values)
        self.environment: list[Source] = list(parent.environment) if parent is not None else []
        self.environment.extend(value_from(item, options) for item in data.get("environment", ()))
        self.cwd: Source | None = source_from(data["cwd"], options) if "cwd" in data else parent.cwd if parent is not None else None
        self.output: str | None = data.get("output", parent.output if parent is not None else None)
        self.via: bool = data.get("via", parent.via if parent is not None else True)
        self.prints = [value_from(item, options) for item in data.get("prints", ())]
        self.rules = [Rule(item, options, self.fields) for item in data.get("rules", ())]
        self.wraps: list[Wrap] = [wrap for wrap in parent.wraps if wrap.deeper] if parent is not None else []
        self.wraps.extend(Wrap(item, options) for item in data.get("wraps", ()))
        self.handlers: tuple[str, ...] = tuple(data.get("handlers", ()))
        self.prefixes: dict[str, list[Option]] = {}
        self.given_options: dict[tuple[str, ...], Given] = {}

    def given(self, options: dict[str, list[Value]]) -> Given:
        """What of the level can concern a call, by the options that it gives."""
        names = tuple(options)
        found = self.given_options.get(names)
        if found is None:
            if len(self.given_options) >= _MOST_REMEMBERED:
                self.given_options.clear()
            found = self.given_options[names] = Given(self, frozenset(names))
        return found

    def is_flag(self, name: str) -> bool:
        """Whether an option takes no value, as one that the catalog does not declare."""
        declared = self.options.get(name)
        return declared is None or declared.kind == "flag"

    def beginning(self, name: str) -> list[Option]:
        """The declared options that begin so. One alone where all others begin with it (``--force`` of ``--force`` and
        ``--force-with-lease``)."""
        options = self.prefixes.get(name)
        if options is None:
            if self._spellings is None:
                self._spellings = "\n".join(["", *self.options])
            if "\n" + name not in self._spellings:
                return []
            found = sorted((spelling for spelling in self.options if spelling.startswith(name)), key=len)
            options = [self.options[spelling] for spelling in found]
            if found and all(self.options[other] is options[0] or other.startswith(found[0]) for other in found):
                options = options[:1]
            if len(self.prefixes) < _MOST_REMEMBERED:
                self.prefixes[name] = options
        return options

    def _key(self, name: str) -> str:
        option = self.options.get(name)
        return option.key if option is not None else name


def _options(declared: list[list[Any]] | None, parent: Level | None, go: bool, went: bool) -> dict[str, Option]:
    """The options of a level by their spellings, those that it inherits among them. ``go``: the level is in the style of Go, ``went``:
    the one above is."""
    inherited = parent.options if parent is not None else {}
    if not declared and go <= went:
        return inherited
    options = dict(inherited)
    for each in declared or ():
        option = Option(each[0], tuple(each[1]), each[2] if len(each) > 2 else 1)
        for spelling in option.spellings:
            options[spelling] = option
    if go:
        _add_dashes(options)
    return options


def _add_dashes(options: dict[str, Option]) -> None:
    """In the style of Go's flag package ``-name`` and ``--name`` are the same."""
    for spelling, option in list(options.items()):
        bare = spelling.lstrip("-")
        options.setdefault("-" + bare, option)
        options.setdefault("--" + bare, option)


class Branch:
    """A node of the sub-command tree. ``level`` is None for a word that is only the beginning of a sub-command."""

    __slots__ = ("children", "exact", "followed", "globs", "has_children", "inherited", "level", "levels")

    def __init__(self, data: dict[str, Any], levels: list[dict[str, Any]], inherited: Level | None) -> None:
        index = data.get("level")
        self.level = Level(levels[index], inherited) if index is not None else None
        self.inherited = self.level if self.level is not None else inherited
        self.levels = levels
        self.exact: dict[str, Any] = data.get("exact", {})
        self.globs: list[tuple[str, Any]] = [(glob, child) for glob, child in data.get("globs", ())]
        self.has_children = bool(self.exact or self.globs)
        self.children: dict[str, Branch] = {}
        self.followed: dict[str, list[Branch]] = {}

    def follow(self, word: str) -> list[Branch]:
        """The branches that a word leads to, the best first: the exact word, then globs in their order."""
        found = self.followed.get(word)
        if found is None:
            found = self._follow(word)
            if len(self.followed) < _MOST_REMEMBERED:
                self.followed[word] = found
        return found

    def can_follow(self, word: Text) -> bool:
        """Whether a partly known word can be one that leads on."""
        first, last = word.parts[0], word.parts[-1]
        begin, end = first if isinstance(first, str) else "", last if isinstance(last, str) else ""
        return any(name.startswith(begin) and name.endswith(end) for name in (*self.exact, *(glob for glob, _ in self.globs)))

    def _follow(self, word: str) -> list[Branch]:
        found = []
        if word in self.exact:
            found.append(self._child(word, self.exact[word]))
        for glob, data in self.globs:
            if matches(glob, word):
                found.append(self._child("\0" + glob, data))
        return found

    def _child(self, key: str, data: dict[str, Any]) -> Branch:
        child = self.children.get(key)
        if child is None:
            child = self.children[key] = Branch(data, self.levels, self.inherited)
        return child


class Program:
    """A program: its name and the root of its sub-commands."""

    __slots__ = ("name", "root")

    def __init__(self, data: dict[str, Any]) -> None:
        self.name: str = data["name"]
        self.root = Branch(data["tree"], data["levels"], None)
