"""Regular expressions compiled when an image is built: what `re` hands to ``_sre.compile``, as plain data."""

from __future__ import annotations

import array
from re import _compiler  # type: ignore[attr-defined]
from typing import Any


class _Recorder:
    """Stands in for ``_sre`` while one expression is compiled, and keeps what was handed over."""

    def __init__(self, original: Any) -> None:
        self._original = original
        self.given: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    def compile(self, *given: Any) -> Any:
        """As ``_sre.compile``."""
        self.given = given
        return self._original.compile(*given)


def compiled_regex(pattern: str | bytes, flags: int) -> tuple[Any, ...]:
    """What makes the expression when it is read (see `hook.patterns`): its flags, its code as 32-bit numbers, and the other arguments.

    Raises `re.error`, and `RuntimeError` when this Python compiles in another way than the known ones.
    """
    original = _compiler._sre
    recorder = _Recorder(original)
    _compiler._sre = recorder
    try:
        _compiler.compile(pattern, flags)
    finally:
        _compiler._sre = original
    if len(recorder.given) < 3 or recorder.given[0] != pattern or not isinstance(recorder.given[2], list):
        raise RuntimeError("this Python compiles regular expressions in another way than packgate knows")
    _, given_flags, code, *more = recorder.given
    return int(given_flags), array.array("I", code).tobytes(), *(dict(each) if hasattr(each, "keys") else each for each in more)
