"""How long whole processes of the hook take, beside the floor of the interpreter, in one run.

    python benchmarks/hook.py [--runs 200] [--profile] [--instructions] [--json FILE]

The pack `recommended` is installed at block into a temporary folder, as `packgate hook install` does, and its launcher is started as Claude
Code starts it. Payloads and the floor, `python -I -S -E -c pass` of the Python that the launcher names, take turns, so that whatever else
the machine does meets all of them. What counts is the ratio to the floor: of medians, of 99th percentiles, and of the quickest runs, which
noise disturbs least. `--profile` says where the time of one decision goes, the quickest of several processes. `--instructions` counts
what the processor does for it outside of the system (needs valgrind): a figure that is the same on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "cli"))

FLOOR = "floor"
_LINES = "\n".join(f'if [ -f "src/part{number}.py" ]; then cp "src/part{number}.py" "build/$NAME/{number}"; fi' for number in range(60))
# What Claude Code calls its tools, and what it sends for them.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "harmless command": ("Bash", {"command": "ls -la src && git status --short | head -20", "description": "Look around"}),
    "blocked command": ("Bash", {"command": "git push --force origin main", "description": "Publish"}),
    "file read": ("Read", {"file_path": "{project}/src/main.py"}),
    "file edit": ("Edit", {"file_path": "{project}/src/main.py", "old_string": "a = 1", "new_string": "a = 2"}),
    "mcp call": ("mcp__tracker__create_issue", {"title": "Broken link", "labels": ["docs"]}),
    "script of 60 lines": ("Bash", {"command": f"set -e\nNAME=app\nmkdir -p build\n{_LINES}\n", "description": "Build"}),
}
# Takes the place of the launcher, and says what took how long.
PROFILE = """
import posix, sys, time
clock = time.perf_counter
began = clock()
folder, payload = sys.argv[1:]
import _imp, _sre, marshal
file = posix.open(folder + "/hook.image", posix.O_RDONLY)
head = posix.read(file, {head})
header = posix.read(file, int.from_bytes(head[{tag}:{tag} + 4], "little"))
opening = sys.modules["packgate.hook.opening"] = type(sys)("packgate.hook.opening")
exec(marshal.loads(header)[2][opening.__name__], opening.__dict__)
image = opening.Image(file, header)
read = [0, 0, 0.0]
part = opening.Image.part
def timed(self, place):
    start = clock()
    found = part(self, place)
    read[0] += 1
    read[1] += int.from_bytes(place[4:8], "little")
    read[2] += clock() - start
    return found
opening.Image.part = timed
import gc
gc.disable()
opening.start_modules(image)
steps = [("opening the image", clock() - began, 0.0)]
def step(name, work):
    start, before = clock(), read[2]
    found = work()
    steps.append((name, clock() - start, read[2] - before))
    return found
from packgate.hook import answer, from_image, plain_json, prepared_gate, recording, run, settings, system
given = step("settings", lambda: settings.read_settings(folder + "/hook.json"))
dialect = step("dialect", lambda: answer.kind_of("claude-code", "PreToolUse"))[0]
request = step("payload", lambda: answer.read_request(dialect, "PreToolUse", plain_json.read(open(payload).read())))
from_image.use_look(lambda: image.segment(prepared_gate.LOOK))
gate = step("gate", lambda: prepared_gate.open_gate(image))
reply = step("decision", lambda: answer.respond(request, lambda: gate, given, system.environment(), "2026-01-31T12:00:00Z"))
verdict = step("log", lambda: recording.record(reply, given, 0))
step("reply", lambda: answer.reply_of(dialect, "PreToolUse", verdict))
total = clock() - began
modules = sum(name.startswith("packgate") for name in sys.modules)
import json
print(json.dumps({{"steps": steps, "total": total, "parts": read[0], "bytes": read[1], "reading": read[2], "modules": modules}}))
"""


def install(home: Path) -> Path:
    """Install the hook in a home of its own; its folder."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT / "cli")}
    command = [sys.executable, "-m", "packgate", "hook", "install", "claude-code", "--pack", str(ROOT / "packs" / "recommended"), "--stage", "block",
               "--deadline", "60000"]
    subprocess.run(command, check=True, cwd=home, env=environment, stdout=subprocess.DEVNULL)
    return home / ".local/share/packgate/hook"


def payloads(home: Path) -> dict[str, Path]:
    """The file of every payload."""
    project = home / "project"
    project.mkdir()
    found = {}
    for name, (tool, given) in CALLS.items():
        found[name] = home / f"{name}.json"
        filled = {key: value.replace("{project}", str(project)) if isinstance(value, str) else value for key, value in given.items()}
        found[name].write_text(json.dumps({
            "session_id": "benchmark", "transcript_path": str(home / "transcript"), "cwd": str(project), "permission_mode": "default",
            "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": filled, "tool_use_id": "toolu_1",
        }))
    return found


