"""The host of the shell evaluator: turns the commands of a line into operations, in their order."""

from __future__ import annotations

from packgate.facts.arguments import flags_of, read_call
from packgate.facts.context import OUTERMOST
from packgate.facts.effects import remember_effects
from packgate.facts.fields import common_fields, is_device
from packgate.facts.names import prints_settings
from packgate.facts.opaque import opaque_operation
from packgate.facts.output import output_of, printed_variables, without_discarded
from packgate.facts.paths import literal_head, normalise, under
from packgate.facts.redirections import CONNECTIONS, EXHAUSTING, assigned_operation, exhausting_operation, opened_operations
from packgate.facts.repository import Repository
from packgate.facts.resolve import Target, bare, candidates, resolve, split_git
from packgate.facts.scripts import run_script, unknown_program
from packgate.facts.wraps import run_wraps
from packgate.facts.yields import GENERIC, rule_operations
from packgate.model.operation import FULL, PARTIAL, Note, Operation
from packgate.model.value import Hole, Origin, Text, join, show, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.catalog.load import Catalog
    from packgate.facts.context import Context
    from packgate.facts.environment import EnvironmentWords
    from packgate.facts.program import Program
    from packgate.model.action import Action
    from packgate.model.value import Part, Value
    from packgate.shell.command import Command

_NO_REPOSITORY: dict[str, str | None] = {}
_LOCAL: tuple[Value, ...] = ("local",)
# Programs whose output is the same for a whole line, or is told apart (`mktemp`).
_TELLING = ("mktemp", "date", "hostname", "id", "uname", "whoami", "pwd")


# Notes that say that part of the text was not analysed at all: a policy decides about it, as about any code that was not read.
INCOMPLETE = ("limit", "parse", "windows")


