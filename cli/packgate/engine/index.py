"""Which policies an operation can concern: by family and operation, then by another literal.

The first level holds the clauses of each family under the operations they name (exact or ``DROP*``) or under none; the
second divides each of those by a literal that the clause insists on: a branch, a program, a component of a path. So the
cost of a decision does not grow with the number of policies that name something else.
"""

from __future__ import annotations

from packgate.engine.matcher import NOCASE_TYPES, Regular
from packgate.engine.partly import expand, lowered
from packgate.engine.patterns import Based
from packgate.engine.shapes import Exact, Prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.engine.conditions import Check
    from packgate.engine.matcher import Matcher
    from packgate.engine.rules import Rule
    from packgate.model.operation import Operation
    from packgate.model.value import Value

    Key = tuple[int, str]

# Where a literal stands in a value.
WHOLE, HEAD, TAIL, COMPONENT = 0, 1, 2, 3

# Fewer clauses than this are simply tried.
_FEW = 4
_MAX_PLANS = 4_096
_MANY_VALUES = 16
_MANY_PARTS = 32


class Entry:
    """One clause of a rule; ``number`` orders the clauses of a rule."""

    __slots__ = ("checks", "number", "rule")

    def __init__(self, rule: Rule, number: int, checks: tuple[Check, ...]) -> None:
        self.rule = rule
        self.number = number
        self.checks = checks


class Table:
    """Entries by a literal of one field: a whole value, its start or end, or a component of a path. ``all`` are those of
    every literal, for values that are not known."""

    __slots__ = ("_many", "all", "components", "field", "fold", "heads", "tails", "type", "whole")

    def __init__(self, field: str, type: str) -> None:
        self.field = field
        self.type = type
        self.fold = type in NOCASE_TYPES
        self.whole: dict[str, list[Entry]] = {}
        self.components: dict[str, list[Entry]] = {}
        # By length, then by text.
        self.heads: dict[int, dict[str, list[Entry]]] = {}
        self.tails: dict[int, dict[str, list[Entry]]] = {}
        self.all: list[Entry] = []
        # The last values that were many, and what they concern.
        self._many: tuple[tuple[Value, ...], list[Entry]] | None = None

    def add(self, keys: list[Key], entry: Entry) -> None:
        """File an entry under its literals."""
        for kind, text in dict.fromkeys(keys):
            if kind == WHOLE:
                table = self.whole
            elif kind == COMPONENT:
                table = self.components
            else:
                table = (self.heads if kind == HEAD else self.tails).setdefault(len(text), {})
            table.setdefault(text, []).append(entry)
        self.all.append(entry)

    def collect(self, values: tuple[Value, ...], out: list[Entry]) -> None:
        """Add the entries that any of some values can concern. A command's operations share its arguments: where these are many, they are
        gone through once for all."""
        if len(values) < _MANY_VALUES:
            self._collect(values, out)
            return
        many = self._many
        if many is None or many[0] is not values:
            found: list[Entry] = []
            self._collect(values, found)
            many = self._many = (values, list(dict.fromkeys(found)))
        out.extend(many[1])

    def _collect(self, values: Iterable[Value], out: list[Entry]) -> None:
        whole, components = self.whole, self.components
        for value in values:
            if not isinstance(value, str):
                self._collect_unknown(value, out)
                continue
            if self.fold:
                value = value.lower()
            if whole:
                entries = whole.get(value)
                if entries is not None:
                    out.extend(entries)
            if components:
                parts = value.split("/")
                # As of most values: no call for each part.
                if not components.keys().isdisjoint(parts):
                    self._collect_parts(parts, out)
            if self.heads or self.tails:
                self._collect_ends(value, out)

    def _collect_unknown(self, value: Value, out: list[Entry]) -> None:
        if self.fold:
            value = lowered(value)
        strings = (value,) if isinstance(value, str) else expand(value)
        if strings is None:
            out.extend(self.all)
        else:
            self._collect(strings, out)

    def _collect_ends(self, value: str, out: list[Entry]) -> None:
        for length, table in self.heads.items():
            found = table.get(value[:length])
            if found is not None:
                out.extend(found)
        for length, table in self.tails.items():
            found = table.get(value[-length:])
            if found is not None:
                out.extend(found)

    def _collect_parts(self, parts: list[str], out: list[Entry]) -> None:
        if len(parts) < _MANY_PARTS:
            for part in parts:
                found = self.components.get(part)
                if found is not None:
                    out.extend(found)
            return
        # Each once: a path can have thousands, of the same name or of different ones.
        names = frozenset(parts)
        for part, entries in self.components.items():
            if part in names:
                out.extend(entries)


class Bucket:
    """Entries of one family and operation, divided on first use."""

    __slots__ = ("_plain", "_tables", "entries")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._plain: list[Entry] | None = None
        self._tables: list[Table] = []

    def divide(self) -> tuple[list[Entry], list[Table]]:
        """The entries to be tried in any case, and the tables of the others."""
        if self._plain is None:
            self._plain, self._tables = _divide(self.entries)
        return self._plain, self._tables

    def divided(self, plain: list[Entry], tables: list[Table]) -> None:
        """Take over the division of a bucket that was divided before."""
        self._plain, self._tables = plain, tables


