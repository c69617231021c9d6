"""Bodies that come and go, and how a request is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

LONGEST_BODY = 16 * 1024 * 1024


class Refusal(Exception):
    """A request that is not decided: its status code, and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


async def body_of(request: Request) -> bytes:
    """The body of a request, declared as JSON. Raises `Refusal`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # A form of another site can be sent without a question, JSON can't.
    if kind != "application/json":
        raise Refusal(415, "the content type is application/json")
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > LONGEST_BODY:
                raise Refusal(413, f"a body has at most {LONGEST_BODY:,} bytes")
            parts.append(part)
    except ClientDisconnect:
        raise Refusal(400, "the body was cut off") from None
    return b"".join(parts)


def as_json(text: str) -> Response:
    """An answer that nobody keeps."""
    return Response(text, media_type="application/json", headers={"cache-control": "no-store"})


def error_body(message: str) -> bytes:
    """How an error is written."""
    return json.dumps({"error": message}).encode()
