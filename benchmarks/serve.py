"""How quickly the decision server answers, beside a server whose handler does nothing, in one run; and whether it bears load and reloads.

    python benchmarks/serve.py [--requests 4000] [--soak SECONDS] [--json FILE]

Both are real processes of uvicorn and Starlette on loopback; the empty one reads the body and answers `{}`. One client with 1 and with 16
connections asks both in turn, with harmless and forbidden commands of the repository's own corpora. `--soak` keeps 16 connections busy
while other bundles are published every second, and counts errors, memory and open files.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from decisions import workloads

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "cli" / "tests"))

EMPTY = """
import socket, sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def nothing(request):
    await request.body()
    return Response("{}", media_type="application/json")

app = Starlette(routes=[Route("/v1/decide", nothing, methods=["POST"])])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False, server_header=False, date_header=False)
"""
CONNECTIONS = (1, 16)
TOKEN = "t" * 40


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(arguments: Sequence[str], port: int) -> Iterator[int]:
    """A server's process while it runs; its process id."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli")}
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            raise SystemExit("a server did not start")
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def ask(port: int, requests: Sequence[bytes], connections: int, going: Callable[[int], bool]) -> tuple[list[float], int]:
    """Keep connections busy with one request at a time each. Seconds that every answer took, and how many were no answer."""
    chooser = selectors.DefaultSelector()
    times: list[float] = []
    errors = sent = 0
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chooser.register(connection, selectors.EVENT_READ, [b"", 0.0])
        sent = _send(chooser, connection, requests, sent)
    while chooser.get_map():
        for key, _ in chooser.select(timeout=10):
            asked, state = key.fileobj, key.data
            assert isinstance(asked, socket.socket)
            part = asked.recv(1 << 16)
            state[0] += part
            if part and not _is_whole(state[0]):
                continue
            times.append(time.perf_counter() - state[1])
            errors += not state[0].startswith(b"HTTP/1.1 200")
            if part and going(len(times)):
                sent = _send(chooser, asked, requests, sent)
            else:
                chooser.unregister(asked)
                asked.close()
    return times, errors


def _send(chooser: selectors.BaseSelector, connection: socket.socket, requests: Sequence[bytes], sent: int) -> int:
    state = chooser.get_key(connection).data
    state[0], state[1] = b"", time.perf_counter()
    connection.sendall(requests[sent % len(requests)])
    return sent + 1


def _is_whole(data: bytes) -> bool:
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return False
    (length,) = (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return len(body) >= length


def bodies() -> list[bytes]:
    """Requests to decide, harmless ones and others mixed."""
    found = []
    for actions in workloads(None).values():
        for action in actions[:: max(1, len(actions) // 250)]:
            body = json.dumps(action).encode()
            head = (
                "POST /v1/decide HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            found.append(head.encode() + body)
    return found[::2] + found[1::2]


def figures(times: Sequence[float]) -> dict[str, float]:
    """Milliseconds and requests a second."""
    ordered = sorted(times)
    return {
        "p50_ms": round(ordered[len(ordered) // 2] * 1e3, 3), "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1e3, 3),
    }


def compare(count: int, folder: Path) -> dict[str, Any]:
    """Both servers under the same requests, in turn."""
    requests = bodies()
    ours, empty = free_port(), free_port()
    token = folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    serve = ["-m", "packgate", "serve", "--pack", "recommended", "--port", str(ours), "--token-file", str(token)]
    found: dict[str, Any] = {}
    with started(serve, ours), started(["-c", EMPTY, str(empty)], empty):
        for port in (ours, empty):
            ask(port, requests, 4, lambda done: done < 1500)
        for connections in CONNECTIONS:
            rounds: dict[str, list[dict[str, float]]] = {"serve": [], "empty": []}
            for _ in range(3):
                for name, port in (("empty", empty), ("serve", ours)):
                    began = time.perf_counter()
                    times, errors = ask(port, requests, connections, lambda done: done < count)
                    if errors:
                        raise SystemExit(f"{errors} requests failed")
                    rounds[name].append({**figures(times), "per_second": round(len(times) / (time.perf_counter() - began))})
            best = {name: min(each, key=lambda one: one["p50_ms"]) for name, each in rounds.items()}
            best["ratio"] = {key: round(best["serve"][key] / best["empty"][key], 2) for key in ("p50_ms", "p99_ms")}
            found[f"connections_{connections}"] = best
            print(f"{connections:3} connections: {best}", flush=True)
    return found


def memory_kb(pid: int) -> int:
    """Resident memory of a process."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS")))


def soak(seconds: int, folder: Path) -> dict[str, Any]:
    """16 connections, and another bundle every second. Memory is looked at after a quarter, when all is loaded, and at the end."""
    # Of the tests, which are no package.
    make_bundle, install = import_module("bundle_maker").make_bundle, import_module("installed_folder").install
    bundles = [make_bundle(folder / "source", revision) for revision in range(1, seconds + 2)]
    into, port, token = folder / "bundles", free_port(), folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    install(into, bundles[:1])
    serve = ["-m", "packgate", "serve", "--bundles", str(into), "--port", str(port), "--token-file", str(token), "--reload-every", "0.2"]
    with started(serve, port) as pid:
        began = time.monotonic()
        published, marks = 1, []

        def going(done: int) -> bool:
            nonlocal published
            passed = time.monotonic() - began
            if passed > published and published < len(bundles):
                install(into, bundles[published : published + 1])
                published += 1
                if published in (seconds // 4, seconds // 2, seconds):
                    marks.append((memory_kb(pid), len(os.listdir(f"/proc/{pid}/fd"))))
            return passed < seconds

        times, errors = ask(port, bodies(), 16, going)
        found = {
            "seconds": seconds, "requests": len(times), "errors": errors, "published": published, **figures(times),
            "memory_kb": [memory for memory, _ in marks], "open_files": [files for _, files in marks],
        }
    print(found)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--soak", type=int, default=60, help="seconds under load with reloads; 0 for none")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = compare(given.requests, Path(folder))
        if given.soak:
            found["soak"] = soak(given.soak, Path(folder))
    if given.json is not None:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 1 if found.get("soak", {}).get("errors") else 0


if __name__ == "__main__":
    sys.exit(main())
