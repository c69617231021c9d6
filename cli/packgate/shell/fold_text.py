"""Folding of programs that print their arguments or pass their input on: echo, printf, cat, tee, seq."""

from __future__ import annotations

from packgate.model.value import DIGITS, Hole, Origin, Text, join, origins_of, unknown
from packgate.shell.elastic import first_elastic
from packgate.shell.escapes import decode_bytes, encode_text, join_bytes, unescape
from packgate.shell.fold import known, options
from packgate.shell.limits import BRACE_WORDS, TEXT_SIZE
from packgate.shell.partial import map_literals
from packgate.shell.quoting import escape, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.fold import Given


def run(given: Given) -> Value | None:
    """The output of one of the programs of this module."""
    name = given.name
    if name == "echo" or name == "print":
        return echo(given.argv, given.state.shell)
    if name == "printf":
        operands = given.argv[2:] if len(given.argv) > 1 and given.argv[1] == "--" else given.argv[1:]
        return format_values(operands[0], operands[1:]) if operands else ""
    if name == "tee":
        return given.take_stdin()
    if name == "cat":
        found, operands = options(given.argv, "")
        return given.inputs(operands) if not (set(found) - {"u", "s"}) else given.failed(given.inputs(operands))
    return _seq(given)


def echo(argv: list[Value], shell: str) -> Value:
    """``echo`` as the shell has it: zsh and POSIX shells read escapes without ``-e``."""
    newline = True
    escapes = shell in ("zsh", "dash", "sh")
    first = 1
    for word in argv[1:]:
        if not isinstance(word, str) or word[:1] != "-" or len(word) < 2 or set(word[1:]) - set("neE"):
            break
        if shell == "dash" and word != "-n":
            break
        for letter in word[1:]:
            newline = newline and letter != "n"
            escapes = letter == "e" if letter in "eE" else escapes
        first += 1
    out: list[Value] = []
    for word in argv[first:]:
        if len(out):
            out.append(" ")
        out.append(word)
    text = join(out)
    if escapes:
        text, stopped = _unescape_echo(text, shell)
        newline = newline and not stopped
    return join((text, "\n")) if newline else text


def _unescape_echo(text: Value, shell: str) -> tuple[Value, bool]:
    hexadecimal = shell != "dash"
    if isinstance(text, str):
        return unescape(text, True, hexadecimal) if "\\" in text else (text, False)
    return map_literals(text, lambda piece: unescape(piece, True, hexadecimal)[0]), False


# --- printf --------------------------------------------------------------------------------------------------------