class Session:
    """What is known while one line is analysed. ``files`` are the contents that the line itself wrote, by path, ``links`` the
    targets of the links that it made;
    ``git`` is the state of the repository that its git commands change; ``selected`` the environment, by provider, that the line
    has switched to; ``name`` that of the repository, as in ``owner/project``."""

    __slots__ = (
        "_git", "_repo", "catalog", "context", "cwd", "files", "home", "incomplete", "links", "name", "notes", "operations", "repository",
        "selected", "words",
    )  # fmt: skip

    def __init__(self, action: Action, catalog: Catalog, words: EnvironmentWords) -> None:
        self.catalog = catalog
        self.words = words
        data = action.data
        repo: dict[str, str | None] = data.get("repo") or _NO_REPOSITORY
        self.cwd: str | None = data.get("cwd")
        self.home: str | None = data.get("home")
        self.repository: str | None = repo.get("root") or self.cwd
        self.name: str | None = repo.get("name")
        self._repo = repo
        self._git: Repository | None = None
        self.context: Context = OUTERMOST
        self.operations: list[Operation] = []
        self.notes: list[Note] = []
        self.incomplete: set[str] = set()
        self.files: dict[str, Value] = {}
        self.links: dict[str, Value] = {}
        self.selected: dict[Value, tuple[Value, ...]] = {}

    @property
    def git(self) -> Repository:
        """The repository that the line works in."""
        if self._git is None:
            self._git = Repository(self._repo.get("branch"), self._repo.get("default_branch"))
        return self._git

    # --- the host of the shell ---------------------------------------------------------------------------------------

    def run(self, command: Command) -> Value | None:
        """One simple command; its output as far as the catalog tells, or None."""
        if command.via:
            return self.within(_outer(self.context, command.via), command)
        argv = command.argv
        if command.state.temporary:
            self._temporary(command)
        word = argv[0]
        if isinstance(word, str) and "/" not in word and not self.files:
            return self.named(word if word.isalnum() else bare(word), command)
        target = resolve(word, command.state, self.repository, self.files)
        if not isinstance(word, str) and self.files and self.written(normalise(word, command.state.cwd)) is not None:
            target = Target(None, normalise(word, command.state.cwd))
        if target.path is not None:
            return run_script(target.path, command, self)
        if target.name is not None:
            return self.named(target.name, command)
        outputs = [self.named(name, command) for name in candidates(word, self.catalog)]
        if not outputs:
            unknown_program(command, self)
            return None
        return outputs[0] if len(outputs) == 1 else None

    def within(self, context: Context, command: Command) -> Value | None:
        """Run a command in another context than the current one."""
        outer = self.context
        self.context = context
        command.via = ()
        try:
            return self.run(command)
        finally:
            self.context = outer

    def named(self, name: str, command: Command) -> Value | None:
        """A command whose program is known by name."""
        program = self.catalog.program(name)
        if program is None and not name.islower():
            # File systems of macOS and Windows don't tell case apart.
            name = name.lower() if self.catalog.program(name.lower()) is not None else name
            program = self.catalog.program(name)
        if program is not None:
            return self._known(program, name, command.argv, command)
        words = split_git(name) if name.startswith("git-") else None
        program = None if words is None else self.catalog.program("git")
        if program is None or words is None:
            self._generic(name, command)
            return "" if prints_settings(name, command.argv) else None
        return self._known(program, "git", [*words, *command.argv[1:]], command)

    def _generic(self, name: str, command: Command) -> None:
        """A program that the catalog does not know."""
        context = self.context
        arguments = command.argv[1:]
        fields: dict[str, tuple[Value, ...]] = {
            "program": (name,),
            "argument": tuple(arguments),
            "flag": flags_of(arguments),
            "place": _LOCAL if context.place is None else (context.place,),
        }
        if context.user is not None:
            fields["user"] = (context.user,)
        if context.host is not None:
            fields["host"] = (context.host,)
        self.operations.append(Operation(GENERIC, {}, command.span, context.via, fields))

    def _known(self, program: Program, name: str, argv: list[Value], command: Command) -> Value | None:
        call = read_call(program, name, argv, command.state, command.stdin, command.span, command.variables)
        call.repository = self.repository
        context = self.context
        common = common_fields(call, context)
        level = call.level
        if call.undecided and not call.neutral:
            self.operations.append(opaque_operation("dynamic", call.span, self, common))
            self.note(Note("unknown-command", f"runs a command of {name} that is not known", PARTIAL, call.span))
        given = call.given
        found = rule_operations(call, context, self, common) if given.rules else []
        if command.variables:
            found.extend(printed_variables(call, context, common))
        if found and 1 in call.state.fds:
            found = without_discarded(call, found)
        before = len(self.operations)
        if found:
            self.operations.extend(found)
            remember_effects(call, found, self)
        output: Value | None = None
        if given.wraps or level.handlers:
            output = run_wraps(call, self, common)
        if len(self.operations) == before:
            self.operations.append(Operation(GENERIC, {}, call.span, context.via, common))
        if output is not None or (call.stdin is None and 1 not in call.state.fds):
            # Without a descriptor nothing of the line reads what it prints.
            return output
        return output_of(call, self.operations[before:], self)

    def opened(self, path: Value, mode: str, content: Value | None, span: tuple[int, int]) -> None:
        """A redirection: a file operation, and what the line now knows of the file."""
        if is_device(path):
            return
        self.operations.extend(opened_operations(path, mode, content, span, self))
        if mode != "read":
            self.remember(path, content, append=mode == "append")

    def content(self, path: Value) -> Value:
        """What reading a file yields: what the line wrote to it, else unknown text of that file."""
        key = self._key(path)
        if key is not None and key in self.files:
            return self.files[key]
        if isinstance(path, str) and path.startswith(CONNECTIONS):
            return unknown(Origin("network", path.split("/")[3]))
        return unknown(Origin("file", key if key is not None else str(path)))

    def assigned(self, name: str, value: Value, exported: bool, span: tuple[int, int]) -> None:
        """A variable that the catalog lists as a switch was set for the commands that follow."""
        variable = self.catalog.variable(name)
        if variable is not None and (exported or variable.get("always")) and (isinstance(value, str) or not variable.get("literal")):
            self.operations.append(assigned_operation(name, variable, value, span, self))

    def _temporary(self, command: Command) -> None:
        """Variables that are set for one command alone."""
        for name, value in command.state.temporary.items():
            variable = self.catalog.variable(name)
            if variable is not None and variable.get("always"):
                self.operations.append(assigned_operation(name, variable, value, command.span, self))

    def note(self, note: Note) -> None:
        """Something could not be evaluated, or multiplies without end, which is an operation."""
        if note.code in EXHAUSTING:
            self.operations.append(exhausting_operation(note.code, note.span, self))
            return
        if note.code in INCOMPLETE and note.coverage != FULL and note.code not in self.incomplete:
            self.incomplete.add(note.code)
            operation = opaque_operation("unanalysed", note.span, self, None)
            operation.fields["operation"] = ("unanalysed", note.code)
            self.operations.append(operation)
        self.notes.append(note)

    # --- files that the line writes ----------------------------------------------------------------------------------

    def remember(self, path: Value, content: Value | None, append: bool = False) -> None:
        """The line wrote ``content`` (None: something) to a file."""
        key = self._key(path)
        if key is None:
            return
        known: Value = content if content is not None else unknown(Origin("file", key))
        self.files[key] = join([self.files[key], known]) if append and key in self.files else known

    def written(self, path: Value) -> Value | None:
        """What the line wrote to a file; None when it did not."""
        key = self._key(path)
        return None if key is None else self.files.get(key)

    def behind(self, path: Value) -> Value | None:
        """The path that a link of the line leads to; None when it made no link there."""
        head = literal_head(path)
        for link, target in self.links.items():
            if under(head, link) and (len(head) > len(link) or path is head):
                return join([target, head[len(link):], *(path.parts[1:] if isinstance(path, Text) else ())])
        return None

    def _key(self, path: Value) -> str | None:
        """What a file of the line is found by; None for a path that may be another one the next time."""
        absolute = normalise(path, self.cwd)
        if isinstance(absolute, str):
            return absolute
        return show(absolute) if all(isinstance(part, str) or _is_stable(part) for part in absolute.parts) else None


def _is_stable(part: Part) -> bool:
    """Whether an unknown piece of a path is the same wherever the line has it: a variable from outside, or a name that a program told
    once."""
    if not isinstance(part, Hole) or part.choices or len(part.origins) != 1:
        return False
    origin = part.origins[0]
    return origin.kind == "variable" or (origin.kind == "command" and origin.detail.partition(" ")[0] in _TELLING)


def _outer(context: Context, via: tuple[str, ...]) -> Context:
    for name in via:
        context = context.inside(name)
    return context
