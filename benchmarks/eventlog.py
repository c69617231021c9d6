"""Whether the event log keeps what it acknowledged, with several writers that are killed at random: a long test, as a command.

    python benchmarks/eventlog.py [--writers 8] [--lines 1000000] [--seconds-between-kills 0.05] [--seed 1] [--into DIR] [--json FILE]

Each writer is a process that appends decisions one by one, now and then a long one, and notes each in a file of its own once it was told
that the event is written. Writers are killed with SIGKILL at random times and started again, until the log has so many lines. Then the
log is verified as `packgate events verify` does, every acknowledged event is looked for, and what it cost is printed. Exit code 1 when a
line is torn, an acknowledged event is missing, or the chain does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "cli"))

from packgate.eventlog.chain import Log, append_events  # noqa: E402
from packgate.eventlog.head import HEAD, parse  # noqa: E402
from packgate.eventlog.record import decision_event  # noqa: E402
from packgate.eventlog.segments import segments  # noqa: E402

TIME = "2026-01-31T12:00:00Z"
# Every so many events one of some 100 KB: its write can be cut off in the middle.
LONG_EVERY = 400
_ID = re.compile(rb'"decision_id":"(d-[0-9]+-[0-9]+)"')
VERIFY = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
from packgate.events.files import open_log
from packgate.events.verify import Verifier
began = time.process_time()
found = Verifier(open_log(sys.argv[2]), []).verify()
said = [(each.code, each.severity.value, str(each.position), each.message) for each in found.findings]
print(json.dumps({"events": found.events, "files": found.files, "found": found.found, "findings": said,
                  "seconds": time.process_time() - began, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def event(writer: int, number: int) -> dict[str, Any]:
    """A decision that is like no other, of about a kilobyte, or a long one."""
    command = f"git push origin feature/{writer}-{number}"
    action = {
        "id": f"a-{writer}-{number}", "surface": "shell", "command": command, "shell": "bash", "cwd": "/home/dev/project",
        "actor": {"agent": "bench", "session": f"s-{writer}", "user": "dev", "groups": [], "team": None, "owner": None},
    }
    decision = {
        "decision_id": f"d-{writer}-{number}", "action_id": action["id"], "decision": "allow", "mode": "audit", "policy_ids": ["a-policy"],
        "matches": [{"pack": "demo", "policy": "a-policy", "mode": "audit", "effective": "audit"}], "bundles": [{"pack": "demo", "digest": "-"}],
    }
    if number % LONG_EVERY == 0:
        decision["matches"] = [{"pack": "demo", "policy": "a-policy", "fields": {"path": ["x" * 1000]}}] * 100
    return decision_event(action, decision, TIME, 80, str)


def write(log: Log, writer: int, start: int, acknowledged: Path) -> None:
    """Append until killed, or until nobody is there to do that."""
    handle = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    number, parent = start, os.getppid()
    while os.getppid() == parent:
        append_events(log, [event(writer, number)])
        os.write(handle, b"%d\n" % number)
        number += 1


class Writers:
    """The processes, each with the numbers that it has used."""

    def __init__(self, log: Log, folder: Path, count: int) -> None:
        self._log = log
        self._folder = folder
        self._next = [0] * count
        self._running: list[int] = []
        for writer in range(count):
            self._running.append(self._start(writer))

    def _start(self, writer: int) -> int:
        # A writer that is started again uses numbers that the one before can't have come to.
        start = self._next[writer] = self._next[writer] + 10_000_000
        child = os.fork()
        if child == 0:
            try:
                write(self._log, writer, start, self._folder / f"acknowledged-{writer}-{start}")
            finally:
                os._exit(1)
        return child

    def kill(self, writer: int, again: bool = True) -> None:
        """Kill one with SIGKILL, and start it again."""
        pid = self._running[writer]
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit("a writer ended by itself: a record could not be written")
        if again:
            self._running[writer] = self._start(writer)

    def end(self) -> None:
        """Kill all."""
        for writer in range(len(self._running)):
            self.kill(writer, again=False)


def number_of(log: Log) -> int:
    """How many events the log has."""
    try:
        head = parse(Path(log.path + HEAD).read_bytes())
    except FileNotFoundError:
        return 0
    return 0 if head is None else head.number


def run(folder: Path, writers: int, lines: int, between: float, seed: int) -> dict[str, Any]:
    """The figures of a run in a folder, which is left with the log."""
    chance = random.Random(seed)
    log = Log(str(folder / "events.jsonl"), rotate=64 * 1024 * 1024, wait=60)
    # A small log is to be rotated, too.
    log.rotate = min(log.rotate, max(lines * 150, 64 * 1024))
    began, kills = time.monotonic(), 0
    running = Writers(log, folder, writers)
    while number_of(log) < lines:
        time.sleep(chance.expovariate(1 / between))
        running.kill(chance.randrange(writers))
        kills += 1
    running.end()
    took = time.monotonic() - began
    return {"writers": writers, "kills": kills + writers, "seconds": round(took, 1), **judged(log, folder, took)}


def judged(log: Log, folder: Path, took: float) -> dict[str, Any]:
    """What the log holds, against what was acknowledged. The next writer mends what the last kill left."""
    append_events(log, [event(99, 1)])
    done = subprocess.run([sys.executable, "-c", VERIFY, str(ROOT / "cli"), log.path], capture_output=True, text=True, check=True)
    verified = json.loads(done.stdout)
    wanted = {
        f"d-{path.name.split('-')[1]}-{line}".encode()
        for path in folder.glob("acknowledged-*") for line in path.read_text().split("\n")[:-1]
    }
    present, twice, torn = 0, 0, 0
    left = set(wanted)
    for file in [*(each for _, each in segments(log.path)), log.path]:
        with open(file, "rb") as stream:
            for line in stream:
                torn += b'"failure":"log-torn"' in line
                found = _ID.search(line)
                if found is not None and found[1] in wanted:
                    present += 1
                    twice += found[1] not in left
                    left.discard(found[1])
    size = sum(os.stat(file).st_size for file in [*(each for _, each in segments(log.path)), log.path])
    return {
        "lines": verified["events"], "files": verified["files"], "megabytes": round(size / 1e6), "lines_per_second": round(verified["events"] / took),
        "acknowledged": len(wanted), "missing": len(left), "twice": twice, "torn_set_aside": torn,
        "errors": sum(each[1] == "error" for each in verified["findings"]), "findings": verified["found"],
        "verify_seconds": round(verified["seconds"], 1), "verify_us_per_line": round(verified["seconds"] / verified["events"] * 1e6, 1),
        "verify_megabytes": round(verified["megabytes"]),
    }


def is_whole(figures: dict[str, Any]) -> bool:
    """Whether nothing is lost, torn or broken."""
    return not (figures["missing"] or figures["twice"] or figures["errors"])


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seconds-between-kills", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--into", type=Path, help="keep the log here")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(tempfile.mkdtemp(prefix="packgate-eventlog-")) if options.into is None else options.into
    folder.mkdir(parents=True, exist_ok=True)
    try:
        figures = run(folder, options.writers, options.lines, options.seconds_between_kills, options.seed)
    finally:
        if options.into is None:
            shutil.rmtree(folder)
    for name, value in figures.items():
        print(f"{name:20} {value:,}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if is_whole(figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
