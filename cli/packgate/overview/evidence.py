"""The parts of the page that recorded events give: trends, noisy policies, what followed warnings, what is normal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from packgate.events.baseline import DIMENSIONS
from packgate.impact.clusters import OUTCOMES as VERDICTS
from packgate.impact.interval import wilson
from packgate.impact.warnings import AGAIN, WENT_ON
from packgate.overview.catalogue import anchor
from packgate.overview.charts import MOST_DAYS, axis, is_day, stacked
from packgate.overview.recorded import AUDIT, OUTCOMES, PASS, STOP, UNDECIDED, WARN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.events.baseline import Baseline, Row
    from packgate.events.reading import Damage
    from packgate.impact.warnings import Row as Warned
    from packgate.overview.recorded import Recorded

NO_EVENTS = "No events were given (--events FILE): nothing is known of what agents did."
# Policies, and values of a dimension, that the page holds.
MOST_POLICIES, MOST_VALUES = 200, 100
_NAMES = {PASS: "passed", AUDIT: "recorded by a policy", WARN: "warned", STOP: "stopped", UNDECIDED: "imported, decided by nobody"}


def event_parts(recorded: Recorded, base: Baseline, damage: Damage, owners: Mapping[str, str]) -> dict[str, Any]:
    """The four parts, by name: ``trends``, ``noisy``, ``heed``, ``normal``. ``owners``: the pack of each policy that is loaded."""
    return {
        "trends": {"sources": _sources(recorded, base), "missing": _gaps(recorded, base, damage), **_trends(recorded, base)},
        "noisy": {"sources": ["matches as they were recorded, and today's packs held against the same actions (at stage block)"],
                  "missing": [], **_noisy(recorded, base, owners)},
        "heed": {"sources": ["outcomes that hooks recorded after warnings"], **_heed(recorded)},
        "normal": {"sources": ["the recorded and imported actions, decided with today's packs at stage block"], "missing": [],
                   **_normal(base)},
    }


def _sources(recorded: Recorded, base: Baseline) -> list[str]:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(recorded.kinds.items())) or "no events"
    span = "" if base.total.first is None or base.total.last is None else f", {base.total.first[:10]} to {base.total.last[:10]}"
    return [f"{sum(recorded.kinds.values()):,} events ({kinds}){span}"]


def _gaps(recorded: Recorded, base: Baseline, damage: Damage) -> list[str]:
    """What the counts lack, as sentences."""
    causes = ", ".join(f"{count:,} {cause}" for cause, count in sorted(recorded.gaps.items()))
    reasons = ", ".join(f"{count:,} {why}" for why, count in sorted(base.unreplayable.items()))
    found = (
        ("Lines that are no events, and count nowhere", damage.lines, ""),
        ("Lines that stood in the files before, and count once", recorded.repeated, ""),
        ("Events after the time of this page, which are left out", recorded.future, ""),
        ("Actions without a time, which stand on no day", recorded.timeless, ""),
        ("Times that nothing could be decided or recorded", sum(recorded.gaps.values()), causes),
        ("Imported actions, which nobody decided then", recorded.outcomes[UNDECIDED], ""),
        ("Imported records that can't be decided again", sum(base.unreplayable.values()), reasons),
        ("Imported actions of which something was masked, cut or never recorded, so that they are decided in part", base.partial, ""),
        ("Recorded actions that are none that can be decided", base.undecidable, ""),
    )
    return [f"{words}: {count:,}{f' ({more})' if more else ''}." for words, count, more in found if count]


def _trends(recorded: Recorded, base: Baseline) -> dict[str, Any]:
    every = sorted(day for day in {*recorded.days, *base.by_day} if is_day(day))
    days = axis(every)
    would = {day: _would(row) for day, row in base.by_day.items()}
    decided = [(key, _NAMES[key]) for key in (PASS, AUDIT, WARN, STOP, UNDECIDED) if recorded.outcomes[key]]
    acted = [(WARN, _NAMES[WARN]), (STOP, _NAMES[STOP])]
    candidates = [(AUDIT, "would be recorded"), (WARN, "would be warned"), (STOP, "would be stopped")]
    charts = (
        ("actions", "Actions a day, by what was decided then", recorded.days, decided),
        ("acted", "Warned and stopped a day, as it was decided then", recorded.days, acted),
        ("would", "What today's packs would do with the same actions, everything at block", would, candidates),
    )
    return {
        "charts": [{"id": name, "title": title, **stacked(days, counts, series)} for name, title, counts, series in charts],
        "days": [
            {"day": day, "decided": [recorded.days.get(day, Counter())[key] for key in OUTCOMES],
             "would": [would.get(day, {}).get(key, 0) for key in (AUDIT, WARN, STOP)]}
            for day in reversed(days)
        ],
        "heads": [["Day", ""], *([_NAMES[key].capitalize(), "n"] for key in OUTCOMES)], "older": len(set(every) - set(days)),
        "most_days": MOST_DAYS, "totals": {key: recorded.outcomes[key] for key in OUTCOMES}, "all": sum(recorded.outcomes.values()),
        "recorded_would": dict(sorted(recorded.would.items())), "sessions": len(base.total.sessions), "dated": len(every),
    }


def _would(row: Row) -> dict[str, int]:
    found = dict.fromkeys((AUDIT, WARN, STOP), 0)
    for mode, count in row.candidates.items():
        found[AUDIT if mode in ("audit", "allow") else WARN if mode == "warn" else STOP] += count
    return found


def _noisy(recorded: Recorded, base: Baseline, owners: Mapping[str, str]) -> dict[str, Any]:
    """Policies by how often they got in somebody's way, then by how often they would."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for (pack, policy), count in recorded.policies.items():
        found[pack, policy] = {
            "stopped": count.outcomes[STOP], "warned": count.outcomes[WARN], "recorded": count.outcomes[AUDIT], "waived": count.waived,
            "reports": len(count.reports), "would": None, "sessions": None,
        }
    for policy, row in base.policies.items():
        own = found.setdefault((owners.get(policy, "?"), policy), dict.fromkeys(("stopped", "warned", "recorded", "waived", "reports"), 0))
        own["would"], own["sessions"] = row.actions, len(row.sessions)
    rows = [
        {"pack": pack, "policy": policy, "anchor": anchor(pack, policy) if owners.get(policy) == pack else None, "would": None,
         "sessions": None, **figures}
        for (pack, policy), figures in found.items()
    ]
    rows.sort(key=lambda row: (-(row["stopped"] + row["warned"]), -(row["would"] or 0), -row["recorded"], row["pack"], row["policy"]))
    silent = sorted(policy for policy in owners if policy not in base.policies and not any(name == policy for _, name in recorded.policies))
    return {
        "rows": rows[:MOST_POLICIES], "more": max(len(rows) - MOST_POLICIES, 0),
        "most": max((row["stopped"] + row["warned"] for row in rows), default=0),
        "silent": [{"policy": each, "anchor": anchor(owners[each], each)} for each in silent],
    }


