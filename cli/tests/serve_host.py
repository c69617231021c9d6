"""A real decision server in a process of its own, and a client for it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

# A machine under load starts Python slowly.
_PATIENCE = 60.0


@dataclass
class Running:
    """A server's process, its address, and a client that knows its token."""

    process: subprocess.Popen[str]
    url: str
    client: httpx.Client
    errors: Path

    def stop(self) -> int:
        """End it as a supervisor does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=_PATIENCE)

    def decide(self, action: dict[str, object]) -> dict[str, object]:
        """The decision on an action."""
        answer = self.client.post("/v1/decide", json=action)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait(self, holds: object) -> None:
        """Wait until a function of the status gives something true."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if holds(self.client.get("/v1/status").json()):
                return
            time.sleep(0.05)
        raise AssertionError(f"it never came: {self.client.get('/v1/status').text}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(tmp_path: Path, *arguments: str, unix: bool = False, home: Path | None = None) -> Iterator[Running]:
    """`packgate serve` with arguments, on a free port or a Unix socket."""
    port = free_port()
    # A Unix socket's path has at most 107 bytes, and those of tests are long.
    place = tmp_path / "s"
    where = ["--socket", place.name] if unix else ["--port", str(port), "--token-file", str(tmp_path / "token")]
    errors = tmp_path / "serve.err"
    with errors.open("w") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "packgate", "serve", *where, *arguments], stderr=sink, text=True, cwd=tmp_path,
            env={**os.environ, "HOME": str(home or tmp_path)},
        )
    try:
        until = time.monotonic() + _PATIENCE
        while "listening" not in errors.read_text() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        assert process.poll() is None, errors.read_text()
        yield Running(process, f"http://127.0.0.1:{port}", _client(tmp_path, port, place if unix else None), errors)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _client(tmp_path: Path, port: int, place: Path | None) -> httpx.Client:
    if place is not None:
        # From its own folder: the path is short enough then.
        os.chdir(tmp_path)
        return httpx.Client(transport=httpx.HTTPTransport(uds=place.name, retries=50), base_url="http://packgate", timeout=_PATIENCE)
    token = (tmp_path / "token").read_text().strip()
    transport = httpx.HTTPTransport(retries=50)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=_PATIENCE)
