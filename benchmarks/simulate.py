"""How many recorded events a second a simulation decides, with how many processes, and in how much memory.

    python benchmarks/simulate.py [--events 1000000] [--policies 1000] [--workers 4] [--profile] [--json FILE]

The events are made here, the same ones every time: what agents do all day on four surfaces, half of them distinct, with the rest
repeated at random distances. A thousand policies over six families, a tenth of which are stricter in what is proposed. One run with one
process, one with several; both have to give the same tables.

*Per core*: events by the processor time of all processes together, start included and the watching of memory left out, so that
whatever else runs on the machine matters less. *Efficiency*: the processor time that one process took, by what several took together;
what they lose to each other. *Wall efficiency* divides times on the wall clock by the number of processes, and means something on an
idle machine alone. Memory is what all processes hold at the same time, sampled.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from timing import loop_ns

from packgate.impact.simulation.as_json import as_json
from packgate.impact.simulation.pair import Policies
from packgate.impact.simulation.result import result_of
from packgate.impact.simulation.running import Plan, simulate
from packgate.model.policy import Assignment, Condition, Outcome, Pack, Pattern, Policy, Rollout
from packgate.source.vocabulary import builtin_vocabulary

# Surface -> how many of a hundred events, and what is done; `#` is what tells one from another.
SHELL = (
    "git status --short src/#", "git diff HEAD~1 -- src/m#.py", "git add src/m#.py", "git commit -m 'change #'", "git push origin feature/#",
    "git log --oneline -n # main", "pytest -q tests/test_m#.py", "python -m mypy src/m#.py", "ls -la src/p#", "cat src/m#.py", "sed -n '1,#p' README.md",
    "grep -rn name# src", "rg -n 'def f#' src | head -20", "mkdir -p build/o#", "cp src/m#.py build/m#.py", "rm -rf build/o#", "npm run build:#",
    "npm install left-pad@#", "cargo test t#", "go test ./pkg/p#/...", "docker ps --filter name=web#", "docker build -t app:# .",
    "kubectl get pods -n team-#", "kubectl logs deploy/web# -n dev", "psql -h localhost -d app_test -c 'SELECT # FROM t'", "curl -s http://localhost:8080/h/#",
    "find src -name 'm#*.py'", "cd src && make target#", "echo done # >> build/log.txt", "terraform plan -var n=#", "tar czf build/a#.tgz src",
    "git push --force origin team-#", "psql -h db#.internal -d app -c 'DROP TABLE t#'", "rm -r services/s#/data",
)
FILES = ("read", "read", "read", "edit", "write")
FAMILIES = ("git-action", "delete-file", "read-file", "modify-file", "cluster-change", "database-admin")
FIELD = {"git-action": "branch", "delete-file": "path", "read-file": "path", "modify-file": "path", "cluster-change": "target", "database-admin": "host"}
START_DAY = 1


def actions(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """So many distinct actions: of a hundred 70 of the shell, 20 of files, 5 tool calls and 5 web requests."""
    made = []
    chooser = random.Random(seed)
    for number in range(count):
        repo = f"r{number % 40}"
        root = f"/workspaces/{repo}"
        kind = number % 20
        if kind < 14:
            own: dict[str, Any] = {"surface": "shell", "command": chooser.choice(SHELL).replace("#", str(number)), "shell": "bash"}
        elif kind < 18:
            operation = FILES[number % len(FILES)]
            content = None if operation == "read" else f"def f{number}():\n    return {number}\n"
            own = {"surface": "file", "operation": operation, "path": f"{root}/src/m{number}.py", "content": content}
        elif kind == 18:
            own = {"surface": "mcp", "server": "tracker", "tool": "get_issue", "arguments": {"number": number}, "annotations": {}}
        else:
            own = {"surface": "web", "method": "GET", "url": f"https://docs.example.com/p/{number}", "body": None}
        made.append({
            **own, "cwd": root, "home": "/home/dev", "env": {},
            "repo": {"name": f"acme/{repo}", "root": root, "branch": "feature/x", "default_branch": "main"},
        })
    return made


def write_events(path: Path, count: int, seed: int = 11) -> None:
    """A log of so many decisions, as the hook writes them; half of the actions in it are distinct."""
    distinct = actions(max(count // 2, 1))
    chooser = random.Random(seed)
    bundle = {"pack": "bench", "version": "1.0.0", "stage": "audit", "revision": 1, "digest": "sha256:" + "0" * 64}
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            place = number if number < len(distinct) else chooser.randrange(len(distinct))
            user = chooser.randrange(200)
            action = {
                "id": f"t{number}", **distinct[place], "environment": None, "data_classification": None, "permissions": [], "risk_signals": [],
                "approval": None, "time": None,
                "actor": {"agent": ("claude-code", "codex")[user % 2], "session": f"s{user}-{number // 5000}", "user": f"user{user}",
                          "groups": [f"team{user % 12}"], "team": None, "owner": None},
            }
            decision = {
                "decision_id": f"d-{number:032x}", "action_id": f"t{number}", "decision": "allow", "mode": None, "would": None, "policy_ids": [],
                "reason": "No policy matched.", "message": "", "risk_score": 0, "approver_role": None, "redactions": [], "alerts": [],
                "timestamp": None, "analysis": {"coverage": "full", "notes": [], "may_match": []}, "matches": [], "bundles": [bundle],
            }
            day = START_DAY + number * 28 // count
            file.write(json.dumps({
                "v": 1, "seq": number + 1, "time": f"2026-01-{day:02}T10:00:00Z", "kind": "decision", "action": action, "decision": decision,
                "latency_us": 80, "follows": None, "outcome": None, "prev": "sha256:" + "0" * 64,
            }, separators=(",", ":")) + "\n")


def policies(count: int, stage: str) -> Policies:
    """A pack of so many policies. At a later ``stage`` than audit, a tenth of them is at it."""
    made = []
    for number in range(count):
        family = FAMILIES[number % len(FAMILIES)]
        value = {"branch": f"team-{number}*", "path": f"services/s{number}/**", "host": f"db{number}.internal"}.get(FIELD[family], f"web{number}")
        clause = (Condition(FIELD[family], (Pattern("glob", value), Pattern("glob", f"other-{number}"))),)
        made.append(Policy(f"rule-{number}", "bench", (family,), Outcome("block"), (clause,), message="Ask the owner.", threat="t", risk=50))
    raised = {} if stage == "audit" else {f"rule-{number}": stage for number in range(0, count, 10)}
    pack = Pack("bench", "1.0.0", tuple(made), rollout=Rollout("audit", policies=raised))
    return Policies(stage, (pack,), builtin_vocabulary(), assigned=(Assignment("bench", "block"),))


class Memory:
    """The most that this process and its children held at a time, in bytes, sampled ten times a second. A page that several share counts
    for each of them its part (PSS). ``spent``: the seconds of a processor that this took itself."""

    def __init__(self) -> None:
        self.most = 0
        self.spent = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.most = max(self.most, sum(map(_held, [os.getpid(), *_children(os.getpid())])))
            self.spent = time.thread_time()


def _children(process: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            names = path.read_text().split()
        except OSError:
            continue
        for name in names:
            found += [int(name), *_children(int(name))]
    return found


def _held(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def processor_time() -> float:
    """Seconds that this process and those that it waited for have used."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def measure(plan: Plan, count: int, workers: int) -> tuple[dict[str, Any], str]:
    """One simulation: its figures, and what it found as text."""
    start, used = time.perf_counter(), processor_time()
    with Memory() as memory:
        found = as_json(result_of(simulate(plan, workers=workers)))
    wall, used = time.perf_counter() - start, processor_time() - used - memory.spent
    figures = {
        "workers": workers, "seconds": round(wall, 2), "processor_seconds": round(used, 2), "events_per_second": round(count / wall),
        "events_per_second_and_core": round(count / used), "memory_mb": round(memory.most / 1e6),
        "distinct": found["replayed"]["distinct"], "stopped": found["outcomes"]["changes"]["stopped"]["count"], "clusters": len(found["clusters"]),
    }
    print(f"  {workers} process{'es' * (workers > 1)}: {wall:.1f} s ({used:.1f} s of processors), {figures['events_per_second_and_core']:,} events/s "
          f"per core, {figures['memory_mb']} MB", flush=True)
    return figures, json.dumps(found, sort_keys=True)


