"""Compiled packs as plain data, and an engine that builds of it what a decision comes across.

Compiling every policy takes longer than the decision that a process was started for. `Prepared` is the index as plain data, by family,
and the policies one by one; `PreparedEngine` decides what the engine decides that it was made of, with the policies that its index gives.
"""

from __future__ import annotations

from packgate.engine.compiled import Engine, defaults_of
from packgate.engine.identity import packs_key
from packgate.engine.index import Bucket, Entry, Family, Index, Table
from packgate.engine.patterns import Compiler
from packgate.engine.plain import pack_from, pack_to, policy_from, policy_to
from packgate.engine.rules import Rule
from packgate.engine.surroundings import Surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from packgate.engine.compiled import Found
    from packgate.engine.context import Context
    from packgate.engine.patterns import Detectors
    from packgate.engine.stages import Stages
    from packgate.model.operation import Operation

# An entry in plain data is a number: the rank of its rule, and in the lowest bits which of its clauses.
_CLAUSE_BITS = 16


class Prepared:
    """Plain data of an engine. ``common``: what every decision needs; ``families``: the index by family; ``rules``: policies by rank."""

    __slots__ = ("common", "families", "rules")

    def __init__(self, common: dict[str, Any], families: dict[str, Any], rules: list[Any]) -> None:
        self.common = common
        self.families = families
        self.rules = rules


def prepare(engine: Engine, fields: Mapping[str, str], lists: Mapping[str, tuple[str, ...]] | None = None) -> Prepared:
    """The plain data of an engine; ``fields`` and ``lists`` as they were given to `compile_packs`. Raises `ValueError` when a policy has
    more alternatives than can be numbered."""
    places = {id(pack): place for place, pack in enumerate(engine.packs)}
    if any(len(rule.clauses) >> _CLAUSE_BITS for rule in engine.rules):
        raise ValueError("a policy has too many alternatives")
    common = {
        "packs": [pack_to(pack) for pack in engine.packs], "releases": dict(engine.releases), "fields": dict(fields),
        "lists": dict(lists or {}), "fold": engine.index.fold,
        "surroundings": None if engine.surroundings is None else engine.surroundings.data,
    }
    families = {name: _family_to(family) for name, family in engine.index.families.items()}
    return Prepared(common, families, [(places[id(rule.pack)], policy_to(rule.policy)) for rule in engine.rules])


def _number(entry: Entry) -> int:
    return entry.rule.rank << _CLAUSE_BITS | entry.number


def _numbers(table: dict[str, list[Entry]]) -> dict[str, list[int]]:
    return {text: [_number(entry) for entry in entries] for text, entries in table.items()}


def _bucket_to(bucket: Bucket) -> tuple[Any, ...]:
    plain, tables = bucket.divide()
    return [_number(entry) for entry in plain], [
        (
            table.field, table.type, _numbers(table.whole), _numbers(table.components),
            {length: _numbers(each) for length, each in table.heads.items()},
            {length: _numbers(each) for length, each in table.tails.items()}, [_number(entry) for entry in table.all],
        )
        for table in tables
    ]


def _family_to(family: Family) -> tuple[Any, ...]:
    return (
        {text: _bucket_to(bucket) for text, bucket in family.exact.items()},
        {length: {text: _bucket_to(bucket) for text, bucket in table.items()} for length, table in family.prefixes.items()},
        _bucket_to(family.rest),
    )


class LateEntry(Entry):
    """An entry of which the rule is made when it has to be weighed."""

    __slots__ = ("made", "place")

    def __init__(self, place: int) -> None:
        self.place = place
        self.made = False


class PreparedIndex(Index):
    """The index from plain data. ``read``: the plain data of a family by its name, None where no policy names it."""

    __slots__ = ("_entries", "_read")

    def __init__(self, read: Callable[[str], Any], fold: bool) -> None:
        super().__init__([], fold)
        self._read = read
        # An entry stands in several places, and is one of them in all.
        self._entries: dict[int, LateEntry] = {}

    def family(self, name: str) -> Family | None:
        """The entries of a family; None when no policy names it."""
        found = self.families.get(name)
        if found is None:
            data = self._read(name)
            if data is None:
                return None
            found = self.families[name] = self._family(data)
        return found

    def _family(self, data: Any) -> Family:
        family = Family()
        exact, prefixes, rest = data
        family.exact = {text: self._bucket(bucket) for text, bucket in exact.items()}
        family.prefixes = {length: {text: self._bucket(each) for text, each in table.items()} for length, table in prefixes.items()}
        family.rest = self._bucket(rest)
        return family

    def _bucket(self, data: Any) -> Bucket:
        plain, tables = data
        bucket = Bucket()
        bucket.divided(self._list(plain), [self._table(table) for table in tables])
        return bucket

    def _table(self, data: Any) -> Table:
        field, type, whole, components, heads, tails, every = data
        table = Table(field, type)
        table.whole = self._lists(whole)
        table.components = self._lists(components)
        table.heads = {length: self._lists(each) for length, each in heads.items()}
        table.tails = {length: self._lists(each) for length, each in tails.items()}
        table.all = self._list(every)
        return table

    def _lists(self, data: dict[str, list[int]]) -> dict[str, list[Entry]]:
        return {text: self._list(places) for text, places in data.items()}

    def _list(self, places: list[int]) -> list[Entry]:
        found: list[Entry] = []
        for place in places:
            entry = self._entries.get(place)
            if entry is None:
                entry = self._entries[place] = LateEntry(place)
            found.append(entry)
        return found


class PreparedEngine(Engine):
    """An engine from plain data. ``family`` and ``rule`` read it: a family by its name (None where there is none), a rule by its rank.

    It has no list of all its rules.
    """

    __slots__ = ("_compilers", "_fields", "_made", "_read_rule")

    def __init__(
        self, common: dict[str, Any], family: Callable[[str], Any], rule: Callable[[int], Any], detectors: Detectors | None = None
    ) -> None:
        self.packs = tuple(pack_from(data) for data in common["packs"])
        self.defaults = defaults_of(self.packs)
        self.key = packs_key(self.packs)
        self.releases = common["releases"]
        self.surroundings = None if common["surroundings"] is None else Surroundings(common["surroundings"])
        self._stages: dict[object, Stages] = {}
        self.index = PreparedIndex(family, common["fold"])
        self._fields: dict[str, str] = common["fields"]
        self._compilers = [Compiler({**common["lists"], **pack.lists}, detectors) for pack in self.packs]
        self._read_rule = rule
        self._made: dict[int, Rule] = {}

    def weigh(self, entries: Sequence[Entry], operation: Operation, place: int, context: Context) -> Sequence[Found]:
        """Rules among the candidates of the index that hold of an operation, in the order of their ranks."""
        for entry in entries:
            if isinstance(entry, LateEntry) and not entry.made:
                entry.rule = self.rule_at(entry.place >> _CLAUSE_BITS)
                entry.number = entry.place & (1 << _CLAUSE_BITS) - 1
                entry.checks = entry.rule.clauses[entry.number]
                entry.made = True
        return super().weigh(entries, operation, place, context)

    def rule_at(self, rank: int) -> Rule:
        """The rule of a rank, made at the first time."""
        found = self._made.get(rank)
        if found is None:
            number, policy = self._read_rule(rank)
            pack = self.packs[number]
            found = self._made[rank] = Rule(policy_from(policy, pack.name), pack, self._fields, self._compilers[number])
            found.rank = rank
        return found
