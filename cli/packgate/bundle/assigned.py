"""The assignments file of a snapshot: read and checked like the one of a repository."""

from __future__ import annotations

import hashlib
from typing import Any

from packgate.errors import UserError
from packgate.source.read import parse_source
from packgate.source.schema import check_schema


def read_assignments(data: bytes, shown: str) -> list[dict[str, Any]]:
    """The assignments in a file's bytes, in order. Raises `UserError` with the first thing that is wrong."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{shown} is not UTF-8") from None
    source, found = parse_source(text, shown, hashlib.sha256(data).hexdigest(), "assignments")
    if source is not None and not found:
        found = check_schema(source, "assignments")
    errors = [one for one in found if one.severity.value == "error"]
    if errors or source is None:
        raise UserError(f"{shown} is not a file of assignments: {(errors or found)[0].message}", "packgate lint says more")
    items: list[dict[str, Any]] = source.data["assignments"]
    return items
