"""Ways to write a row that many detectors share."""

from __future__ import annotations

from packgate.guard.detector import Detector

# After a token comes none of the characters that tokens are made of.
END = r"(?![A-Za-z0-9_-])"
# A token begins where no word goes on: also behind an escaped line end (`\n`) or an encoded character (`%3D`).
LEFT = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
# A quote before a value: also one that is escaped, or that stands in a text which is quoted itself (`'\\''` in a shell).
QUOTE = r"""(?:'\\''|'"'"'|\\{0,3}['"`])?"""
# Between a name and its value, in settings, code, JSON, YAML, query strings and flags.
SEPARATOR = r"""[\w.-]{0,24}?\\?['"\])]{0,3}[ \t]{0,4}(?::=|=>|={1,2}|:|,|[ \t])[ \t]{0,4}""" + QUOTE


def token(id: str, title: str, pattern: str, *starts: str, group: str, check: str = "digits", examples: tuple[str, ...] = ()) -> Detector:
    """A token that is known by what it begins with."""
    return Detector(id, title, f"(?:{pattern}){END}", starts=starts, check=check, groups=(group,), examples=examples)


def named(id: str, title: str, value: str, *words: str, group: str, check: str = "digits", examples: tuple[str, ...] = ()) -> Detector:
    """A value of no telling form that stands behind the name of its service and a word such as `key`."""
    alternatives = "|".join(words)
    pattern = f"(?i:{alternatives}){SEPARATOR}(?P<secret>{value}){END}"
    return Detector(id, title, pattern, words=words, check=check, groups=(group,), examples=examples)
