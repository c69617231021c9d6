"""`/v1/approvals`: what waits for an approval, and the answers of people, each known by a token of their own."""

from __future__ import annotations

import hmac
import json
import os
import stat
from typing import TYPE_CHECKING

from starlette.responses import Response

from packgate import clock
from packgate.approvals.store import APPROVED, DENIED, PENDING, Store, StoreError, approvals_folder
from packgate.errors import UserError
from packgate.eventlog.chain import Log
from packgate.eventlog.record import approval_event
from packgate.guard.detectors import mask
from packgate.model.action import ActionError
from packgate.serve.requests import LONGEST_BODY, Refusal, as_json, body_of
from packgate.strict_json import decode

if TYPE_CHECKING:
    from typing import Any

    from starlette.requests import Request

    from packgate.serve.app import Server

_SHORTEST_TOKEN = 32
_STATES = {"approve": APPROVED, "deny": DENIED}
_LONGEST_NOTE = 1000


def read_approvers(path: str) -> dict[str, str]:
    """The user of each token, from a file of lines ``USER TOKEN`` that only its owner can read. Raises `UserError`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with open(descriptor, encoding="utf-8") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077 or status.st_uid not in (os.geteuid(), 0):
                raise UserError(f"{path}: others than its owner can read the tokens", f"chmod 600 {path}; and change the tokens")
            lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: {getattr(error, 'strerror', None) or 'not text'}") from None
    if any(len(words) != 2 or len(words[1]) < _SHORTEST_TOKEN for words in lines):
        raise UserError(
            f"{path}: a line is USER TOKEN, and a token has at least {_SHORTEST_TOKEN} characters", "openssl rand -hex 32 makes one"
        )
    found = {token: user for user, token in lines}
    if len(found) != len(lines):
        raise UserError(f"{path}: a token stands twice")
    return found


class Answers:
    """Answers requests for people. ``approvers``: the user of each token."""

    def __init__(self, server: Server, approvers: dict[str, str]) -> None:
        self._server = server
        self._approvers = {b"Bearer " + token.encode(): user for token, user in approvers.items()}

    async def listed(self, request: Request) -> Response:
        """`GET /v1/approvals`: the requests that wait, for people who may answer any."""
        self._person(request)
        return as_json(json.dumps({"requests": [each for each in self._all() if each["state"] == PENDING]}))

    async def answer(self, request: Request) -> Response:
        """`POST /v1/approvals/ID`: a person's answer."""
        person = self._person(request)
        state, note = _said(await body_of(request))
        store, log = self._store()
        found = next((each for each in self._all() if each["id"] == request.path_params["id"]), None)
        if found is None:
            raise Refusal(404, "there is no such request")
        known = self._server.holder.current.gate.engine.surroundings
        roles = tuple(role for role in found["roles"] if known is not None and person in known.members(role))
        if not roles:
            raise Refusal(403, f"{person} is in none of {', '.join(found['roles'])}")
        if person == found["requester"].get("user"):
            raise Refusal(403, "whose agent asks can't answer")
        try:
            kept = store.answer(found["id"], state, roles, person, clock.seconds(), mask(note))
        except StoreError as error:
            raise Refusal(409, str(error)) from None
        if not self._server.record(log, [approval_event(clock.now(), kept, kept["state"], kept["decision_id"])]):
            raise Refusal(500, "the answer holds, but is not recorded")
        return as_json(json.dumps(kept))

    def _person(self, request: Request) -> str:
        given = request.headers.get("authorization", "").encode()
        found = [user for token, user in self._approvers.items() if hmac.compare_digest(given, token)]
        if not found:
            raise Refusal(401, "the token is no approver's: Authorization: Bearer TOKEN")
        return found[0]

    def _store(self) -> tuple[Store, Log]:
        log = self._server.log
        if log is None:
            raise Refusal(404, "this server keeps no requests: it has no log")
        return Store(approvals_folder(log.path)), log

    def _all(self) -> list[dict[str, Any]]:
        try:
            return self._store()[0].all(clock.seconds())
        except StoreError as error:
            raise Refusal(409, str(error)) from None


def _said(body: bytes) -> tuple[str, str]:
    try:
        data = decode(body, LONGEST_BODY)
    except ActionError as error:
        raise Refusal(422, mask(f"not an answer: {error}")) from None
    answer, note = (data.get("answer"), data.get("note", "")) if isinstance(data, dict) else (None, "")
    if not isinstance(answer, str) or answer not in _STATES or not isinstance(note, str) or len(note) > _LONGEST_NOTE:
        raise Refusal(422, f'not an answer: expected {{"answer": "approve" or "deny", "note": at most {_LONGEST_NOTE} characters}}')
    return _STATES[answer], note
