"""Secrets of no known form, by what stands before them. `loose` ones are for masking what is printed: they rather hide too much."""

from __future__ import annotations

from packgate.guard.detector import Detector
from packgate.guard.tables.rows import QUOTE

GENERIC = "generic-secrets"

_NAME = r"(?i:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|(?:auth|access|refresh|api)?[_-]?token|passwd|password|passphrase|pwd)"
# The same from the word on at which it is tried.
_TAIL = (
    r"(?i:passwd|password|passphrase|pwd|secret(?:[_-]?key)?|token|(?:(?<=api)|(?<=api[_-])|(?<=access)|(?<=access[_-]))key)"
)
_WORDS = ("passw", "passphrase", "token", "secret", "key", "pwd")
# A marker stands where a secret was.
_NO_MARKER = r"(?!\[REDACTED)"

ROWS: tuple[Detector, ...] = (
    Detector("url-password", "Password in a URL",
             r"(?<=[A-Za-z0-9+.-])://[^\s:@/'\"<>]{0,128}:(?P<secret>" + _NO_MARKER + r"[^\s@/'\"$<>{}\\]{1,256})@", words=("://",), check="password", groups=(GENERIC,), short=True),
    Detector("basic-authorization", "Basic authorization header", r"(?i:authorization)\\?['\"]?[ \t]{0,4}[:=,][ \t]{0,4}\\?['\"]?(?i:basic) {1,4}(?P<secret>[A-Za-z0-9+/]{12,512}={0,2})(?![A-Za-z0-9+/=])",
             words=("authorization",), groups=(GENERIC,), check="spread"),
    Detector("bearer-authorization", "Bearer authorization header", r"(?i:authorization)\\?['\"]?[ \t]{0,4}[:=,][ \t]{0,4}\\?['\"]?(?i:bearer|token) {1,4}(?P<secret>[A-Za-z0-9._~+/=-]{16,2048})",
             words=("authorization",), groups=(GENERIC,), check="random"),
    Detector("generic-secret", "Generated value assigned to a telling name",
             r"(?i:key|token|secret|passw(?:or)?d|passphrase|pwd|credentials?)(?:[_-]?(?:id|value|base64|b64|hex|prod|production|live|v\d))?\\?['\"]?\]?[ \t]{0,4}(?::=|=>|=|:)[ \t]{0,4}" + QUOTE
             + r"(?P<secret>" + _NO_MARKER + r"[A-Za-z0-9+/_.~!@#%^&*-]{16,256}={0,2})(?=[\s'\"`,;\\)}\]&|]|$)",
             words=("key", "token", "secret", "passw", "passphrase", "pwd", "credential"), check="random", groups=(GENERIC,)),
    Detector("authorization-header", "Authorization header", r"(?i:bearer|basic|token)\s{1,8}(?P<secret>[A-Za-z0-9._~+/=-]{16,256})",
             words=("bearer", "basic", "token"), grows="[A-Za-z0-9._~+/=-]", loose=True),
    Detector("password-flag", "Password in a flag", r"--" + _NAME + r"(?:=|\s{1,8})['\"]?(?P<secret>" + _NO_MARKER + r"[^\s'\"$<{-][^\s'\"]{3,256})",
             words=("--api", "--acc", "--sec", "--auth", "--ref", "--tok", "--pass", "--pwd"), grows=r"[^\s'\"]", loose=True),
    Detector("password-short-flag", "Password in a short flag",
             r"(?:(?:mysql(?:dump|admin)?|mariadb(?:-dump)?)\b[^|;&\n]{0,200}?\s-p|sshpass\s{1,8}-p\s{0,8}|redis-cli\b[^|;&\n]{0,200}?\s-a\s{1,8}"
             r"|login\b[^|;&\n]{0,200}?\s-p[=\s]{1,8})['\"]?(?P<secret>" + _NO_MARKER + r"[^\s'\"$<{-][^\s'\"]{3,256})",
             words=("mysql", "mariadb", "sshpass", "login", "redis-cli"), grows=r"[^\s'\"]", loose=True),
    Detector("basic-auth-flag", "Password of a user in a flag",
             r"(?:\s|(?<!\S))(?:-[a-zA-Z]{0,8}u\s{0,8}|--(?:proxy-)?user[=\s]\s{0,8})['\"]?[^\s:'\"$/]{1,100}:(?P<secret>" + _NO_MARKER
             + r"(?!\d{1,40}(?:[\s'\"]|$))[^\s'\"$<{/]{4,256})",
             words=(" -", "-u", "--user", "--proxy-user"), loose=True),
    Detector("secret-assignment", "Secret assigned to a name",
             _TAIL + r"['\"]?\s{0,8}[=:]\s{0,8}" + QUOTE + r"(?P<secret>" + _NO_MARKER + r"[^\s'\"$<{(,;&|)][^\s'\"&|;,)]{7,256})",
             words=_WORDS, grows=r"[^\s'\"&|;,)]", loose=True),
)
