"""Filters on names that are not known themselves: files known by their globs (the output of `find`, `ls` and the like), and what a
program listed."""

from __future__ import annotations

from packgate.model.value import Glob, Origin, Text, join, origins_of, unknown
from packgate.shell.partial import split_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value

# What has a meaning of its own in a regular expression, apart from the dot and the anchors.
_SPECIAL = frozenset("\\[]*+?(){}|^$")


def are_names(source: Value) -> bool:
    """Whether a text consists of literals and globs alone, at least one of them."""
    return isinstance(source, Text) and all(isinstance(part, (str, Glob)) for part in source.parts)


def matching(source: Value, pattern: str, fixed: bool) -> Value | None:
    """The lines of names that hold what a plain pattern says; None for a pattern that is not plain."""
    wanted = _wanted(pattern, fixed)
    if wanted is None:
        return None
    out: list[Value | Part] = []
    for line in split_lines(source):
        last = line if isinstance(line, str) else line.parts[-1]
        if isinstance(last, Glob) and last.pattern in ("*", "**"):
            line = join([line, *wanted])
        out.extend((line, "\n"))
    return join(out)


def selected(argv: list[Value], output: Value) -> Value:
    """What `grep PATTERN` or `awk '/PATTERN/…'` lets through of a list that a program printed: names that have something of the pattern."""
    if any(origin.kind not in ("command", "listed") for origin in origins_of(output)):
        return output
    words = [word for word in argv[1:] if isinstance(word, str)]
    if any(word.startswith("-") and not word.startswith("--") and "v" in word for word in words) or "--invert-match" in words:
        return output
    if isinstance(argv[0], str) and argv[0].endswith("awk"):
        wanted = next((word.split("/")[1] for word in words if word.count("/") > 1), "")
    else:
        wanted = next((word for word in words if not word.startswith("-")), "")
    return unknown(*origins_of(output), Origin("listed", wanted)) if wanted else output


def _wanted(pattern: str, fixed: bool) -> list[Part] | None:
    """The end of a name that a pattern asks for: `\\.xml$` is `.xml`, `log` is `log*`."""
    if fixed:
        return [pattern, Glob("*")] if pattern else None
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    text = pattern[:-1] if ends else pattern
    out: list[Part] = []
    index = 0
    while index < len(text):
        char = text[index]
        if char == "\\" and text[index + 1:index + 2] in (".", "/", "-", "_"):
            out.append(text[index + 1])
            index += 2
            continue
        if char in _SPECIAL:
            return None
        out.append(Glob("?") if char == "." else char)
        index += 1
    if not any(isinstance(part, str) for part in out):
        return None
    return out if ends else [*out, Glob("*")]
