"""Readers of code by language. Each takes the code and a `Payload` and adds what the code does."""

from __future__ import annotations

from packgate.facts.statements import read_sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.facts.nested import Payload
    from packgate.model.value import Value

    Reader = Callable[[Value, Payload], None]

READERS: dict[str, Reader] = {
    "sql": read_sql,
}
