"""The text of a command encoded, decoded in the same line, and run."""

from __future__ import annotations

import base64
import codecs
from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, octal, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_DECODED = "decoding gives the same text"


def _template(template: str, encode: Callable[[str], str], *, child: bool = True, sh: bool = True) -> Callable[[Subject], str | None]:
    """The encoded text at ``{}``. ``sh``: it is read by `sh`; ``child``: by a child of the shell."""

    def apply(subject: Subject) -> str | None:
        if (child and not subject.child) or (sh and not subject.posix):
            return None
        return template.replace("{}", encode(subject.text), 1)

    return apply


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _twice(text: str) -> str:
    return _base64(_base64(text))


def _base32(text: str) -> str:
    return base64.b32encode(text.encode()).decode()


def _hex(text: str) -> str:
    return text.encode().hex()


def _escaped_hex(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def _rot13(text: str) -> str:
    return single_quoted(codecs.encode(text, "rot13"))


def _reversed(subject: Subject) -> str | None:
    if not subject.posix or not subject.one_line:
        return None
    return f"printf '%s\\n' {single_quoted(subject.text[::-1])} | rev | sh"


def _replaced(subject: Subject) -> str | None:
    """The program behind a mark that sed replaces."""
    part = subject.lone
    if part is None or not subject.posix or not part.program or not part.program.isalnum() or not subject.one_line:
        return None
    marked = subject.edited([(part.words[0].start, part.words[0].end, "@@")])
    return None if marked is None or "@@" in subject.text else f"printf '%s\\n' {single_quoted(marked)} | sed 's/@@/{part.program}/' | sh"


ENCODING = (
    Rewrite("base64-sh", "base64 into sh", _DECODED, _template("echo {} | base64 -d | sh", _base64)),
    Rewrite("base64-bash", "base64 of a here-string into bash", _DECODED, _template("base64 --decode <<< {} | bash", _base64, sh=False)),
    Rewrite("base64-bash-c", "base64 in bash -c", _DECODED, _template('bash -c "$(echo {} | base64 -d)"', _base64, sh=False)),
    Rewrite("base64-eval", "base64 in eval", _DECODED, _template('eval "$(echo {} | base64 -d)"', _base64, child=False, sh=False)),
    Rewrite("base64-source", "base64 in source", _DECODED, _template("source <(echo {} | base64 -d)", _base64, child=False, sh=False)),
    Rewrite("base64-variable", "base64 in a variable", _DECODED,
            _template('p={}; printf %s "$p" | base64 -d | bash', _base64, sh=False)),
    Rewrite("base64-openssl", "base64 by openssl", _DECODED, _template("echo {} | openssl base64 -d -A | sh", _base64)),
    Rewrite("base64-twice", "base64 twice", _DECODED, _template("echo {} | base64 -d | base64 -d | sh", _twice)),
    Rewrite("base64-python", "base64 by Python, run by its os.system", _DECODED, _template(
        "python3 -c \"import base64, os; os.system(base64.b64decode('{}').decode())\"", _base64)),
    Rewrite("base32-sh", "base32 into sh", _DECODED, _template("echo {} | base32 -d | sh", _base32)),
    Rewrite("xxd-sh", "hexadecimal by xxd into sh", _DECODED, _template("echo {} | xxd -r -p | sh", _hex)),
    Rewrite("printf-hex", "printf of \\x… into bash", _DECODED, _template("printf '{}' | bash", _escaped_hex, sh=False)),
    Rewrite("printf-octal", "printf of octal escapes into sh", _DECODED, _template("printf '{}' | sh", octal)),
    Rewrite("printf-eval", "printf of octal escapes in eval", _DECODED, _template('eval "$(printf \'{}\')"', octal, child=False, sh=False)),
    Rewrite("echo-escapes", "echo -e of \\x… into bash", _DECODED, _template("echo -e '{}' | bash", _escaped_hex, sh=False)),
    Rewrite("ansi-c-eval", "eval of ANSI-C quotes", _DECODED, _template("eval $'{}'", _escaped_hex, child=False, sh=False)),
    Rewrite("ansi-c-bash-c", "bash -c of ANSI-C quotes", _DECODED, _template("bash -c $'{}'", _escaped_hex, sh=False)),
    Rewrite("rot13", "rotated letters by tr into sh", "tr rotates them back", _template(
        "printf '%s\\n' {} | tr 'A-Za-z' 'N-ZA-Mn-za-m' | sh", _rot13)),
    Rewrite("reversed", "reversed text by rev into sh", "rev turns it around again", _reversed),
    Rewrite("replaced", "a mark that sed replaces", "sed puts the program in its place", _replaced),
)
