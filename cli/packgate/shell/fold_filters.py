"""Folding of line and character filters: rev, tr, head, tail, cut, sort, uniq, wc, sed, grep, awk."""

from __future__ import annotations

from packgate.model.value import Text, join
from packgate.shell.escapes import decode_bytes, encode_text
from packgate.shell.fold import known, options
from packgate.shell.fold_names import are_names
from packgate.shell.partial import each, map_literals, split_lines
from packgate.shell.patterns import CLASSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.fold import Given

# The option letters of each program that take a value.
_VALUED = {"head": "nc", "tail": "nc", "cut": "dfcb", "sort": "ktoST", "uniq": "fsw", "fold": "w", "paste": "d"}

# Options with which a filter still prints some of its lines as they are.
_SELECTING = {"sort": frozenset("bdfghimnrRsuVz"), "uniq": frozenset("diu"), "tail": frozenset("n")}


def run(given: Given) -> Value | None:
    """The output of one of the programs of this module."""
    name = given.name
    name = name[1:] if name in ("gsed", "ghead", "gtail", "gtr") else name
    if name == "tr":
        return _tr(given)
    if name in ("sed", "grep", "egrep", "fgrep", "awk", "gawk", "mawk"):
        from packgate.shell import fold_scripts

        return fold_scripts.run(given, name)
    if name not in ("rev", "tac", "head", "tail", "cut", "sort", "uniq", "wc", "paste", "fold", "nl", "column"):
        return given.failed(given.stdin) if given.stdin is not None else None
    argv = given.argv
    if name in ("head", "tail"):
        argv = _old_count(argv)
    found, operands = options(argv, _VALUED.get(name, ""))
    source = given.inputs(operands)
    result = each(source, lambda text: apply(name, found, text))
    if result is not None:
        return result
    if isinstance(source, Text):
        result = _partly(name, found, source)
    return result if result is not None else given.failed(source)


def _old_count(argv: list[Value]) -> list[Value]:
    """``head -5`` as ``head -n5``."""
    out = list(argv)
    for i, word in enumerate(argv):
        if isinstance(word, str) and word[:1] == "-" and word[1:].isdigit() and argv[i - 1] not in ("-n", "-c"):
            out[i] = "-n" + word[1:]
    return out


def _partly(name: str, found: dict[str, str], source: Text) -> Value | None:
    """Filters on partly known text, where the known lines decide."""
    if name == "rev" and not any(isinstance(part, str) and "\n" in part.rstrip("\n") for part in source.parts):
        ends = isinstance(source.parts[-1], str) and source.parts[-1].endswith("\n")
        flipped = [part.rstrip("\n")[::-1] if isinstance(part, str) else part for part in reversed(source.parts)]
        return join((*flipped, "\n" if ends else ""))
    if name in ("sort", "uniq", "tail") and set(found) <= _SELECTING.get(name, frozenset()) and are_names(source):
        return source
    lines = split_lines(source)
    if name == "tac":
        return join([piece for line in reversed(lines) for piece in (line, "\n")])
    if name == "head" and not (set(found) - {"n"}):
        count = found.get("n", "10")
        if count.isdigit():
            return join([piece for line in lines[: int(count[:9])] for piece in (line, "\n")])
    return None


def apply(name: str, found: dict[str, str], text: str) -> str | None:
    """One filter on known text; None for options that are not folded."""
    if name == "rev":
        return "".join(_with_end(line.rstrip("\n")[::-1], line) for line in text.splitlines(True))
    if name in ("head", "tail"):
        return _head(text, found) if name == "head" else _tail(text, found)
    if name == "cut":
        return _cut(text, found)
    if name == "wc":
        return _wc(text, found)
    lines = text.removesuffix("\n").split("\n") if text else []
    if name == "tac":
        return "".join(reversed(text.splitlines(True)))
    if name == "sort":
        sorted_lines = _sort(lines, found)
        if sorted_lines is None:
            return None
        lines = sorted_lines
    elif name == "uniq" and not found:
        lines = [line for i, line in enumerate(lines) if i == 0 or lines[i - 1] != line]
    elif name == "paste" and "s" in found:
        lines = [found.get("d", "\t").join(lines)]
    elif name == "fold" and found.get("w", "80").isdigit():
        width = int(found.get("w", "80")[:6]) or 80
        lines = [line[i : i + width] for line in lines for i in range(0, max(len(line), 1), width)]
    else:
        return None
    return "".join(line + "\n" for line in lines)


def _with_end(line: str, source: str) -> str:
    return line + "\n" if source.endswith("\n") else line


def _head(text: str, found: dict[str, str]) -> str | None:
    if "c" in found:
        count = _count(found["c"])
        return None if count is None else _bytes_of(text, None, count)
    count = _count(found.get("n", found.get("lines", "10")))
    return None if count is None else "".join(text.splitlines(True)[:count])


def _tail(text: str, found: dict[str, str]) -> str | None:
    from_start = found.get("n", found.get("c", "")).startswith("+")
    count = _count(found.get("c", found.get("n", found.get("lines", "10"))).lstrip("+-"))
    if count is None or "f" in found:
        return None
    if "c" in found:
        return _bytes_of(text, max(0, count - 1), None) if from_start else _bytes_of(text, -count, None) if count else ""
    lines = text.splitlines(True)
    return "".join(lines[max(0, count - 1) :] if from_start else lines[max(0, len(lines) - count) :])


