"""What a decision to redact replaces: the place in the action, the detector, and the marker that stands there."""

from __future__ import annotations

from packgate.guard.detectors import PERSONAL_DATA, SECRETS, is_name, members, redact_json, scan_of, unchecked
from packgate.model.action import Action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from packgate.engine.compiled import Found
    from packgate.guard.redact import Redaction
    from packgate.guard.scan import Scan
    from packgate.model.operation import Analysis

    Asked = Sequence[tuple[str, Found]]

# What of an action is text that can be replaced, with the field that holds it alone.
_TEXTS = {"command": "", "content": "content", "arguments": "argument", "url": "url", "body": "payload", "text": "content"}
# What a policy without a detector redacts.
_EVERYTHING = (SECRETS, PERSONAL_DATA)


def by_form(names: Iterable[str]) -> list[str]:
    """Which of these detectors go by form alone, and why."""
    return list(dict.fromkeys(str(missing) for missing in map(unchecked, filter(is_name, names)) if missing is not None))


def redacting(asked: Asked) -> tuple[str, ...]:
    """The detectors by which policies redact, as `scan_of` takes them: all together, since of hits that overlap one marker is made."""
    names = {name for _, found in asked for name in found.detectors or _EVERYTHING if is_name(name)}
    return tuple(sorted(names))


def redactions(
    asked: Asked, names: tuple[str, ...], action: Action, analyze: Callable[[Action], Analysis] | None = None,
) -> list[dict[str, Any]]:
    """An item for every place, in the order of the action. ``asked``: the policies that redact, each with its match, in order; ``names``:
    those of `redacting`. ``analyze``: reads a command once more, with its markers: what it still comes to without spelling it out has no
    place and no marker, since nothing can take its place. Nor has what a policy matched by anything else than a detector, when none finds
    a secret there."""
    scan = scan_of(names)
    places: list[Redaction] = []
    changed = redact_json({key: action.data[key] for key in _TEXTS if action.data.get(key)}, scan, places)
    items = [_item(*_asker(place.detector, asked, place.path), place.path, place.detector, place.marker) for place in places]
    if analyze is not None and action.surface == "shell":
        again = Action({**action.data, **changed}, action.notes, action.filled)
        items += [_item(*_asker(id, asked), None, id, None) for id in _left(analyze(again), asked, scan, again)]
    for policy, found in asked:
        # What only an engine's own function detects, the guard can't replace.
        items += [_item(policy, _field(found), None, name, None) for name in found.detectors if not is_name(name)]
        if not found.detectors and not any(item["policy"] == policy for item in items):
            items += [_item(policy, check.field, None, None, None) for check in found.checks if check.type == "text"]
    return list({tuple(item.items()): item for item in items}.values())


def _item(policy: str, field: str | None, path: str | None, detector: str | None, marker: str | None) -> dict[str, Any]:
    return {"policy": policy, "field": field, "path": path, "detector": detector, "marker": marker}


def _asker(detector: str, asked: Asked, path: str = "") -> tuple[str, str]:
    """The first policy that looks with a detector, and the field in which it does: one that looks where the hit stands, if there is one.
    For a hit that overlaps one of theirs, and is named by a detector of none of them, the first policy at all."""
    place = _TEXTS.get(path.partition(".")[0].partition("[")[0], "")
    able = [(policy, _field(found)) for policy, found in asked if _looks(found, detector)] or [(asked[0][0], _field(asked[0][1]))]
    return next((each for each in able if each[1] == place), able[0])


def _looks(found: Found, detector: str) -> bool:
    names = found.detectors
    return not names or any(detector in members(name) for name in names if is_name(name))


def _field(found: Found) -> str:
    for check in found.checks:
        if check.detectors:
            return check.field
    looked = [check.field for check in found.checks if check.type == "text"]
    return next((field for field in (*looked, "content", "payload", "argument") if found.operation.get(field)), "argument")


def _left(analysis: Analysis, asked: Asked, scan: Scan, action: Action) -> list[str]:
    """The detectors that find something in the fields of a command in which policies looked, but for what its environment holds: what a
    variable keeps is kept."""
    fields = {_field(found) for _, found in asked}
    texts: dict[str, None] = {}
    for operation in analysis.operations:
        for value in [value for field in sorted(fields) for value in operation.get(field)]:
            texts.update(dict.fromkeys((value,) if isinstance(value, str) else [part for part in value.parts if isinstance(part, str)]))
    kept = list(action.env.values())
    hits = [(id, text[start:end]) for text in texts for start, end, id in scan.hits(text)]
    return list(dict.fromkeys(id for id, secret in hits if not any(secret in value for value in kept)))
