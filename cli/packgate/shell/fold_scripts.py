"""Folding of sed, grep and awk, as far as their simple scripts go."""

from __future__ import annotations

from packgate.model.value import join
from packgate.shell.fold import known, options
from packgate.shell.fold_names import are_names, matching
from packgate.shell.limits import ALL_TEXT
from packgate.shell.partial import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.fold import Given

# Bounds of matching: Python's matcher goes back and forth, in time that grows with a power of the length of a line,
# one more for each repeat of the pattern.
MATCH_TEXT = 16_384
MATCH_PATTERN = 200
MATCH_STEPS = 2_000_000


def run(given: Given, name: str) -> Value | None:
    """The output of one of the programs of this module."""
    if name == "sed":
        return _sed(given)
    if name in ("awk", "gawk", "mawk"):
        return _awk(given)
    return _grep(given, name)


# --- regular expressions -------------------------------------------------------------------------------------------


def python_pattern(text: str, extended: bool) -> str | None:
    """A POSIX regular expression as Python's; None for what is not translated. Nested repeats are refused: they can
    take exponential time."""
    if len(text) > MATCH_PATTERN:
        return None
    out: list[str] = []
    i = 0
    special = "(){}+?|"
    while i < len(text):
        char = text[i]
        if char == "[":
            end = text.find("]", i + 2 + (text[i + 1 : i + 2] == "^"))
            if end < 0 or "[:" in text[i + 1 : end] or "\\" in text[i:end]:
                return None
            out.append("[" + text[i + 1 : end].replace("[", "\\[") + "]")
            i = end + 1
            continue
        if char == "\\" and i + 1 < len(text):
            following = text[i + 1]
            if following in special and not extended:
                out.append(following)
            elif following in "nt" or following.isdigit():
                out.append("\\" + following)
            elif following.isalnum():
                return None
            else:
                out.append("\\" + following)
            i += 2
            continue
        out.append("\\" + char if char in special and not extended else char)
        i += 1
    pattern = "".join(out)
    return None if any(pair in pattern for pair in (")*", ")+", "){", "(?")) else pattern


def _compiled(text: str, extended: bool, ignore_case: bool) -> object | None:
    import re

    pattern = python_pattern(text, extended)
    if pattern is None:
        return None
    try:
        return re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except re.error:
        return None


def is_cheap(pattern: str, text: str) -> bool:
    """Whether matching every line of a text takes few steps at most."""
    if len(text) > MATCH_TEXT:
        return False
    repeats = pattern.count("*") + pattern.count("+") + pattern.count("{") + pattern.count("?")
    longest = max((len(line) for line in text.split("\n")), default=0)
    return bool((longest + 1) ** min(repeats + 1, 8) <= MATCH_STEPS)


# --- sed -----------------------------------------------------------------------------------------------------------


def _sed(given: Given) -> Value | None:
    found, operands = options(given.argv, "e")
    extended = "E" in found or "r" in found
    script: Value | None = _expressions(given.argv) if "e" in found else None
    if script is None and operands:
        script, operands = operands[0], operands[1:]
    if set(found) - set("eErnsu") or "i" in found:
        return "" if "i" in found else given.failed(given.inputs(operands))
    source = given.inputs(operands)
    if not isinstance(script, str):
        return given.failed(source)
    text_script: str = script
    quiet = "n" in found
    result = each(source, lambda text: sed(text_script, text, extended, quiet))
    return result if result is not None else given.failed(source)


def _expressions(argv: list[Value]) -> Value:
    """The scripts of all ``-e``, a line each."""
    found: list[Value] = []
    for i, word in enumerate(argv):
        if isinstance(word, str) and word[:1] == "-" and word[:2] != "--" and "e" in word:
            value = word[word.index("e") + 1 :]
            found += ["\n", value or (argv[i + 1] if i + 1 < len(argv) else "")]
    return join(found[1:])


def sed(script: str, text: str, extended: bool, quiet: bool) -> str | None:
    """The output of a script of ``s`` commands, or of ``Np`` with ``-n``; None for anything else."""
    if not is_cheap(script, text):
        return None
    lines = text.splitlines(True)
    plain = script.strip()
    if quiet:
        return _print_lines(plain, lines)
    for command in _commands(plain):
        if command[:1] != "s":
            return None
        changed = _substitute(command, lines, extended)
        if changed is None or sum(map(len, changed)) > MATCH_TEXT:
            return None
        lines = changed
    return "".join(lines)


def _print_lines(script: str, lines: list[str]) -> str | None:
    if not script.endswith("p"):
        return None
    low, comma, high = script[:-1].partition(",")
    if not low.isdigit() and low != "$":
        return None
    first = len(lines) if low == "$" else int(low[:9])
    last = first if not comma else len(lines) if high == "$" else int(high[:9]) if high.isdigit() else -1
    return "".join(lines[first - 1 : last]) if last >= 0 else None


