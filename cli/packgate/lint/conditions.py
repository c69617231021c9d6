"""Conditions and patterns with their places, whatever they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.engine.context import WHERE
from packgate.lint.rule import Place
from packgate.lint.views import PolicyView, View
from packgate.model.policy import Pattern
from packgate.source.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packgate.lint.views import OverrideView, PackView, WaiverView
    from packgate.source.file import SourceFile


@dataclass(frozen=True, slots=True)
class PatternView:
    """One pattern and where it stands: in the condition, or in the list that the condition names."""

    pattern: Pattern
    place: Place
    condition: ConditionView

    @property
    def about(self) -> str:
        """The start of a message."""
        if self.place.pointer.startswith("/lists/"):
            return f"list '{self.place.pointer.split('/')[2]}'"
        return self.condition.about


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition on ``field`` of ``type`` in ``part`` (``if``, ``unless``, ``where``, ``for``), alternative ``number``.

    ``families`` are those of the policy it is about; empty where that is not known.
    """

    about: str
    part: str
    number: int
    field: str
    type: str
    quantifier: str
    patterns: tuple[tuple[Pattern, Place], ...]
    place: Place
    families: tuple[str, ...]
    pack: PackView | None
    lists: Mapping[str, tuple[str, ...]]

    def views(self) -> Iterator[PatternView]:
        """The patterns as written."""
        for pattern, place in self.patterns:
            yield PatternView(pattern, place, self)

    def expanded(self) -> Iterator[PatternView]:
        """The patterns as written, and the entries of lists that the pack itself defines."""
        for view in self.views():
            yield view
            header = self.pack.header if self.pack is not None else None
            if view.pattern.kind == "list" and header is not None:
                for index, entry in enumerate((header.data.get("lists") or {}).get(view.pattern.text, ())):
                    yield PatternView(Pattern("glob", entry), Place(header, pointer("lists", view.pattern.text, index)), self)

    def resolved(self) -> list[Pattern]:
        """The patterns with lists replaced by their entries, of whichever file."""
        out: list[Pattern] = []
        for pattern, _ in self.patterns:
            entries = self.lists.get(pattern.text, ()) if pattern.kind == "list" else None
            out += [pattern] if entries is None else [Pattern("glob", entry) for entry in entries]
        return out


def policy_conditions(view: PolicyView | OverrideView) -> Iterator[ConditionView]:
    """The conditions that a policy, or an override of one, writes."""
    parts = ("if", "unless", "where") if isinstance(view, PolicyView) else ("unless",)
    for part in parts:
        yield from _clauses(view, part, view.policy.when, view.pack, view.pack.lists)


def waiver_conditions(view: WaiverView) -> Iterator[ConditionView]:
    """The scope of a waiver."""
    families = view.policy.when if view.policy is not None else ()
    for part in ("if", "where"):
        yield from _clauses(view, part, families, view.pack, view.pack.lists if view.pack is not None else {})


def assignment_conditions(file: SourceFile, lists: Mapping[str, tuple[str, ...]]) -> Iterator[ConditionView]:
    """For whom each assignment holds."""
    for index, data in file.items("assignments"):
        view = View(file, pointer("assignments", index), data, f"assignment of '{data['pack']}'")
        yield from _clauses(view, "for", (), None, lists)


def _clauses(
    view: View, part: str, families: tuple[str, ...], pack: PackView | None, lists: Mapping[str, tuple[str, ...]]
) -> Iterator[ConditionView]:
    data = view.data.get(part)
    alternatives = [(index, clause, (part, index)) for index, clause in enumerate(data)] if isinstance(data, list) else (
        [(0, data, (part,))] if data else []
    )
    for number, clause, path in alternatives:
        for name, value in clause.items():
            kind = _type_of(part, name, pack)
            if kind is not None:
                quantifier, patterns = _patterns(view, value, (*path, name))
                yield ConditionView(
                    view.about, part, number, name, kind, quantifier, tuple(patterns), view.at(*path, name, on_key=True),
                    families, pack, lists,
                )


def _type_of(part: str, name: str, pack: PackView | None) -> str | None:
    """The type of a field; None for one that the vocabulary does not have, which the loader reports."""
    if part in ("where", "for"):
        return WHERE[name][1] if name in WHERE else None
    if pack is None:
        return "word"
    found = pack.vocabulary.fields.get(name)
    return None if found is None else found.type


def _patterns(view: View, value: Any, path: tuple[str | int, ...]) -> tuple[str, list[tuple[Pattern, Place]]]:
    for quantifier in ("not", "all"):
        if isinstance(value, dict) and quantifier in value:
            return quantifier, _patterns(view, value[quantifier], (*path, quantifier))[1]
    items = [(item, (*path, index)) for index, item in enumerate(value)] if isinstance(value, list) else [(value, path)]
    out = []
    for item, place in items:
        if isinstance(item, dict):
            ((kind, text),) = item.items()
            out.append((Pattern(kind, text), view.at(*place, kind)))
        else:
            out.append((Pattern("glob", item), view.at(*place)))
    return "any", out
