"""Cases of the catalog: a command, and the operations that its program must yield for it."""

from __future__ import annotations

from packgate.facts.analyze import analyze
from packgate.model.action import shell_action
from packgate.model.value import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packgate.catalog.load import Catalog
    from packgate.model.operation import Analysis, Operation

DEFAULTS = {"cwd": "/home/dev/proj", "home": "/home/dev"}
DEFAULT_BRANCH = "main"
_GENERIC = ("command",)


class Case:
    """One entry of ``cases``: ``program`` and ``file`` say where it stands."""

    __slots__ = ("data", "file", "program")

    def __init__(self, file: str, program: str, data: dict[str, Any]) -> None:
        self.file = file
        self.program = program
        self.data = data

    @property
    def id(self) -> str:
        """A name for reports."""
        return f"{self.file}:{self.program}: {self.data['command']}"


def cases_of(documents: list[tuple[str, Any]]) -> list[Case]:
    """Every case of catalog documents, in their order."""
    return [
        Case(file, program["name"], case)
        for file, document in documents
        for program in document.get("programs") or []
        for case in program.get("cases") or []
    ]


def check_case(case: Case, catalog: Catalog) -> list[str]:
    """What is wrong with the outcome of a case; empty when it holds."""
    analysis = analyze_case(case, catalog)
    found = [operation for operation in analysis.operations if operation.families != _GENERIC]
    wrong = []
    for expected in case.data.get("yields") or []:
        match = next((operation for operation in found if _fits(expected, operation)), None)
        if match is None:
            wrong.append(f"no operation has {expected}")
        else:
            found.remove(match)
    if not case.data.get("contains"):
        wrong.extend(f"unexpected: {describe(operation)}" for operation in found)
    coverage = case.data.get("coverage", "full")
    if analysis.coverage != coverage:
        notes = "; ".join(note.text for note in analysis.notes)
        wrong.append(f"coverage is {analysis.coverage}, not {coverage}: {notes}")
    if wrong:
        wrong.extend(f"found: {describe(operation)}" for operation in analysis.operations)
    return wrong


def analyze_case(case: Case, catalog: Catalog) -> Analysis:
    """The analysis of a case's command in its context."""
    context: dict[str, Any] = {**DEFAULTS, **(case.data.get("context") or {})}
    branch = context.pop("branch", "feature/x")
    context["repo"] = {"name": None, "root": context["cwd"], "branch": branch, "default_branch": DEFAULT_BRANCH}
    return analyze(shell_action(case.data["command"], **context), catalog)


def _fits(expected: dict[str, Any], operation: Operation) -> bool:
    for key, wanted in expected.items():
        if key == "families":
            if not set(wanted) <= set(operation.families):
                return False
            continue
        values = [show(value) for value in operation.get(key)]
        if isinstance(wanted, list):
            if sorted(map(str, wanted)) != sorted(values):
                return False
        elif str(wanted) not in values:
            return False
    return True


def describe(operation: Operation) -> str:
    """An operation for people."""
    fields = ", ".join(f"{name}={'|'.join(show(value) for value in values)}" for name, values in sorted(operation.fields.items()))
    families = "+".join(family for family in operation.families if family != "command") or "command"
    via = f" via {' '.join(operation.via)}" if operation.via else ""
    return f"{families}: {fields}{via}"
