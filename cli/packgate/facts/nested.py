"""Code inside a command: hand it to the reader of its language."""

from __future__ import annotations

from packgate.facts.fields import add_network, add_scope, environment_of, is_device
from packgate.facts.opaque import report, unreadable
from packgate.facts.paths import normalise
from packgate.facts.payloads import reader_of
from packgate.model.operation import PARTIAL, Note, Operation
from packgate.model.value import Hole
from packgate.shell.evaluate import evaluate, run_argv
from packgate.shell.limits import OPERATIONS, RUNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from packgate.facts.call import Call
    from packgate.facts.context import Context
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value
    from packgate.shell.state import State

    T = TypeVar("T")

SHELLS = {"shell": "bash", "bash": "bash", "sh": "sh", "zsh": "zsh"}
WINDOWS = ("powershell", "cmd", "powershell-encoded")


def run_limited(runs: list[T], session: Session, call: Call) -> list[T]:
    """The first of the runs that one command starts; says so when there are more than are followed."""
    if len(runs) <= RUNS:
        return runs
    reported = call.state.budget.reported
    if "runs" not in reported:
        reported.add("runs")
        text = f"the limit of {RUNS} runs of one command was reached; what is beyond it was not analysed"
        session.note(Note("limit", text, PARTIAL, call.span))
    return runs[:RUNS]


class Payload:
    """A piece of code while it is read: where it stands, what it runs in, and the fields that its client gives.

    ``state`` is the state that the code starts with; ``common`` are the fields of the command that carries it; ``fields`` are
    those of the client (host, database, user); ``names`` the values that tell its environment.
    """

    __slots__ = ("common", "context", "fields", "names", "session", "span", "state", "stdin")

    def __init__(
        self,
        session: Session,
        context: Context,
        state: State,
        span: tuple[int, int],
        common: Fields,
        fields: Fields | None = None,
        names: list[Value] | None = None,
        stdin: Value | None = None,
    ) -> None:
        self.session = session
        self.context = context
        self.state = state
        self.span = span
        self.common = common
        self.fields = fields if fields is not None else {}
        self.names = names if names is not None else []
        self.stdin = stdin

    def add(self, families: tuple[str, ...], operation: str, effect: str, fields: Fields | None = None) -> None:
        """Add an operation. Paths in ``fields`` are made absolute; what can be computed is."""
        if len(self.session.operations) >= OPERATIONS:
            self._limit("operations", f"{OPERATIONS} operations")
            return
        full: Fields = {**self.fields, "operation": (operation,), "effect": (effect,), **(fields or {})}
        if "path" in full:
            full["path"] = tuple(normalise(path, self.state.cwd) for path in full["path"])
            if all(is_device(path) for path in full["path"]):
                return
            add_scope(full, self.session, self.context)
        named = [*self.names, *full.get("host", ()), *full.get("database", ())]
        environment = environment_of(named, self.context, self.session)
        if environment:
            full["environment"] = environment
        add_network(full)
        found = Operation((*families, "command"), full, self.span, self.context.via, self.common)
        if not any(_same(found, earlier) for earlier in self.session.operations[-4:]):
            self.session.operations.append(found)

    def _limit(self, kind: str, what: str) -> None:
        """Say once that more was not analysed."""
        reported = self.state.budget.reported
        if kind not in reported:
            reported.add(kind)
            self.session.note(Note("limit", f"the limit of {what} was reached; what is beyond it was not analysed", PARTIAL, self.span))

    def shell(self, code: Value, shell: str = "sh") -> Value:
        """Code that the program hands to a shell."""
        return within(self.session, self.context, lambda: evaluate(
            code, self.state.child(shell=shell), self.session, self.span, stdin=self.stdin
        ))

    def run(self, argv: list[Value]) -> Value:
        """A command that the program starts without a shell."""
        return within(self.session, self.context, lambda: run_argv(
            argv, self.state, self.session, self.span, stdin=self.stdin
        ))

    def opaque(self, kind: str = "interpreter", coverage: str = PARTIAL, extra: Fields | None = None) -> None:
        """Say that the code does something that could not be read."""
        report(kind, self.span, self.session, self.common, extra, coverage)

    def unreadable(self, code: Value) -> None:
        """Say that the code is unknown, and where it comes from."""
        unreadable(code, self.span, self.session, self.common)


def _same(one: Operation, other: Operation) -> bool:
    return one.common is other.common and one.families == other.families and one.fields == other.fields


def within(session: Session, context: Context, action: Callable[[], Value]) -> Value:
    """Do something in another context than the session's current one."""
    outer = session.context
    session.context = context
    try:
        return action()
    finally:
        session.context = outer


def read_code(code: Value, language: str, payload: Payload) -> Value | None:
    """Read code of a language; its output where that is known. Unknown code and unknown languages are reported."""
    if is_unknown(code):
        payload.unreadable(code)
        return None
    shell = SHELLS.get(language)
    if shell is not None:
        payload.state.shell = shell
        return within(payload.session, payload.context, lambda: evaluate(
            code, payload.state, payload.session, payload.span, stdin=payload.stdin
        ))
    if language in WINDOWS:
        return _read_windows(code, language, payload)
    reader = reader_of(language)
    if reader is None:
        payload.opaque()
        return None
    return reader(code, payload)


def _read_windows(code: Value, language: str, payload: Payload) -> Value | None:
    from packgate.facts.windows import decode_command, run_windows

    if language == "powershell-encoded":
        decoded = decode_command(code) if isinstance(code, str) else None
        if decoded is None:
            payload.opaque("encoded")
            return None
        code, language = decoded, "powershell"
    known = code
    return within(payload.session, payload.context, lambda: run_windows(
        known, language, payload.session, payload.state, payload.span, payload.stdin
    ))


def is_unknown(code: Value) -> bool:
    """Whether nothing is known of the code but where it comes from."""
    if isinstance(code, str):
        return False
    return all((isinstance(part, Hole) and not part.choices) or (isinstance(part, str) and not part.strip()) for part in code.parts)