class Family:
    """The entries of one family by operation."""

    __slots__ = ("exact", "prefixes", "rest")

    def __init__(self) -> None:
        self.exact: dict[str, Bucket] = {}
        # By length, then by text.
        self.prefixes: dict[int, dict[str, Bucket]] = {}
        self.rest = Bucket()

    def add(self, entry: Entry) -> None:
        """File an entry under its operations."""
        check = next((each for each in entry.checks if each.field == "operation" and each.quantifier == "any"), None)
        if check is None or not all(isinstance(matcher, (Exact, Prefix)) for matcher in check.matchers):
            self.rest.entries.append(entry)
            return
        for head in dict.fromkeys((type(m) is Exact, m.head) for m in check.matchers if isinstance(m, Regular)):
            table = self.exact if head[0] else self.prefixes.setdefault(len(head[1]), {})
            table.setdefault(head[1], Bucket()).entries.append(entry)

    def buckets(self, operation: str | None) -> list[Bucket]:
        """The buckets for an operation; all of them when it is not known."""
        found = [self.rest]
        if operation is None:
            found.extend(self.exact.values())
            for table in self.prefixes.values():
                found.extend(table.values())
            return found
        exact = self.exact.get(operation)
        if exact is not None:
            found.append(exact)
        for length, table in self.prefixes.items():
            bucket = table.get(operation[:length])
            if bucket is not None:
                found.append(bucket)
        return found


class Index:
    """Finds the clauses that an operation can concern."""

    __slots__ = ("_plans", "families", "fold")

    def __init__(self, rules: list[Rule], fold: bool) -> None:
        # Whether operations ignore letter case.
        self.fold = fold
        self.families: dict[str, Family] = {}
        self._plans: dict[tuple[tuple[str, ...], str | None], tuple[tuple[Entry, ...], tuple[Table, ...]]] = {}
        for rule in rules:
            for number, clause in enumerate(rule.clauses):
                entry = Entry(rule, number, clause)
                for family in sorted(rule.when):
                    self.families.setdefault(family, Family()).add(entry)

    def family(self, name: str) -> Family | None:
        """The entries of a family; None when no policy names it."""
        return self.families.get(name)

    def candidates(self, operation: Operation) -> list[Entry] | tuple[Entry, ...]:
        """Every clause that can hold of the operation, and few others; a clause may come more than once."""
        fields = operation.fields
        named = fields.get("operation")
        if not named:
            verb: str | None = ""
        else:
            first = named[0]
            verb = first if len(named) == 1 and isinstance(first, str) else None
        plain, tables = self._plans.get((operation.families, verb)) or self._plan(operation.families, verb)
        if not tables:
            return plain
        found: list[Entry] = []
        for table in tables:
            values = fields.get(table.field)
            if values is None:
                values = operation.get(table.field)
            if values:
                table.collect(values, found)
        return [*plain, *found] if found else plain

    def _plan(self, families: tuple[str, ...], verb: str | None) -> tuple[tuple[Entry, ...], tuple[Table, ...]]:
        plain: dict[Entry, None] = {}
        tables: list[Table] = []
        said = verb.lower() if verb is not None and self.fold else verb
        for name in families:
            family = self.family(name)
            for bucket in family.buckets(said) if family is not None else ():
                entries, divided = bucket.divide()
                plain.update(dict.fromkeys(entries))
                tables.extend(divided)
        if len(self._plans) > _MAX_PLANS:
            self._plans.clear()
        plan = self._plans[families, verb] = (tuple(plain), tuple(tables))
        return plan


def _divide(entries: list[Entry]) -> tuple[list[Entry], list[Table]]:
    if len(entries) < _FEW:
        return entries, []
    options = [[(check, keys) for check in entry.checks if (keys := check_keys(check))] for entry in entries]
    # How many entries share a literal; an entry goes by its rarest.
    shared: dict[tuple[str, Key], int] = {}
    for choices in options:
        for check, keys in choices:
            for key in keys:
                shared[check.field, key] = shared.get((check.field, key), 0) + 1
    plain: list[Entry] = []
    tables: dict[str, Table] = {}
    for entry, choices in zip(entries, options, strict=True):
        if not choices:
            plain.append(entry)
            continue
        best, keys = min(choices, key=lambda choice: max(shared[choice[0].field, key] for key in choice[1]))
        tables.setdefault(best.field, Table(best.field, best.type)).add(keys, entry)
    return plain, list(tables.values())


def check_keys(check: Check) -> list[Key] | None:
    """Literals of which a value must have one for the check to hold; None when there are none to go by."""
    if check.field == "operation" or check.type == "text":
        return None
    if check.quantifier == "any":
        return _group_keys(check.matchers)
    if check.quantifier == "all":
        for group in check.groups:
            keys = _group_keys(group)
            if keys:
                return keys
    return None


def _group_keys(matchers: list[Matcher]) -> list[Key] | None:
    keys = []
    for matcher in matchers:
        key = matcher_key(matcher)
        if key is None:
            return None
        keys.append(key)
    return keys


def matcher_key(matcher: Matcher) -> Key | None:
    """The literal by which a pattern is found; None for one that can match anything."""
    if isinstance(matcher, Based):
        return _component(matcher.source[1:])
    if not isinstance(matcher, Regular) or not matcher.glob:
        return None
    component = _component(matcher.source) if matcher.type == "path" else None
    if component is not None:
        return component
    if isinstance(matcher, Exact) and matcher.text:
        return WHOLE, matcher.text
    if matcher.head or matcher.tail:
        return (HEAD, matcher.head) if len(matcher.head) >= len(matcher.tail) else (TAIL, matcher.tail)
    return None


def _component(source: str) -> Key | None:
    """The last component that a path pattern spells out."""
    if "{" in source or "\\" in source or "[" in source:
        return None
    for part in reversed(source.split("/")):
        if part and "*" not in part and "?" not in part:
            return COMPONENT, part
    return None
