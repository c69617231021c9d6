"""Generated shell scripts, every one valid in bash, for tests that compare our parser with others."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from random import Random

JOIN = "\\\n"
PLAIN = ["rm", "-rf", "a", "x1", "/etc/x", "--flag=v", "{a,b}", "*.py", "~/z", "#".join("ab"), "@", "a]b", "=", "%s", "9"]
ESCAPES = ["\\ ", "\\\\", "\\$", "\\;", "\\'", '\\"', "\\a", "\\#"]
SINGLE = ["''", "'a b'", "'$x'", "'\\'", "'a\nb'", "'#'"]
ANSI = ["$'a\\n'", "$'\\''", "$'b'"]
PARAMETERS = [
    "$x", "${x}", "$1", "$?", "$@", "${#x}", "${x:-d}", "${x:=$y}", "${x##*/}", "${x%.c}", "${x//a/b}", "${x[0]}",
    "${x[@]}", "${x^^}", "${!x}", "${x:1:2}", "$#", "${#}", "${x:-'q r'}", '${x:-"q }r"}', "${x+$(c d)}",
]  # fmt: skip
QUOTED_TEXT = ["a", " b ", "\\$", '\\"', "\\\\", "\\n", "'", "#", "(", "`e f`", "$ ", "* ", "a\nb", JOIN]
ARITHMETIC = ["$((1+2))", "$(( x * (2+3) ))", "$(( $x ))", '$(("1"+1))']
BLANKS = [" ", "  ", "\t", " " + JOIN, JOIN + " "]
REDIRECTIONS = [">f", "> f", ">>f", "2>&1", "<f", "&>f", "3<>f", ">|f", ">&-", "2>f", '<<<"w v"', "<<< w", "{fd}>f", ">&f"]


class Lines:
    """A script under construction: heredoc bodies wait for the end of their line."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def newline(self) -> str:
        """A newline and the bodies that wait for it."""
        text = "\n" + "".join(self.bodies)
        self.bodies = []
        return text


def script(random: Random) -> str:
    """A script of one to three lists."""
    return _list(random, Lines(), 0, closed=False)


def _chance(random: Random, one_in: int) -> bool:
    return random.randrange(one_in) == 0


def _list(random: Random, lines: Lines, depth: int, closed: bool) -> str:
    out = ""
    count = random.randint(1, 2 if depth else 3)
    for number in range(count):
        out += _and_or(random, lines, depth)
        last = number == count - 1
        separator = random.choice([";", "\n", "&", " # note\n", "; \n"])
        if separator.endswith("\n") or lines.bodies:
            out += separator.removesuffix("\n") + lines.newline()
        elif not last or closed:
            out += separator + " "
    return out


def _and_or(random: Random, lines: Lines, depth: int) -> str:
    out = _pipeline(random, lines, depth)
    while _chance(random, 3):
        gap = lines.newline() if _chance(random, 6) else random.choice(["", " ", JOIN])
        out += " " + random.choice(["&&", "||"]) + gap + _pipeline(random, lines, depth)
    return out


def _pipeline(random: Random, lines: Lines, depth: int) -> str:
    out = random.choice(["! ", ""]) if _chance(random, 6) else ""
    out += _command(random, lines, depth)
    while _chance(random, 4):
        out += random.choice([" | ", "|", " |& "]) + _command(random, lines, depth)
    return out


def _command(random: Random, lines: Lines, depth: int) -> str:
    if depth >= 2 or not _chance(random, 3):
        return _simple(random, lines, depth)
    kind = random.choice(["group", "subshell", "if", "while", "for", "case", "function"])
    inner = _list(random, lines, depth + 1, closed=True)
    if kind == "group":
        out = "{ " + inner + "}"
    elif kind == "subshell":
        out = "( " + inner + ")"
    elif kind == "if":
        out = "if " + inner + "then " + _list(random, lines, depth + 1, closed=True) + "fi"
    elif kind == "while":
        out = "while " + inner + "do " + _list(random, lines, depth + 1, closed=True) + "done"
    elif kind == "for":
        out = "for i in " + _words(random, depth) + "; do " + inner + "done"
    elif kind == "case":
        out = "case " + _word(random, depth) + " in (a|b*) " + inner + ";; *) " + "esac"
    else:
        return "f() { " + inner + "}"
    return out + (" " + random.choice(REDIRECTIONS) if _chance(random, 3) else "")


def _simple(random: Random, lines: Lines, depth: int) -> str:
    if _chance(random, 12):
        return random.choice(["A=(x [2]=y $z)", "A[1]=d", "A=() B=b"])
    words = []
    if _chance(random, 4):
        words.append(random.choice(["A=", "A=b", "A+=c", "A=$(z w)", 'A="p q"']))
    words.append(random.choice(["rm", "echo", "ls", "g" + JOIN + "it", "'cat'", "c\\at", '"$x"', "./run", "if.sh", "[", "doit"]))
    count = random.randint(0, 3)
    words += [random.choice(REDIRECTIONS) if _chance(random, 6) else _word(random, depth) for _ in range(count)]
    if _chance(random, 8):
        words.append(_heredoc(random, lines, depth))
    out = words[0]
    for word in words[1:]:
        out += random.choice(BLANKS) + word
    return out


def _heredoc(random: Random, lines: Lines, depth: int) -> str:
    quoted = _chance(random, 2)
    tabs = _chance(random, 2)
    text = random.choice(["a\n", "", 'it\'s "x"\n', "\ta\n\tb\n", "\\$x \\\\\n"])
    if not quoted and not tabs:
        text += random.choice(["$x\n", "$(c d)\n", "", "`g h`\n"]) if depth < 2 else ""
    lines.bodies.append(text + ("\t" if tabs else "") + "EOF\n")
    return ("<<-" if tabs else "<<") + ("'EOF'" if quoted else "EOF")


def _words(random: Random, depth: int) -> str:
    return " ".join(_word(random, depth) for _ in range(random.randint(1, 2)))


def _word(random: Random, depth: int) -> str:
    out = random.choice(PLAIN) if _chance(random, 2) else ""
    for _ in range(random.randint(0 if out else 1, 2)):
        out += _part(random, depth)
    return out


def _part(random: Random, depth: int) -> str:
    kind = random.randint(0, 11)
    if kind <= 1:
        return random.choice(ESCAPES)
    if kind <= 3:
        return random.choice(SINGLE + ANSI)
    if kind <= 5:
        return random.choice(PARAMETERS)
    if kind <= 7:
        inside = [_quoted_piece(random, depth) for _ in range(random.randint(0, 3))]
        return '"' + "".join(inside) + '"'
    if kind == 8:
        return random.choice(ARITHMETIC)
    if kind == 9 and depth < 2:
        return _substitution(random, depth)
    if kind == 10 and depth < 2:
        return random.choice(["<(", ">("]) + "k " + _word(random, 2) + ")"
    return JOIN + "m"


def _quoted_piece(random: Random, depth: int) -> str:
    kind = random.randint(0, 3)
    if kind == 0:
        return random.choice(PARAMETERS[:-3])
    if kind == 1 and depth < 2:
        return _substitution(random, depth)
    return random.choice(QUOTED_TEXT)


def _substitution(random: Random, depth: int) -> str:
    inner = _list(random, Lines(), depth + 1, closed=False)
    return "$(" + (" " if inner.startswith("(") else "") + inner + ("\n" if "#" in inner or "<<" in inner else "") + ")"
