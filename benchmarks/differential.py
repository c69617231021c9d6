"""Differential truth: composed scripts read and expanded by us and by other shells' parsers and a real bash.

    python benchmarks/differential.py [--count 100000] [--seed 1] [--processes 4] [--show 5] [--resume FILE] [--json FILE]

Of the scripts, six in ten are composed over the whole grammar (`compose.py`, a third of them broken by mutation): we must accept
what `bash -n` accepts, and read the commands, words, redirections and structure that mvdan/sh (`shfmt --to-json`) reads. One in
ten holds only what POSIX has, and is judged by `dash -n` too. Three in ten (`compose_expansion.py`) are run by a real bash in a
throw-away folder: what `printf '%s\\0'` prints there must be what our evaluation says, or what its holes admit. Nothing else is
run. Differences with a reason are counted by name (`explained.py`, `explained_expansion.py`). Exits 1 when one has none, or when an
output was wrong that we call known.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from compose import broken, posix, script
from compose_expansion import compose
from expansion import Place, Printed, Recorder, admits, is_known, print_of
from explained import POSIX, TREE, WE_ACCEPT, WE_REFUSE, Explanation, Seen, explain, without_misread
from explained_expansion import reasons
from freshness import inputs
from judges import accepted, find_shfmt, read_shfmt
from printed_form import bash_agrees
from readings import Reading, read_ours

if TYPE_CHECKING:
    from packgate.model.value import Value

BASH, DASH = shutil.which("bash"), shutil.which("dash")
CHUNK = 200
# Of ten scripts so many are read only, so many hold nothing but POSIX, and the rest is run.
SYNTAX, PORTABLE = 6, 1


class Unexplained(NamedTuple):
    """A difference without a reason."""

    kind: str
    seed: int
    script: str
    ours: str
    theirs: str


class Tally:
    """What was compared and what differed."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.unexplained: list[Unexplained] = []

    def differ(self, kind: str, seed: int, seen: Seen, known: tuple[Explanation, ...]) -> None:
        """Count a difference, by its name when it has one."""
        name = explain(seen, known)
        self.counts[f"{kind}: {name or 'unexplained'}"] += 1
        if name is None:
            self.unexplained.append(Unexplained(kind, seed, seen.script, seen.ours, seen.theirs))

    def add(self, other: Tally) -> None:
        """Take over another tally."""
        self.counts.update(other.counts)
        self.unexplained.extend(other.unexplained)


# --- syntax ----------------------------------------------------------------------------------------------------------


def judge_syntax(seeds: range) -> Tally:
    """Read scripts and compare with bash and mvdan/sh."""
    assert BASH is not None
    tally = Tally()
    scripts = [(broken if seed % 3 == 0 else script)(Random(seed)) for seed in seeds]
    verdicts = accepted(scripts, BASH, "-O extglob -n")
    ours = [read_ours(text) for text in scripts]
    alike: list[int] = []
    for i, (accepts, said) in enumerate(verdicts):
        problems = ours[i][1]
        tally.counts["scripts read"] += 1
        tally.counts["commands read"] += len(ours[i][0].commands)
        tally.counts["refused by bash"] += not accepts
        if accepts == (not problems):
            if accepts and not said:
                alike.append(i)
        else:
            kind, known = ("bash refuses, we accept", WE_ACCEPT) if problems == [] else ("bash accepts, we refuse", WE_REFUSE)
            tally.differ(kind, seeds[i], Seen(scripts[i], "; ".join(problems), said), known)
    program = find_shfmt()
    if program is not None:
        _judge_trees(alike, scripts, ours, seeds, program, tally)
    return tally


