"""The detectors of secrets and personal data: what they find of values made by documented formats, what they find where nothing is, how fast they
read, and whether hostile text makes them slow.

    python benchmarks/guardrails.py                    tables
    python benchmarks/guardrails.py --json [FILE]      figures as JSON, to standard output or a file
    python benchmarks/guardrails.py --check            exit 1 when a bar is missed (see BARS)

Values and made lines are seeded: the same on every machine. The large set of lines without secrets are the packages of the Python that runs this.
Speed is processor time of one process on the Python sources among them; as a ratio to `grep -F` of the same words it takes the machine out.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import guard_personal
from guard_negatives import made, package_texts
from guard_values import positives

from packgate.guard.detectors import DETECTORS, scan_of, unchecked
from packgate.guard.table import SETS

SEED = 20260101
HOSTILE = 100_000
BARS = {"recall": 0.98, "false_positive_lines": 0.001, "mb_per_second": 10.0, "growth": 8.0}
_LEAST_SECONDS = 0.02


def recall(found: list[tuple[str, str, str]], which: str) -> dict[str, Any]:
    """How many values are covered, by any detector of a set and by their own; by detector."""
    everything = scan_of((which,))
    total, any_of, own = Counter[str](), Counter[str](), Counter[str]()
    for id, text, secret in found:
        start = text.index(secret)
        total[id] += 1
        any_of[id] += _covers(everything.hits(text), start, start + len(secret))
        own[id] += _covers(scan_of((id,)).hits(text), start, start + len(secret))
    count = sum(total.values())
    return {
        "values": count, "found": round(sum(any_of.values()) / count, 5), "found_by_own": round(sum(own.values()) / count, 5),
        "by_detector": {id: round(own[id] / total[id], 4) for id in sorted(total)},
    }


def _covers(hits: list[tuple[int, int, str]], start: int, end: int) -> bool:
    return any(first <= start and end <= last for first, last, _ in hits)


def false_positives(which: str, each: int, characters: int) -> dict[str, Any]:
    """Lines in which something is found, of made ones and of packages; by detector."""
    scan = scan_of((which,))
    by: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    lines = hit = package_lines = package_hit = 0
    for kind, line in made(random.Random(SEED), each):
        lines += 1
        found = scan.hits(line)
        hit += bool(found)
        by.update(id for _, _, id in found)
        kinds.update([kind] if found else [])
    for _, text in package_texts(characters):
        package_lines += text.count("\n") + 1
        found = scan.hits(text)
        package_hit += len({text.count("\n", 0, start) for start, _, _ in found})
        by.update(id for _, _, id in found)
    return {
        "made_lines": lines, "made_share": round(hit / lines, 6), "made_kinds": dict(kinds), "package_lines": package_lines,
        "package_share": round(package_hit / max(package_lines, 1), 6), "by_detector": dict(sorted(by.items())),
    }


def speed(which: str, characters: int) -> dict[str, Any]:
    """Megabytes a second of one core on Python sources, beside `grep -F` of the same words."""
    texts = [text for path, text in package_texts(4 * characters) if path.endswith(".py")]
    size = sum(len(text.encode()) for text in texts)
    scan = scan_of((which,))
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            scan.hits(text)
        best = min(best, time.process_time() - start)
    words = sorted({word for id in scan.ids for detector in DETECTORS if detector.id == id for word in (*detector.starts, *detector.words)})
    grep = _grep_seconds("\n".join(texts), words)
    return {"megabytes": round(size / 1e6, 2), "mb_per_second": round(size / 1e6 / best, 1), "grep_mb_per_second": round(size / 1e6 / grep, 1),
            "ratio_to_grep": round(best / grep, 1)}


def _grep_seconds(text: str, words: list[str]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file, list_of = Path(folder) / "text", Path(folder) / "words"
        file.write_text(text, encoding="utf-8")
        list_of.write_text("\n".join(words), encoding="utf-8")
        best = float("inf")
        for _ in range(3):
            before = _child_seconds()
            # Into a pipe: when it writes to nowhere, grep stops at the first hit.
            subprocess.run(["grep", "-a", "-o", "-i", "-F", "-f", str(list_of), str(file)], stdout=subprocess.PIPE, check=False, env={"LC_ALL": "C"})
            best = min(best, _child_seconds() - before)
    return best


def _child_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def growth() -> dict[str, Any]:
    """The detectors that take more than linear time on repetitions of what they begin with and of their characters; none, it is hoped."""
    slow: dict[str, float] = {}
    worst = 0.0
    for detector in DETECTORS:
        if unchecked(detector.id) is not None:
            continue
        scan = scan_of((detector.id,))
        for shape in _shapes((*detector.starts, *detector.words)):
            small, large = _seconds(scan, shape(HOSTILE // 4)), _seconds(scan, shape(HOSTILE))
            worst = max(worst, large)
            if _grows(small, large):
                # Once more: whatever else runs can only lengthen a time.
                small, large = (min(_seconds(scan, shape(size)) for _ in range(3)) for size in (HOSTILE // 4, HOSTILE))
            if _grows(small, large):
                slow[detector.id] = round(large, 3)
    return {"bytes": HOSTILE, "worst_seconds": round(worst, 3), "more_than_linear": slow}


def _grows(small: float, large: float) -> bool:
    return large > _LEAST_SECONDS and large > BARS["growth"] * max(small, _LEAST_SECONDS / BARS["growth"])


def _shapes(words: tuple[str, ...]) -> list[Any]:
    runs = ("a0", "A7", "1", "x-", "aB3_", " 4", "@a.", "-----", "\\n", "=/", ".a")
    shapes: list[Any] = [lambda size, run=run: run * (size // len(run)) for run in runs]
    for word in dict.fromkeys(words):
        shapes.extend((lambda size, part=word + tail: part * (size // len(part))) for tail in ("", "=", ": '", "aB3x", " "))
        shapes.append(lambda size, word=word: word + "a0" * (size // 2))
    return shapes


def _seconds(scan: Any, text: str) -> float:
    start = time.process_time()
    scan.hits(text)
    return time.process_time() - start


def measure(each: int, characters: int) -> dict[str, Any]:
    """All figures."""
    figures: dict[str, Any] = {
        "secrets": {
            "detectors": len(SETS["secrets"]), "recall": recall(positives(random.Random(SEED), each), "secrets"),
            "false_positives": false_positives("secrets", each * 5, characters), "speed": speed("secrets", 4_000_000),
        },
    }
    missing = unchecked("personal-data")
    if missing is None:
        figures["personal_data"] = {
            "detectors": len(SETS["personal-data"]), "recall": recall(guard_personal.positives(random.Random(SEED), max(each // 2, 1)), "personal-data"),
            "false_positives": false_positives("personal-data", each * 5, characters // 4), "speed": speed("personal-data", 1_000_000),
        }
    else:
        print(str(missing), file=sys.stderr)
    figures["hostile"] = growth()
    return figures


def missed(figures: dict[str, Any]) -> list[str]:
    """The bars for secrets that the figures don't reach."""
    secrets = figures["secrets"]
    shares = [secrets["false_positives"][key] for key in ("made_share", "package_share")]
    found = []
    if secrets["recall"]["found"] < BARS["recall"]:
        found.append(f"recall {secrets['recall']['found']}")
    if max(shares) > BARS["false_positive_lines"]:
        found.append(f"false positives {max(shares)}")
    if secrets["speed"]["mb_per_second"] < BARS["mb_per_second"]:
        found.append(f"{secrets['speed']['mb_per_second']} MB/s")
    if figures["hostile"]["more_than_linear"]:
        found.append(f"more than linear: {', '.join(figures['hostile']['more_than_linear'])}")
    return found


