"""Folding of programs that can do anything, for the few things by which they decode or cut text: jq, Perl, Python's modules, awk."""

from __future__ import annotations

import re

from packgate.model.value import Origin, origins_of, unknown
from packgate.shell.fold import options
from packgate.shell.fold_codecs import decode
from packgate.shell.fold_scripts import sed
from packgate.shell.partial import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.model.value import Value
    from packgate.shell.fold import Given

_GSUB = re.compile(
    r"\{\s*gsub\(\s*(/(?:[^/\\]|\\.)*/|\"(?:[^\"\\]|\\.)*\")\s*,\s*\"((?:[^\"\\]|\\.)*)\"\s*\)\s*"
    r"(?:;\s*print\s*(?:\$0\s*)?)?;?\s*\}\s*1?"
)
_LINES = re.compile(r"NR\s*(==|>=|>|<=|<|!=)\s*(\d{1,6})\s*(?:\{\s*print(?:\s+\$0)?\s*;?\s*\})?")
_CHARACTERS = re.compile(
    r"\{\s*for\s*\(\s*(\w+)\s*=\s*1\s*;\s*\1\s*<=\s*NF\s*;\s*\1\+\+\s*\)\s*"
    r"\{?\s*printf\s*\(?\s*\"%c\"\s*,\s*\$\1\s*\)?\s*;?\s*\}?\s*\}"
)
_PACK = re.compile(r"(?:print|\$_\s*=)\s*\(?\s*pack\s*\(?\s*[\"']H\*[\"']\s*,\s*\$_\s*\)*\s*;?")
_PATH = re.compile(r"(?:\.[A-Za-z_]\w*)+")


def run(given: Given) -> Value | None:
    """The output of one of the programs of this module; None where it does something else."""
    if given.name in ("jq", "gojq", "jaq"):
        return _jq(given)
    if given.name == "perl":
        return _perl(given)
    return _python(given)


def _filtered(given: Given, operands: list[Value], change: Callable[[str], str | None], kind: str = "encoded") -> Value | None:
    source = given.inputs(operands)
    result = each(source, change)
    return result if result is not None else unknown(Origin(kind, given.name), *origins_of(source))


def _python(given: Given) -> Value | None:
    """``python3 -m base64 -d``."""
    words = given.argv[1:]
    if words[:2] != ["-m", "base64"] or len(words) < 3 or words[2] not in ("-d", "-u"):
        return None
    return _filtered(given, words[3:], lambda text: decode("base64", text))


def _perl(given: Given) -> Value | None:
    """``perl -pe 's/a/b/'`` and ``perl -ne 'print pack("H*", $_)'``."""
    found, operands = options(given.argv, "e")
    code = found.get("e")
    if not isinstance(code, str) or set(found) - set("penlw0"):
        return None
    if _PACK.fullmatch(code.strip()):
        return _filtered(given, operands, lambda text: decode("hex", text))
    if "p" not in found or not code.lstrip().startswith("s"):
        return None
    return _filtered(given, operands, lambda text: sed(code, text, True, False), "command")


def _jq(given: Given) -> Value | None:
    """``jq`` with a literal, a path of names, ``.`` or ``@base64d``, printed raw."""
    found, operands = options(given.argv, "")
    if not operands or not isinstance(operands[0], str) or not {"r", "j", "raw-output", "join-output"} & set(found):
        return None
    if set(found) - set("rjncsRS") - {"raw-output", "null-input", "join-output", "raw-input"}:
        return None
    program = operands[0].strip()
    if "n" in found or "null-input" in found:
        return _literal(program)
    raw = "R" in found or "raw-input" in found
    return _filtered(given, operands[1:], lambda text: _select(program, text, raw), "encoded" if "@base64d" in program else "command")


def _literal(program: str) -> str | None:
    import json

    if program[:1] != '"' or "\\(" in program:
        return None
    decodes = program.endswith("@base64d")
    try:
        text = json.loads(program.rpartition("|")[0].strip() if decodes else program)
    except (ValueError, RecursionError):
        return None
    if not isinstance(text, str):
        return None
    return (decode("base64", text) if decodes else text + "\n")


def _select(program: str, text: str, raw: bool) -> str | None:
    import json

    try:
        found = text.removesuffix("\n") if raw else json.loads(text)
    except (ValueError, RecursionError):
        return None
    for step in program.split("|"):
        step = step.strip()
        if step == "@base64d":
            found = decode("base64", found) if isinstance(found, str) else None
        elif _PATH.fullmatch(step):
            for name in step.split(".")[1:]:
                found = found.get(name) if isinstance(found, dict) else None
        elif step != ".":
            return None
    return found + "\n" if isinstance(found, str) else None


def _holds(place: int, operator: str, number: int) -> bool:
    if operator in ("==", "!="):
        return (place == number) == (operator == "==")
    if operator in (">", ">="):
        return place > number or (place == number and operator == ">=")
    return place < number or (place == number and operator == "<=")


def awk(program: str, text: str) -> str | None:
    """The output of an awk program that replaces a pattern, takes lines by their numbers, or prints characters by theirs."""
    plain = program.strip()
    found = _GSUB.fullmatch(plain)
    if found is not None:
        pattern = found.group(1)[1:-1]
        mark = next((char for char in "/|@#%" if char not in pattern + found.group(2)), None)
        return None if mark is None else sed(f"s{mark}{pattern}{mark}{found.group(2)}{mark}g", text, True, False)
    lines = text.removesuffix("\n").split("\n") if text else []
    found = _LINES.fullmatch(plain)
    if found is not None:
        number = int(found.group(2))
        return "".join(line + "\n" for place, line in enumerate(lines, 1) if _holds(place, found.group(1), number))
    if _CHARACTERS.fullmatch(plain):
        numbers = text.split()
        if all(number.isdigit() and len(number) < 7 and int(number) < 0x110000 for number in numbers):
            return "".join(chr(int(number)) for number in numbers)
    return None