def _judge_trees(alike: list[int], scripts: list[str], ours: list[tuple[Reading, list[str]]], seeds: range, program: str, tally: Tally) -> None:
    for i, reading in zip(alike, read_shfmt([scripts[i] for i in alike], program), strict=True):
        if not isinstance(reading, str) and reading != ours[i][0]:
            # Together with others a script can be read in another way: a here-document may swallow what follows.
            reading = read_shfmt([scripts[i]], program)[0]
        if isinstance(reading, str):
            tally.counts["shfmt refuses what bash accepts"] += 1
        elif reading == ours[i][0]:
            tally.counts["trees equal to those of shfmt"] += 1
        else:
            assert BASH is not None
            # A name alone excuses nothing: bash itself has to read what we read.
            known = TREE if bash_agrees(scripts[i], BASH) or _same_without_misread(scripts[i], program) else ()
            tally.differ("shfmt reads another tree", seeds[i], Seen(scripts[i], str(ours[i][0]), str(reading)), known)


def _same_without_misread(script: str, program: str) -> bool:
    changed = without_misread(script)
    return changed != script and read_shfmt([changed], program)[0] == read_ours(changed)[0]


def judge_posix(seeds: range) -> Tally:
    """Read scripts of what POSIX has as a POSIX shell, and compare with dash."""
    tally = Tally()
    scripts = [posix(Random(seed)) for seed in seeds]
    assert DASH is not None
    for i, (accepts, said) in enumerate(accepted(scripts, DASH)):
        problems = read_ours(scripts[i], "dash")[1]
        tally.counts["scripts read as POSIX"] += 1
        if accepts != (not problems):
            kind = "dash accepts, we refuse" if accepts else "dash refuses, we accept"
            tally.differ(kind, seeds[i], Seen(scripts[i], "; ".join(problems), said), POSIX)
    return tally


# --- expansion -------------------------------------------------------------------------------------------------------


def judge_expansion(seeds: range) -> Tally:
    """Evaluate scripts and compare with what bash prints."""
    assert BASH is not None
    tally = Tally()
    scripts = [compose(seed) for seed in seeds]
    place = Place(BASH)
    try:
        for number, printed in enumerate(place.run(scripts)):
            tally.counts["scripts run"] += 1
            if printed.text is None:
                tally.counts["scripts that did not end"] += 1
                continue
            value, host = print_of(scripts[number], place, printed.number)
            tally.counts["commands evaluated"] += host.commands
            if admits(value, host, printed.text):
                tally.counts["outputs known and right" if is_known(value) else "outputs partly known and admitted"] += 1
            else:
                _differ(scripts[number], seeds[number], value, host, printed, place, tally)
    finally:
        place.close()
    return tally


def _differ(script: str, seed: int, value: Value, host: Recorder, printed: Printed, place: Place, tally: Tally) -> None:
    """Count an output that our evaluation does not admit. A constant is wrong unless all that is behind it are decisions of
    ours, which the page states."""
    ours = f"{value!r} {host.partial!r}".replace(printed.folder, "@")
    said = printed.errors.replace(str(place.root), "")
    found = reasons(Seen(script, ours, said), lambda changed: agrees(changed, place))
    name = ", ".join(reason.name for reason in found) or "unexplained"
    tally.counts[f"bash prints something else: {name}"] += 1
    wrong = is_known(value) and not (found and all(reason.assumed for reason in found))
    tally.counts["wrong constants"] += wrong
    if wrong or not found:
        theirs = f"{printed.text!r} {said}".replace(printed.folder, "@")
        tally.unexplained.append(Unexplained("bash prints something else", seed, script, ours, theirs))


def agrees(script: str, place: Place) -> bool:
    """Whether bash prints what our evaluation says of a script."""
    printed = place.run([script])[0]
    value, host = print_of(script, place, printed.number)
    return printed.text is not None and admits(value, host, printed.text)


# --- all -------------------------------------------------------------------------------------------------------------

JUDGES: dict[str, Callable[[range], Tally]] = {"syntax": judge_syntax, "posix": judge_posix, "expansion": judge_expansion}