def show(figures: dict[str, Any]) -> None:
    """The figures for people."""
    for kind in ("secrets", "personal_data"):
        if kind not in figures:
            continue
        part = figures[kind]
        found, wrong, fast = part["recall"], part["false_positives"], part["speed"]
        print(f"{kind}: {part['detectors']} detectors")
        print(f"  found {found['found']:.2%} of {found['values']} values ({found['found_by_own']:.2%} by their own detector)")
        low = {id: share for id, share in found["by_detector"].items() if share < 1}
        print(f"  below 100 %: {', '.join(f'{id} {share:.1%}' for id, share in low.items()) or 'none'}")
        print(f"  false: {wrong['made_share']:.3%} of {wrong['made_lines']} made lines, {wrong['package_share']:.4%} of {wrong['package_lines']} lines of packages")
        print(f"  false by detector: {', '.join(f'{id} {count}' for id, count in wrong['by_detector'].items()) or 'none'}")
        print(f"  {fast['mb_per_second']} MB/s; grep -F {fast['grep_mb_per_second']} MB/s: {fast['ratio_to_grep']} times its time")
    hostile = figures["hostile"]
    print(f"hostile: {hostile['worst_seconds']} s at most for {hostile['bytes']} bytes; more than linear: {hostile['more_than_linear'] or 'none'}")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", nargs="?", const="-", metavar="FILE")
    parser.add_argument("--each", type=int, default=60, help="values of every detector")
    parser.add_argument("--characters", type=int, default=40_000_000, help="how much of the packages is read")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    figures = measure(options.each, options.characters)
    if options.json is None:
        show(figures)
    elif options.json == "-":
        print(json.dumps(figures, indent=1))
    else:
        show(figures)
        Path(options.json).write_text(json.dumps(figures) + "\n", encoding="utf-8")
    below = missed(figures)
    for each in below:
        print(f"below the bar: {each}", file=sys.stderr)
    return 1 if below and options.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
