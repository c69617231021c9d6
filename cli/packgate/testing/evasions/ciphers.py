"""More encodings of a command's text: compressed, cut up, shifted, marked, decoded by other programs."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import lzma
import zlib
from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted
from packgate.testing.evasions.templates import child, one_line, posix, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_DECODED = "decoding gives the same text"
_JOINED = "the pieces give the same text"


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _base64(text: str) -> str:
    return _b64(text.encode())


def _gzip(text: str) -> str:
    return _b64(gzip.compress(text.encode() + b"\n", mtime=0))


def _bzip2(text: str) -> str:
    return _b64(bz2.compress(text.encode() + b"\n"))


def _xz(text: str) -> str:
    return _b64(lzma.compress(text.encode() + b"\n"))


def _zlib(text: str) -> str:
    return _b64(zlib.compress(text.encode()))


def _hex(text: str) -> str:
    return text.encode().hex()


def _spaced_hex(text: str) -> str:
    return " ".join(f"{byte:02x}" for byte in text.encode())


def _url_safe(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def _wrapped(text: str) -> str:
    """In lines of 20."""
    encoded = _base64(text)
    return "\n".join(encoded[i:i + 20] for i in range(0, len(encoded), 20))


def _reversed_base64(text: str) -> str:
    return _base64(text)[::-1]


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _escaped_hex(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def _octal(text: str) -> str:
    return "".join(f"\\0{byte:03o}" for byte in text.encode())


def _numbers(text: str) -> str:
    return " ".join(f"{byte:o}" for byte in text.encode())


def _decimals(text: str) -> str | None:
    """Of ASCII alone: awk takes a larger number for a character, not for a byte."""
    return " ".join(map(str, text.encode())) if text.isascii() else None


def _shifted(text: str) -> str:
    """Every letter of the alphabet moved on by three, as `tr` moves it back."""
    def shift(char: str) -> str:
        for first in "aA":
            if char.isascii() and char.isalpha() and char.islower() == (first == "a"):
                return chr((ord(char) - ord(first) + 3) % 26 + ord(first))
        return char

    return single_quoted("".join(map(shift, text)))


def _swapped(text: str) -> str:
    return single_quoted(text.swapcase())


def _marked(mark: str, every: int = 1) -> Callable[[str], str | None]:
    """A mark behind every character, or behind every few of them."""

    def make(text: str) -> str | None:
        if mark in text:
            return None
        return single_quoted(mark.join(text[i:i + every] for i in range(0, len(text), every)))

    return make


def _upside_down(subject: Subject) -> str | None:
    """The lines in reversed order."""
    if not subject.posix or subject.heredoc:
        return None
    lines = [*subject.text.split("\n"), ": done"]
    return f"printf '%s\\n' {' '.join(single_quoted(line) for line in reversed(lines))} | tac | sh"


def _pieces(template: str, size: int) -> Callable[[Subject], str | None]:
    """The text in pieces, each a word at ``{}``."""

    def apply(subject: Subject) -> str | None:
        if not subject.posix or not subject.one_line:
            return None
        pieces = [subject.text[i:i + size] for i in range(0, len(subject.text), size)]
        return template.replace("{}", " ".join(map(single_quoted, pieces)), 1)

    return apply


def _variables(subject: Subject) -> str | None:
    """The text in three variables."""
    size = len(subject.text) // 3 + 1
    pieces = [subject.text[i:i + size] for i in range(0, len(subject.text), size)]
    names = [f"p{i}" for i in range(len(pieces))]
    given = " ".join(f"{name}={single_quoted(piece)}" for name, piece in zip(names, pieces, strict=True))
    return f"{given}; eval \"{''.join(f'${{{name}}}' for name in names)}\""


def _tail(before: str, command: str) -> Callable[[Subject], str | None]:
    """The text behind or among other lines, which a filter takes away."""

    def apply(subject: Subject) -> str | None:
        if not subject.posix or not subject.one_line:
            return None
        return f"printf '%s\\n' {before.replace('{}', single_quoted(subject.text))} | {command} | sh"

    return apply


def _fields(subject: Subject) -> str | None:
    """The text as a field behind a separator."""
    if not subject.posix or not subject.one_line or "\t" in subject.text or "|" in subject.text:
        return None
    return f"printf '%s\\n' {single_quoted('note|' + subject.text + '|end')} | cut -d'|' -f2 | sh"


def _expr(subject: Subject) -> str | None:
    if not subject.one_line or not subject.child:
        return None
    return f"bash -c \"$(expr substr {single_quoted('zz' + subject.text)} 3 {len(subject.text)})\""


CIPHERS = (
    *(Rewrite(id, title, _DECODED, within(template, posix, encode=encode)) for id, title, template, encode in (
        ("gzip", "gzip and base64 into sh", "echo {} | base64 -d | gunzip | sh", _gzip),
        ("gzip-zcat", "gzip and base64 by zcat", "base64 -d <<< {} | zcat | sh", _gzip),
        ("gzip-long", "gzip and base64 with long options", "echo {} | base64 --decode | gzip --decompress --stdout | sh", _gzip),
        ("bzip2", "bzip2 and base64 into sh", "echo {} | base64 -d | bunzip2 | sh", _bzip2),
        ("xz", "xz and base64 into sh", "echo {} | base64 -d | xz -d | sh", _xz),
        ("zlib-python", "zlib and base64 by Python",
         "python3 -c 'import base64, zlib, os; os.system(zlib.decompress(base64.b64decode(\"{}\")).decode())'", _zlib),
        ("base64-capital", "base64 by the option of other systems", "echo {} | base64 -D | sh", _base64),
        ("base64-ignore", "base64 in lines", "echo '{}' | base64 -di | sh", _wrapped),
        ("base64-heredoc", "base64 of a heredoc", "base64 -d << EOF | sh\n{}\nEOF", _base64),
        ("base64-file", "base64 of a file", "echo {} > /tmp/packgate.b64; base64 -d /tmp/packgate.b64 | sh", _base64),
        ("base64-perl", "base64 by Perl", "perl -MMIME::Base64 -e 'system(decode_base64(\"{}\"))'", _base64),
        ("base64-ruby", "base64 by Ruby", "ruby -rbase64 -e 'system(Base64.decode64(\"{}\"))'", _base64),
        ("base64-php", "base64 by PHP", "php -r 'system(base64_decode(\"{}\"));'", _base64),
        ("base64-python-pipe", "base64 by Python into sh", "python3 -c 'import base64; print(base64.b64decode(\"{}\").decode())' | sh",
         _base64),
        ("base64-python-module", "base64 by Python's module", "echo {} | python3 -m base64 -d | sh", _base64),
        ("base64-python-exec", "base64 in code of Python", "python3 -c 'import base64 as b, os; os.system(b.b64decode(b\"{}\"))'", _base64),
        ("base64-jq", "base64 by jq", "echo '\"{}\"' | jq -r '@base64d' | sh", _base64),
        ("base64-openssl-enc", "base64 by openssl enc", "openssl enc -base64 -d -A <<< {} | sh", _base64),
        ("base64-openssl-a", "base64 by openssl enc -a", "echo {} | openssl enc -d -a -A | sh", _base64),
        ("base64-gnu", "base64 by its GNU name", "echo {} | gbase64 -d | sh", _base64),
        ("basenc", "base64 by basenc", "echo {} | basenc --base64 -d | sh", _base64),
        ("basenc-url", "base64url by basenc", "echo {} | basenc --base64url -d | sh", _url_safe),
        ("basenc-hex", "hexadecimal by basenc", "echo {} | tr a-f A-F | basenc --base16 -d | sh", _hex),
        ("base64-busybox", "base64 by busybox", "echo {} | busybox base64 -d | busybox sh", _base64),
        ("base64-reversed", "base64 reversed", "echo {} | rev | base64 -d | sh", _reversed_base64),
        ("base64-xargs", "base64 handed over by xargs", "echo {} | base64 -d | xargs -0 sh -c", _base64),
        ("base64-tee", "base64 through a file", "echo {} | base64 -d > /tmp/packgate-step.sh && sh /tmp/packgate-step.sh", _base64),
        ("base64-tr", "base64 through tr", "echo {} | tr -d '\\n' | base64 -d | sh", _base64),
        ("base64-cat", "base64 through cat", "cat <(echo {}) | base64 -d | cat | sh", _base64),
        ("base64-backquotes", "base64 in backquotes", "sh -c \"`echo {} | base64 -d`\"", _base64),
        ("base64-array", "base64 in an array", "p=({}); bash <<< \"$(base64 -d <<< \"${p[0]}\")\"", _base64),
        ("base64-function", "base64 in a function", "d() { base64 -d <<< \"$1\"; }; d {} | sh", _base64),
        ("base64-exec", "base64 in exec", "exec sh -c \"$(base64 -d <<< {})\"", _base64),
        ("base64-env", "base64 in env sh", "echo {} | env base64 -d | env sh", _base64),
        ("base64-process", "base64 in a process substitution", "sh <(base64 -d <<< {})", _base64),
        ("xxd-here", "hexadecimal of a here-string", "xxd -r -p <<< {} | sh", _hex),
        ("xxd-spaced", "hexadecimal with blanks", "echo '{}' | xxd -r -p | sh", _spaced_hex),
        ("perl-hex", "hexadecimal by Perl's pack", "echo {} | perl -ne 'print pack \"H*\", $_' | sh", _hex),
        ("python-hex-pipe", "hexadecimal by Python", "python3 -c 'print(bytes.fromhex(\"{}\").decode())' | sh", _hex),
        ("printf-b", "printf %b", "printf '%b' '{}' | sh", _octal),
        ("printf-b-line", "printf %b with a line end", "printf '%b\\n' '{}' | bash", _escaped_hex),
        ("echo-octal", "echo -e of octal escapes", "echo -e '{}' | bash", _octal),
        ("echo-options", "echo -ne of escapes", "echo -ne '{}' | bash -s", _escaped_hex),
        ("bash-printf-v", "printf -v of escapes", "printf -v c '{}'; bash -c \"$c\"", _escaped_hex),
        ("ansi-c-variable", "a variable of ANSI-C quotes", "c=$'{}'; bash -c \"$c\"", _escaped_hex),
        ("ansi-c-here", "a here-string of ANSI-C quotes", "bash <<< $'{}'", _escaped_hex),
        ("prompt-expansion", "the E of a variable", "c='{}'; bash -c \"${c@E}\"", _escaped_hex),
        ("octal-loop", "a loop over octal numbers", "for n in {}; do printf \"\\\\$n\"; done | sh", _numbers),
        ("decimal-loop", "a loop over decimal numbers", "for n in {}; do printf \"\\\\$(printf %o $n)\"; done | sh", _decimals),
        ("awk-numbers", "character numbers by awk", "echo {} | awk '{ for (i = 1; i <= NF; i++) printf \"%c\", $i }' | sh", _decimals),
        ("percent-python", "percent signs by Python", "python3 -c 'import urllib.parse as u; print(u.unquote(\"{}\"))' | sh", _percent),
        ("percent-printf", "percent signs made escapes", "c='{}'; printf \"${c//%/\\\\x}\" | bash", _percent),
        ("shifted", "letters shifted by tr", "printf '%s\\n' {} | tr 'd-za-cD-ZA-C' 'a-zA-Z' | sh", _shifted),
        ("swapped", "letters of the other case by tr", "printf '%s\\n' {} | tr 'a-zA-Z' 'A-Za-z' | sh", _swapped),
        ("swapped-shell", "letters of the other case by the shell", "c={}; bash -c \"${c~~}\"", _swapped),
        ("marked-tr", "marks that tr removes", "printf '%s\\n' {} | tr -d '@' | sh", _marked("@")),
        ("marked-sed", "marks that sed removes", "printf '%s\\n' {} | sed 's/@//g' | sh", _marked("@")),
        ("marked-shell", "marks that the shell removes", "c={}; bash -c \"${c//@/}\"", _marked("@", 2)),
        ("marked-awk", "marks that awk removes", "printf '%s\\n' {} | awk '{ gsub(/@@/, \"\"); print }' | sh", _marked("@@", 3)),
        ("marked-perl", "marks that Perl removes", "printf '%s\\n' {} | perl -pe 's/@@//g' | sh", _marked("@@", 4)),
        ("marked-ifs", "marks that split", "IFS=@ read -ra p <<< {}; printf -v c '%s' \"${p[@]}\"; bash -c \"$c\"", _marked("@", 4)),
    )),
    Rewrite("lines-upside-down", "lines in reversed order by tac", "tac turns them around again", _upside_down),
    Rewrite("printf-pieces", "printf of pieces", _JOINED, _pieces("printf %s {} | sh", 4)),
    Rewrite("paste-pieces", "lines joined by paste", _JOINED, _pieces("printf '%s\\n' {} | paste -sd '' | sh", 5)),
    Rewrite("tr-pieces", "lines joined by tr", _JOINED, _pieces("printf '%s\\n' {} | tr -d '\\n' | sh", 3)),
    Rewrite("array-pieces", "pieces of an array", _JOINED, _pieces("p=({}); IFS=; bash -c \"${p[*]}\"", 6)),
    Rewrite("printf-v-pieces", "pieces printed into a variable", _JOINED, _pieces("printf -v c %s {}; bash -c \"$c\"", 4)),
    Rewrite("echo-pieces", "pieces that echo -n writes", _JOINED, _pieces("for p in {}; do printf %s \"$p\"; done | sh", 5)),
    Rewrite("variable-pieces", "pieces in variables", _JOINED, _variables),
    Rewrite("tail-line", "the last line by tail", "the last line is the text", _tail("'a note' {}", "tail -n 1")),
    Rewrite("head-line", "the first line by head", "the first line is the text", _tail("{} 'a note'", "head -n 1")),
    Rewrite("sed-line", "the second line by sed", "the second line is the text", _tail("'a note' {} 'the end'", "sed -n 2p")),
    Rewrite("grep-line", "the line that grep leaves", "the other line is left out", _tail("'# note' {}", "grep -v '^# note'")),
    Rewrite("awk-line", "the second line by awk", "the second line is the text", _tail("'a note' {}", "awk 'NR == 2'")),
    Rewrite("tail-plus", "lines behind the first", "the others are the text", _tail("'a note' {}", "tail -n +2")),
    Rewrite("cut-field", "a field by cut", "the field is the text", _fields),
    Rewrite("expr-substr", "a part by expr", "the part is the text", _expr),
    Rewrite("cut-characters", "characters by cut", "what is cut off is in front", within("printf '%s\\n' {} | cut -c 3- | sh", posix,
     one_line, encode=lambda t: single_quoted("zz" + t))),
    Rewrite("substring", "a part of a variable", "what is cut off is in front", within("c={}; bash -c \"${c:2}\"", child,
     encode=lambda t: single_quoted("zz" + t))),
    Rewrite("jq-raw", "a JSON string by jq", "the string is the text", within("jq -rn {} | sh", posix,
     encode=lambda t: single_quoted(json.dumps(t)))),
)