def jobs(count: int, seed: int) -> Iterator[tuple[str, range]]:
    """The parts of a run: a judge and the seeds of its scripts."""
    shares = {"syntax": count * SYNTAX // 10, "posix": count * PORTABLE // 10 if DASH else 0}
    shares["expansion"] = count - sum(shares.values())
    for name, share in shares.items():
        first = seed * 10_000_000
        for start in range(first, first + share, CHUNK):
            yield name, range(start, min(first + share, start + CHUNK))


def judge(job: tuple[str, range]) -> Tally:
    """One part, in a process of the pool."""
    name, seeds = job
    return JUDGES[name](seeds)


def run(count: int, seed: int, processes: int, kept: Path | None = None) -> Tally:
    """Compose and judge so many scripts. With ``kept``, a file, the parts that a run which was broken off had finished are not
    judged again, when nothing has changed since. The result is the same whatever the number of processes."""
    found = read_kept(kept) if kept is not None else {}
    parts = list(jobs(count, seed))
    left = [part for part in parts if part not in found]
    if len(left) < len(parts):
        print(f"{len(parts) - len(left)} of {len(parts)} parts are known", file=sys.stderr, flush=True)
    unexplained = 0
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for number, (part, tally) in enumerate(zip(left, pool.imap(judge, left), strict=True), len(parts) - len(left) + 1):
            found[part] = tally
            unexplained += len(tally.unexplained)
            if kept is not None:
                keep(kept, part, tally)
            if number % 20 == 0 or number == len(parts):
                print(f"{number} of {len(parts)} parts, {unexplained} unexplained", file=sys.stderr, flush=True)
    total = Tally()
    for part in parts:
        total.add(found[part])
    return total


def keep(kept: Path, part: tuple[str, range], tally: Tally) -> None:
    """Add a part that was judged to the file."""
    name, seeds = part
    line = [name, seeds.start, seeds.stop, dict(tally.counts), tally.unexplained]
    with kept.open("a", encoding="utf-8") as out:
        if out.tell() == 0:
            out.write(json.dumps(inputs("differential")) + "\n")
        out.write(json.dumps(line) + "\n")


def read_kept(kept: Path) -> dict[tuple[str, range], Tally]:
    """The parts that a file holds; what was judged with other code is thrown away."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else []
    if lines and json.loads(lines[0]) != inputs("differential"):
        kept.unlink()
        return {}
    found: dict[tuple[str, range], Tally] = {}
    for line in lines[1:]:
        name, start, stop, counts, unexplained = json.loads(line)
        tally = found[name, range(start, stop)] = Tally()
        tally.counts.update(counts)
        tally.unexplained = [Unexplained(*item) for item in unexplained]
    return found


def figures(total: Tally, count: int, seed: int) -> dict[str, object]:
    """The result as JSON: the same for the same code and judges."""
    shfmt = find_shfmt()
    return {
        "count": count,
        "seed": seed,
        "judges": [name for name, program in (("bash", BASH), ("dash", DASH), ("shfmt", shfmt)) if program is not None],
        "compared": {name: number for name, number in sorted(total.counts.items()) if ": " not in name},
        "differences": {name: number for name, number in sorted(total.counts.items()) if ": " in name},
        "unexplained": len(total.unexplained),
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=min(4, os.cpu_count() or 2))
    parser.add_argument("--show", type=int, default=5, help="print so many differences without a reason")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep what is judged in this file, and go on where a run that used it was broken off")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args()
    if BASH is None or find_shfmt() is None:
        print("bash and shfmt (pip install shfmt-py) are needed", file=sys.stderr)
        return 2
    start = time.monotonic()
    total = run(options.count, options.seed, options.processes, options.resume)
    for name, number in total.counts.most_common():
        print(f"{number:9} {name}")
    for difference in total.unexplained[: options.show]:
        print(f"\n== {difference.kind} (seed {difference.seed})\n{difference.script}\n-- ours: {difference.ours}\n-- theirs: {difference.theirs}")
    seconds = round(time.monotonic() - start)
    print(f"{options.count} scripts in {seconds} s, {len(total.unexplained)} differences without a reason, {total.counts['wrong constants']} wrong constants")
    if options.json is not None:
        options.json.write_text(json.dumps(figures(total, options.count, options.seed), indent=1) + "\n", encoding="utf-8")
    if total.unexplained:
        return 1
    if options.resume is not None:
        options.resume.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
