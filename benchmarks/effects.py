"""Score a pack on a corpus of commands whose effect is known.

    python benchmarks/effects.py [--corpus FILE] [--pack recommended] [--misses] [--json FILE]

The corpus is YAML with `must_fire` (a policy class each, and how decidable it is) and `must_not_fire` (look-alikes of a class).
A class is a policy id. Windows shells are counted apart. The numbers are the ones the project promises:

    fire      entries that must fire and are decidable from the text or declared context, whose policy fires
    flag      entries that may be flagged instead: fired, or coverage other than full
    silent    look-alikes whose class fires (wrong), or whose coverage is not full (imprecise)
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import yaml

from packgate.commands.shared import open_gate
from packgate.model.action import parse_action

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT.parent / "shared" / "corpora" / "effects-dev.yaml"
WINDOWS = ("powershell", "cmd")
LISTED = ("decode", "interpreter", "file", "opaque")


def action_of(entry: dict[str, Any]) -> dict[str, Any]:
    """The action JSON of a corpus entry, in the corpus's sandbox context."""
    context = entry.get("context") or {}
    cwd = entry.get("cwd") or context.get("cwd") or "/home/dev/proj"
    return {
        "surface": "shell",
        "command": entry["command"],
        "shell": entry.get("shell", "bash"),
        "cwd": cwd,
        "home": context.get("home", "/home/dev"),
        "env": context.get("env") or {},
        "repo": {
            "name": "acme/app", "root": "/home/dev/proj", "branch": context.get("current_branch", "feature/x"), "default_branch": "main",
        },
    }


class Score:
    """Counts, and the entries behind them."""

    def __init__(self) -> None:
        self.by_class: dict[str, Counter[str]] = defaultdict(Counter)
        self.by_kind: dict[str, Counter[str]] = defaultdict(Counter)
        self.totals: Counter[str] = Counter()
        self.wrong: list[tuple[str, str, str]] = []

    def positive(self, entry: dict[str, Any], gate: Any) -> None:
        """Count an entry that must fire."""
        if entry["expect"] == "residual":
            return
        decision = gate.decide(parse_action(action_of(entry)))
        fired = entry["policy_class"] in decision.policy_ids
        flagged = decision.analysis.coverage != "full" or bool(decision.may_match)
        group = "windows" if entry.get("shell") in WINDOWS else "flag" if entry["expect"] == "fire_or_flag" else "fire"
        good = fired if group != "flag" else fired or flagged
        row, kind = self.by_class[entry["policy_class"]], self.by_kind[entry["decidability"]]
        for counter in (row, kind, self.totals):
            counter[f"{group}_n"] += 1
            counter[f"{group}_ok"] += good
            counter[f"{group}_fired"] += fired
        if group != "windows" and not fired and not flagged and (entry["decidability"] in LISTED):
            self.totals["silent_full"] += 1
            self.wrong.append(("SILENT ALLOW", entry["policy_class"], entry["command"]))
        if not good:
            may = " (may)" if entry["policy_class"] in decision.may_match else ""
            self.wrong.append((f"missed {group} {entry['decidability']}{may}", entry["policy_class"], entry["command"]))

    def negative(self, entry: dict[str, Any], gate: Any) -> None:
        """Count a look-alike."""
        if entry["expect"] != "silent":
            return
        decision = gate.decide(parse_action(action_of(entry)))
        name = entry["looks_like"]
        loud = {match.policy for match in decision.matches if match.mode != "audit"}
        fired = bool(loud) if name == "*" else name in decision.policy_ids
        partial = decision.analysis.coverage != "full" or bool(decision.may_match)
        row = self.by_class[name]
        for counter in (row, self.totals):
            counter["silent_n"] += 1
            counter["silent_fired"] += fired
            counter["silent_partial"] += partial
        if fired:
            self.wrong.append(("fired", name, entry["command"]))
        if partial:
            notes = "; ".join(note.text for note in decision.analysis.notes) or f"may match {', '.join(decision.may_match)}"
            self.wrong.append((f"coverage {decision.analysis.coverage}: {notes}", name, entry["command"]))


def percent(part: int, whole: int) -> str:
    """A share for the table."""
    return f"{part}/{whole} {100 * part / whole:5.1f} %" if whole else "-"


def report(score: Score, misses: bool) -> str:
    """The table by class, by decidability, and the totals."""
    lines = [f"{'class':32} {'fire':>16} {'flag':>16} {'silent fired':>16} {'silent not full':>16}"]
    for name in sorted(score.by_class):
        row = score.by_class[name]
        lines.append(
            f"{name:32} {percent(row['fire_ok'], row['fire_n']):>16} {percent(row['flag_ok'], row['flag_n']):>16} "
            f"{percent(row['silent_fired'], row['silent_n']):>16} {percent(row['silent_partial'], row['silent_n']):>16}"
        )
    lines.append("")
    for name in sorted(score.by_kind):
        row = score.by_kind[name]
        lines.append(f"{name:32} fire {percent(row['fire_ok'], row['fire_n'])}, flag {percent(row['flag_ok'], row['flag_n'])}")
    t = score.totals
    lines += [
        "",
        f"fire (static, context): {percent(t['fire_ok'], t['fire_n'])}",
        f"fire or flag:           {percent(t['flag_ok'], t['flag_n'])}, fired {percent(t['flag_fired'], t['flag_n'])}",
        f"silent fired:           {percent(t['silent_fired'], t['silent_n'])}",
        f"silent not full:        {percent(t['silent_partial'], t['silent_n'])}",
        f"unreadable code allowed with full coverage: {t['silent_full']}",
        f"windows shells (apart): {percent(t['windows_ok'], t['windows_n'])}",
    ]
    if misses:
        lines += ["", *(f"{what} | {name} | {command[:200]!r}" for what, name, command in score.wrong)]
    return "\n".join(lines)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=DEFAULT)
    parser.add_argument("--pack", default="recommended")
    parser.add_argument("--misses", action="store_true", help="list every entry that counts against the score")
    parser.add_argument("--json", type=Path, help="also write the totals as JSON")
    options = parser.parse_args()
    if not options.corpus.is_file():
        print(f"no corpus at {options.corpus}: this measurement needs it; nothing was measured", file=sys.stderr)
        return 2
    data = yaml.load(options.corpus.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    gate = open_gate((options.pack,))
    score = Score()
    for entry in data["must_fire"]:
        score.positive(entry, gate)
    for entry in data["must_not_fire"]:
        score.negative(entry, gate)
    print(report(score, options.misses))
    if options.json is not None:
        options.json.write_text(json.dumps(dict(sorted(score.totals.items())), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