def profile(plan: Plan) -> None:
    """Where the time of one process goes."""
    import cProfile
    import pstats

    profiler = cProfile.Profile()
    profiler.runcall(simulate, plan, workers=1)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--policies", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "events.jsonl")
        # By a process of its own, whose memory does not count.
        writer = multiprocessing.get_context("spawn").Process(target=write_events, args=(path, options.events))
        writer.start()
        writer.join()
        if writer.exitcode != 0:
            raise SystemExit("the events could not be written")
        plan = Plan(policies(options.policies, "audit"), policies(options.policies, "block"), (path,), "2026-02-01T00:00:00Z")
        print(f"{options.events:,} events ({path.stat().st_size / 1e6:.0f} MB), {options.policies:,} policies, load {os.getloadavg()[0]:.1f}", flush=True)
        if options.profile:
            profile(plan)
            return 0
        (one, first), (many, second) = (measure(plan, options.events, workers) for workers in (1, options.workers))
    figures = {
        "events": options.events, "policies": options.policies, "load": round(os.getloadavg()[0], 1), "one": one, "many": many,
        "loop_ns": round(loop_ns(), 1), "efficiency": round(one["processor_seconds"] / many["processor_seconds"], 3),
        "wall_efficiency": round(one["seconds"] / many["seconds"] / options.workers, 3), "identical": first == second,
    }
    print(f"  efficiency {figures['efficiency']}, on the wall clock {figures['wall_efficiency']}; the same tables: {figures['identical']}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures) + "\n", encoding="utf-8")
    return 0 if figures["identical"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
