"""From an action to its operations: the entry of the analysis."""

from __future__ import annotations

from packgate.facts.environment import BUILTIN_WORDS
from packgate.facts.session import Session
from packgate.facts.surfaces import analyze_surface
from packgate.facts.yields import GENERIC
from packgate.model.operation import Analysis, Note
from packgate.model.value import Origin, unknown
from packgate.shell.evaluate import evaluate_line
from packgate.shell.state import State

# Shells that have a reader of plain commands only; it is imported when one occurs.
WINDOWS_SHELLS = ("powershell", "cmd")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.catalog.load import Catalog
    from packgate.facts.environment import EnvironmentWords
    from packgate.model.action import Action
    from packgate.model.operation import Operation

    Key = tuple[object, ...]


def analyze(action: Action, catalog: Catalog, environment_words: EnvironmentWords | None = None) -> Analysis:
    """Every operation of an action, in the order of the text, and what could not be read.

    Pure: nothing is run, no file is read. Never raises for what the action says.
    """
    words = environment_words if environment_words is not None else BUILTIN_WORDS
    if action.surface != "shell":
        return analyze_surface(action, words)
    session = Session(action, catalog, words)
    data = action.data
    directory = data.get("cwd")
    state = State(
        cwd=directory if directory is not None else unknown(Origin("variable", "PWD")),
        home=data.get("home"),
        environment=data.get("env") or {},
        shell=data["shell"],
    )
    if data["shell"] in WINDOWS_SHELLS:
        from packgate.facts.windows import run_windows

        run_windows(data["command"], data["shell"], session, state)
    else:
        evaluate_line(data["command"], state, session)
    notes = session.notes
    if action.notes:
        notes = [*(Note("action", text, "full") for text in action.notes), *notes]
    operations = session.operations if len(session.operations) < 2 else distinct(session.operations)
    return Analysis(operations, notes)


def distinct(operations: list[Operation]) -> list[Operation]:
    """Without repeats: a loop, or two readings of an unknown word, can find the same thing at the same place."""
    if len({(operation.span, operation.families) for operation in operations}) == len(operations):
        return operations
    kept: dict[Key, Operation] = {}
    commands: dict[tuple[int, bool], int] = {}
    numbers: dict[Key, int] = {}
    for operation in operations:
        kept.setdefault(_key(operation, commands, numbers), operation)
    return list(kept.values())


def _key(operation: Operation, commands: dict[tuple[int, bool], int], numbers: dict[Key, int]) -> Key:
    """What makes an operation another one. The words of its command do not where they only differ in what is unknown.

    Commands are numbered, since their words are long and shared by all their operations.
    """
    families = operation.families
    words = families == GENERIC or "opaque-execution" in families
    common = operation.common if operation.common is not None else {}
    number = commands.get((id(common), words))
    if number is None:
        said = tuple(common.items()) if words else tuple(common.get(name) for name in _COMMON)
        number = numbers.setdefault(said, len(numbers))
        if operation.common is not None:
            commands[(id(common), words)] = number
    return (operation.span, families, operation.via, tuple(operation.fields.items()), number)


_COMMON = ("program", "flag", "place", "user", "host")
