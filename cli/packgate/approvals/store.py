"""Requests for approval as files: one for each action that waits, in a folder that only its owner can write.

    FOLDER/<digest>.json    the open request of exactly one action: `pending`, `approved` or `denied`
    FOLDER/<id>.used        one that was approved and has run: it can't run again
    FOLDER/lock             held while a request is asked for, answered or used

A file is written beside its place and renamed into it. What another user could have written is refused.
"""

from __future__ import annotations

from packgate.model.policy import MOST_APPROVAL_MINUTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

PENDING, APPROVED, DENIED, USED, EXPIRED = "pending", "approved", "denied", "used", "expired"
_KIND, _REGULAR, _FOLDER = 0o170000, 0o100000, 0o040000
_OTHERS_WRITE = 0o022
_LARGEST = 256 * 1024
# What is over is kept for a day, for people who ask what became of it.
_KEPT = 24 * 60 * 60
# Of requests that are kept; an agent that makes more gets no further ones.
MOST = 1000
# A clock may be set back a little. A request from further ahead than this was not made by it.
_AHEAD = 60
# How often, and after how many seconds again, the lock is asked for.
_TRIES = 100
_PAUSE = 0.005


def approvals_folder(log: str) -> str:
    """The folder of requests beside an event log."""
    return f"{log.rpartition('/')[0]}/approvals"


class StoreError(Exception):
    """The store can't be used. The message says why, and quotes nothing of a request."""


