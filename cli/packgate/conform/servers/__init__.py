"""Scripted models on loopback, a kind for each protocol that agents speak: every turn is the next tool call of a list, the last one a
word. They end with the block that started them."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from packgate.conform.servers.scripted import ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("messages", "responses", "chat")


@contextlib.contextmanager
def serve(kind: str | None, calls: list[dict[str, Any]]) -> Iterator[ScriptedServer | None]:
    """A server of a kind that makes the calls (``{"name": tool, "input": {…}}``), in a thread; None of no kind. Raises `ValueError` for
    an unknown kind."""
    if kind is None:
        yield None
        return
    server = ScriptedServer(_handler(kind), calls)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(kind: str) -> Any:
    from packgate.conform.servers import chat, messages, responses

    handlers = {"messages": messages.Handler, "responses": responses.Handler, "chat": chat.Handler}
    if kind not in handlers:
        raise ValueError(f"there is no scripted model of kind {kind!r}")
    return handlers[kind]
