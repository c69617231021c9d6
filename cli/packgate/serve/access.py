"""Who may ask: the token, the host name that was asked for, no page in a browser, no endless body. An ASGI layer around all routes."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.serve.requests import LONGEST_BODY, error_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

_SHORTEST_TOKEN = 32
# What answers without a token: it tells nothing beyond being there.
OPEN_PATHS = frozenset(("/healthz",))
# What a member's token may ask for: what is in use and what a level would change, and no decisions.
MEMBER_PATHS = frozenset(("/v1/status", "/v1/simulate", "/openapi.json", *OPEN_PATHS))
# Where people answer: the token of agents is no good there, each person has one of their own.
PEOPLES_PATHS = "/v1/approvals"
# A page of another site can reach loopback under a name of its own (DNS rebinding), but not under these.
_HOSTS = frozenset((b"127.0.0.1", b"localhost", b"[::1]"))


def read_token(path: str) -> str:
    """The token of a file that only its owner can read; made when the file is not there. Raises `UserError`."""
    try:
        _make_token(path)
        # What is checked is what is read: a link, or a file that is put in its place meanwhile, is not followed.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with open(descriptor, encoding="utf-8") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UserError(f"{path} is not a file")
            if status.st_mode & 0o077 or status.st_uid not in (os.geteuid(), 0):
                raise UserError(f"{path}: others than its owner can read the token", f"chmod 600 {path}; and change the token")
            token = file.read(4096).strip()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}", "give a file that this user can read, or a path where one can be made") from error
    except UnicodeDecodeError:
        raise UserError(f"{path}: the token is not text") from None
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise UserError(
            f"{path}: a token has at least {_SHORTEST_TOKEN} characters on one line, without blanks", "remove the file, and one is made"
        )
    return token


def _make_token(path: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(32) + "\n")


class Access:
    """Refuses a request before a route sees it, and hands on its body only up to a length."""

    def __init__(
        self, app: ASGIApp, token: str | None, check_host: bool, refused: Callable[[int], None], member_token: str | None = None
    ) -> None:
        """``token``: None where the file system says who may connect (a Unix socket). ``refused`` counts refusals by status code.
        ``member_token`` is one for `MEMBER_PATHS` alone."""
        self._app = app
        self._token = _bearer(token)
        self._member = _bearer(member_token)
        self._check_host = check_host
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            self._refused(refusal[0])
            await refuse(send, *refusal)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if self._check_host and not _is_local(headers.get(b"host", b"")):
            return 421, "this server answers under 127.0.0.1, localhost and [::1] only"
        if b"origin" in headers:
            return 403, "this server does not answer pages in a browser"
        if self._token is not None and scope["path"] not in OPEN_PATHS and not scope["path"].startswith(PEOPLES_PATHS):
            given = headers.get(b"authorization", b"")
            # Both are compared, whichever it is.
            developer = hmac.compare_digest(given, self._token)
            member = self._member is not None and hmac.compare_digest(given, self._member)
            if not developer and not member:
                return 401, "the token is missing or wrong: Authorization: Bearer TOKEN"
            if not developer and scope["path"] not in MEMBER_PATHS:
                return 403, "this token is a member's, which may only look"
        if int(headers.get(b"content-length", b"0")) > LONGEST_BODY:
            return 413, f"a body has at most {LONGEST_BODY:,} bytes"
        return None


def _bearer(token: str | None) -> bytes | None:
    return None if token is None else b"Bearer " + token.encode()


def _is_local(host: bytes) -> bool:
    name, colon, port = host.rpartition(b":")
    return (name if colon and port.isdigit() else host).lower() in _HOSTS


async def refuse(send: Send, status: int, message: str) -> None:
    """Answer with an error as JSON."""
    body = error_body(message)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
