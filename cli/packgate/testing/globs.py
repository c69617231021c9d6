"""Globs made wider or narrower, as a typing mistake would."""

from __future__ import annotations

from packgate.model.policy import Pattern

_ROOTED = ("/", "~", "./")
_SEPARATED = ("path", "branch")


def widened(pattern: Pattern, type: str) -> list[Pattern]:
    """`x` as `*x*`; a path as more of its last component, `/etc/**` as the folder around it, `a/*` as `a/**`."""
    text = pattern.text
    if pattern.kind != "glob" or not text.strip("*?/"):
        return []
    if type in _SEPARATED:
        new = [_wider_path(text), _across(text)]
    else:
        new = [("" if text.startswith("*") else "*") + text + ("" if text.endswith("*") else "*")]
    return _others(text, new)


def _wider_path(text: str) -> str:
    if text.endswith("/**"):
        around = text[:-3].rpartition("/")[0]
        return f"{around}/**" if around or text.startswith("/") else text
    rooted = text.startswith(_ROOTED) or "/" in text
    head = "" if rooted or text.startswith("*") else "*"
    return head + text + ("" if text.endswith(("*", "/")) or text in ("~", ".") else "*")


def _across(text: str) -> str:
    """Every component `*` of a path as `**`; the first of a relative one stands for any depth anyway."""
    first, *rest = text.split("/")
    return "/".join([first, *("**" if part == "*" else part for part in rest)])


def narrowed(pattern: Pattern, type: str) -> list[Pattern]:
    """`*x*` as `x`, `**/x/**` as `x`, `x/**` as `x/*`; none for what has no star at its ends, or is nothing else."""
    if pattern.kind != "glob":
        return []
    text = pattern.text
    new = text.removeprefix("**/").removesuffix("/**") if type in _SEPARATED else text
    new = new.strip("*") if new == text else new
    found = [new] if new.strip("*?/~.") else []
    if type in _SEPARATED and text.endswith("/**"):
        found.append(text[:-1])
    return _others(text, found)


def _others(text: str, new: list[str]) -> list[Pattern]:
    """The globs that differ from ``text``, once each."""
    return [Pattern("glob", each) for each in dict.fromkeys(new) if each != text]
