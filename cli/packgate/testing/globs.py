"""Globs made wider or narrower, as a typing mistake would."""

from __future__ import annotations

from packgate.model.policy import Pattern

_ROOTED = ("/", "~", "./")


def widened(pattern: Pattern, type: str) -> Pattern | None:
    """`x` as `*x*`; a path as more of its last component, `/etc/**` as the folder around it. None when it can't be wider."""
    text = pattern.text
    if pattern.kind != "glob" or not text.strip("*?/"):
        return None
    if type in ("path", "branch"):
        new = _wider_path(text)
    else:
        new = ("" if text.startswith("*") else "*") + text + ("" if text.endswith("*") else "*")
    return None if new == text else Pattern("glob", new)


def _wider_path(text: str) -> str:
    if text.endswith("/**"):
        around = text[:-3].rpartition("/")[0]
        return f"{around}/**" if around or text.startswith("/") else text
    rooted = text.startswith(_ROOTED) or "/" in text
    head = "" if rooted or text.startswith("*") else "*"
    return head + text + ("" if text.endswith(("*", "/")) or text in ("~", ".") else "*")


def narrowed(pattern: Pattern, type: str) -> Pattern | None:
    """`*x*` as `x`; None for what has no star at its ends, or is nothing else."""
    if pattern.kind != "glob":
        return None
    text = pattern.text
    new = text.removeprefix("**/").removesuffix("/**") if type in ("path", "branch") else text
    new = new.strip("*") if new == text else new
    if not new.strip("*?/~.") or new == text:
        return None
    return Pattern("glob", new)
