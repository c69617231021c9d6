"""Folding of programs that tell paths, names and times: basename, dirname, realpath, date, mktemp, which, expr …"""

from __future__ import annotations

from packgate.model.value import DIGITS, NAME, Hole, Origin, Text, join, origins_of, unknown
from packgate.shell.fold import known, options
from packgate.shell.partial import each
from packgate.shell.paths import resolve_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value
    from packgate.shell.fold import Given
    from packgate.shell.state import State

_DATE_NAMES = {"a": NAME, "A": NAME, "b": NAME, "B": NAME, "h": NAME, "p": NAME, "P": NAME, "Z": NAME, "z": NAME}
_DATE_FORMS = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y", "n": "\n", "t": "\t"}
_TEMPORARY = "/tmp"
_IN_SBIN = frozenset(("mkfs", "fdisk", "iptables", "shutdown", "reboot", "ifconfig", "sysctl", "useradd", "mount"))


def run(given: Given) -> Value | None:
    """The output of one of the programs of this module."""
    name = given.name
    if name in ("basename", "dirname"):
        return _of_paths(given, name)
    if name in ("realpath", "readlink", "grealpath", "greadlink"):
        return _real(given)
    if name == "date":
        return _date(given)
    if name == "mktemp":
        return _mktemp(given)
    if name == "which" or (name == "type" and ("-p" in given.argv or "-P" in given.argv)):
        return look_up(given.argv[1:], given.state)
    if name == "pwd":
        return join((given.state.cwd, "\n"))
    if name == "expr":
        return _expr(given)
    if name == "printenv":
        return _printenv(given)
    if name in ("whoami", "logname", "id"):
        return _user(given)
    chars = DIGITS if name in ("nproc", "getconf") else NAME
    if name in ("uname", "hostname", "arch", "nproc") and len(given.argv) < 3:
        return join((unknown(Origin("command", name), chars=chars if "-a" not in given.argv else "any"), "\n"))
    return None


def look_up(names: list[Value], state: State) -> Value:
    """What ``command -v`` and ``which`` print: functions and aliases by name, programs by the path that they have on
    most systems."""
    out: list[Value] = []
    for name in names:
        if isinstance(name, str) and name[:1] == "-":
            continue
        if (isinstance(name, str) and name in state.functions) or (isinstance(name, str) and "/" in name):
            out.extend((name, "\n"))
        else:
            folder = "/usr/sbin/" if name in _IN_SBIN else "/usr/bin/"
            out.extend((folder, name, "\n"))
    return join(out)


# --- paths ---------------------------------------------------------------------------------------------------------


def _of_paths(given: Given, name: str) -> Value | None:
    found, operands = options(given.argv, "s")
    if not operands:
        return ""
    suffix: Value = found.get("s", "")
    if name == "basename" and len(operands) == 2 and not found:
        suffix = operands.pop()
    out: list[Value] = []
    text_suffix = suffix if isinstance(suffix, str) else ""
    for operand in operands:
        result = each(operand, lambda text: base(text, text_suffix) if name == "basename" else folder(text))
        if result is None or suffix != text_suffix:
            result = _partial_path(operand, name == "basename")
        out.extend((result, "\n"))
    return join(out)


def base(path: str, suffix: str = "") -> str:
    """The last component of a path, without a suffix."""
    text = path.rstrip("/").rpartition("/")[2] or ("/" if path.startswith("/") else "")
    return text.removesuffix(suffix) if suffix != text else text


def folder(path: str) -> str:
    """All but the last component of a path."""
    head, slash, _ = path.rstrip("/").rpartition("/")
    return head.rstrip("/") or "/" if slash else "/" if path.startswith("/") else "."


def _partial_path(value: Value, last: bool) -> Value:
    """The last component, or all before it, of a partly known path."""
    if isinstance(value, str):
        return value
    parts = value.parts
    for i in range(len(parts) - 1, -1, -1):
        part = parts[i]
        if isinstance(part, str) and "/" in part:
            head, _, tail = part.rpartition("/")
            return join((tail, *parts[i + 1 :])) if last else join((*parts[:i], head or ("" if i else "/")))
        if isinstance(part, Hole) and part.chars == "any":
            break
    return unknown(*origins_of(value), chars=NAME if last else "any")


