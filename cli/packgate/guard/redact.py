"""Redaction: a text, or data of JSON, with what detectors find replaced by markers."""

from __future__ import annotations

from packgate.guard.detector import PERSONAL
from packgate.guard.markers import marker
from packgate.guard.scan import Scan
from packgate.guard.table import BY_ID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from packgate.guard.scan import Hit

# Names of values that tell what the value is, in lower case.
_TELLING = ("key", "token", "secret", "passw", "passphrase", "pwd", "credential", "auth", "phone", "tel", "mobile", "fax")
# Numbers of fewer digits are neither cards nor accounts.
_LONG_NUMBER = 10**8


class Place:
    """Where something stands in data: in ``above`` (None: in the data itself), under a name or number."""

    __slots__ = ("above", "step")

    def __init__(self, above: Place | None, step: str) -> None:
        self.above = above
        self.step = step


class Redaction:
    """What was replaced: ``path`` in the data (empty for a text by itself), the detector, and the marker that stands there."""

    __slots__ = ("detector", "marker", "path")

    def __init__(self, path: str, detector: str, marker: str) -> None:
        self.path = path
        self.detector = detector
        self.marker = marker


def redact(text: str, scan: Scan, note: Callable[[str, str], None] | None = None) -> str:
    """The text with every hit replaced; the same object without one. ``note`` is told detector and marker of each. JSON stays JSON."""
    found = scan.hits(text)
    if not found:
        return text
    out = replaced(text, found, note)
    if text.lstrip()[:1] in ("{", "[") and _is_json(text) and not _is_json(out):
        # A hit went beyond a text of it, or left half of what was escaped: text by text, then.
        from json import dumps, loads

        out = dumps(redact_json(loads(text), scan), ensure_ascii=False)
    return out


def replaced(text: str, found: list[Hit], note: Callable[[str, str], None] | None = None) -> str:
    """The text with these hits, in order, replaced."""
    out: list[str] = []
    position = 0
    json: bool | None = None
    for start, end, id in found:
        shown = marker(id, text[start:end])
        if note is not None:
            note(id, shown)
        if BY_ID[id].kind == PERSONAL and _stands_bare(text, start, end):
            # A number of JSON has no quotes, which a marker needs.
            json = _is_json(text) if json is None else json
            shown = f'"{shown}"' if json else shown
        out.append(text[position:start])
        out.append(shown)
        position = end
    out.append(text[position:])
    return "".join(out)


def _stands_bare(text: str, start: int, end: int) -> bool:
    """Whether a hit takes the whole place of a number in JSON."""
    if not text[start:end].isdigit():
        return False
    before, after = text[max(start - 40, 0):start].rstrip()[-1:], text[end:end + 40].lstrip()[:1]
    return before in (":", ",", "[") and after in (",", "}", "]")


def _is_json(text: str) -> bool:
    from json import loads

    try:
        loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def redact_json(value: Any, scan: Scan, found: list[Redaction] | None = None, keep: frozenset[str] = frozenset()) -> Any:
    """Data of JSON with every hit in its texts and numbers replaced, names included; its shape stays. ``found`` collects what was
    replaced; texts of entries that ``keep`` names stay. Deep data is gone through without recursion."""
    return _Walk(scan, found, keep).done(value)


class _Walk:
    __slots__ = ("found", "keep", "scan")

    def __init__(self, scan: Scan, found: list[Redaction] | None, keep: frozenset[str]) -> None:
        self.scan = scan
        self.found = found
        self.keep = keep

    def done(self, value: Any) -> Any:
        """The value with its texts replaced. Containers are made anew, each filled from a list of what is left to do."""
        holder: list[Any] = [None]
        left: list[tuple[Any, Any, Any, str, Place | None]] = [(holder, 0, value, "", None)]
        while left:
            into, place, item, name, path = left.pop()
            made: Any
            if isinstance(item, dict):
                made = {}
                entries = [(self._key(str(key), path, made), str(key), inner) for key, inner in item.items()]
                left.extend((made, key, inner, old, Place(path, f".{key}")) for key, old, inner in reversed(entries))
            elif isinstance(item, (list, tuple)):
                made = [None] * len(item)
                left.extend([(made, at, item[at], name, Place(path, f"[{at}]")) for at in range(len(item) - 1, -1, -1)])
            else:
                made = self._leaf(item, name, path)
            into[place] = made
        return holder[0]

    def _key(self, key: str, path: Place | None, made: dict[str, Any]) -> str:
        """The name of an entry, taken in ``made``. Two secrets can have the same marker, and no entry may get lost."""
        shown = named = self._text(key, path)
        count = 1
        while named in made:
            count += 1
            named = f"{shown}({count})"
        made[named] = None
        return named

    def _leaf(self, item: Any, name: str, path: Place | None) -> Any:
        if name in self.keep:
            return item
        if isinstance(item, str):
            return self._named(item, name, path)
        if isinstance(item, int) and not isinstance(item, bool) and item >= _LONG_NUMBER:
            shown = self._named(str(item), name, path)
            return item if shown == str(item) else shown
        return item

    def _note(self, path: Place | None) -> Callable[[str, str], None] | None:
        found = self.found
        return None if found is None else lambda id, shown: found.append(Redaction(_written(path), id, shown))

    def _text(self, text: str, path: Place | None) -> str:
        return redact(text, self.scan, self._note(path))

    def _named(self, text: str, name: str, path: Place | None) -> str:
        """A text; with its name before it where that tells what it is."""
        lowered = name.lower()
        if not any(word in lowered for word in _TELLING):
            return self._text(text, path)
        before = len(name) + 1
        hits = [(start - before, end - before, id) for start, end, id in self.scan.hits(f"{name}={text}") if start >= before]
        if not hits:
            return self._text(text, path)
        return replaced(text, hits, self._note(path))


def _written(path: Place | None) -> str:
    """A path as text: ``fields.cards[0]``."""
    parts: list[str] = []
    while path is not None:
        parts.append(path.step)
        path = path.above
    return "".join(reversed(parts)).removeprefix(".")
