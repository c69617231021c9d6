"""The one place of the hook that reads and writes JSON."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class DeepJson(ValueError):
    """A text that is nested more deeply than it can be read."""


def read(text: str) -> Any:
    """The value of a JSON text. Raises `ValueError`; `DeepJson` for one that is nested too deeply."""
    import json

    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise DeepJson("nested too deeply") from None


def write(value: Any) -> str:
    """A value as JSON, in ASCII, without blanks."""
    import json

    return json.dumps(value, separators=(",", ":"))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")