def _real(given: Given) -> Value | None:
    """``realpath`` and ``readlink -f``, without knowledge of links."""
    found, operands = options(given.argv, "")
    if not operands or (given.name.endswith("readlink") and not set(found) & set("fem")):
        return None
    out: list[Value] = []
    for operand in operands:
        out.extend((resolve_path(given.state.cwd, operand), "\n"))
    return join(out)


def _mktemp(given: Given) -> Value | None:
    found, operands = options(given.argv, "p")
    parent = found.get("p", found.get("tmpdir", "")) or _TEMPORARY
    template = operands[0] if operands else "tmp.XXXXXXXXXX"
    if not isinstance(template, str):
        return None
    stem = template.rstrip("X")
    path = stem if "/" in stem and "t" not in found else f"{parent}/{stem}"
    # A name of its own every time: what is written to one is not found behind another.
    given.state.budget.made += 1
    detail = "mktemp" if given.state.budget.made == 1 else f"mktemp {given.state.budget.made}"
    return join((path, Text((Hole((Origin("command", detail),), NAME),)), "\n"))


# --- times, names, numbers -----------------------------------------------------------------------------------------


def _date(given: Given) -> Value | None:
    forms = [word for word in given.argv[1:] if isinstance(word, str) and word.startswith("+")]
    if not forms:
        return None
    origin = (Origin("command", "date"),)
    text = forms[0][1:]
    for letter, form in _DATE_FORMS.items():
        text = text.replace("%" + letter, form)
    out: list[Value | Part] = []
    i = 0
    while i < len(text):
        if text[i] != "%" or i + 1 >= len(text):
            out.append(text[i])
            i += 1
            continue
        i += 1
        while i < len(text) - 1 and text[i] in "-_0^#:123456789":
            i += 1
        letter = text[i]
        out.append("%" if letter == "%" else Hole(origin, "any" if letter in "cxXr" else _DATE_NAMES.get(letter, DIGITS)))
        i += 1
    return join((*out, "\n"))


def _user(given: Given) -> Value | None:
    words = known(given.argv[1:])
    if given.name == "id" and words not in (["-un"], ["-nu"], ["-u", "-n"], ["-n", "-u"], ["-u"], ["-g"]):
        return None
    if given.name == "id" and words in (["-u"], ["-g"]):
        return join((unknown(Origin("command", "id"), chars=DIGITS), "\n"))
    user = given.state.user
    return f"{user}\n" if user is not None else join((unknown(Origin("command", given.name), chars=NAME), "\n"))


def _printenv(given: Given) -> Value | None:
    """``printenv NAME``: the value of an exported variable, as unknown as it is."""
    if len(given.argv) != 2 or not isinstance(given.argv[1], str):
        return None
    name = given.argv[1]
    value = given.state.env(name)
    if name not in given.state.variables:
        given.walk.names.append(name)
    return join((value if value is not None else unknown(Origin("variable", name)), "\n"))


def _expr(given: Given) -> Value | None:
    """``expr A OP B`` with numbers, and ``substr``."""
    words = known(given.argv[1:])
    if words is None:
        return None
    if len(words) == 4 and words[0] == "substr" and words[2].isdigit() and words[3].isdigit():
        start = int(words[2][:9]) - 1
        return words[1][start : start + int(words[3][:9])] + "\n"
    if len(words) == 2 and words[0] == "length":
        return f"{len(words[1])}\n"
    if len(words) != 3 or words[1] not in ("+", "-", "*", "/", "%"):
        return None
    from packgate.shell.numbers import apply

    if not all(word.lstrip("-").isdigit() and len(word) < 19 for word in (words[0], words[2])):
        return None
    value = apply(words[1], int(words[0]), int(words[2]))
    return None if value is None else f"{value}\n"
