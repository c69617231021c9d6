"""Hostile syntax: nests, endless lines, long words, characters that are no text, other shells."""

from __future__ import annotations

import base64

from hostile_text import SIZE, counted, fill, nested


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


def nests_of_commands() -> dict[str, str]:
    """Compound commands and wrappers in each other, deeper than any person writes."""
    heredocs = "".join(f"sh <<A{i}\n" for i in range(5_000)) + "rm -rf /etc\n" + "".join(f"A{i}\n" for i in reversed(range(5_000)))
    wrappers = ("ssh h ", "docker exec a ", "kubectl exec a -- ", "timeout 5 ", "command ", "xargs ", "find . -exec ", "nohup nice time ", "watch ",
                "git -c alias.a=! a ", "su -c ", "flock a ", "chroot /a ", "strace -f ", "parallel ", "busybox ", "env -S ", "trap ")  # fmt: skip
    pairs = {
        "arithmetic with substitutions": ("$(( $(echo ", "1", ") ))", 6_000),
        "quoted parameters in each other": ('"${x:-', "b", '}"', 13_000),
        "subscripts in each other": ("${a[", "0", "]}", 16_000),
        "patterns in each other": ("${a##", "b", "}", 16_000),
        "replacements in each other": ("${a/b/", "c", "}", 14_000),
        "loops in each other": ("while a; do ", "rm /etc", "; done", 5_500),
        "branches in each other": ("if a; then ", "rm /etc", "; fi", 6_500),
        "cases in each other": ("case $a in b) ", "rm /etc", ";; esac", 4_500),
        "cases of a constant in each other": ("case a in a) ", "rm /etc", ";; esac", 4_500),
        "groups in each other": ("{ ", "rm /etc", "; }", 20_000),
        "background groups in each other": ("( ", "rm /etc", " & )", 16_000),
        "process substitutions in each other": ("cat <(", "rm /etc", ")", 14_000),
        "backticks in quotes": ('"`', "rm /etc", '`"', 20_000),
        "extended globs in each other": ("rm @(", "a", ")", 12_000),
        "alternatives in each other": ("@(a|", "b", ")", 20_000),
        "here-strings in each other": ("cat <<< $(", "rm /etc", ")", 8_000),
        "arrays in each other": ("a=($(", "rm /etc", "))", 14_000),
        "coprocesses in each other": ("coproc { ", "rm /etc", "; }", 7_000),
    }
    return {
        "conditions in each other": "[[ " + "( " * 24_000 + "a" + " )" * 24_000 + " ]]",
        "heredocs to shells in each other": heredocs,
        **{name: nested(*parts) for name, parts in pairs.items()},
        **{f"{wrapper.split()[0]} in {wrapper.split()[0]}": fill(wrapper, "", "rm -rf /etc") for wrapper in wrappers},
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
        "different files that are run": counted("echo 'rm /x@' > f@; sh f@; "),
        "pipelines": fill("a | b; "),
        "different commands": counted("c@ a; "),
        "different deletions": counted("rm /x/@ && "),
        "different heredocs": "".join(f"cat <<A{i}\n$(rm /x)\nA{i}\n" for i in range(4_000)),
        "heredocs of one line": "cat " + "".join(f"<<A{i} " for i in range(6_000)) + "\n" + "".join(f"A{i}\n" for i in range(6_000)),
        "functions of their own": counted("f@() { rm /x/@; }; f@; "),
        "places": counted("cd d@; rm a; "),
        "different variables": counted("V@=/etc; rm $V@; "),
        "exported variables": counted("export V@=/etc; sh -c 'rm $V@'; "),
        "copies of descriptors": counted("exec 9>&@; "),
        "jobs in subshells": fill("(rm /x &) "),
        "options that are set": fill("set -e; set +e; shopt -s extglob; "),
        "traps in a row": fill("trap 'rm /x' EXIT; "),
        "assignments before a command": counted("A@=b ", "", "rm -rf /etc"),
        "branches of the unknown": fill("a && b=$b/x || b=/etc; ", "", "rm $b"),
        "shells in a row": fill("sh -c 'rm /x'; "),
        "remote shells in a row": counted("ssh h@ rm /x; "),
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
        "refspecs": fill("+a:b ", "git push origin "),
        "find": fill("-exec rm {} ; ".replace(";", "\\;"), "find . "),
        "find in parentheses": fill("\\( ", "find . "),
        "cases of names": counted("a@) rm /x;; ", "case $x in ", "esac"),
        "cases of patterns": counted("*a@*|?@[b-d]*) rm /x;; ", "case $x in ", "esac"),
        "patterns of one case": fill("*a*b?|", "case $x in ", "c) rm /x;; esac"),
        "stars and question marks": fill("*?", "rm /etc/"),
        "folders of stars": fill("**/", "rm /"),
        "different globs": counted("/e*c/?@ ", "rm "),
        "globs that may aim anywhere": fill("/???/*[sp]* ", "cat "),
        "home directories": counted("~u@ ", "rm "),
        "holes": fill("$a/", "rm /"),
        "holes in many words": fill("/etc/$x ", "rm "),
        "substitutions in many words": fill("/etc/$(a) ", "rm "),
        "different paths": counted("/etc/@ ", "rm -rf "),
        "different options": counted("--o@=1 ", "rm "),
        "array elements": counted("[@]=x ", "a=(", "); rm ${a[@]}"),
        "arguments of many commands": "rm " + "/x " * 20_000 + "; " + "cp /etc/a /b; " * 2_500,
        "terms of tests": fill("-o -f a ", "test -f b ", "&& rm /x"),
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
        ("cmd", "variables that double", fill("set a=%a%%a%& ", "set a=x& ", "del %a%"), False),
        ("cmd", "loops", fill("for /l %i in (1,1,999999999) do "), False),
        ("cmd", "shells in shells", fill("cmd /c ", "", "del C:\\x"), False),
        ("cmd", "quotes", fill('"'), False),
        ("cmd", "blocks", fill("if a==a (", "", "del C:\\x"), True),
        ("powershell", "texts that double", fill("$a=$a+$a;", "$a='x';", "iex $a"), False),
        ("powershell", "texts times a number", fill("('x'*999999999)", "iex "), False),
        ("powershell", "ranges", fill("1..99999999|", "", "Remove-Item C:\\x"), False),
        ("powershell", "here-strings", fill("@'\na\n'@;"), False),
        ("powershell", "open here-strings", fill("@\"\n"), True),
        ("powershell", "sums of texts", fill("'a'+", "iex (", "'b')"), False),
        ("powershell", "characters", fill("[char]114+", "iex (", "'m')"), False),
        ("powershell", "hash tables", fill("@{a="), True),
        ("powershell", "comments", fill("<#"), False),
        ("powershell", "invocations", fill("iex '", "", "rm C:\\x"), False),
        ("powershell", "statements", counted("rm C:\\x@; "), False),
        ("zsh", "repeats", fill("repeat 99999999 ", "", "rm /etc"), False),
        ("zsh", "qualifiers", fill("*(e:'rm /etc':)", "ls "), False),
        ("zsh", "process substitutions", fill("=("), True),
        ("zsh", "short loops", fill("for i in a b; ", "", "rm $i"), False),
        ("zsh", "global aliases", counted("alias -g A@=A%\n", "", "rm A0"), False),
        ("zsh", "nested flags", fill("${(e)a:-", "rm ", "}" * 10), True),
        ("sh", "commands", counted("rm /x@;"), False),
        ("sh", "backticks", fill("`"), False),
    ]
