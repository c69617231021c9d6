"""Programs and words that start another program as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_RUNS = "it runs the program with the same arguments"

# What stands before the program, by id.
_PREFIXES = (
    ("env", "env ", "env"),
    ("env-variable", "env LC_ALL=C ", "env with a variable that concerns messages only"),
    ("env-end-of-options", "env -- ", "env with the end of its options marked"),
    ("usr-bin-env", "/usr/bin/env ", "env by its path"),
    ("timeout", "timeout 600 ", "timeout"),
    ("timeout-options", "timeout --signal=KILL -k 5s 10m ", "timeout with options"),
    ("nice", "nice -n 10 ", "nice"),
    ("nohup", "nohup ", "nohup"),
    ("stdbuf", "stdbuf -oL -e0 ", "stdbuf"),
    ("setsid", "setsid -w ", "setsid"),
    ("ionice", "ionice -c 3 ", "ionice"),
    ("taskset", "taskset -c 0 ", "taskset"),
    ("chrt", "chrt -b 0 ", "chrt"),
    ("flock", "flock /tmp/packgate.lock ", "flock"),
    ("usr-bin-time", "/usr/bin/time -p ", "the program time"),
    ("strace", "strace -f -o /dev/null ", "strace"),
    ("command", "command ", "the builtin command"),
    ("stacked", "nice -n 5 timeout 60 env LC_ALL=C ", "three wrappers, one in the other"),
)


def _prefix(id: str, text: str, title: str) -> Rewrite:
    return Rewrite(id, title, _RUNS, lambda subject: subject.each_external(text))


def lone_prefix(prefix: str, wanted: frozenset[str] | None = None) -> Callable[[Subject], str | None]:
    """Something before the program of a lone command; ``wanted``: only before these."""

    def apply(subject: Subject) -> str | None:
        part = subject.lone
        if part is None or not part.external or (wanted is not None and part.program not in wanted):
            return None
        return subject.each_external(prefix)

    return apply


def _exec(subject: Subject, prefix: str) -> str | None:
    part = subject.lone
    return None if part is None or not part.external else subject.each_external(prefix)


def _time(subject: Subject, prefix: str) -> str | None:
    if not subject.parts or subject.parts[0].node.start != 0:
        return None
    return prefix + subject.text


def _split_string(subject: Subject) -> str | None:
    """`env -S`, which splits a string into words."""
    part = subject.lone
    if part is None or not part.external or not part.constant or not part.together:
        return None
    words = [value or "" for value in part.values]
    if any(not word or set(word) & set("'\"\\$# \t\n{};") for word in words):
        return None
    return subject.edited([(part.words[0].start, part.words[-1].end, "env -S " + single_quoted(" ".join(words)))])


def _xargs(subject: Subject) -> str | None:
    """The last argument through xargs."""
    part = subject.lone
    if part is None or not part.external or not part.constant or len(part.words) < 2 or not part.together or part.node.redirects:
        return None
    if not part.values[-1]:
        return None
    before = subject.text[: part.words[-1].start].rstrip()
    command = subject.edited([(part.words[0].start, part.words[-1].end, before[part.words[0].start:])]) or before
    assigned = subject.text[: part.words[0].start]
    return f"printf '%s\\0' {single_quoted(part.values[-1])} | {assigned}xargs -0 {command[len(assigned):]}"


def _find(subject: Subject) -> str | None:
    """Run by find, once."""
    part = subject.lone
    if part is None or not part.external or not part.together or "{}" in subject.text:
        return None
    if any(value in (";", "+") for value in part.values):
        return None
    return subject.edited([
        (part.words[0].start, part.words[0].start, "find /tmp -maxdepth 0 -exec "), (part.words[-1].end, part.words[-1].end, " \\;"),
    ])


WRAPPERS = (
    *(_prefix(*each) for each in _PREFIXES),
    Rewrite("env-split-string", "env -S with one string", "env splits the string into the same words", _split_string),
    Rewrite("exec", "exec", "the shell becomes the program, which gets the same arguments", lambda s: _exec(s, "exec ")),
    Rewrite("exec-name", "exec under another name", "argv[0] is no argument; the file that runs is the same",
            lambda s: _exec(s, "exec -a worker ")),
    Rewrite("time", "the reserved word time", "it measures what it runs", lambda s: _time(s, "time ")),
    Rewrite("negation", "a negated status", "only the exit status changes, and nothing depends on it", lambda s: (
        None if s.lone is None else _time(s, "! "))),
    Rewrite("xargs", "last argument through xargs -0", "xargs appends the item to the same words", _xargs),
    Rewrite("find-exec", "find -exec, once", "find starts the program once, for one directory", _find),
)
