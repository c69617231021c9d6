"""Hostile command lines of about 100 KB, each of one shape. Nothing here is ever run."""

from __future__ import annotations

import base64
import gzip

SIZE = 100_000


# Of the nests and explosions those whose meaning can be told from the text all the same.
READABLE = (
    "quoted eval in eval", "negated conditions", "a string that doubles in a loop", "an alias of itself", "an endless loop",
)  # fmt: skip


class Shape:
    """One hostile line. ``beyond`` says that it can't be analysed whole: its coverage must then not be full."""

    def __init__(self, name: str, text: str, beyond: bool = False, shell: str = "bash") -> None:
        self.name = name
        self.text = text
        self.beyond = beyond
        self.shell = shell


def fill(unit: str, head: str = "", tail: str = "", size: int = SIZE) -> str:
    """A unit repeated up to the size, between a head and a tail."""
    return head + unit * max(1, (size - len(head) - len(tail)) // len(unit)) + tail


def nested(opening: str, middle: str, closing: str, levels: int) -> str:
    """A balanced nest, filled up to the size with a comment."""
    text = opening * levels + middle + closing * levels
    return text + "\n#" + "x" * max(0, SIZE - len(text))


def shapes() -> list[Shape]:
    """All shapes, with names that are unique."""
    large = {**open_nests(), **closed_nests(), **explosions(), **endless()}
    found = [Shape(name, text, name not in READABLE) for name, text in large.items()]
    found += [Shape(name, text) for name, text in {**flat(), **long_words()}.items()]
    found += [Shape(f"{shell}: {name}", text, beyond, shell) for shell, name, text, beyond in other_shells()]
    return found


def open_nests() -> dict[str, str]:
    """Openings without an end: syntax errors."""
    units = {
        "subshells": "( ", "double parentheses": "((", "command substitutions": "$(", "quoted substitutions": '"$(', "arithmetic": "$((",
        "old arithmetic": "$[", "parameters": "${a:-", "quoted parameters": '"${a:-', "array": "a=(", "array elements": "a=([",
        "subscripts": "a[", "nested subscripts": "a[$(", "heredoc in a substitution": "$(cat <<A\n", "conditions": "[[ ( ",
        "regular expressions": "[[ a =~ (", "case": "case a in a) ", "if": "if ", "then": "if a; then ", "loops": "while a; do ",
        "groups": "{ ", "functions": "f() { ", "process substitutions": "<(", "extended globs": "@(", "arithmetic loops": "for ((",
        "backticks that escape": "`\\`", "case terminators": ";;", "coprocesses": "coproc {",
    }  # fmt: skip
    return {f"open {name}": fill(unit) for name, unit in units.items()}


def closed_nests() -> dict[str, str]:
    """Balanced nests deeper than any person writes."""
    encoded = "rm -rf /etc"
    while len(encoded) < SIZE:
        encoded = f"echo {base64.b64encode(encoded.encode()).decode()} | base64 -d | sh"
    quoted = "rm -rf /etc"
    while len(quoted) * 2 < SIZE:
        quoted = "eval '" + quoted.replace("'", "'\\''") + "'"
    return {
        "subshells in subshells": nested("( ", "a", " )", 16_000),
        "substitutions in substitutions": nested("$(", "a", ")", 16_000),
        "quoted substitutions in each other": nested('"$(', "a", ')"', 16_000),
        "arithmetic parentheses": nested("$((" + "(" * 20_000, "1", ")" * 20_000 + "))", 1),
        "arithmetic in arithmetic": nested("$((", "1", "))", 16_000),
        "parameters in parameters": nested("${a:-", "b", "}", 16_000),
        "braces in braces": nested("echo " + "{a," * 16_000, "b", "}" * 16_000, 1),
        "eval in eval": nested("eval ", "rm -rf /etc", "", 19_000),
        "quoted eval in eval": fill("#", quoted + "\n"),
        "sudo in sudo": nested("sudo ", "rm -rf /etc", "", 19_000),
        "env in env": nested("env A=b nice -n 5 ", "rm -rf /etc", "", 5_000),
        "base64 in base64": encoded,
        "functions that call the next": "".join(f"f{i}() {{ f{i + 1}; f{i + 1}; }}; " for i in range(3_000)) + "f0",
        "negated conditions": "[[ " + "! " * 49_000 + "a ]]",
    }


def explosions() -> dict[str, str]:
    """Small texts with a large meaning."""
    return {
        "a range of a hundred million": fill("{1..99999999} ", "echo "),
        "a product of braces": fill("{a,b}", "echo "),
        "braces in a loop": fill("#", "for i in {1..1000}; do for j in {1..1000}; do for k in {1..1000}; do rm /etc/$i$j$k; done; done; done\n"),
        "a variable that doubles": fill("#", "a=x; " + "a=$a$a; " * 40 + "echo $a\n"),
        "a variable that doubles, to the end": fill("a=$a$a; ", "a=x; "),
        "an array that doubles": fill('a=("${a[@]}" "${a[@]}"); ', "a=(x y); "),
        "parameters that double": fill('set -- "$@" "$@"; ', "set -- a b; "),
        "a string that doubles in a loop": fill("#", "a=xx; while :; do a+=$a; done; echo $a\n"),
        "a width of printf": fill("#", "eval \"$(printf '%999999999s' x)\"\n"),
        "many widths of printf": fill("%999999s", "x=$(printf '", "' a); $x"),
        "a precision of printf": fill("#", "a=$(printf '%.999999999d' 1); $a\n"),
        "a sequence of a billion": fill("#", "for i in $(seq 1 999999999); do rm /etc/$i; done\n"),
        "substitutions of everything": fill("#", "a=" + "a" * 5_000 + "; " + "a=${a//a/aaaaaaaaaa}; " * 20 + "$a\n"),
        "a fork bomb": fill("#", ":(){ :|:& };:\n"),
        "functions that call themselves twice": fill("#", "f() { f; f; }; f\n"),
        "recursion over arguments": fill("#", 'f() { f "$@" "$@"; }; f a b c\n'),
        "a compressed bomb": "echo " + base64.b64encode(gzip.compress(b"rm -rf /etc\n" * 4_000_000)).decode() + " | base64 -d | gunzip | sh",
        "an alias of itself": fill("#", "shopt -s expand_aliases\nalias a='a a '\na\n"),
        "a power": fill("#", "for ((i=0; i<2**62; i++)); do rm /etc/$i; done\n"),
        "ranges in arguments": fill("rm {1..999}{1..999}; "),
        "letters and numbers": fill("{a..z}{1..9999999..3}", "rm "),
        "repeats of awk": fill("#", "awk 'BEGIN{for(i=0;i<1e9;i++)system(\"rm /etc/\" i)}'\n"),
        "xargs over a range": fill("#", "seq 1 99999999 | xargs -n1 rm\n"),
        "choices in choices": fill("if $u; then a=$a/x; else a=$a/y; fi; ", "", "rm -rf $a"),
        "cases of the unknown": fill("case $u in a) a+=1;; b) a+=2;; *) a+=3;; esac; ", "", "rm $a"),
        "traps in traps": fill("trap 'trap \"rm /etc\" EXIT; exit' EXIT; "),
    }


def endless() -> dict[str, str]:
    """What never stops, and many commands."""
    return {
        "yes": fill("#", "yes | head -n 999999999 | sh\n"),
        "an endless loop": fill("#", "while true; do rm -rf /etc; done\n"),
        "nested endless loops": fill("while :; do ", "", "rm -rf /etc" + "; done" * 40, 500) + "\n#" + "x" * SIZE,
        "commands": fill("a;"),
        "conjunctions": fill("a&&", "", "b"),
        "a pipeline": fill("a|", "", "b"),
        "background jobs": fill("a&"),
        "deletions": fill("rm /x;"),
        "evals": fill("eval 'rm /x';"),
        "heredocs": fill("cat <<A\nA\n"),
        "substitutions in a row": fill("$(a)"),
        "backticks in a row": fill("`a`"),
        "functions in a row": fill("f() { a; }; f; "),
        "loops in a row": fill("for i in a b c; do rm $i; done; "),
        "here-strings to shells": fill("sh <<< 'rm /x'; "),
        "files that are run": fill("echo 'rm /x' > f; sh f; "),
    }


def flat() -> dict[str, str]:
    """Long, but without depth: much of it can be read whole."""
    return {
        "redirections": fill(">a "),
        "descriptors": fill("{a}>x "),
        "heredocs of one command": fill("<<A ", "cat ", "\nA\n"),
        "heredoc without an end": fill("B\n", "cat <<A\n"),
        "assignments": fill("a=b "),
        "assignments of each other": fill("a=$b b=$a "),
        "declared arrays": fill("declare a=(x) "),
        "arguments": fill("a ", "echo "),
        "paths": fill("/etc/a ", "rm -rf "),
        "options": fill("-a ", "rm "),
        "parameters in a row": fill("$a"),
        "globs": fill("/*", "rm "),
        "many globs": fill("/*/?[a-z]* ", "rm "),
        "stars": fill("*", "rm "),
        "extended globs in a row": fill("@(a|b)", "rm "),
        "a long alternation": fill("a|", "rm @(", "b)"),
        "a pattern that backtracks": fill("*a", "x=" + "a" * 40_000 + "; echo ${x##", "b}"),
        "a condition that backtracks": "[[ " + "a" * 50_000 + " == " + "*a" * 24_000 + "b ]]",
        "a regular expression that backtracks": "[[ " + "a" * 50_000 + " =~ ^(a+)+" + "(a*)*" * 9_000 + "$ ]]",
        "a sum": fill("1+", "echo $((", "1))"),
        "a sum of variables": fill("a+", "a=1; echo $((", "1))"),
        "a power of powers": fill("9**", "echo $((", "9))"),
        "shifts": fill("1<<", "echo $((", "1))"),
        "a long number": fill("9", "echo $((", "))"),
        "negations": fill("! "),
        "comments": fill("# a\n"),
        "cases": fill("a) b;; ", "case a in ", "esac"),
        "elif": fill("elif a; then b; ", "if a; then b; ", "fi"),
        "aliases": fill("alias a=b; "),
        "terms of a condition": fill("a && ", "[[ ", "b ]]"),
        "SQL": fill("DROP TABLE a; ", "psql -c '", "'"),
        "SQL in parentheses": fill("(SELECT ", "psql -c '", "'"),
        "SQL comments": fill("/*", "psql -c '", "'"),
        "refspecs": fill("+a:b ", "git push origin "),
        "sed scripts": fill("s/a/b/;", "sed '", "' f"),
        "a Python program": fill("os.system(\"rm /x\");", "python3 -c 'import os;", "'"),
        "a deep Python program": fill("(", "python3 -c '", "'"),
        "Python operators": fill("-", "python3 -c '", "1'"),
        "a Perl program": fill('system("a");', "perl -e '", "'"),
        "a node program": fill('require("child_process").exec("a");', "node -e '", "'"),
        "JSON": fill("[", "curl -d '", "' http://example.com"),
        "find": fill("-exec rm {} ; ".replace(";", "\\;"), "find . "),
        "find in parentheses": fill("\\( ", "find . "),
    }


def long_words() -> dict[str, str]:
    """One word, or characters that are no text."""
    return {
        "one word": fill("a"),
        "one path": fill("/a", "rm "),
        "dots": fill("../", "rm "),
        "slashes": fill("/", "rm "),
        "an option": fill("a", "rm --"),
        "flags": fill("a", "rm -"),
        "a URL": fill("a.", "curl http://"),
        "a query": fill("a=b&", "curl 'http://example.com/?", "'"),
        "a host": fill("@a", "ssh "),
        "single quotes": fill("''"),
        "one single quote": fill("'"),
        "an open double quote": fill("a", '"'),
        "backslashes": fill("\\"),
        "line continuations": fill("a\\\n"),
        "ANSI quotes": fill("$'\\x41'"),
        "dollars": fill("$"),
        "hashes": fill("#", "a"),
        "NUL": fill("\0"),
        "NUL in words": fill("a\0 "),
        "surrogates": fill("\ud800"),
        "bytes that are no UTF-8": fill("\udcff \udc80"),
        "carriage returns": fill("a\r\n"),
        "wide white space": fill("\u00a0"),
        "letters of other alphabets": fill("\u0430\u0456\u0131\u017f"),
        "combining characters": fill("e\u0301"),
        "text that turns about": fill("\u202e\u202d"),
        "astral characters": fill("\U0001f4a3"),
        "escape sequences": fill("\x1b[31m"),
        "tabs": fill("\t"),
        "newlines": fill("\n"),
        "random letters": fill("qwertyuiopasdfghjklzxcvbnm0123456789QWERTYUIOP"),
        "a key": fill("A" * 64 + "=", "export KEY="),
        "a password": fill("aB3$", "mysql -p'", "'"),
        "tokens": fill("ghp_" + "a" * 36 + " ", "echo "),
    }


def other_shells() -> list[tuple[str, str, str, bool]]:
    """Shell, name, text and whether it can't be read whole."""
    encoded = base64.b64encode(("Remove-Item C:\\x; " * 3_000).encode("utf-16-le")).decode()
    return [
        ("zsh", "flags", fill("${(f)", "echo "), True),
        ("zsh", "groups of globs", fill("(a|", "rm "), True),
        ("zsh", "anonymous functions", fill("() { "), True),
        ("zsh", "parameters of parameters", fill("${${"), True),
        ("sh", "substitutions", fill("$("), True),
        ("powershell", "parentheses", fill("("), True),
        ("powershell", "subexpressions", fill("$("), True),
        ("powershell", "pipes", fill("a|", "", "b"), False),
        ("powershell", "script blocks", fill("& {"), True),
        ("powershell", "an encoded command", f"powershell -EncodedCommand {encoded}", False),
        ("powershell", "backticks", fill("`a"), False),
        ("cmd", "carets", fill("^"), False),
        ("cmd", "parentheses", fill("("), True),
        ("cmd", "percent", fill("%a%"), False),
        ("cmd", "conjunctions", fill("a&"), False),
    ]
