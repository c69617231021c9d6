"""The hook's process: one payload on standard input, one answer on standard output, and nothing else there.

    packgate-hook AGENT EVENT < payload

Everything that goes wrong ends in the answer that was fixed when the hook was installed. The work is done by a child under `watch`; only
the parent writes to the agent, at most once.
"""

from __future__ import annotations

from packgate.hook.failure import Failure
from packgate.hook.files import hold_streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType
    from typing import Any

    from packgate.engine.gate import Gate
    from packgate.hook.answer import Answer
    from packgate.hook.exchange import Reply
    from packgate.hook.settings import Settings

    OpenGate = Callable[[Settings], Gate]
    Tell = Callable[[bytes], None]

_USAGE = b"usage: packgate-hook AGENT EVENT < payload\n"
# How long the gap of a failure may take to be written, before the answer is given without it.
_LOG_SECONDS = 0.3
# However long loading took, the work gets some time.
_LEAST_SECONDS = 0.05
# Exit code that stops an action in every agent that reads exit codes at all.
_STOPS = 2


def main(arguments: Sequence[str], settings_path: str, open_gate: OpenGate, environ: Mapping[str, str]) -> int:
    """Answer one payload, and give the exit code of the process.

    ``settings_path``: the installation's `hook.json`. ``open_gate`` opens the policies that the settings name; it raises `Failure`
    (`bundle-missing`, `bundle-altered`, `bundle-unsafe`). ``environ``: the agent's environment.
    """
    import os

    hold_streams()
    if len(arguments) != 2:
        os.write(2, _USAGE)
        return _STOPS
    try:
        said = Run(arguments[0], arguments[1], settings_path, open_gate, environ).said()
    except BaseException as error:  # Also an interrupt from the keyboard, or an exit: nothing was decided.
        said = Said(b"", f"packgate could not decide: {type(error).__name__}\n".encode(), _STOPS)
    return said.deliver()


class Said:
    """What the process says: its two outputs, as bytes, and its exit code."""

    __slots__ = ("code", "stderr", "stdout")

    def __init__(self, stdout: bytes, stderr: bytes, code: int) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.code = code

    def to_bytes(self) -> bytes:
        """For `from_bytes`, through a pipe."""
        return bytes([self.code]) + len(self.stdout).to_bytes(4, "little") + self.stdout + self.stderr

    @staticmethod
    def from_bytes(data: bytes) -> Said:
        """What `to_bytes` wrote."""
        end = 5 + int.from_bytes(data[1:5], "little")
        return Said(data[5:end], data[end:], data[0])

    def deliver(self) -> int:
        """Write it, and give the exit code: one that stops the action when the answer found no reader."""
        try:
            _write(1, self.stdout)
        except OSError:
            self.code = _STOPS
        try:
            _write(2, self.stderr)
        except OSError:
            return self.code
        return self.code


class Run:
    """One run of the hook. ``unusable``: why nothing can be decided, whatever the agent sends."""

    def __init__(self, agent: str, event: str, settings_path: str, open_gate: OpenGate, environ: Mapping[str, str]) -> None:
        from time import monotonic

        self.began = monotonic()
        self.agent = agent
        self.event = event
        self.open_gate = open_gate
        self.environ = environ
        self.module: ModuleType | None = None
        self.kind: str | None = None
        self.settings: Settings | None = None
        self.unusable: Failure | None = None
        self._prepare(settings_path)

    def _prepare(self, settings_path: str) -> None:
        """Read the settings, and find the dialect: the answer to a failure needs both."""
        from packgate.guard.markers import use_key
        from packgate.hook.answer import kind_of
        from packgate.hook.marker_key import read_key
        from packgate.hook.settings import read_settings

        try:
            self.settings = read_settings(settings_path)
            use_key(read_key(settings_path))
        except Failure as failure:
            self.unusable = failure
        try:
            self.module, self.kind = kind_of(self.agent, self.event)
        except Failure as failure:
            self.unusable = failure

    def said(self) -> Said:
        """What to say: by the child, or without it."""
        from time import monotonic

        from packgate.hook.plain_json import read
        from packgate.hook.settings import DEADLINE_MS
        from packgate.hook.watch import watched

        deadline = (DEADLINE_MS if self.settings is None else self.settings.deadline_ms) / 1000
        left = max(deadline - (monotonic() - self.began), _LEAST_SECONDS)
        result, told, failure = watched(lambda tell: self._work(tell).to_bytes(), left)
        if failure is None:
            return Said.from_bytes(result)
        if not told and failure.code == "time-out":
            failure = Failure("time-out", f"{failure.detail}; the agent had not finished sending")
        return self._instead(failure, read(told[-1].decode()) if told else {})

    def _work(self, tell: Tell) -> Said:
        """The work of the child. ``tell``: what the parent needs to know should no answer come."""
        from packgate.hook.answer import about, read_request, refuse, respond, surfaces_of
        from packgate.hook.payload import decode_payload, read_payload
        from packgate.hook.plain_json import write

        try:
            data = read_payload(0)
            tell(b"{}")
            if self.unusable is not None or self.settings is None or self.module is None:
                raise self.unusable or Failure("internal-error")
            settings = self.settings
            request = read_request(self.module, self.event, decode_payload(data), self.environ)
        except Failure as failure:
            answer = refuse(failure, self._on_failure(), self.kind, (), _now(), {"agent": self.agent, "event": self.event})
        else:
            tell(write({"surfaces": surfaces_of(request), **about(request)}).encode())
            answer = respond(request, lambda: self.open_gate(settings), settings, self.environ, _now(), _seconds())
        return self._recorded(answer)

    def _instead(self, failure: Failure, known: Mapping[str, Any]) -> Said:
        """What is said when no answer came from the child. ``known``: what it told of the request."""
        from packgate.hook.answer import refuse
        from packgate.hook.watch import watched

        about = {"agent": self.agent, "event": self.event, **known}
        surfaces = about.pop("surfaces", ())
        answer = refuse(failure, self._on_failure(), self.kind, surfaces, _now(), about)
        # The log may be what hangs.
        result, _, unrecorded = watched(lambda _: self._recorded(answer).to_bytes(), _LOG_SECONDS)
        return _said(self.module, self.event, answer.verdict) if unrecorded is not None else Said.from_bytes(result)

    def _recorded(self, answer: Answer) -> Said:
        from time import monotonic

        from packgate.hook.recording import record

        verdict = record(answer, self.settings, int((monotonic() - self.began) * 1_000_000))
        return _said(self.module, self.event, verdict)

    def _on_failure(self) -> Mapping[str, str] | None:
        return None if self.settings is None else self.settings.on_failure


def _said(module: ModuleType | None, event: str, verdict: Any) -> Said:
    from packgate.hook.answer import reply_of
    from packgate.hook.plain_json import write

    reply: Reply = reply_of(module, event, verdict)
    stdout = b"" if reply.stdout is None else write(reply.stdout).encode() + b"\n"
    return Said(stdout, reply.stderr.encode("utf-8", "replace"), reply.exit_code)


def _now() -> str:
    """The time in UTC, to the second, in RFC 3339. `clock` says the same, at the price of loading `datetime`."""
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime())


def _seconds() -> float:
    from time import time

    return time()


def _write(handle: int, data: bytes) -> None:
    import os

    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest):]
