"""A payload -> the bytes of the hook's answer, by the code that the hook's process runs: all of it but for the process itself.

Two things are given in place of what a machine would have: the repository, which the hook reads from the disk of the agent, and no event
log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.hook.answer import guarded, kind_of, read_request, refuse, reply_of
from packgate.hook.context import complete
from packgate.hook.failure import Failure
from packgate.hook.payload import decode_payload
from packgate.hook.plain_json import write
from packgate.hook.recording import record
from packgate.hook.run import Said
from packgate.hook.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.conform.payloads.filling import Payload
    from packgate.conform.payloads.shared import SharedGate
    from packgate.hook.answer import Answer

# Who acts in a case that doesn't say it.
_USER = "dev"
_REPO = ("name", "root", "branch", "default_branch")


@dataclass(frozen=True, slots=True)
class Answered:
    """What the hook says, and the cause where it could not decide."""

    said: Said
    failure: str | None


@dataclass(frozen=True, slots=True)
class Hook:
    """``gate``: that of the installed image; ``settings``: as installed; ``now``: RFC 3339."""

    gate: SharedGate
    settings: Settings
    now: str

    def answer(self, agent: str, payload: Payload, action: Mapping[str, Any]) -> Answered:
        """The answer to a payload about an action, which says where and for whom it is."""
        module, kind = kind_of(agent, payload.event)
        settings = self._of(action.get("actor") or {})
        environ = {"HOME": str(action.get("home") or "/home/dev"), **(action.get("env") or {}), **payload.environ}
        try:
            request = read_request(module, payload.event, decode_payload(payload.data), environ)
        except Failure as failure:
            found = refuse(failure, settings.on_failure, kind, (), self.now, {"agent": agent, "event": payload.event})
        else:
            def work() -> Answer:
                completed = [_in_repository(given, action.get("repo")) for given in complete(request, settings, environ)]
                return self.gate.answer(request, completed, self.now)

            found = guarded(work, request, settings, self.now)
        verdict = record(found, settings, 0)
        reply = reply_of(module, payload.event, verdict)
        out = b"" if reply.stdout is None else write(reply.stdout).encode() + b"\n"
        said = Said(out, reply.stderr.encode("utf-8", "replace"), reply.exit_code)
        return Answered(said, None if found.failure is None else found.failure.code)

    def _of(self, actor: Mapping[str, Any]) -> Settings:
        """The settings of the installation of somebody, without a log."""
        own = self.settings
        return Settings(
            own.bundles, own.on_failure, deadline_ms=own.deadline_ms, log=None, reason=own.reason, user=actor.get("user") or _USER,
            groups=tuple(actor.get("groups") or ()), team=actor.get("team"),
        )


def _in_repository(given: dict[str, Any], repo: Mapping[str, Any] | None) -> dict[str, Any]:
    """An action in the repository of its case, as the hook finds it: where its folder is the root or below."""
    cwd, root = given["cwd"], (repo or {}).get("root")
    inside = cwd is not None and root is not None and f"{cwd}/".startswith(f"{root.rstrip('/')}/")
    return {**given, "repo": {key: (repo or {}).get(key) for key in _REPO} if inside else None}
