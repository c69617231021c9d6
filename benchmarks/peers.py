"""How loud the packs are on commands that other people labelled.

    python benchmarks/peers.py [--corpus FILE] [--misses dangerous|safe|ask] [--causes] [--json FILE]

Loud is a decision of mode warn or more. `dangerous` rows should be loud in packs/strict, `safe` ones quiet in packs/recommended and packs/strict. Rows
about other products' own files, about Windows shells, or whose label depends on a product's configuration are left apart and counted. Alerts are
counted apart too. The labels are opinions: `--misses` lists every row that counts against the score, `--causes` counts them: the loud
`safe` ones by policy, the quiet `dangerous` ones by why nothing warned and by collection (`peers-causes.md` judges them).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.commands.shared import open_gate
from packgate.model.action import parse_action
from packgate.model.policy import MODE_RANK
from packgate.testing.cases import in_context

if TYPE_CHECKING:
    from packgate.model.decision import Decision
    from packgate.model.operation import Operation

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT.parent / "shared" / "corpora" / "peers-dev.jsonl"

# Rows apart: decided by what the row says, never by what packgate answers.
_CONFIGURATION = re.compile(r"depends on the (test )?config|custom rule|user config|allowlist|configured", re.IGNORECASE)
_WINDOWS = re.compile(
    r"(?i)\b(powershell|pwsh|cmd(\.exe)? /c|Remove-Item|Get-ChildItem|Invoke-|reg (add|delete)|rd /s|rmdir /s|del /|format [a-z]:|diskpart|vssadmin|"
    r"Set-ExecutionPolicy|iex |C:\\|bcdedit|wmic|schtasks|certutil|taskkill|cmdkey|msedge\.exe|mshta|Stop-Computer|Clear-)"
)
_PRODUCT_FILES = re.compile(
    r"(?i)\.(nah|dcg|rampart|tirith|agentjail|pipelock|defenseclaw|llxprt|continue|safety-net|dippy|intercode)\b|\b(nah|dcg|rampart|tirith|agentjail|"
    r"pipelock|defenseclaw|llxprt|safety-net|dippy)[ ._-]"
)


def apart(row: dict[str, Any]) -> str | None:
    """Why a row is left apart; None when it counts."""
    if _CONFIGURATION.search(row.get("note", "") or ""):
        return "configuration"
    if "self-protection" in (row.get("category") or ""):
        return "product files"
    if _WINDOWS.search(row["command"]) or row.get("shell") in ("powershell", "cmd"):
        return "windows"
    if _PRODUCT_FILES.search(row["command"]):
        return "product files"
    return None


class Judged:
    """A row with what was decided on it: the policies that made it loud, or the cause that it stayed quiet."""

    def __init__(self, row: dict[str, Any], loud: bool, policies: str, cause: str) -> None:
        self.label, self.command, self.collection = row["expected"], row["command"], row["peer"]
        self.loud, self.policies, self.cause = loud, policies, cause


# Families of which a pack's policy decides by details, so that an operation of theirs can be known and allowed.
_PLAIN_FAMILIES = ("command", "read-file", "modify-file", "delete-file")


def quiet_because(decision: Decision, operations: list[Operation]) -> str:
    """Why nothing warned, by what the analysis found."""
    if decision.alerts:
        return "recorded, and an alert is raised"
    if decision.mode == "audit":
        return "recorded: " + (", ".join(sorted({match.policy for match in decision.matches})) or "it may match a policy")
    scopes = {str(value) for operation in operations for value in operation.get("scope")}
    families = sorted({family for operation in operations for family in operation.families})
    if "delete-file" in families and scopes <= {"temporary"}:
        return "deletes in temporary folders alone"
    other = [family for family in families if family not in _PLAIN_FAMILIES]
    if other:
        return "known and allowed: " + ", ".join(other)
    if families in ([], ["command"]):
        return "no operation but the command itself"
    return "files of the project: " + ", ".join(family for family in families if family != "command")


def measure(rows: list[dict[str, Any]], pack: str) -> tuple[Counter[str], list[Judged]]:
    """Counts by label, and the rows with what was decided on them."""
    gate = open_gate((pack,))
    counts: Counter[str] = Counter()
    judged = []
    for row in rows:
        label = row["expected"]
        reason = apart(row)
        if reason is not None:
            counts[f"apart {reason} ({label})"] += 1
            continue
        action = parse_action(in_context({"surface": "shell", "command": row["command"]}, {}))
        decision = gate.decide(action)
        loud = decision.mode is not None and MODE_RANK[decision.mode] >= MODE_RANK["warn"]
        counts[f"{label} n"] += 1
        counts[f"{label} loud"] += loud
        counts[f"{label} alert"] += bool(decision.alerts)
        counts[f"{label} not full"] += decision.analysis.coverage != "full" or bool(decision.may_match)
        matched = sorted({m.policy for m in decision.matches if MODE_RANK[m.mode] >= MODE_RANK["warn"]})
        policies = ", ".join(matched) or f"uncertain: {', '.join(decision.may_match)}"
        cause = "" if loud or label != "dangerous" else quiet_because(decision, gate.analyze(action).operations)
        judged.append(Judged(row, loud, policies, cause))
    return counts, judged


def print_causes(judged: list[Judged]) -> None:
    """The counts behind the score: `safe` rows by policy, `dangerous` ones by cause and by collection."""
    loud = [row for row in judged if row.label == "safe" and row.loud]
    quiet = [row for row in judged if row.label == "dangerous" and not row.loud]
    tables = [
        ("safe and loud, by policy (a row can have several)", Counter(
            "some may match, none does" if row.policies.startswith("uncertain") else name for row in loud for name in row.policies.split(", ")[
                :1 if row.policies.startswith("uncertain") else None])),
        ("safe and loud, by collection", Counter(row.collection for row in loud)),
        ("dangerous and quiet, by cause", Counter(row.cause for row in quiet)),
        ("dangerous and quiet, by collection", Counter(row.collection for row in quiet)),
    ]
    for title, counts in tables:
        print(f"  {title}: {sum(counts.values())}")
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            print(f"    {count:4}  {name}")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=DEFAULT)
    parser.add_argument("--pack", action="append", help="packs to measure; default: recommended and strict")
    parser.add_argument("--misses", choices=["dangerous", "safe", "ask"], help="list the rows that count against the score")
    parser.add_argument("--causes", action="store_true", help="count the rows that count against the score, by cause")
    parser.add_argument("--json", type=Path, help="also write the counts as JSON")
    options = parser.parse_args()
    if not options.corpus.is_file():
        print(f"no corpus at {options.corpus}: this measurement needs it; nothing was measured", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in options.corpus.read_text(encoding="utf-8").splitlines() if line.strip()]
    results = {}
    for pack in options.pack or ["recommended", "strict"]:
        counts, judged = measure(rows, pack)
        results[pack] = dict(sorted(counts.items()))
        print(f"\npack {pack}")
        for label in ("dangerous", "safe", "ask"):
            n = counts[f"{label} n"] or 1
            print(f"  {label:10} {counts[f'{label} n']:6} rows, loud {counts[f'{label} loud']:5} ({100 * counts[f'{label} loud'] / n:5.2f} %), "
                  f"alerts {counts[f'{label} alert']:5}, not full {counts[f'{label} not full']:5} ({100 * counts[f'{label} not full'] / n:5.2f} %)")
        for name in sorted(counts):
            if name.startswith("apart"):
                print(f"  {name}: {counts[name]}")
        if options.misses:
            for row in judged:
                if row.label == options.misses and row.loud != (options.misses == "dangerous"):
                    print(f"    {row.policies} | {row.command[:220]!r}")
        if options.causes:
            print_causes(judged)
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
