"""A host for tests: it records everything that the evaluator reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.model.value import Origin, join, show, unknown
from packgate.shell.evaluate import evaluate
from packgate.shell.paths import resolve_path
from packgate.shell.state import State

if TYPE_CHECKING:
    from packgate.model.operation import Note
    from packgate.model.value import Value
    from packgate.shell.command import Command

FOLDER = "/home/dev/proj"
SHELLS = ("sh", "bash", "zsh", "dash")


class Recorder:
    """Knows interpreters (``sh -c``, ``sh < code``) and files that the line wrote; all else is unknown."""

    def __init__(self, answers: dict[str, Value] | None = None) -> None:
        self.commands: list[tuple[list[Value], tuple[int, int], Value | None, tuple[str, ...], tuple[str, ...]]] = []
        self.environments: list[dict[str, Value | None]] = []
        self.folders: list[Value] = []
        self.files: dict[Value, Value] = {}
        self.opens: list[tuple[str, str, str | None]] = []
        self.sets: list[tuple[str, str, bool]] = []
        self.notes: list[Note] = []
        self.answers = answers or {}

    def run(self, command: Command) -> Value | None:
        self.commands.append((list(command.argv), command.span, command.stdin, command.via, command.variables))
        self.folders.append(command.state.cwd)
        self.environments.append({name: command.state.env(name) for name in ("A", "B", "AWS_PROFILE")})
        program = command.argv[0]
        if program in SHELLS:
            return self._shell(command)
        return self.answers.get(program) if isinstance(program, str) else None

    def _shell(self, command: Command) -> Value | None:
        program = show(command.argv[0])
        if len(command.argv) > 2 and command.argv[1] == "-c":
            state = command.state.child(program, command.argv[4:])
            return evaluate(command.argv[2], state, self, command.span, (*command.via, program))
        if len(command.argv) == 1 and command.stdin is not None:
            return evaluate(command.stdin, command.state.child(program), self, command.span, (*command.via, program))
        if len(command.argv) == 2:
            code = command.state.read(command.argv[1])
            if code is None:
                code = self.content(resolve_path(command.state.cwd, command.argv[1]))
            return evaluate(code, command.state.child(program), self, command.span, (*command.via, program))
        return None

    def opened(self, path: Value, mode: str, content: Value | None, span: tuple[int, int]) -> None:
        path = short(path)
        self.opens.append((mode, show(path), None if content is None else show(content)))
        if content is not None and mode != "read":
            self.files[path] = join((self.files.get(path, ""), content)) if mode == "append" else content

    def content(self, path: Value) -> Value:
        path = short(path)
        return self.files.get(path, unknown(Origin("file", show(path))))

    def assigned(self, name: str, value: Value, exported: bool, span: tuple[int, int]) -> None:
        self.sets.append((name, show(value), exported))

    def note(self, note: Note) -> None:
        self.notes.append(note)

    @property
    def lines(self) -> list[str]:
        """Every command as one line of text, arguments joined by ``|``."""
        return ["|".join(show(word) for word in argv) for argv, *_ in self.commands]


def short(path: Value) -> Value:
    """A path within the usual folder, relative to it; the evaluator reports absolute ones."""
    first = path if isinstance(path, str) else path.parts[0]
    if not isinstance(first, str) or not first.startswith(f"{FOLDER}/"):
        return path
    rest = first[len(FOLDER) + 1 :]
    return rest if isinstance(path, str) else join([rest, *path.parts[1:]])


def walk(source: Value, shell: str = "bash", environment: dict[str, str] | None = None, **answers: Value) -> Recorder:
    """Evaluate a line from a usual state."""
    host = Recorder(answers)
    evaluate(source, state(shell, environment), host)
    return host


def state(shell: str = "bash", environment: dict[str, str] | None = None) -> State:
    """A usual state: a developer's home and project."""
    return State(FOLDER, "/home/dev", environment, shell)


def output(source: str, shell: str = "bash", environment: dict[str, str] | None = None) -> Value:
    """What a line prints."""
    return evaluate(source, state(shell, environment), Recorder())