class Format:
    """A ``printf`` format applied to values, over and over while values are left."""

    __slots__ = ("at", "out", "size", "stopped", "values")

    def __init__(self, values: list[Value]) -> None:
        self.values = values
        self.at = 0
        self.out: list[Value] = []
        self.size = 0
        self.stopped = False

    def take(self) -> Value | None:
        self.at += 1
        return self.values[self.at - 1] if self.at <= len(self.values) else None

    def put(self, value: Value) -> None:
        self.size += len(value) if isinstance(value, str) else 32
        if self.size > TEXT_SIZE:
            self.stopped = True
            self.out.append(unknown(Origin("limit", "text")))
        else:
            self.out.append(value)

    def pass_up_to(self, text: str, count: int) -> None:
        """The passes that so many values fill, without what the last of them would print of the next."""
        every = text.replace("%%", "").count("%")
        for _ in range(count // every):
            self.pass_once(text)

    def pass_once(self, text: str) -> None:
        """One pass over the format."""
        i = 0
        while i < len(text) and not self.stopped:
            percent = text.find("%", i)
            end = percent if percent >= 0 else len(text)
            if end > i:
                literal, self.stopped = unescape(text[i:end])
                self.put(literal)
            if percent < 0:
                return
            i = self._conversion(text, percent)

    def _conversion(self, text: str, start: int) -> int:
        i = start + 1
        if text[i : i + 1] == "%":
            self.put("%")
            return i + 1
        flags = ""
        while i < len(text) and text[i] in "-+ #0'":
            flags += text[i]
            i += 1
        width, i = self._number(text, i)
        precision = -1
        if text[i : i + 1] == ".":
            precision, i = self._number(text, i + 1)
            precision = max(precision, 0)
        if text[i : i + 1] == "(":
            close = text.find(")", i)
            self.take()
            self.put(Text((Hole((Origin("command", "date"),)),)))
            return close + 2 if close > 0 else len(text)
        while text[i : i + 1] in ("l", "h", "L", "j", "z", "t"):
            i += 1
        letter = text[i : i + 1]
        if width > TEXT_SIZE or precision > TEXT_SIZE:
            self.take()
            self.put(unknown(Origin("limit", "text")))
        elif letter:
            self.put(_padded(self._converted(letter, precision), flags, width))
        return i + 1

    def _number(self, text: str, i: int) -> tuple[int, int]:
        if text[i : i + 1] == "*":
            value = self.take()
            plain = value.lstrip("-") if isinstance(value, str) else ""
            return (int(plain[:9]) if plain.isascii() and plain.isdigit() else 0), i + 1
        end = i
        while end < len(text) and text[end] in "0123456789":
            end += 1
        return (int(text[i:end][:9]) if end > i else 0), end

    def _converted(self, letter: str, precision: int) -> Value:
        value = self.take()
        if letter in "sbqQ":
            text: Value = "" if value is None else value
            if letter == "b":
                text = map_literals(text, lambda piece: unescape(piece, True, octal=True)[0])
            elif letter != "s" and isinstance(text, str):
                text = escape(text) if letter == "q" else quote(text)
            elif letter in "qQ":
                text = unknown(*origins_of(text))
            if precision < 0:
                return text
            return _first_bytes(text, precision) if isinstance(text, str) else unknown(*origins_of(text))
        if letter == "c":
            # Without a character it prints a NUL byte.
            return unknown(*origins_of(value)) if isinstance(value, Text) else _first_bytes(value or "", 1) or "\0"
        if value is not None and not isinstance(value, str):
            return Text((Hole(origins_of(value), DIGITS),))
        return _numeric(letter, value or "0", precision)


def _first_bytes(text: str, count: int) -> str:
    """The beginning of a text as `printf` cuts it: bash counts bytes, and may cut a character in two."""
    return text[:count] if text.isascii() else decode_bytes(encode_text(text)[:count])


def _numeric(letter: str, text: str, precision: int) -> str:
    """A number as a conversion prints it; a leading quote asks for the code of the character after it."""
    if text[:1] in "'\"" and len(text) > 1:
        number = float(ord(text[1]))
    else:
        plain = text.strip()
        try:
            number = float(_integer(_leading(plain))) if letter in "diouxX" else float(plain)
        except (ValueError, OverflowError):
            number = 0.0
    if letter in "diu":
        return str(int(number)).rjust(max(precision, 0), "0")
    if letter in "oxX":
        whole = int(number) & 0xFFFFFFFFFFFFFFFF
        return (f"{whole:o}" if letter == "o" else f"{whole:x}" if letter == "x" else f"{whole:X}").rjust(precision, "0")
    if letter in "eEfFgG":
        return f"{number:.{min(precision, 1_000) if precision >= 0 else 6}{letter}}"
    return text


def _leading(text: str) -> str:
    """The number that a text begins with: what stands behind it is an error that is told, and changes nothing."""
    at = 1 if text[:1] in ("+", "-") else 0
    kind = "0123456789"
    if text[at:at + 2] in ("0x", "0X"):
        kind, at = "0123456789abcdefABCDEF", at + 2
    elif text[at:at + 1] == "0":
        kind = "01234567"
    while at < len(text) and text[at] in kind:
        at += 1
    return text[:at]


def _integer(text: str) -> int:
    sign = -1 if text[:1] == "-" else 1
    digits = text.lstrip("+-")[:20]
    if digits[:2].lower() == "0x":
        return sign * int(digits, 16)
    return sign * int(digits, 8 if len(digits) > 1 and digits[0] == "0" else 10)


def _padded(value: Value, flags: str, width: int) -> Value:
    if not isinstance(value, str):
        return value if width == 0 else unknown(*origins_of(value))
    # Bash counts bytes.
    missing = width - (len(value) if value.isascii() else len(value.encode("utf-8", "surrogateescape")))
    if missing <= 0:
        return value
    if "-" in flags:
        return value + " " * missing
    return value.rjust(len(value) + missing, "0") if "0" in flags else " " * missing + value


def format_values(form: Value, values: list[Value]) -> Value:
    """What ``printf`` prints for a format and its values."""
    if not isinstance(form, str):
        return join((map_literals(form, lambda piece: unescape(piece)[0]), *values))
    if form.replace("%%", "").count("%") > 1 and first_elastic(values) < len(values):
        # Which conversion the values behind it meet is not known.
        first = first_elastic(values)
        work = Format(values[:first])
        work.pass_up_to(form, first)
        return join((*work.out, unknown(*(origin for value in values[first:] for origin in origins_of(value)))))
    work = Format(values)
    work.pass_once(form)
    while 0 < work.at < len(values) and not work.stopped:
        work.pass_once(form)
    text = join(work.out)
    return join_bytes(text) if isinstance(text, str) else text


def _seq(given: Given) -> Value | None:
    found, operands = options([word for word in given.argv if not _is_number(word)], "sf")
    numbers = known([word for word in given.argv[1:] if _is_number(word)])
    if numbers is None or not 1 <= len(numbers) <= 3 or "f" in found or operands:
        return None
    low, step, high = 1, 1, int(numbers[-1])
    if len(numbers) > 1:
        low = int(numbers[0])
    if len(numbers) == 3:
        step = int(numbers[1])
    if step == 0:
        return None
    count = max(0, (high - low) // step + 1)
    values = [str(low + i * step) for i in range(min(count, BRACE_WORDS))]
    if "w" in found and values:
        width = max(len(values[0]), len(values[-1]))
        values = [value.rjust(width, "0") for value in values]
    separator = found.get("s", "\n")
    text = separator.join(values) + ("\n" if values else "")
    return text if count <= BRACE_WORDS else join((text, unknown(Origin("limit", "text"))))


def _is_number(word: Value) -> bool:
    if not isinstance(word, str):
        return False
    digits = word[1:] if word[:1] == "-" else word
    return digits.isdigit() and digits.isascii() and len(digits) < 16