def _bytes_of(text: str, start: int | None, end: int | None) -> str:
    """A part of a text that is counted in bytes, which may cut a character in two."""
    return text[start:end] if text.isascii() else decode_bytes(encode_text(text)[start:end])


def _count(text: str) -> int | None:
    digits = text[1:] if text[:1] == "-" else text
    return int(text) if digits.isdigit() and len(digits) < 10 else None


def ranges(spec: str) -> list[tuple[int, int]] | None:
    """``1-3,5,7-`` as half-open ranges from zero."""
    out: list[tuple[int, int]] = []
    for piece in spec.split(","):
        low, dash, high = piece.partition("-")
        if not (low + high).isdigit() or len(piece) > 12:
            return None
        start = int(low or "1") - 1
        out.append((start, int(high) if high else 1 << 30) if dash else (start, start + 1))
    return out


def _cut(text: str, found: dict[str, str]) -> str | None:
    letter = next((option for option in "fcb" if option in found), "")
    chosen = ranges(found[letter]) if letter else None
    if chosen is None or "complement" in found or "output-delimiter" in found:
        return None
    delimiter = found.get("d", "\t") or "\0"
    out: list[str] = []
    for line in text.removesuffix("\n").split("\n") if text else []:
        if letter != "f":
            out.append("".join(char for i, char in enumerate(line) if any(low <= i < high for low, high in chosen)))
        elif delimiter in line:
            fields = line.split(delimiter)
            kept = [field for i, field in enumerate(fields) if any(low <= i < high for low, high in chosen)]
            out.append(delimiter.join(kept))
        elif "s" not in found:
            out.append(line)
    return "".join(line + "\n" for line in out)


def _sort(lines: list[str], found: dict[str, str]) -> list[str] | None:
    if set(found) - set("urnRh"):
        return None
    if "R" in found or "h" in found:
        return None
    out = sorted(set(lines) if "u" in found else lines)
    if "n" in found:
        out.sort(key=_leading_number)
    return out[::-1] if "r" in found else out


def _leading_number(line: str) -> float:
    text = line.strip()
    end = 1 if text[:1] == "-" else 0
    while end < len(text) and text[end].isdigit():
        end += 1
    return float(text[:end]) if text[:end].lstrip("-") else 0.0


def _wc(text: str, found: dict[str, str]) -> str | None:
    if len(found) != 1:
        return None
    counts = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode("utf-8", "replace")), "m": len(text)}
    letter = next(iter(found))
    return f"{counts[letter]}\n" if letter in counts else None


# --- tr ------------------------------------------------------------------------------------------------------------


def _tr(given: Given) -> Value | None:
    found, operands = options(given.argv, "")
    sets = known(operands)
    source = given.take_stdin()
    if sets is None or not sets or set(found) - set("dsccCt"):
        return given.failed(source, *operands)
    table = Translation(found, sets)
    return map_literals(source, table.translate)


class Translation:
    """One call of ``tr``: its sets expanded, ready to translate text."""

    __slots__ = ("complement", "delete", "first", "mapping", "second", "squeeze")

    def __init__(self, found: dict[str, str], sets: list[str]) -> None:
        self.first = members(sets[0])
        self.second = members(sets[1]) if len(sets) > 1 else ""
        self.complement = "c" in found or "C" in found
        self.delete = "d" in found
        self.squeeze = ""
        if "s" in found:
            self.squeeze = self.second or self.first
        self.mapping: dict[str, str] = {}
        if self.second and not self.delete and not self.complement:
            last = self.second[-1]
            for i, char in enumerate(self.first):
                self.mapping[char] = self.second[i] if i < len(self.second) else last

    def _in_first(self, char: str) -> bool:
        return (char in self.first) != self.complement

    def translate(self, text: str) -> str:
        """The translated text."""
        out: list[str] = []
        for char in text:
            if self.delete and self._in_first(char):
                continue
            new = self.mapping.get(char, char)
            if self.complement and not self.delete and self.second and self._in_first(char):
                new = self.second[-1]
            if self.squeeze and out and out[-1] == new and self._squeezes(new):
                continue
            out.append(new)
        return "".join(out)

    def _squeezes(self, char: str) -> bool:
        if self.complement and not self.second:
            return char not in self.squeeze
        return char in self.squeeze


def members(spec: str) -> str:
    """The characters of a `tr` set, in order: escapes, ranges, classes and repeats."""
    from packgate.shell.escapes import unescape

    out: list[str] = []
    text = unescape(spec)[0]
    i = 0
    while i < len(text):
        if text.startswith("[:", i) and (close := text.find(":]", i)) > 0:
            name = text[i + 2 : close]
            out.append("".join(sorted(CLASSES.get(name, ""))))
            i = close + 2
        elif i + 2 < len(text) and text[i + 1] == "-" and text[i] <= text[i + 2]:
            out.append("".join(map(chr, range(ord(text[i]), min(ord(text[i + 2]), ord(text[i]) + 4_096) + 1))))
            i += 3
        else:
            out.append(text[i])
            i += 1
    return "".join(out)
