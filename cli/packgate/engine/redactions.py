"""What a decision to redact replaces: the place in the action, the detector, and the marker that stands there."""

from __future__ import annotations

from packgate.guard.detectors import PERSONAL_DATA, SECRETS, can_look, is_name, members, redact_json, scan_of, unavailable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from packgate.engine.compiled import Found
    from packgate.guard.redact import Redaction
    from packgate.guard.scan import Scan
    from packgate.model.action import Action

    Asked = Sequence[tuple[str, Found]]

# What of an action is text that can be replaced.
_TEXTS = ("command", "content", "arguments", "url", "body", "text")
# What a policy without a detector redacts.
_EVERYTHING = (SECRETS, PERSONAL_DATA)


def wanted(found: Found) -> list[str]:
    """The detectors and sets by which a policy matched."""
    return [name for check in found.checks for name in check.detectors]


def unable(names: Iterable[str]) -> list[str]:
    """Why some of these detectors can't look."""
    return list(dict.fromkeys(str(missing) for missing in map(unavailable, filter(is_name, names)) if missing is not None))


def redacting(asked: Asked) -> tuple[str, ...]:
    """The detectors by which policies redact, as `scan_of` takes them: all together, since of hits that overlap one marker is made."""
    names = {name for _, found in asked for name in wanted(found) or _EVERYTHING if is_name(name)}
    return can_look(tuple(sorted(names)))


def redactions(asked: Asked, names: tuple[str, ...], action: Action) -> list[dict[str, Any]]:
    """An item for every place, in the order of the action. ``asked``: the policies that redact, each with its match, in order; ``names``:
    those of `redacting`. What a policy found that the action's text does not spell out (a command can put it together) has no place and no
    marker: nothing can take its place. Nor has what a policy matched by anything else than a detector, when none finds a secret there."""
    scan = scan_of(names)
    places: list[Redaction] = []
    source = {key: action.data[key] for key in _TEXTS if action.data.get(key)}
    changed = redact_json(source, scan, places)
    items = [_item(*_asker(place.detector, asked), place.path, place.detector, place.marker) for place in places]
    command = source.get("command")
    for policy, found in asked:
        if wanted(found):
            # What only an engine's own function detects, the guard can't replace.
            items += [_item(policy, _field(found), None, name, None) for name in wanted(found) if not is_name(name)]
            if command is not None:
                items += [_item(policy, field, None, id, None) for field, id in _unspelled(found, scan, command, changed["command"])]
        elif not any(item["policy"] == policy for item in items):
            items += [_item(policy, check.field, None, None, None) for check in found.checks if check.type == "text"]
    return list({tuple(item.items()): item for item in items}.values())


def _item(policy: str, field: str | None, path: str | None, detector: str | None, marker: str | None) -> dict[str, Any]:
    return {"policy": policy, "field": field, "path": path, "detector": detector, "marker": marker}


def _asker(detector: str, asked: Asked) -> tuple[str, str]:
    """The first policy that looks with a detector, and the field in which it does; for a hit that is named by a detector of none of them,
    since it overlaps one, the first policy at all."""
    for policy, found in asked:
        names = wanted(found)
        if not names or any(detector in members(name) for name in names if is_name(name)):
            return policy, _field(found)
    return asked[0][0], _field(asked[0][1])


def _field(found: Found) -> str:
    for check in found.checks:
        if check.detectors:
            return check.field
    looked = [check.field for check in found.checks if check.type == "text"]
    return next((field for field in (*looked, "content", "payload", "argument") if found.operation.get(field)), "argument")


def _unspelled(found: Found, scan: Scan, command: str, changed: str) -> list[tuple[str, str]]:
    """Hits in the fields of an operation, by field and detector, that replacing the command's text would leave."""
    left: list[tuple[str, str]] = []
    for check in found.checks:
        for value in found.operation.get(check.field) if check.detectors else ():
            for text in (value,) if isinstance(value, str) else [part for part in value.parts if isinstance(part, str)]:
                for start, end, id in scan.hits(text):
                    secret = text[start:end]
                    if (secret not in command or secret in changed) and (check.field, id) not in left:
                        left.append((check.field, id))
    return left
