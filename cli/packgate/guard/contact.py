"""Checks of personal data that need no library."""

from __future__ import annotations

# Domains that RFC 2606 and RFC 6761 keep for examples, and names that are no people.
_RESERVED = (
    "example.com", "example.org", "example.net", "example.edu", "test.com", "domain.com", "email.com", "company.com", "corp.com",
    "acme.com", "yourdomain.com",
)
_RESERVED_ENDS = (
    ".example", ".test", ".invalid", ".localhost", ".local", ".internal", ".example.com", ".example.org", ".example.net",
    ".noreply.github.com",
)
_NO_PERSON = (
    "git", "noreply", "no-reply", "donotreply", "do-not-reply", "root", "nobody", "user", "username", "example", "test", "foo", "bar",
    "name", "you", "your", "me",
)
# What stands behind an at sign and a dot in file names and code.
_NO_DOMAIN = (
    "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "tsx", "jsx", "py", "pyc", "go", "rs", "rb", "java", "html", "json",
    "yml", "yaml", "md", "txt", "xml", "so", "dll", "exe", "zip", "gz", "tar", "lock", "toml", "setter", "getter", "property", "fixture",
    "mark", "service", "socket", "timer", "target", "mount",
)


def email(address: str) -> bool:
    """Whether an address can be a person's: no reserved domain, no file name, no account of a machine."""
    name, _, domain = address.lower().rpartition("@")
    if domain in _RESERVED or domain.endswith(_RESERVED_ENDS) or name in _NO_PERSON:
        return False
    return domain.rpartition(".")[2] not in _NO_DOMAIN


def nino(number: str) -> bool:
    """A national insurance number has no prefix that HMRC gives to nobody."""
    return number[:2].upper() not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ", "QQ")
