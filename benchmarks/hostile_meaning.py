"""Hostile meaning: small texts that expand, repeat or recurse without end."""

from __future__ import annotations

import base64
import gzip

from hostile_text import counted, fill


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
        "variables that name each other": counted("a@=$a%; ", "", "rm $a0"),
        "names of names": counted("a@=a%; ", "", 'echo "${!a0}"; rm ${!a1}'),
        "references in a circle": fill("#", "declare -n a=b; declare -n b=a; rm $a; a=1; rm $b\n"),
        "a string that grows": fill("a+=$a; ", "a=x; ", "rm $a"),
        "a string that grows in nested loops": fill("#", "a=x; " + "for i in {1..9}; do " * 9 + "a=$a$a; " + "done; " * 9 + "rm $a\n"),
        "loops over constants in each other": fill("for i in 1 2 3; do ", "", "rm /etc/$i" + "; done" * 2_000, 50_000),
        "arithmetic loops in each other": fill("#", "for ((i=0;i<99;i++)); do " * 12 + "rm /etc/$i; " + "done; " * 12 + "\n"),
        "braces in braces in a row": fill("{a,{b,{c,d}}}", "rm "),
        "ranges with steps": fill("{-99999999..99999999..7}{z..a..2} ", "rm "),
        "alternatives of letters": fill("[a-z]*?", "rm /etc/"),
        "case classes of a pattern": fill("[!a-y][[:alpha:]]", "rm /etc/"),
        "text that is cut to pieces": "a=" + "rm" * 9_000 + fill("; b=${a:1:1}${a#r}${a%m}${a^^}${a//r/rr}", "", "; $b", 80_000),
        "text that is replaced by itself": fill("; a=${a//?/$a}", "a=rm", "; $a"),
        "words that are set again": fill("set -- $@ $@ x; ", "set -- a; ", "rm $@"),
        "a list that is split": "a='" + "/etc/a " * 9_000 + "'; " + "for i in $a; do rm $i; done; " * 1_000,
        "letters as separators": "IFS=a; b=" + "a" * 45_000 + "; " + "rm $b; " * 7_000,
        "a power that grows": fill("a=a*a,", "a=9; ((", "1)); rm $a"),
        "arithmetic that names itself": fill("#", "a=a+a; b=a; c=b; echo $((a+b+c)); rm $((c))\n"),
        "shifts without end": fill("#", "rm $((1<<999999999)) $((2**999999999)) $((-9223372036854775808/-1)) $((1/0)) $((64#@_zZ))\n"),
        "escapes beyond Unicode": fill("\\UFFFFFFFF\\u110000\\x{}\\777", "rm $'", "'"),
        "prints into a variable": fill("printf -v a '%s%s' \"$a\" \"$a\"; ", "a=x; ", "rm $a"),
        "lines that are mapped": fill("mapfile -t a < <(printf '%s\\n' \"${a[@]}\" \"${a[@]}\"); ", "a=(x y); ", "rm ${a[@]}"),
    }


def recursions() -> dict[str, str]:
    """Functions, aliases and texts that lead to themselves or to each other."""
    doubled = "".join(f"alias a{i}='a{i + 1};a{i + 1}'\n" for i in range(3_000))
    return {
        "aliases that double": "shopt -s expand_aliases\n" + doubled + "a0\n",
        "aliases that name each other": counted("alias a@=a%\n", "shopt -s expand_aliases\n", "a0\n"),
        "functions that name each other": counted("f@() { f%; }; ", "", "f0"),
        "functions that pass on": counted('f@() { f% "$@" x; }; ', "", "f0 rm /etc"),
        "functions in functions": fill("f() { ", "", "rm /etc" + "; }" * 4_000 + "; f", 30_000),
        "functions in a circle": fill("#", "f() { g; }; g() { h; h; }; h() { f; g; }; h\n"),
        "a function that makes itself": fill("#", "f() { eval \"f() { $(declare -f f); }\"; f; f; }; f\n"),
        "text that runs itself": fill("#", "a='eval \"$a;$a\"'; eval \"$a\"\n"),
        "text that runs itself in a shell": fill("#", "export a='bash -c \"$a\" & bash -c \"$a\"'; bash -c \"$a\"\n"),
        "a script that runs itself": fill("#", "echo 'sh f; sh f' > f; sh f\n"),
        "scripts that write scripts": counted("echo 'sh f%' > f@; ", "", "sh f0"),
        "sources that source": counted("echo '. ./f%; . ./f%' > f@; ", "", ". ./f0"),
        "traps that trap": counted("trap 'f@' DEBUG; f@() { trap f% DEBUG; rm /etc; }; "),
        "commands of the prompt": fill("PROMPT_COMMAND='rm /etc'; PS4='$(rm /etc)'; set -x; "),
        "recursion with a counter": fill("#", "f() { (( $1 > 99999999 )) && rm /etc; f $(( $1 + 1 )); }; f 0\n"),
        "commands in a subscript": fill("a[$(rm /etc)]=", "", "1"),
        "subscripts of subscripts": fill("a[", "((", "0" + "]" * 40_000 + "))", 80_000),
        "defaults of defaults": fill("${a:-$(echo ${b:=", "rm ", "/etc" + "})}" * 5_000, 100_000),
    }
