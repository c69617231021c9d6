"""How ``read`` takes a line of its input and splits it."""

from __future__ import annotations

from packgate.model.value import join, origins_of, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value

# Characters behind a backslash do not separate; until the line is split they stand in a private plane.
_ESCAPED = 0xF8000


def take_line(value: Value, delimiter: str) -> tuple[Value, Value, int | None]:
    """The first line of a text, the rest, and the status of reading it: 1 at the end, None when that is unknown."""
    if value == "":
        return "", "", 1
    parts = (value,) if isinstance(value, str) else value.parts
    before: list[Value] = []
    holes = False
    for i, part in enumerate(parts):
        if isinstance(part, str) and delimiter in part:
            head, _, tail = part.partition(delimiter)
            return join((*before, head)), join((tail, *parts[i + 1 :])), 0
        holes = holes or not isinstance(part, str)
        before.append(part if isinstance(part, str) else join((part,)))
    return join(before), "", None if holes else 1


def take_escaped(text: str, delimiter: str) -> tuple[str, str, int | None]:
    """The same for ``read`` without ``-r``: a backslash takes the meaning of the next character, and at the end of a line
    continues it. Such characters are moved out of the way of `split_fields`; `restored` brings them back."""
    out: list[str] = []
    i = 0
    while i < len(text):
        char = text[i]
        i += 1
        if char == delimiter:
            return "".join(out), text[i:], 0
        if char == "\\":
            if i < len(text) and text[i] != "\n":
                out.append(chr(_ESCAPED + ord(text[i])) if ord(text[i]) < 0x8000 else text[i])
            i += 1
        else:
            out.append(char)
    return "".join(out), "", 1


def restored(text: str) -> str:
    """Text with the characters that `take_escaped` moved."""
    if text.isascii():
        return text
    return "".join(chr(ord(char) - _ESCAPED) if _ESCAPED <= ord(char) < _ESCAPED + 0x8000 else char for char in text)


def split_fields(line: Value, ifs: str, count: int) -> list[Value]:
    """A line split as `read` splits it: the last of ``count`` fields keeps the rest (0: no limit)."""
    if not isinstance(line, str):
        if count == 1 or not ifs:
            return [line]
        if ifs != " \t\n":
            return [unknown(*origins_of(line))] * (count or 1)
        from packgate.shell.partial import split_blank

        fields = split_blank(line)
        return fields if not count or len(fields) <= count else [*fields[: count - 1], unknown(*origins_of(line))]
    if not ifs:
        return [line]
    out: list[Value] = []
    blanks = "".join(char for char in ifs if char in " \t\n")
    rest = line.lstrip(blanks) if blanks else line
    while rest and (not count or len(out) < count - 1):
        field, rest = _field(rest, ifs, blanks)
        out.append(field)
    if rest:
        field, after = _field(rest, ifs, blanks)
        # At the end of what is left over, blanks behind a backslash go too.
        out.append(_stripped(rest, blanks) if after else field)
    return out


def _stripped(text: str, blanks: str) -> str:
    return text.rstrip(blanks + "".join(chr(_ESCAPED + ord(char)) for char in blanks)) if blanks else text


def _field(text: str, ifs: str, blanks: str) -> tuple[str, str]:
    """The first field, and what follows its separator: blanks around at most one other character."""
    end = next((i for i, char in enumerate(text) if char in ifs), len(text))
    rest = text[end:]
    if blanks:
        rest = rest.lstrip(blanks)
    if rest and rest[0] in ifs:
        rest = rest[1:]
        if blanks:
            rest = rest.lstrip(blanks)
    return text[:end], rest
