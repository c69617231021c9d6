"""The page: one HTML file that needs nothing else. What it quotes is masked and made visible here, before the template sees it."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from packgate.guard.detectors import mask, mask_json

_TEMPLATES = Path(__file__).parent / "templates"
_KEPT = "\n\t"
_UNKNOWN = "\u2013"


def render(view: dict[str, Any]) -> str:
    """The page of a view: plain data, of which every text may quote what an agent wrote. The same view gives the same bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        autoescape=True,
    )
    environment.filters.update(num=number, percent=percent, day=day, moment=moment, plural=plural)
    style, script = _part("style.css"), _part("script.js")
    # Our own two files are no input: their digests are all that the page's policy lets run.
    own = {"style": Markup(style), "script": Markup(script), "policy": _policy(style, script)}  # noqa: S704
    return environment.get_template("page.html.j2").render(**_safe(view), **own)


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is fetched, sent or embedded; only our own style and script hold."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'"
    )


def _digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _safe(view: dict[str, Any]) -> dict[str, Any]:
    # Plain JSON first: what is neither text, list nor mapping would not be looked into.
    found = mask_json(json.loads(json.dumps(view)), lambda text: visible(mask(text)))
    assert isinstance(found, dict)
    return found


def visible(text: str) -> str:
    """A text with every character shown that steers rather than says: controls, changes of direction, what UTF-8 can't hold."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in _KEPT else char.encode("unicode_escape").decode() for char in text)


def number(value: float | None) -> str:
    """A count with its thousands; what is not known is a dash."""
    return _UNKNOWN if value is None else f"{value:,}"


def percent(value: float | None) -> str:
    """A share; what is not known is a dash."""
    return _UNKNOWN if value is None else f"{value:.1%}"


def day(time: str | None) -> str:
    """The day of a time."""
    return "unknown" if time is None else time[:10]


def moment(time: str) -> str:
    """A time for people."""
    return f"{time[:10]}, {time[11:16]} UTC" if time.endswith("Z") and len(time) > 16 else time


def plural(count: int, noun: str) -> str:
    """``1 policy``, ``2 policies``."""
    many = noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeo" else noun + "s"
    return f"{count:,} {noun if count == 1 else many}"
