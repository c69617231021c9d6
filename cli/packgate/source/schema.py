"""Files against their JSON Schema. ``jsonschema`` judges; it is imported only when a file has to be judged."""

from __future__ import annotations

import hashlib
import json
import re

from packgate import __version__
from packgate.resources import schema_path
from packgate.source import codes
from packgate.source.cache import cache_key
from packgate.source.file import EVERYTHING
from packgate.source.pointer import is_within, pointer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from packgate.diagnostics import Diagnostic
    from packgate.source.cache import ValidationCache
    from packgate.source.file import SourceFile

# Kinds of file that a repository holds, by the name of their schema.
KINDS = ("policies", "pack", "rollout", "waivers", "packgate", "assignments", "context", "reviews")

MAX_PROBLEMS = 100

_loaded: dict[str, _Schema] = {}


class _Schema:
    """A schema's bytes' digest, and its validator once one is needed."""

    __slots__ = ("_text", "_validator", "digest")

    def __init__(self, text: bytes) -> None:
        self._text = text
        self.digest = hashlib.sha256(text).hexdigest()
        self._validator: Any = None

    @property
    def validator(self) -> Any:
        """The `jsonschema` validator."""
        if self._validator is None:
            self._validator = _validator_class()(json.loads(self._text))
        return self._validator


def check_schema(source: SourceFile, kind: str, cache: ValidationCache | None = None) -> list[Diagnostic]:
    """Every violation of the schema of ``kind``, with its place; they are noted in the file's ``unfit`` too. A file that the
    cache knows as valid is not judged again.

    Places whose value the YAML reader refused already are not told twice. Raises `ResourceError` without the schema file.
    """
    schema = _schema(kind)
    key = cache_key(__version__, kind, schema.digest, source.digest)
    if cache is not None and cache.knows(key):
        return []
    from packgate.source.explain import explain

    found: list[Diagnostic] = []
    source.unfit = list(source.document.tainted)
    for error in schema.validator.iter_errors(source.data):
        place = pointer(*error.absolute_path)
        source.unfit.append(place)
        if not is_within(place, source.document.tainted):
            found += explain(error, source)
        if len(found) >= MAX_PROBLEMS:
            source.unfit.append(EVERYTHING)
            return [*_without_echoes(found[:MAX_PROBLEMS]), _too_many(source, found[MAX_PROBLEMS - 1])]
    if cache is not None and not source.unfit and not source.document.diagnostics:
        cache.remember(key)
    return _without_echoes(found)


def schema_errors(data: Any, kind: str) -> list[Any]:
    """The `jsonschema` errors of plain data, for formats that are JSON (action, decision, event)."""
    return sorted(_schema(kind).validator.iter_errors(data), key=lambda error: [str(part) for part in error.absolute_path])


def _schema(kind: str) -> _Schema:
    if kind not in _loaded:
        with open(schema_path(kind), "rb") as stream:
            _loaded[kind] = _Schema(stream.read())
    return _loaded[kind]


def _validator_class() -> Any:
    from jsonschema import Draft202012Validator, validators

    extend: Any = validators.extend
    return extend(Draft202012Validator, {"pattern": _check_pattern})


def _check_pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """`pattern`, with ``$`` as the end of the text: Python's would let a trailing line end pass."""
    from jsonschema import ValidationError

    if pattern.endswith("$"):
        pattern = pattern[:-1] + r"\Z"
    if validator.is_type(instance, "string") and not re.search(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _too_many(source: SourceFile, last: Diagnostic) -> Diagnostic:
    return source.diagnostic(
        codes.TOO_MUCH, f"{MAX_PROBLEMS} problems found; the rest of the file was not judged", last.position,
        hint="mend these first",
    )


def _without_echoes(found: list[Diagnostic]) -> list[Diagnostic]:
    """Drop repeats, and what is said of a value beside its wrong type."""
    wrong = {item.position for item in found if item.code == codes.WRONG_TYPE}
    kept: dict[tuple[Any, ...], Diagnostic] = {}
    for item in found:
        if item.position not in wrong or item.code in (codes.WRONG_TYPE, codes.UNKNOWN_KEY, codes.MISSING_KEY):
            kept.setdefault((item.position, item.code, item.message), item)
    return list(kept.values())