def took_ms(command: list[str], stdin: str, environment: dict[str, str]) -> float:
    """Milliseconds from the start of a process to its end. Raises `RuntimeError` when it fails."""
    actions = [(os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, environment, file_actions=actions)
    _, status = os.waitpid(process, 0)
    taken = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{' '.join(command)}: status {status}")
    return taken * 1e3


def measure(folder: Path, home: Path, runs: int) -> dict[str, Any]:
    """Milliseconds and ratios by payload."""
    from packgate.installation.library import interpreter

    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    hook = [str(folder / "packgate-hook"), "claude-code", "PreToolUse"]
    files = payloads(home)
    commands = {FLOOR: ([interpreter(), "-I", "-S", "-E", "-c", "pass"], os.devnull), **{name: (hook, str(file)) for name, file in files.items()}}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 3):
        for name, (command, stdin) in commands.items():
            found = took_ms(command, stdin, environment)
            # The first turns fill the caches of the file system.
            if turn >= 3:
                taken[name].append(found)
    figures = {name: _shares(times) for name, times in taken.items()}
    floor = figures[FLOOR]
    return {name: {**found, **{f"{key}_ratio": round(found[key] / floor[key], 2) for key in ("p50", "p99", "least")}} for name, found in figures.items()}


def _shares(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": round(ordered[len(ordered) // 2], 2), "p99": round(ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)], 2),
        "least": round(ordered[0], 2),
    }


def profile(folder: Path, payload: Path, home: Path, runs: int) -> dict[str, Any]:
    """Where the time of one decision goes: the quickest of several processes. Without the second process that a hook starts to decide."""
    from packgate.hook.opening import HEAD_SIZE, TAG_SIZE
    from packgate.installation.library import interpreter

    command = [interpreter(), "-I", "-S", "-E", "-c", PROFILE.format(head=HEAD_SIZE, tag=TAG_SIZE), str(folder), str(payload)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    done = [json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout) for _ in range(runs)]
    return min(done, key=lambda found: float(found["total"]))


def instructions(folder: Path, home: Path) -> dict[str, Any]:
    """Millions of instructions of the process that decides, and of the one before that starts it, by payload."""
    from packgate.installation.library import interpreter

    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    python = interpreter()
    hook = [python, "-ISE", str(folder / "packgate-hook"), "claude-code", "PreToolUse"]
    figures = {FLOOR: _counted([python, "-I", "-S", "-E", "-c", "pass"], os.devnull, environment)}
    for name in CALLS:
        figures[name] = _counted(hook, str(home / f"{name}.json"), environment)
    return {name: {"millions": round(count / 1e6, 1), "ratio": round(count / figures[FLOOR], 2)} for name, count in figures.items()}


def _counted(command: list[str], stdin: str, environment: dict[str, str]) -> int:
    """The most that a process of a command counts: a child goes on with the count of its parent."""
    with tempfile.TemporaryDirectory() as place, open(stdin, "rb") as given:
        log = f"--log-file={place}/%p"
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", log]
        subprocess.run([*valgrind, *command], check=True, stdin=given, stdout=subprocess.DEVNULL, env=environment)
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in Path(place).iterdir()]
    return max(int(line.split()[-1]) for text in texts for line in text.splitlines() if "Collected" in line)


def show_profile(name: str, found: dict[str, Any]) -> None:
    """Print a profile."""
    print(f"\n{name}: {found['total'] * 1e3:.1f} ms in the process, {found['modules']} modules, {found['parts']} parts of the image "
          f"with {found['bytes'] // 1000} kB, {found['reading'] * 1e3:.1f} ms to read them")
    for step, seconds, reading in found["steps"]:
        print(f"  {step:<20}{seconds * 1e3:>8.2f} ms, of which reading {reading * 1e3:.2f}")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--profile", action="store_true", help="also say where the time goes")
    parser.add_argument("--instructions", action="store_true", help="also count instructions, with valgrind")
    parser.add_argument("--json", type=Path, help="also write the figures as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        home.chmod(0o700)
        folder = install(home)
        figures = measure(folder, home, options.runs)
        for name, found in figures.items():
            print(f"{name:<20}p50 {found['p50']:>7.1f} ms{found['p50_ratio']:>6.2f} times the floor   p99 {found['p99']:>7.1f} ms{found['p99_ratio']:>6.2f}"
                  f"   least {found['least']:>6.1f} ms{found['least_ratio']:>6.2f}")
        if options.profile:
            for name in CALLS:
                show_profile(name, profile(folder, home / f"{name}.json", home, 10))
        if options.instructions:
            figures = {"times": figures, "instructions": instructions(folder, home)}
            for name, found in figures["instructions"].items():
                print(f"{name:<20}{found['millions']:>8.1f} million instructions{found['ratio']:>6.2f} times the floor")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
