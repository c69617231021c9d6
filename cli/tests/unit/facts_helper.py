"""Commands to operations, for the tests of the analysis."""

from __future__ import annotations

from packgate.catalog.load import Catalog
from packgate.facts.analyze import analyze
from packgate.model.action import shell_action
from packgate.model.operation import Analysis, Operation
from packgate.model.value import show

CWD = "/home/dev/proj"
HOME = "/home/dev"


def analysis(command: str, catalog: Catalog | None = None, branch: str | None = "feature/x", **context) -> Analysis:
    """The analysis of a shell command in a repository."""
    action = {
        "cwd": CWD, "home": HOME,
        "repo": {"name": "acme/app", "root": CWD, "branch": branch, "default_branch": "main"},
        **context,
    }
    return analyze(shell_action(command, **action), catalog if catalog is not None else Catalog.load_builtin())


def found(command: str, family: str, **context) -> list[Operation]:
    """The operations of one family."""
    return [operation for operation in analysis(command, **context).operations if family in operation.families]


def values(operation: Operation, field: str) -> list[str]:
    """The values of a field as text."""
    return [show(value) for value in operation.get(field)]


def paths(command: str, family: str, **context) -> list[str]:
    """All paths of the operations of one family."""
    return [path for operation in found(command, family, **context) for path in values(operation, "path")]


def opaque(command: str, **context) -> list[str]:
    """Kinds of code that could not be read."""
    return [kind for operation in found(command, "opaque-execution", **context) for kind in values(operation, "operation")]
