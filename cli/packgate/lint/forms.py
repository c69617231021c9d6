"""Texts that the values of a type never have, so that a pattern for them never matches."""

from __future__ import annotations

import re

_BLANKS = re.compile(r"^\s|\s$")
_PORT = re.compile(r"[^:\[\]]+:\d+")
# git-check-ref-format(1): what no branch name holds. `*`, `?` and `[` are left out, since they are the glob's.
_NO_BRANCH = re.compile(r"[ ~^:\\]|\.\.|//|@\{|/$|^/|\.lock$|\.$")
_GROUPS = re.compile(r"[{}\[\]\\]")


def never(text: str, type: str) -> str | None:
    """Why a glob never matches a value of a type; None where it can."""
    if type in ("path", "branch", "host", "url") and _BLANKS.search(text):
        return "it begins or ends with a blank"
    if type == "path":
        return _never_path(text)
    if type == "branch":
        found = None if _GROUPS.search(text) else _NO_BRANCH.search(text)
        return None if found is None else f"no branch has '{found[0]}' there"
    return _never_host(text) if type == "host" else None


def _never_path(text: str) -> str | None:
    if _GROUPS.search(text):
        return None
    rest = text[2:] if text.startswith(("./", "~/")) else text
    steps = rest.split("/")
    for step in ("..", "."):
        if step in steps:
            return f"paths are normalised, so none has the step '{step}'"
    if "//" in rest:
        return "paths are normalised, so none has '//'"
    return None


def _never_host(text: str) -> str | None:
    if "://" in text:
        return "a host has no scheme; match the field url"
    if "@" in text:
        return "a host has no user; match the field user"
    if "/" in text:
        from packgate.engine.addresses import parse_range

        return None if parse_range(text) is not None else "a host has no path; match the field url"
    return "a host has no port" if _PORT.fullmatch(text) else None
