"""Composed shell scripts over the whole grammar, for comparing our parser with others, and broken copies of them.

Those of `script` are valid in bash with ``extglob``; those of `posix` hold nothing that POSIX lacks. They are never run.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from random import Random

JOIN = "\\\n"
PLAIN = ["rm", "-rf", "a", "x1", "/etc/x", "--flag=v", "{a,b}", "*.py", "~/z", "a#b", "@", "a]b", "=", "%s", "9", "a=b", "{1..3}", "[a-z]?", "~", "é", "-", "--", "a,b", "!", "if", "x{", "}y", "^", "+x", "a:b", "1", "in", "[", "]]"]
ESCAPES = ["\\ ", "\\\\", "\\$", "\\;", "\\'", '\\"', "\\a", "\\#"]
SINGLE = ["''", "'a b'", "'$x'", "'\\'", "'a\nb'", "'#'"]
ANSI = ["$'a\\n'", "$'\\''", "$'b'", "$'\\x41\\101\\u00e9'", "$'\\\\'", "$''", '$"loc"', "$'\\e[0m'"]
PARAMETERS = [
    "$x", "${x}", "$1", "$?", "$@", "${#x}", "${x:-d}", "${x:=$y}", "${x##*/}", "${x%.c}", "${x//a/b}", "${x[0]}",
    "${x[@]}", "${x^^}", "${!x}", "${x:1:2}", "$#", "${#}", "${x%%[ab]*}", "${x#?}", "${x/#a/b}", "${x/%a}", "${x/a\\/b/c}", "${x,}", "${x^^[a-c]}", "${x@Q}", "${x@U}", "${!x*}", "${!x@}", "${!x[@]}", "${#x[@]}", "${x[i+1]}", "${x[$i]}",
    "${x:$y}", "${x: -1}", "${x:(1):y+1}", "$$", "$!", "$-", "$*", "$0", "$_", "${10}", "${@:2}", "${*%a}", "${x:?m}", "${x?}", "${x:=}", "${x:+}", "${x#}", "${x//a}", "${x[@]:1:2}", "${x[*]#a}",
    "${x:-'q r'}", '${x:-"q }r"}', "${x+$(c d)}", "${x-${y-$z}}", "${x:-{a,b}}",
]  # fmt: skip
# Within double quotes mvdan/sh takes the single quotes of a default for quotes.
IN_QUOTES = [text for text in PARAMETERS if not set(text) & set("'\"(") and "{a,b}" not in text]
QUOTED_TEXT = ["a", " b ", "\\$", '\\"', "\\\\", "\\n", "'", "#", "(", "`e f`", "$ ", "* ", "a\nb", JOIN]
EXTENDED = ["@(a|b)", "+(a)", "*(a|b*)", "?(x)", "!(a)", "@(a|@(b|c))x", "@('a'|$x)", "!(*.py)"]
CONDITIONS = [
    "[[ a == b ]]", "[[ -f $x && ! -d y ]]", "[[ ( a < b ) || -z $x ]]", "[[ $x =~ ^a(b|c)+$ ]]", "[[ a -eq 1 ]]", "[[ $x ]]", "[[ ! a ]]", "[[ a = b* && 'c' != \"$d\" ]]", "[[ -n a\n&& b ]]", "[[ $x == @(a|b) ]]", "[[ a > b ]]", "[[ -v x ]]",
    "[[ $x =~ [0-9]{2} ]]", "[[ a -nt b ]]", "((x++))", "(( x > 1 && y ))", "((x = (1 + 2) * 3))", "((a[1] << 2))", "(( x ? y : z ))", "((1))", "(( $x + ${y} ))", "((x=$(c)))",
]
DECLARATIONS = [
    "declare -a x=(1 2) y", "export A=b C", "local x=\"$y\" z", "readonly R=(a)", "typeset -i n=1+2", "declare -A m=([k]=v [a]=c)", "export -p", "declare x=$(c) \"$z\"", "let x=1 y++", "let 'x = 2'", "export $x", "alias ll='ls -l' g=git", "declare x+=b", "A=b export C=d",
    "unset x[1]", "eval 'a b'", "trap 'c d' EXIT", "printf -v x %s y", "read -r a b", "set -- a b", "source f", "exec 3>f", ":", "shift 2", "x=1 y=2", "x=(a b)", "x+=(c)", "getopts ab: o", "return 1",
]
ARITHMETIC = ["$((1+2))", "$(( x * (2+3) ))", "$(( $x ))", '$(("1"+1))', "$((x?1:2))", "$((x<<=2,y))", "$((-x**2))", "$((x[1]+${y}))", "$((!x&&~y))", "$((16#ff))", "$(( x\n+1 ))", "$[1+2]", "$((x++ + ++y))", "$(($(c)+1))"]
COMPOUND = ["group", "subshell", "if", "while", "for", "case", "function", "condition", "condition", "short for", "arithmetic for", "coproc"]
BLANKS = [" ", "  ", "\t", " " + JOIN, JOIN + " "]
REDIRECTIONS = [">f", "> f", ">>f", "2>&1", "<f", "&>f", "3<>f", ">|f", ">&-", "2>f", '<<<"w v"', "<<< w", "{fd}>f", ">&f", "&>>f", "2>>f", "0<f", ">>$x", "< <(k)", "> >(k a)", "<&3", "3>&1-", "{fd}<&-", ">$(c)", "2>/dev/null", "<&$x", "<<<$x", "<<<'a b'", ">&2"]


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


# What a broken copy gets inserted.
TOKENS = [
    "(", ")", "((", "))", "{", "}", "[[", "]]", "[", "]", "'", '"', "`", "$", "$(", "${", "$((", "<", ">", "<<", "<<<", "<(", "|", "||", "&", "&&", ";", ";;", ";&", "\n", " ", "\\", "#", "!", "=", "*", "~",
    "\\\n", " if ", " then ", " fi", " do ", " done", " case ", " esac", " in ", " for ", " while ", " function ", " time ", " coproc ", " { ", "; }", "()", "a=(", "<<E\n", "2>", ">&", "&>", "|&", "\t", "else ", "elif ", "until ", "select ",
]  # fmt: skip


def broken(random: Random) -> str:
    """A script with one to three places changed: cut, doubled, exchanged, something inserted. It may still be valid."""
    text = script(random)
    for _ in range(random.choice((1, 1, 2, 3))):
        at = random.randrange(len(text) + 1)
        end = min(len(text), at + random.choice((1, 1, 2, 5)))
        kind = random.randrange(6)
        if kind <= 1:
            text = text[:at] + random.choice(TOKENS) + text[at:]
        elif kind == 2:
            text = text[:at] + text[end:]
        elif kind == 3:
            text = text[:at] + text[at:end] * 2 + text[end:]
        elif kind == 4:
            text = text[:at] + random.choice(TOKENS) + text[end:]
        else:
            text = text[:at] if _chance(random, 3) else text[:at] + " " + text[at:]
    # A backslash before the end of a file means nothing, to each shell something else.
    return text.rstrip("\\")


# What POSIX has no word for, or what dash reads in another way.
_NOT_POSIX = re.compile(
    r"\$'|\$\"|<<<|&>|>&[^0-9-]|<\(|>\(|\[\[|\(\(|\$\[|function|select|coproc|time|;&|;;&|\|&|[@?*+!]\(|\+?=\(|\]\+?=|\+=|\{\w+\}[<>]|"
    r"\$\{[^}]*[\[@^,!/]|\$\{\w+:[^-=?+]|for i do|f-x|declare|local|readonly|typeset|export|let|alias|for i in;|é|eval|return|exec|\$\{\*|<>|[0-9]-|\{ *\}"
)


def posix(random: Random) -> str:
    """A script that POSIX shells read too."""
    while True:
        text = script(random)
        if not _NOT_POSIX.search(text):
            return text


def _chance(random: Random, one_in: int) -> bool:
    return random.randrange(one_in) == 0


def _list(random: Random, lines: Lines, depth: int, closed: bool) -> str:
    out = ""
    count = random.choice((1, 1, 2) if depth else (1, 1, 2, 3))
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
    while _chance(random, 5):
        gap = lines.newline() if _chance(random, 6) else random.choice(["", " ", JOIN])
        out += " " + random.choice(["&&", "||"]) + gap + _pipeline(random, lines, depth)
    return out


def _pipeline(random: Random, lines: Lines, depth: int) -> str:
    out = random.choice(["! ", ""]) if _chance(random, 6) else ""
    out += _command(random, lines, depth)
    while _chance(random, 6):
        out += random.choice([" | ", "|", " |& "]) + _command(random, lines, depth)
    return out


def _command(random: Random, lines: Lines, depth: int) -> str:
    if depth >= 2 or not _chance(random, 4):
        return _simple(random, lines, depth)
    kind = random.choice(COMPOUND)
    if kind == "condition":
        return random.choice(CONDITIONS) + (" " + random.choice(REDIRECTIONS) if _chance(random, 6) else "")
    inner = _list(random, lines, depth + 1, closed=True)
    if kind == "group":
        out = "{ " + inner + "}"
    elif kind == "subshell":
        out = "( " + inner + ")"
    elif kind == "if":
        out = "if " + inner + "then " + _list(random, lines, depth + 1, closed=True)
        out += random.choice(["", "", "else a; ", "elif b; then c; ", "elif b\nthen c; else d; "]) + "fi"
    elif kind == "while":
        out = random.choice(["while ", "until ", "while\n", "while ! "]) + inner + "do " + _list(random, lines, depth + 1, closed=True) + "done"
    elif kind == "for":
        out = random.choice(["for i in ", "select i in ", "for i\nin ", "for _x in "]) + _words(random, depth) + random.choice(["; do ", "\ndo ", " ;\n do "]) + inner + "done"
    elif kind == "short for":
        out = random.choice(["for i; do ", "for i do ", "for i\ndo ", "for i in; do ", "select i; do "]) + inner + "done"
    elif kind == "arithmetic for":
        clauses = random.choice(["i=0;i<3;i++", ";;", " i = 0 ; i < $x ; i += 2 ", "i=(1),j=2;;"])
        out = f"for (({clauses})){random.choice([' ', '; ', chr(10)])}" + random.choice(["do " + inner + "done", "{ " + inner + "}"])
    elif kind == "coproc":
        return random.choice(["coproc { " + inner + "}", "coproc N { " + inner + "}", "coproc " + _simple(random, lines, 2)])
    elif kind == "case":
        out = "case " + _word(random, depth) + random.choice([" in (a|b*) ", " in a|b*) ", "\nin\n[a-z]) ", " in $x) ", " in 'a b') ", " in @(a|b)) "]) + inner
        out += random.choice([";; *) ", ";& *) ", ";;& x|y) ", ";;\n(c) d;; ", ";;\n"]) + "esac"
    else:
        return random.choice(["f() { ", "function f { ", "f-x () {\n", "function f() { ", "f ( ) { "]) + inner + "}"
    return out + (" " + random.choice(REDIRECTIONS) if _chance(random, 3) else "")


def _simple(random: Random, lines: Lines, depth: int) -> str:
    if _chance(random, 8):
        return random.choice(["A=(x [2]=y $z)", "A[1]=d", "A=(\na # c\n'b')", "A[i+1]+=d", "A=([x]=1 [y]=2)", *DECLARATIONS])
    words = []
    if _chance(random, 4):
        words.append(random.choice(["A=", "A=b", "A+=c", "A=$(z w)", 'A="p q"']))
    words.append(random.choice(["rm", "echo", "ls", "g" + JOIN + "it", "'cat'", "c\\at", '"$x"', "./run", "if.sh", "[", "doit", "time", "-x", "%1", "é", "a=b", "x+y", "echo", "$(c)", "~/r", "*", "{a,b}", "do\\ne", "@", "else1", "!x"]))
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
    kind = random.randint(0, 12)
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
    if kind == 11:
        return random.choice(EXTENDED)
    return JOIN + "m"


def _quoted_piece(random: Random, depth: int) -> str:
    kind = random.randint(0, 3)
    if kind == 0:
        return random.choice(IN_QUOTES)
    if kind == 1 and depth < 2:
        return _substitution(random, depth)
    return random.choice(QUOTED_TEXT)


def _substitution(random: Random, depth: int) -> str:
    inner = _list(random, Lines(), depth + 1, closed=False)
    if _chance(random, 6) and not set(inner) & set("`\\\"'"):
        return "`" + inner + ("\n" if "#" in inner or "<<" in inner else "") + "`"
    return "$(" + (" " if inner.startswith("(") else "") + inner + ("\n" if "#" in inner or "<<" in inner else "") + ")"
