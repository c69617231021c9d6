"""The first process of a sandbox: builds its walls, then runs the steps of the spec on standard input. Started by `sandbox` alone."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from packgate.conform import walls
from packgate.conform.servers import serve
from packgate.conform.spec import Ran, spec_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.conform.spec import Server, Step


# Seconds that a server gets to listen.
_STARTS = 30


def main() -> int:
    """Read the spec, run it, write what came of every step as JSON."""
    spec = spec_from(json.load(sys.stdin))
    walls.build(sys.argv[1], spec)
    if not spec.network:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # They end with the sandbox, whose first process this is.
    for server in spec.servers:
        _begin(server)
    json.dump([asdict(_step(step)) for step in spec.steps], sys.stdout)
    return 0


def _begin(server: Server) -> None:
    """Start a server, and come back when it listens. Raises `OSError` when it does not."""
    process = subprocess.Popen(
        server.argv, env=server.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )
    last = time.monotonic() + _STARTS
    while True:
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > last:
                process.kill()
                told = process.communicate()[1].decode(errors="replace")
                raise OSError(f"{' '.join(server.argv)} does not listen: {told.strip()[-800:]}") from None
            time.sleep(0.05)


def _step(step: Step) -> Ran:
    open(walls.SCRIPTS, "wb").close()
    with serve(step.server, step.calls) as server:
        def filled(text: str) -> str:
            return text if server is None else text.replace("{port}", str(server.port))

        _change(step, filled)
        env = {name: filled(value) for name, value in step.env.items()}
        argv = [filled(word) for word in step.argv]
        start = time.monotonic()
        code, out, err = _start(argv, step, env)
        seconds = time.monotonic() - start
        requests = server.requests if server is not None else []
    return Ran(code, out, err, round(seconds, 2), requests, _collected(step), _scripts())


def _change(step: Step, filled: Callable[[str], str]) -> None:
    for path in step.remove:
        if os.path.lexists(path):
            os.unlink(path)
    for path, text in step.write.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(filled(text))
    for path, mode in step.modes.items():
        os.chmod(path, mode)
    for path in step.present:
        _make_present(path)
    for folder in step.full:
        # One page, and that is taken: every write fails as on a full disk.
        os.makedirs(folder, exist_ok=True)
        walls.mount("-t", "tmpfs", "-o", "size=4k", "tmpfs", folder)
        with open(f"{folder}/.full", "wb") as file:
            file.write(b"\0" * 4096)


def _make_present(path: str) -> None:
    if os.path.lexists(path):
        return
    # In /proc and in the host's folders nothing can be made.
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("text\n")


def _start(argv: list[str], step: Step, env: dict[str, str]) -> tuple[int | None, str, str]:
    process = subprocess.Popen(
        argv, cwd=step.cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
        start_new_session=True,
    )
    try:
        out, err = process.communicate(step.stdin, timeout=step.timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return None, out, err
    return process.returncode, out, err


def _collected(step: Step) -> dict[str, str]:
    found = {}
    for path in sorted(path for pattern in step.collect for path in glob.glob(pattern)):
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                found[path] = file.read()
    return found


def _scripts() -> list[str]:
    with open(walls.SCRIPTS, encoding="utf-8", errors="replace") as file:
        return [record.rstrip("\n") for record in file.read().split("\0") if record]


if __name__ == "__main__":
    sys.exit(main())
