"""Why bash may print something else than our evaluation says. A reason is a change of the script that takes it away: it holds
only when the changed script prints what we say. Whatever none of these explains counts as a bug of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from explained import Seen

from packgate.shell.parser import parse


class Reason(NamedTuple):
    """A reason for a difference. ``without`` gives the script without it, None when the script has nothing of the kind;
    ``assumed`` says that the difference is a decision of ours, which `docs/differential.md` states, and no mistake of bash."""

    name: str
    why: str
    without: Callable[[Seen], str | None]
    assumed: bool = False


def _replaced(pattern: str, new: str) -> Callable[[Seen], str | None]:
    found = re.compile(pattern)
    return lambda seen: found.sub(new, seen.script) if found.search(seen.script) is not None else None


# What bash says when it gives a command up.
GIVEN_UP = re.compile(
    r"^/s/\d+: (?:\w+: )?line (\d+): (?:(?!\n/s/)[\s\S])*?(?:syntax error|division by 0|readonly variable|bad array subscript|invalid indirect|substring expression|bad substitution|parameter (?:null|not)|unbound|"
    r"not a valid identifier|invalid variable name|invalid name|exponent less|value too great|unexpected EOF|cannot assign|expression expected)", re.MULTILINE
)


def without_failed(seen: Seen) -> str | None:
    """The script without the commands that bash gave up, with all that stands on their lines."""
    failed = {int(line) for line in GIVEN_UP.findall(seen.theirs)}
    lines = seen.script.split("\n")
    starts = sorted({seen.script.count("\n", 0, statement.start) for statement in parse(seen.script).script.statements})
    kept: list[str] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        if not any(start < line <= end for line in failed):
            kept += lines[start:end]
    return "\n".join(kept) if failed and len(kept) < len(lines) else None


def _with_values(seen: Seen) -> str | None:
    """The script with values for the variables that it expands and nothing sets."""
    names = sorted(set(re.findall(r"variable:([a-z]\w+|PWD\w+)", seen.ours)))
    return f"{'=U '.join(names)}=U; {seen.script}" if names else None


def _without_globs(seen: Seen) -> str | None:
    return "set -f; " + seen.script.replace("set +f", ":") if "Glob(" in seen.ours else None


EXPANSION = (
    Reason("error", "bash gives up a command whose expansion fails; we go on, so that what stands behind it is seen", without_failed, True),
    Reason("home", "`~name` is taken to be /home/name, whoever has an account", _replaced(r"(?<!\()~(?=[a-z{])", r"\\~"), True),
    Reason("alias", "an alias of the line holds for us wherever it can stand; bash knows it from the next line that it reads on", _replaced(r"\balias (?=\w)", ": "), True),
    Reason("undeclared", "a variable that nothing declares stands for one argument; bash leaves it out when it is not set", _with_values, True),
    Reason("glob-as-text", "what a glob stands for goes through a filter or a substitution as one piece of text", _without_globs, True),
    Reason("dollar-dollar", "`$$` is the process number for us wherever it stands; before a parenthesis or brace bash takes its second sign for the beginning of an expansion", lambda seen: re.sub(r"\$\$(?=\{)", "x$", re.sub(r"\$\$(?=\()", "x", seen.script)), True),
    Reason("alternative-before-dollar", "a word whose last `$` stands for itself is split by us when it holds `${list[@]+…}`; bash splits nothing of it", _replaced(r"(?<=\})\$(?=\s|$)", "x"), True),
    Reason("ansi-c-in-braces", "in a substitution within double quotes bash drops the quotes of `$'…'` in the word of an expansion", _replaced(r"(\$\{[^{}']*)\$'", r"\1'")),
    Reason("empty-ifs-in-here-string", "within a here-string bash joins `$*` with nothing when `IFS` is empty", lambda seen: re.sub(r"\bIFS=(?=\s)", "IFS=' '", seen.script) if "<<<" in seen.script else None),
)  # fmt: skip


def reasons(seen: Seen, agrees: Callable[[str], bool], known: tuple[Reason, ...] = EXPANSION) -> tuple[Reason, ...]:
    """The reasons of a difference: one that suffices, else the first few that do together; empty when there are none.

    ``agrees`` says whether bash prints what our evaluation says of a script.
    """
    for reason in known:
        changed = reason.without(seen)
        if changed is not None and changed != seen.script and agrees(changed):
            return (reason,)
    for chosen, changed in _together(seen, known):
        if len(chosen) > 1 and agrees(changed):
            return chosen
    return ()


def _together(seen: Seen, known: tuple[Reason, ...]) -> Iterator[tuple[tuple[Reason, ...], str]]:
    """One reason after the other taken away."""
    chosen: tuple[Reason, ...] = ()
    script = seen.script
    for reason in known:
        changed = reason.without(seen._replace(script=script))
        if changed is not None and changed != script:
            chosen, script = (*chosen, reason), changed
            yield chosen, script