class Store:
    """The requests in a folder, which is made when the first one is written."""

    __slots__ = ("folder",)

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def exists(self) -> bool:
        """Whether anything was ever asked for."""
        import os

        return os.path.isdir(self.folder)

    def find(self, digest: str, now: float) -> dict[str, Any] | None:
        """The request of an action, if one is open and its time is not over. Raises `StoreError`."""
        found = self._read(f"{digest}.json")
        return found if found is not None and _is_open(found, now) else None

    def add(self, request: dict[str, Any], now: float) -> dict[str, Any]:
        """Open a request, unless one of the same action is open: that one then. Raises `StoreError`."""
        import os

        try:
            if not os.path.isdir(self.folder):
                os.makedirs(self.folder, 0o700, exist_ok=True)
            with _Lock(self):
                known = self.find(request["digest"], now)
                if known is not None:
                    return known
                self._sweep()
                self._write(f"{request['digest']}.json", request)
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from None
        return request

    def use(self, requests: Sequence[dict[str, Any]], now: float) -> bool:
        """Use approvals up, all or none: none when one of them is no longer the one that was found. Raises `StoreError`."""
        import os

        try:
            with _Lock(self):
                found = [self.find(each["digest"], now) for each in requests]
                if any(each is None or each["state"] != APPROVED or each != wanted for each, wanted in zip(found, requests, strict=True)):
                    return False
                # First they are gone, then it is written down: a process that ends in between has used them.
                for each in requests:
                    os.rename(f"{self.folder}/{each['digest']}.json", f"{self.folder}/{each['id']}.used")
                _sync(self.folder)
                for each in requests:
                    self._write(f"{each['id']}.used", {**each, "state": USED, "used": int(now)})
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from None
        return True

    def drop(self, digest: str) -> None:
        """Take the request of an action away. Raises `StoreError`."""
        import os

        try:
            with _Lock(self):
                os.unlink(f"{self.folder}/{digest}.json")
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from None

    def answer(self, id: str, state: str, roles: tuple[str, ...], by: str, now: float, note: str = "") -> dict[str, Any]:
        """Answer a pending request for some of its roles, and give it as it then is: approved when all of them have approved, denied when
        one has denied. Raises `StoreError`: there is none, it was answered, its time is over."""
        try:
            with _Lock(self):
                found = next((each for each in self.all(now) if each["id"] == id), None)
                if found is None:
                    raise StoreError(f"there is no request {id}")
                if found["state"] != PENDING:
                    raise StoreError(f"{id} is {found['state']}, not pending")
                answered = {**found["answers"], **dict.fromkeys(roles, by)}
                done = state == DENIED or set(answered) >= set(found["roles"])
                found = {**found, "answers": answered, "state": state if done else PENDING, "note": note or found["note"]}
                self._write(f"{found['digest']}.json", found)
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from None
        return found

    def all(self, now: float) -> list[dict[str, Any]]:
        """Every request that is kept, the oldest first; those whose time is over are `expired`. Raises `StoreError`."""
        import os

        try:
            names = sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from None
        found = []
        for name in names:
            request = self._read(name) if name.endswith((".json", ".used")) else None
            if request is not None:
                if name.endswith(".used"):
                    request["state"] = USED
                over = request["state"] in (PENDING, APPROVED) and not _is_open(request, now)
                found.append({**request, "state": EXPIRED} if over else request)
        return sorted(found, key=lambda each: (each["created"], each["id"]))

    def check(self) -> None:
        """Raise `StoreError` when others can write the folder."""
        import os

        found = os.lstat(self.folder)
        if found.st_mode & _KIND != _FOLDER or (found.st_uid not in (0, os.geteuid()) and os.geteuid() != 0):
            raise StoreError(f"{self.folder} is no folder of this user")
        if found.st_mode & _OTHERS_WRITE:
            raise StoreError(f"others can write {self.folder}")

    def _read(self, name: str) -> dict[str, Any] | None:
        import os

        try:
            self.check()
            handle = os.open(f"{self.folder}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from None
        try:
            status = os.fstat(handle)
            owners = (0, os.geteuid(), os.lstat(self.folder).st_uid)
            if status.st_mode & _KIND != _REGULAR or status.st_uid not in owners or status.st_mode & _OTHERS_WRITE:
                raise StoreError(f"others can write {self.folder}/{name}")
            return _request(os.read(handle, _LARGEST + 1), name)
        finally:
            os.close(handle)

    def _write(self, name: str, request: dict[str, Any]) -> None:
        import os

        from packgate.eventlog.line import to_line

        self.check()
        data = to_line(request)
        if len(data) > _LARGEST:
            # What could not be read again would stand in the way of all others.
            raise StoreError("the action is too large to be kept for an approval")
        aside = f"{self.folder}/.{os.urandom(8).hex()}"
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            if os.write(handle, data) != len(data):
                raise StoreError(f"{self.folder}: the disk is full")
            _give(handle, self.folder)
            os.rename(aside, f"{self.folder}/{name}")
        except BaseException:
            os.unlink(aside)
            raise
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        """Take away what was over a day ago, and what a process that was killed left. Raises `StoreError` when too much is left."""
        import os

        # The lock was touched just now: the files are compared with the clock that they were written by.
        now = os.lstat(f"{self.folder}/lock").st_mtime
        left = 0
        for name in os.listdir(self.folder):
            path = f"{self.folder}/{name}"
            if name == "lock":
                continue
            if abs(now - os.lstat(path).st_mtime) > _KEPT:
                os.unlink(path)
            elif not name.startswith("."):
                left += 1
        if left >= MOST:
            raise StoreError(f"{self.folder}: {MOST} requests are kept, and no more are taken before some are a day old")


class _Lock:
    """Held while the files of a store change. Raises `OSError`, and `StoreError` when somebody does not let go of it."""

    __slots__ = ("_handle", "_store")

    def __init__(self, store: Store) -> None:
        store.check()
        self._store = store
        self._handle = -1

    def __enter__(self) -> _Lock:
        import os
        from time import sleep

        path = f"{self._store.folder}/lock"
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        for _ in range(_TRIES):
            try:
                os.lockf(self._handle, os.F_TLOCK, 0)
            except BlockingIOError:
                sleep(_PAUSE)
            else:
                _give(self._handle, self._store.folder)
                os.utime(self._handle)
                return self
        os.close(self._handle)
        raise StoreError(f"{self._store.folder} is held by another process")

    def __exit__(self, *_: object) -> None:
        import os

        os.close(self._handle)


def _give(handle: int, folder: str) -> None:
    """What root writes for another user belongs to that user, who has to be able to go on with it."""
    import os

    owner = os.lstat(folder)
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.fchown(handle, owner.st_uid, owner.st_gid)


def _sync(folder: str) -> None:
    """Wait until what was renamed in a folder is on the disk: an approval that was used stays used when the machine stops."""
    import os

    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_open(request: dict[str, Any], now: float) -> bool:
    """Whether a request's time has begun and is not over; never for one that claims more time than a policy can give."""
    created, expires = request["created"], request["expires"]
    return bool(created <= now + _AHEAD and now < expires and expires - created <= 60 * MOST_APPROVAL_MINUTES)


_FORM: dict[str, type] = {
    **dict.fromkeys(("v", "created", "expires", "risk_score"), int), **dict.fromkeys(("roles", "policies"), list),
    **dict.fromkeys(("id", "digest", "state", "note", "reason", "decision_id"), str),
    **dict.fromkeys(("requester", "answers", "action"), dict),
}


def _request(data: bytes, name: str) -> dict[str, Any]:
    """A request from a file's bytes. Raises `StoreError` for another form: a misread answer could let something run."""
    import json

    try:
        value = json.loads(data)
        if isinstance(value, dict) and value.get("v") == 1 and all(isinstance(value.get(key), type) for key, type in _FORM.items()):
            if name in (f"{value['digest']}.json", f"{value['id']}.used"):
                return value
    except (ValueError, RecursionError):
        pass
    raise StoreError(f"{name} is no request for approval; remove it")
