"""Which of the alternatives of `anyOf` was meant, so that only its problems are told."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Branch:
    """What to say of a failed `anyOf`: the ``errors`` of the alternative that was meant, or, when the value fits none even
    roughly, the ``choices``, ``required`` keys or ``types`` that the alternatives ask for."""

    __slots__ = ("choices", "errors", "required", "types")

    def __init__(
        self, errors: list[Any] | None = None, choices: list[str] | None = None, required: list[str] | None = None,
        types: list[str] | None = None,
    ) -> None:
        self.errors = errors or []
        self.choices = choices or []
        self.required = required or []
        self.types = types or []


def best_branch(error: Any) -> Branch:
    """The alternative whose type fits the value; of several, the one with the fewest errors (the first on a tie)."""
    branches: dict[int, list[Any]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    fitting = {index: errors for index, errors in branches.items() if not _of(errors, "type")}
    if not fitting:
        types = [name for errors in branches.values() for name in _names(_of(errors, "type")[0].validator_value)]
        return Branch(types=list(dict.fromkeys(types)))
    roots = [inner for errors in fitting.values() for inner in errors if not inner.relative_path]
    if len(fitting) > 1 and len(roots) == sum(map(len, fitting.values())):
        choices = [str(value) for inner in roots for value in _choices(inner)]
        if choices:
            return Branch(choices=choices)
        if all(inner.validator == "required" for inner in roots):
            return Branch(required=[key for inner in roots for key in inner.validator_value])
    index = min(fitting, key=lambda number: (len(fitting[number]), number))
    return Branch(errors=fitting[index])


def _of(errors: list[Any], validator: str) -> list[Any]:
    return [inner for inner in errors if inner.validator == validator and not inner.relative_path]


def _names(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else list(types)


def _choices(error: Any) -> list[Any]:
    if error.validator == "const":
        return [error.validator_value]
    return list(error.validator_value) if error.validator == "enum" else []
