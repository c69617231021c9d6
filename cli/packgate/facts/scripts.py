"""Scripts: files that are run, by their path or by an interpreter."""

from __future__ import annotations

from packgate.facts.fields import absolute, is_device
from packgate.facts.nested import SHELLS, is_unknown, read_code, within
from packgate.facts.opaque import kind_of, report, unreadable
from packgate.facts.origins import add_origins
from packgate.facts.paths import REPOSITORY, TOOLCHAIN, scope
from packgate.facts.resolve import resolve
from packgate.model.operation import FULL, OPAQUE, PARTIAL
from packgate.model.value import origins_of
from packgate.shell.command import Command
from packgate.shell.evaluate import run_argv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.nested import Payload
    from packgate.facts.session import Session
    from packgate.model.value import Value


# The evaluator runs the content of a sourced file itself where the line decides it.
_EVALUATED = ("source", ".")
# What every shell of the user has run already when it started.
_STARTUP = (".bashrc", ".bash_profile", ".bash_aliases", ".profile", ".zshrc", ".zprofile", ".zshenv", ".kshrc")


def run_script(path: Value, command: Command, session: Session) -> Value | None:
    """A command whose first word is the path of a file."""
    known = session.written(path) or command.state.read(path)
    if known is None:
        name = _base(path)
        if place_of(path, session) == REPOSITORY and session.catalog.program(name) is not None:
            return session.named(name, command)
        _unknown_script(path, command, session)
        return None
    copied = _copied_program(known, command, session)
    if copied is not None:
        return session.named(copied, command)
    if is_unknown(known):
        unreadable(known, command.span, session, _script_fields(path, command, session))
        return None
    interpreter = _shebang(known)
    argv = [*interpreter, path, *command.argv[1:]]
    return within(session, session.context, lambda: run_argv(
        argv, command.state, session, command.span, command.stdin, variables=command.variables
    ))


def _copied_program(content: Value, command: Command, session: Session) -> str | None:
    """The program that a file is a copy of, or a link to."""
    origins = origins_of(content)
    if not is_unknown(content) or len(origins) != 1 or origins[0].kind != "file":
        return None
    return resolve(origins[0].detail, command.state, session.repository, {}).name


def _shebang(content: Value) -> list[Value]:
    """The interpreter that the first line of a script names; ``sh`` without one."""
    head = content if isinstance(content, str) else content.parts[0]
    if not isinstance(head, str) or not head.startswith("#!"):
        return ["sh"]
    words: list[Value] = []
    words.extend(head[2:].split("\n", 1)[0].split())
    return words or ["sh"]


def _script_fields(path: Value, command: Command, session: Session) -> Fields:
    context = session.context
    return {
        "program": (command.argv[0],),
        "argument": tuple(command.argv[1:]),
        "path": (path,),
        "place": ("local" if context.place is None else context.place,),
    }


def _unknown_script(path: Value, command: Command, session: Session) -> None:
    project = place_of(path, session) == REPOSITORY
    report(
        "project-script" if project else "file", command.span, session, _script_fields(path, command, session),
        {"path": (path,)}, FULL if project else OPAQUE,
    )


def place_of(path: Value, session: Session) -> str | None:
    """Where a script lies."""
    return scope(path, session.repository, session.home) if session.context.place is None else None


def unknown_program(command: Command, session: Session) -> None:
    """A command whose program is not known: what it may be depends on something outside the line."""
    extra: Fields = {}
    add_origins(list(origins_of(command.argv[0])), extra)
    common = _script_fields(command.argv[0], command, session)
    del common["path"]
    report(kind_of(command.argv[0]), command.span, session, common, extra)


def read_file(path: Value, language: str, payload: Payload, call: Call) -> Value | None:
    """Code in a file that an interpreter is given."""
    session = payload.session
    where = absolute(path, call, payload.context)
    known = session.written(where) or call.state.read(path)
    if path == "-" or where == "/dev/stdin":
        known = call.stdin
        if known is None:
            return None
    if known is not None:
        if is_unknown(known):
            payload.unreadable(known)
            return None
        if call.program in _EVALUATED:
            return None
        return read_code(known, language, payload)
    if is_device(where):
        return None
    place = place_of(where, session)
    if language in ("sql", "redis", "mongo"):
        payload.fields = {**payload.fields, "path": (where,)}
        read_unknown_statements(payload)
    elif place == REPOSITORY and _is_listed(where, language, session):
        argv: list[Value] = [_base(where), *call.operands[1:]]
        return session.within(payload.context, Command(argv, payload.state, payload.span, call.stdin, (), call.variables))
    elif place in (REPOSITORY, TOOLCHAIN):
        payload.opaque("project-script", FULL, {"path": (where,)})
    elif call.program in _EVALUATED and _is_startup_file(where, session):
        payload.opaque("project-script" if _base(where) in _STARTUP else "file", FULL, {"path": (where,)})
    else:
        payload.opaque("file", OPAQUE, {"path": (where,)})
    return None


def _is_listed(path: Value, language: str, session: Session) -> bool:
    """A script of a framework that the catalog knows by name (``manage.py``, ``artisan``). A shell script may have any
    name, also that of a program."""
    return language not in SHELLS and session.catalog.program(_base(path)) is not None


def _base(path: Value) -> str:
    return path.rsplit("/", 1)[-1] if isinstance(path, str) else ""


def _is_startup_file(path: Value, session: Session) -> bool:
    """``~/.bashrc`` and its kin: every shell of the user has run it before."""
    return isinstance(path, str) and session.home is not None and path.startswith(session.home + "/.")


def read_unknown_statements(payload: Payload) -> None:
    """A database client runs statements that are not known."""
    from packgate.model.operation import Note

    payload.add(("database-write",), "unknown", "write")
    payload.session.note(Note("opaque-statements", "runs database statements that are not known", PARTIAL, payload.span))
