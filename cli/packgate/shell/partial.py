"""Operations on partly known text that several steps of evaluation need."""

from __future__ import annotations

from packgate.model.value import Glob, Hole, Text, join, origins_of, sort_origins, unknown
from packgate.shell.limits import CHOICES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.model.value import Origin, Part, Value

COMBINATIONS = 16


def variants(value: Value) -> list[str] | None:
    """Every string that the value can be, when its unknown pieces all have choices; else None."""
    if isinstance(value, str):
        return [value]
    out = [""]
    for part in value.parts:
        if isinstance(part, str):
            out = [text + part for text in out]
        elif isinstance(part, Hole) and part.choices and len(out) * len(part.choices) <= COMBINATIONS:
            out = [text + choice for text in out for choice in part.choices]
        else:
            return None
    return out


def as_written(value: Value) -> Value:
    """A word with globs as the shell leaves it when no file has such a name: what it means to a command that takes
    names of variables or arithmetic."""
    if isinstance(value, str):
        return value
    return join([part.pattern if isinstance(part, Glob) else part for part in value.parts])


def one_of(texts: list[str], origins: tuple[Origin, ...] = ()) -> Value:
    """A value that is one of some strings; wholly unknown when they are too many."""
    distinct = sorted(set(texts))
    if len(distinct) == 1:
        return distinct[0]
    if len(distinct) > CHOICES:
        return unknown(*origins)
    return Text((Hole(sort_origins(origins), choices=tuple(distinct)),))


def either(values: list[Value]) -> Value:
    """A value that is one of several, as after a branch."""
    first = values[0]
    if all(value == first for value in values):
        return first
    texts: list[str] = []
    origins: list[Origin] = []
    known = True
    for value in values:
        origins.extend(origins_of(value))
        strings = variants(value)
        if strings is None:
            known = False
        else:
            texts.extend(strings)
    if known:
        return one_of(texts, tuple(origins))
    return unknown(*origins)


def each(value: Value, change: Callable[[str], str | None]) -> Value | None:
    """Apply a function of text to every string that the value can be; None when that is not finite or it fails."""
    if isinstance(value, str):
        return change(value)
    texts = variants(value)
    if texts is None:
        return None
    out = []
    for text in texts:
        changed = change(text)
        if changed is None:
            return None
        out.append(changed)
    return one_of(out, origins_of(value))


def map_literals(value: Value, change: Callable[[str], str]) -> Value:
    """Apply a character-wise function to the known pieces; globs become ``*`` and holes stay what they are."""
    if isinstance(value, str):
        return change(value)
    parts: list[Part] = []
    for part in value.parts:
        if isinstance(part, str):
            parts.append(change(part))
        elif isinstance(part, Hole):
            parts.append(Hole(part.origins, part.chars, tuple(sorted({change(choice) for choice in part.choices}))))
        else:
            parts.append(part if part.pattern in ("*", "**", "?") else Glob("*"))
    return join(parts)


def split_lines(value: Value) -> list[Value]:
    """The lines of a text without their newlines; a final newline does not start another line."""
    out = split_on(value, "\n")
    if out and out[-1] == "":
        out.pop()
    return out


def split_on(value: Value, separator: str) -> list[Value]:
    """The pieces between separators; unknown parts are taken to hold none."""
    if isinstance(value, str):
        return list(value.split(separator))
    out: list[Value] = []
    current: list[Part] = []
    for part in value.parts:
        if not isinstance(part, str):
            current.append(part)
            continue
        pieces = part.split(separator)
        current.append(pieces[0])
        for piece in pieces[1:]:
            out.append(join(current))
            current = [piece]
    out.append(join(current))
    return out


def split_blank(value: Value) -> list[Value]:
    """The words between blanks and newlines; unknown parts are taken to hold none."""
    if isinstance(value, str):
        return list(value.split())
    out: list[Value] = []
    current: list[Part] = []
    for part in value.parts:
        if not isinstance(part, str):
            current.append(part)
            continue
        words = part.split()
        if part[:1].isspace() and current:
            out.append(join(current))
            current = []
        for i, word in enumerate(words):
            if i and current:
                out.append(join(current))
                current = []
            current.append(word)
        if part[-1:].isspace() and current:
            out.append(join(current))
            current = []
    if current:
        out.append(join(current))
    return out


def starts_with(value: Value, prefix: str) -> bool:
    """Whether the value is known to start with a prefix."""
    text = value if isinstance(value, str) else value.parts[0]
    return isinstance(text, str) and text.startswith(prefix)


def cut_front(value: Value, count: int) -> Value:
    """The value without its first characters, which must be within its first literal piece."""
    if isinstance(value, str):
        return value[count:]
    first = value.parts[0]
    return join((first[count:] if isinstance(first, str) else first, *value.parts[1:]))


def cut_back(value: Value, count: int) -> Value:
    """The value without its last characters, which must be within its last literal piece."""
    if count == 0:
        return value
    if isinstance(value, str):
        return value[:-count]
    last = value.parts[-1]
    return join((*value.parts[:-1], last[:-count] if isinstance(last, str) else last))


def trim_newlines(value: Value) -> Value:
    """Output of a command substitution as the shell inserts it: without trailing newlines and NUL bytes."""
    if isinstance(value, str):
        text = value.rstrip("\n")
        return text.replace("\0", "") if "\0" in text else text
    parts: list[Part] = list(value.parts)
    while parts:
        last = parts[-1]
        if isinstance(last, Hole) and last.choices:
            choices = tuple(sorted({choice.rstrip("\n") for choice in last.choices}))
            return join((*parts[:-1], Hole(last.origins, last.chars, choices)))
        if not isinstance(last, str):
            break
        text = last.rstrip("\n")
        if text:
            parts[-1] = text
            break
        parts.pop()
    return join(parts)