def _commands(script: str) -> list[str]:
    """The commands of a script: separated by semicolons that are not part of a substitution."""
    out: list[str] = []
    i = 0
    while i < len(script):
        while i < len(script) and script[i] in " ;\n":
            i += 1
        start = i
        if script[i : i + 1] == "s" and i + 1 < len(script):
            delimiter = script[i + 1]
            i += 2
            for _ in range(2):
                while i < len(script) and script[i] != delimiter:
                    i += 2 if script[i] == "\\" else 1
                i += 1
        while i < len(script) and script[i] not in ";\n":
            i += 1
        if i > start:
            out.append(script[start:i])
    return out


def _substitute(command: str, lines: list[str], extended: bool) -> list[str] | None:
    import re

    delimiter = command[1:2]
    pieces: list[str] = []
    current = ""
    i = 2
    while i < len(command) and len(pieces) < 2:
        if command[i] == "\\" and i + 1 < len(command):
            current += command[i + 1] if command[i + 1] == delimiter else command[i : i + 2]
            i += 2
        elif command[i] == delimiter:
            pieces.append(current)
            current = ""
            i += 1
        else:
            current += command[i]
            i += 1
    flags = command[i:].strip()
    if len(pieces) < 2 or set(flags) - set("gIi"):
        return None
    pattern = _compiled(pieces[0], extended, "I" in flags or "i" in flags)
    if not isinstance(pattern, re.Pattern):
        return None
    new = _replacement(pieces[1])
    if len(new) * sum(map(len, lines)) > ALL_TEXT:
        return None
    count = 0 if "g" in flags else 1
    out: list[str] = []
    for line in lines:
        ended = line.endswith("\n")
        out.append(pattern.sub(new, line.removesuffix("\n"), count=count) + ("\n" if ended else ""))
    return out


def _replacement(text: str) -> str:
    """A replacement of sed's as Python's."""
    out: list[str] = []
    i = 0
    while i < len(text):
        if text[i] == "\\" and i + 1 < len(text):
            following = text[i + 1]
            out.append(f"\\g<{following}>" if following.isdigit() else "\n" if following == "n" else "\\\\" * (following == "\\"))
            if not following.isdigit() and following not in "n\\":
                out.append(following)
            i += 2
        else:
            out.append("\\g<0>" if text[i] == "&" else text[i])
            i += 1
    return "".join(out)


# --- grep and awk --------------------------------------------------------------------------------------------------


def _grep(given: Given, name: str) -> Value | None:
    found, operands = options(given.argv, "emABC")
    pattern: Value | None = found.get("e")
    if pattern is None and operands:
        pattern, operands = operands[0], operands[1:]
    source = given.inputs(operands)
    if not isinstance(pattern, str) or set(found) - set("eEFGivoq") or len(operands) > 1:
        return given.failed(source)
    if "q" in found:
        return ""
    if not operands and are_names(source):
        if "v" in found:
            return source
        if not set(found) & {"i", "o"}:
            selected = matching(source, pattern, "F" in found or name == "fgrep")
            if selected is not None:
                return selected
    text_pattern: str = pattern
    fixed = "F" in found or name == "fgrep"
    extended = "E" in found or name == "egrep"
    result = each(source, lambda text: grep(text_pattern, text, found, fixed, extended))
    return result if result is not None else given.failed(source)


def grep(pattern: str, text: str, found: dict[str, str], fixed: bool, extended: bool) -> str | None:
    """The lines that match, or with ``o`` what matches in them."""
    import re

    if not is_cheap(pattern, text):
        return None
    compiled = _compiled(re.escape(pattern) if fixed else pattern, extended or fixed, "i" in found)
    if not isinstance(compiled, re.Pattern):
        return None
    out: list[str] = []
    for line in text.removesuffix("\n").split("\n") if text else []:
        if "o" in found:
            out.extend(match for match in compiled.findall(line) if isinstance(match, str) and match)
        elif (compiled.search(line) is not None) != ("v" in found):
            out.append(line)
    return "".join(line + "\n" for line in out)


def _awk(given: Given) -> Value | None:
    """``awk '{print $N}'``, with or without ``-F``."""
    found, operands = options(given.argv, "Fvf")
    program = known(operands[:1])
    source = given.inputs(operands[1:])
    if not program or set(found) - {"F"}:
        return given.failed(source)
    text_program = program[0].replace(" ", "")
    if not (text_program.startswith("{print$") and text_program.rstrip(";}")[7:].isdigit()):
        from packgate.shell.fold_tools import awk

        other = each(source, lambda text: awk(program[0], text)) if not found else None
        return other if other is not None else given.failed(source)
    number = int(text_program.rstrip(";}")[7:][:4])
    separator = found.get("F")
    result = each(source, lambda text: _field(text, number, separator))
    return result if result is not None else given.failed(source)


def _field(text: str, number: int, separator: str | None) -> str:
    out: list[str] = []
    for line in text.removesuffix("\n").split("\n") if text else []:
        fields = line.split(separator) if separator else line.split()
        out.append(line if number == 0 else fields[number - 1] if number <= len(fields) else "")
    return "".join(line + "\n" for line in out)
