"""Decision servers for the faults: the real one, and such as are down, hang or fail."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.conform.spec import Server

if TYPE_CHECKING:
    from packgate.conform.setup import InstalledHook

_PORT = 7423
ADDRESS = f"http://127.0.0.1:{_PORT}"
_TOKEN = "conform-" * 5
# Servers start before a setting's files are written, so the real one gets its token by a program that writes it first.
_TOKEN_FILE = "/run/conform/token"
ENVIRONMENT = {"PACKGATE_TOKEN": _TOKEN}
_REAL = f"""\
import os, sys
with open(os.open({_TOKEN_FILE!r}, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
    file.write({_TOKEN!r} + "\\n")
sys.argv = ["packgate", "serve", "--settings", sys.argv[1], "--token-file", {_TOKEN_FILE!r}, "--port", "{_PORT}"]
from packgate.cli import main
main()
"""
_HANGING = f"""\
import socket, time
listener = socket.create_server(("127.0.0.1", {_PORT}))
held = []
while True:
    held.append(listener.accept())
"""
_FAILING = f"""\
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(500)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{{}}")
HTTPServer(("127.0.0.1", {_PORT}), Handler).serve_forever()
"""


def sound(hook: InstalledHook) -> list[Server]:
    """`packgate serve`, with the settings of an installed hook."""
    return [_python(_REAL, hook.settings)]


def down(hook: InstalledHook) -> list[Server]:
    """None: connections are refused."""
    return []


def hanging(hook: InstalledHook) -> list[Server]:
    """It accepts connections, and never answers."""
    return [_python(_HANGING)]


def failing(hook: InstalledHook) -> list[Server]:
    """It answers every request with an error of its own."""
    return [_python(_FAILING)]


def _python(code: str, *arguments: str) -> Server:
    env = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/root", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return Server([sys.executable, "-c", code, *arguments], _PORT, env)