def _heed(recorded: Recorded) -> dict[str, Any]:
    total = recorded.warnings.total()
    rows = [{"pack": row.pack, "policy": row.policy, **_figures(row)} for row in recorded.warnings.rows()]
    rows.sort(key=lambda row: (-row["warnings"], row["pack"], row["policy"]))
    missing = []
    if not total.given:
        missing.append("No warning is among the events: there is nothing to follow.")
    elif not total.known:
        missing.append("Of no warning it is known what followed, so whether they are heeded is not known. Hooks record it where agents "
                       "tell of results.")
    elif total.unknown:
        missing.append(f"Of {total.unknown:,} warnings it is not known what followed; they don't count in the rate.")
    if total.silent:
        missing.append(f"{total.silent:,} warnings could not be shown: their agents can't be told. They don't count in the rate.")
    if recorded.warnings.orphans:
        missing.append(f"Warnings whose decisions no file given holds were followed by something: {recorded.warnings.orphans:,}.")
    return {"missing": missing, "total": _figures(total), "rows": rows[:MOST_POLICIES], "more": max(len(rows) - MOST_POLICIES, 0)}


def _figures(row: Warned) -> dict[str, Any]:
    low, high = wilson(row.heeded, row.known)
    return {
        "warnings": row.given, "shown": row.shown, "silent": row.silent, "asked": row.asked, "accepted": row.accepted, "known": row.known,
        "changed": row.heeded, "again": row.courses[AGAIN], "went_on": row.courses[WENT_ON], "unknown": row.unknown,
        "rate": row.heeded / row.known if row.known else None, "low": low, "high": high, "after": {key: row.after[key] for key in VERDICTS},
    }


def _normal(base: Baseline) -> dict[str, Any]:
    new = {name: set(base.new[name]) for name in DIMENSIONS}
    tables = []
    for name in DIMENSIONS:
        rows = sorted(base.rows[name].items(), key=lambda item: (-item[1].actions, item[0]))
        tables.append({
            "name": name, "all": len(rows), "new": len(new[name]), "more": max(len(rows) - MOST_VALUES, 0),
            "rows": [_value(value, row, base.total.actions, value in new[name]) for value, row in rows[:MOST_VALUES]],
        })
    return {
        "tables": tables, "actions": base.total.actions, "passes": base.total.passes, "candidates": _would(base.total),
        "since": base.since, "last_days": base.last_days,
    }


def _value(value: str, row: Row, total: int, new: bool) -> dict[str, Any]:
    would = _would(row)
    return {
        "value": value, "actions": row.actions, "share": row.actions / total if total else 0, "passes": row.passes,
        "audit": would[AUDIT], "warn": would[WARN], "stop": would[STOP], "sessions": len(row.sessions), "new": new,
    }
