"""Coverage-guided fuzzing: no text makes the analysis or the decision raise.

    python benchmarks/fuzz.py [--seconds 600] [--corpus FOLDER] [--seed 1] [--json FILE]

Atheris (libFuzzer) changes the commands of `testcases/` and keeps what reaches new code; each is parsed, analysed and decided
by the strict pack, in bash, sh, zsh, PowerShell or cmd. Nothing is run. What fails, and what takes longer than 5 s while it is
traced, is printed with the text. Needs the extra `fuzz` (`pip install 'packgate[fuzz]'`). Exits 1 on a failure.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SHELLS = ("bash", "bash", "bash", "sh", "zsh", "zsh", "powershell", "cmd")
SLOW = 5.0
WARM = ("ls", "rm -rf /*", "cat /etc/$x/*", "python3 -c 'import os'")
MAX_LENGTH = 2_000
# What libFuzzer prints of its state: executions, edges, features, inputs kept.
STATUS = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/")


def seeds() -> list[str]:
    """The commands of the project's own corpora."""
    found = []
    for path in sorted((ROOT / "testcases").glob("*/*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")).get("cases", []):
            command = case if isinstance(case, str) else case.get("command")
            if isinstance(command, str):
                found.append(command)
    return found


def write_corpus(folder: Path) -> int:
    """The seeds as files, the shell in their first byte; returns how many."""
    commands = seeds()
    for number, command in enumerate(commands):
        (folder / f"seed-{number:05}").write_bytes(bytes([number % len(SHELLS)]) + command.encode("utf-8", "surrogateescape"))
    return len(commands)


def decoded(data: bytes) -> tuple[str, str]:
    """Shell and text of an input; bytes that are no UTF-8 become lone surrogates, as Python reads arguments."""
    return SHELLS[data[0] % len(SHELLS)] if data else "bash", data[1:].decode("utf-8", "surrogateescape")


def make_target(found: Path) -> Callable[[bytes], None]:
    """The function to fuzz. A failure is appended to ``found``, once for each place in the code, and fuzzing goes on."""
    from packgate.commands.shared import open_gate
    from packgate.engine.render import to_json
    from packgate.model.action import parse_action

    gate = open_gate(("strict",))
    known: set[str] = set()
    # What is loaded when it first occurs is no part of an input's time.
    for command in WARM:
        gate.decide(parse_action({"command": command, "cwd": "/home/dev/proj", "home": "/home/dev"}))

    def fail(kind: str, where: str, data: bytes, detail: str) -> None:
        if where not in known:
            known.add(where)
            with found.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"kind": kind, "where": where, "input": data.hex(), "detail": detail}) + "\n")

    def decide(data: bytes) -> float:
        """Decide an input, and tell what fails; the seconds of the processor that it took."""
        shell, text = decoded(data)
        start = time.process_time()
        try:
            action = parse_action({"surface": "shell", "shell": shell, "command": text, "cwd": "/home/dev/proj", "home": "/home/dev"})
            decision = gate.decide(action)
            json.dumps(to_json(decision))
            for operation in gate.analyze(action).operations if len(data) < 200 else ():
                assert operation.span is None or 0 <= operation.span[0] <= operation.span[1] <= len(text), f"span {operation.span}"
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            fail("exception", f"{type(error).__name__} at {frame.filename}:{frame.lineno}", data, traceback.format_exc()[-1500:])
        return time.process_time() - start

    def target(data: bytes) -> None:
        seconds = decide(data)
        if seconds > SLOW:
            # Whatever else the machine does can only add: what is slow is so again.
            seconds = min(seconds, decide(data))
        if seconds > SLOW:
            fail("slow", f"slow {len(data) // 200}", data, f"{seconds:.1f} s")

    return target


def fuzz(arguments: list[str], found: Path) -> None:
    """In the child process: instrument, then hand over to libFuzzer, which does not return."""
    import atheris

    with atheris.instrument_imports(include=["packgate"]):
        target = make_target(found)
    atheris.Setup([sys.argv[0], *arguments], target)
    atheris.Fuzz()


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path, help="keep the inputs found in this folder, to go on from them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write the figures as JSON")
    parser.add_argument("--found", type=Path, help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args()
    if options.found is not None:
        fuzz(rest, options.found)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        return supervise(options, Path(scratch))


def supervise(options: argparse.Namespace, scratch: Path) -> int:
    """Start the child, follow it to its end and report."""
    folder = options.corpus or scratch / "corpus"
    folder.mkdir(parents=True, exist_ok=True)
    count = write_corpus(folder)
    found = scratch / "found.jsonl"
    command = [
        sys.executable, __file__, "--found", str(found), str(folder), f"-max_total_time={options.seconds}", f"-max_len={MAX_LENGTH}",
        f"-seed={options.seed}", "-timeout=60", "-rss_limit_mb=4096", f"-artifact_prefix={scratch}/",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    status = STATUS.findall(done.stderr)
    if not status:
        print(done.stderr[-3000:], file=sys.stderr)
        return 2
    executions, edges, features, kept = (int(number) for number in status[-1])
    failures = [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()] if found.exists() else []
    for failure in failures:
        print(f"{failure['kind']}: {failure['where']}\n  {decoded(bytes.fromhex(failure['input']))!r}\n{failure['detail']}")
    if done.returncode:
        print(done.stderr[-3000:])
    print(f"{options.seconds} s, {count} seeds, {executions} inputs, {edges} edges, {kept} kept; {len(failures)} failures")
    if options.json is not None:
        figures = {
            "fuzzer": "atheris", "seconds": options.seconds, "seed": options.seed, "seeds": count, "inputs": executions, "edges": edges,
            "features": features, "kept": kept, "exit": done.returncode,
            "failures": [{"kind": failure["kind"], "where": failure["where"]} for failure in failures],
        }  # fmt: skip
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if failures or done.returncode else 0


if __name__ == "__main__":
    raise SystemExit(main())
