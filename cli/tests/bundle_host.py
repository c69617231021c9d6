"""A publisher and a static host for tests: real keys, a real repository folder, a real HTTP server on loopback."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from bundle_maker import make_bundle

from packgate.bundle.fetch import Network
from packgate.bundle.keys import KeyFolder, new_keys
from packgate.bundle.publish import publish
from packgate.bundle.pull import Pulled, Source, pull
from packgate.bundle.refusals import Refused
from packgate.bundle.roles import DEFAULTS, role_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Expiries are held against the real clock by python-tuf: what is published "now" in tests lasts long.
LONG = {"targets": 9000, "snapshot": 9000, "timestamp": 9000}
NOW = "2026-02-01T00:00:00Z"


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; `meddle` may answer a request instead."""

    meddle: Callable[[Handler], bool] | None = None
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.meddle is None or not type(self).meddle(self):
            super().do_GET()

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> bool:
        """Send an answer as it is."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        return True


class Server(ThreadingHTTPServer):
    """A server whose broken connections are not news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def serving(folder: Path, meddle: Callable[[Handler], bool] | None = None, wrap: Callable[[Server], None] | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server of a folder; its address, and the paths it was asked for."""
    asked: list[str] = []
    handler = type("Served", (Handler,), {"meddle": staticmethod(meddle) if meddle else None, "asked": asked})
    server = Server(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    if wrap is not None:
        wrap(server)
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Publisher:
    """Keys and a repository below ``place``. Bundles are of the pack `demo`, whose policy is about one branch."""

    place: Path
    threshold: int = 1

    def __post_init__(self) -> None:
        options = [f"{role}={self.threshold}" for role in DEFAULTS]
        new_keys(self.keys, role_settings(tuple(options), tuple(options), ("root=9000",)), NOW)

    @property
    def keys(self) -> KeyFolder:
        return KeyFolder(str(self.place / "keys"))

    @property
    def public(self) -> Path:
        return self.place / "public"

    @property
    def root(self) -> bytes:
        return (self.place / "keys" / "roots" / "1.root.json").read_bytes()

    def publish(self, revision: int | None = None, *, at: str = NOW, signed_for: dict[str, int] | None = None, assignments: bytes | None = None, **options: str | int) -> None:
        """Publish a revision of the pack, or sign what is there again."""
        files = {}
        if revision is not None:
            name, data = make_bundle(self.place / "repo", revision, **options)
            files[name] = data
        publish(str(self.public), files, self.keys, at, days={**LONG, **(signed_for or {})}, assignments=assignments)

    def copy(self, name: str) -> Path:
        """A copy of what is public now, for a replay."""
        return Path(shutil.copytree(self.public, self.place / name))


@dataclass
class Point:
    """An enforcement point that pulls into a folder of its own."""

    into: Path
    root: bytes | None
    network: Network

    def pull(self, address: str, packs: tuple[str, ...] = (), now: str = NOW) -> Pulled:
        return pull(Source(address, str(self.into), self.network, self.root, packs), now)

    def refused(self, address: str, now: str = NOW) -> str:
        """The code of the reason why a pull is refused."""
        try:
            done = self.pull(address, now=now)
        except Refused as refusal:
            return refusal.code
        raise AssertionError(f"not refused: {done}")

    def revision(self) -> int | None:
        """What is in use, read back and loaded as a decision does."""
        from packgate.bundle.installed import load_installed, read_active

        if read_active(str(self.into)) is None:
            return None
        installed = load_installed(str(self.into))
        assert installed.gate().policy_ids
        return installed.packs[0].revision


def change(path: Path, edit: Callable[[dict], None]) -> None:
    """Change the JSON of metadata in place."""
    data = json.loads(path.read_text())
    edit(data)
    path.write_text(json.dumps(data, separators=(",", ":")))
