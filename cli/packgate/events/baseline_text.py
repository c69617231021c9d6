"""A baseline, for people and for programs; the same input gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.events.baseline import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.events.baseline import Baseline, Row

_WIDE = 64
_TITLES = {"family": "families", "repository": "repositories", "action": "actions, with what differs each time folded"}


def as_json(found: Baseline, limit: int) -> dict[str, Any]:
    """The counts, every key always there. ``limit``: values of a dimension; 0 gives all."""
    return {
        "total": _row(found.total), "untimed": found.untimed, "partial": found.partial, "undecidable": found.undecidable,
        "not_replayable": dict(sorted(found.unreplayable.items())), "recorded": dict(sorted(found.recorded.items())),
        "days": dict(sorted(found.days.items())), "policies": [{"policy": name, **_row(row)} for name, row in _most(found.policies, limit)],
        "by": {name: [{"value": value, **_row(row)} for value, row in _most(found.rows[name], limit)] for name in DIMENSIONS},
        "distinct": {name: len(found.rows[name]) for name in DIMENSIONS},
        "novelty": {"days": found.last_days, "since": found.since, "new": {name: _first(found, name, limit) for name in DIMENSIONS},
                    "counts": {name: len(found.new[name]) for name in DIMENSIONS}},
    }


def as_text(found: Baseline, limit: int) -> str:
    """The counts as tables."""
    total = found.total
    span = f", {total.first} to {total.last}" if total.first is not None else ""
    lines = [f"{_count(total.actions, 'action')} in {_count(len(total.sessions), 'session')} on {_count(len(found.days), 'day')}{span}"]
    lines.append(f"{total.passes} passes; {total.actions - total.passes} candidates: {_modes(total)}")
    reasons = ", ".join(f"{count} {why}" for why, count in sorted(found.unreplayable.items()))
    for number, word in (
        (sum(found.unreplayable.values()), f"not replayable: {reasons}"),
        (found.partial, "replayable in part: what was masked, cut or never recorded no policy can see"),
        (found.undecidable, "recorded actions that are none"), (found.untimed, "without a time: neither old nor new"),
    ):
        lines += [f"{number} {word}"] if number else []
    for name in DIMENSIONS:
        rows = _most(found.rows[name], limit)
        lines += ["", f"{_TITLES.get(name, name + 's')} ({len(found.rows[name])})", _head(name)]
        lines += [_line(value, row, total.actions) for value, row in rows]
        if len(rows) < len(found.rows[name]):
            lines.append(f"  and {len(found.rows[name]) - len(rows)} more (--limit 0 shows all)")
    lines += ["", f"policies that would match ({len(found.policies)})"]
    for name, row in _most(found.policies, limit):
        lines.append(f"  {row.actions:>7}  {name}: {_modes(row)}, {_count(len(row.sessions), 'session')}")
    if found.since is not None:
        lines += ["", f"new in the last {found.last_days} days (since {found.since})"]
        for name in DIMENSIONS:
            shown = _first(found, name, limit)
            more = f", and {len(found.new[name]) - len(shown)} more" if len(shown) < len(found.new[name]) else ""
            lines.append(f"  {name:11}{len(found.new[name]):>5} of {len(found.rows[name])}: {', '.join(shown)}{more}".rstrip(": "))
    return "\n".join(lines) + "\n"


def _head(name: str) -> str:
    return f"  {'':{_WIDE}}{'actions':>8}{'share':>7}{'passes':>8}{'audit':>7}{'warn':>6}{'stop':>6}{'sessions':>10}"


def _line(value: str, row: Row, total: int) -> str:
    shown = value if len(value) < _WIDE else value[: _WIDE - 2] + "…"
    warn, audit = row.candidates["warn"], row.candidates["audit"] + row.candidates["allow"]
    stop = row.actions - row.passes - warn - audit
    return f"  {shown:{_WIDE}}{row.actions:>8}{row.actions / total:>7.1%}{row.passes:>8}{audit:>7}{warn:>6}{stop:>6}{len(row.sessions):>10}"


def _modes(row: Row) -> str:
    return ", ".join(f"{count} {mode}" for mode, count in sorted(row.candidates.items())) or "none"


def _row(row: Row) -> dict[str, Any]:
    return {
        "actions": row.actions, "passes": row.passes, "candidates": dict(sorted(row.candidates.items())), "sessions": len(row.sessions),
        "first": row.first, "last": row.last,
    }


def _most(rows: Mapping[str, Row], limit: int) -> list[tuple[str, Row]]:
    ordered = sorted(rows.items(), key=lambda item: (-item[1].actions, item[0]))
    return ordered[:limit] if limit else ordered


def _first(found: Baseline, name: str, limit: int) -> list[str]:
    """New values, those with most actions first."""
    ordered = sorted(found.new[name], key=lambda value: (-found.rows[name][value].actions, value))
    return ordered[:limit] if limit else ordered


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
