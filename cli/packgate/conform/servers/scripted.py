"""What the scripted models share: reading a request, keeping it, answering with JSON or with server-sent events."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ScriptedServer(ThreadingHTTPServer):
    """Listens on a free port of loopback. ``calls`` are the tool calls that the model makes, in order; ``requests`` is what agents
    sent, oldest first."""

    daemon_threads = True

    def __init__(self, handler: type[ScriptedHandler], calls: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.calls = calls
        self.requests: list[dict[str, Any]] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class ScriptedHandler(BaseHTTPRequestHandler):
    """A protocol says in `answer` what it replies to a request."""

    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is asked is kept in `requests`."""

    def do_HEAD(self) -> None:
        """Agents ask whether the server is there."""
        self.reply({})

    def do_GET(self) -> None:
        """Lists of models and settings are empty."""
        self.reply({"object": "list", "data": [], "models": []})

    def do_POST(self) -> None:
        """Keep the request and answer it."""
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            self.reply({"error": {"message": "not JSON"}}, 400)
            return
        self.server.requests.append({"path": self.path, "body": body})
        self.answer(body)

    def answer(self, body: dict[str, Any]) -> None:
        """Answer one request of a model's interface."""
        raise NotImplementedError

    def next_call(self, made: int) -> dict[str, Any] | None:
        """The call of the turn after ``made`` calls; None when all were made."""
        return self.server.calls[made] if made < len(self.server.calls) else None

    def reply(self, data: dict[str, Any], status: int = 200) -> None:
        """One JSON document."""
        content = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def stream(self, events: list[tuple[str | None, Any]]) -> None:
        """Server-sent events: a name, or None, and data (text as it is)."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for name, data in events:
            head = f"event: {name}\n" if name is not None else ""
            self.wfile.write(f"{head}data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode())
        self.wfile.flush()
