"""Readers of code by language. Each takes the code and a `Payload` and adds what the code does.

A reader that finds nothing dangerous leaves the coverage full; one that meets something it can't tell says so.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.facts.nested import Payload
    from packgate.model.value import Value

    Reader = Callable[[Value, Payload], Value | None]

_LOADED: dict[str, Reader | None] = {}


def reader_of(language: str) -> Reader | None:
    """The reader of a language; None when there is none. Modules are imported when they are first needed."""
    if language not in _LOADED:
        _LOADED[language] = _load(language)
    return _LOADED[language]


def _load(language: str) -> Reader | None:
    if language == "sql":
        from packgate.facts.statements import read_sql

        return read_sql
    if language == "python":
        from packgate.facts.payloads.python import read_python

        return read_python
    if language == "awk":
        from packgate.facts.payloads.awk import read_awk

        return read_awk
    if language in ("vim", "gdb", "bangs", "m4", "crontab", "tcl", "wish", "erl", "gnuplot", "ed", "yq") or language.startswith("tclsh"):
        from packgate.facts.payloads.escapes import READERS, read_tcl

        return READERS.get(language, read_tcl)
    if language in ("julia", "groovy", "scala"):
        return _with_lists(language)
    if language == "osascript":
        from packgate.facts.payloads.applescript import read_applescript

        return read_applescript
    if language in ("redis", "redis-lua", "mongo"):
        from packgate.facts.payloads import stores

        return {"redis": stores.read_redis, "redis-lua": stores.read_redis_script, "mongo": stores.read_mongo}[language]
    from packgate.facts.payloads.languages import BY_PROGRAM
    if language in ("node", "perl", "ruby", "php", "lua"):
        from packgate.facts.payloads.script_reader import script_reader as evaluating_reader

        return evaluating_reader(language)
    from packgate.facts.payloads.scripts import script_reader

    return script_reader(language) if language in BY_PROGRAM else None


def _with_lists(language: str) -> Reader:
    """A language that is read by the names of its calls, and runs lists of words in a way of its own."""
    from packgate.facts.payloads.escapes import read_calls
    from packgate.facts.payloads.scripts import script_reader

    read_names = script_reader(language)

    def read(code: Value, payload: Payload) -> None:
        read_calls(language, code, payload)
        read_names(code, payload)

    return read
