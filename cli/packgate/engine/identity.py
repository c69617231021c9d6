"""A name for a decision that depends on nothing but what was decided."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from packgate.model.action import Action
    from packgate.model.policy import Pack


def packs_key(packs: Sequence[Pack]) -> str:
    """What identifies the packs of a decision."""
    return repr([(pack.name, pack.version, pack.revision, pack.digest) for pack in packs])


def decision_id(action: Action, packs: str, timestamp: str | None) -> str:
    """A digest of the action, the packs (see `packs_key`) and the time: the same for the same, on any machine."""
    return _name(f"{_written(action.data)} {packs} {timestamp!r}")


def digest_of(value: object) -> str:
    """SHA-256 in hexadecimal of plain data, whatever the order of its keys."""
    from hashlib import sha256

    return sha256(repr(_ordered(value)).encode("utf-8", "surrogatepass")).hexdigest()


def refusal_id(reason: str, action_id: str | None, timestamp: str | None) -> str:
    """A name for the denial of something that could not be decided."""
    return _name(f"refused {reason!r} {action_id!r} {timestamp!r}")


def _name(text: str) -> str:
    if not _DIGEST:
        # Looked up once: a module is not found for nothing.
        from hashlib import sha256

        _DIGEST.append(sha256)
    # Lone surrogates can stand in text that was not valid UTF-8.
    return "d-" + str(_DIGEST[0](text.encode("utf-8", "surrogatepass")).hexdigest())[:32]


_DIGEST: list[Any] = []
# Deeper data is listed rather than nested, lest this run out of stack.
_DEEPEST = 40


def _written(data: dict[str, Any]) -> str:
    """What `repr` writes of `_ordered` of an action. The order of its keys, and what holds nothing but texts below them, come again and
    again."""
    names = tuple(data)
    order = _ORDERS.get(names)
    if order is None:
        if len(_ORDERS) >= _MOST_REMEMBERED:
            _ORDERS.clear()
        order = _ORDERS[names] = [(name, f"({name!r}, ") for name in sorted(names)]
    found = []
    for name, start in order:
        value = data[name]
        found.append(f"{start}{value!r})" if value is None or isinstance(value, str) else f"{start}{_written_part(value)})")
    return f"[{', '.join(found)}]"


def _written_part(value: object) -> str:
    if not isinstance(value, dict) or not value:
        return repr(_ordered(value, 1))
    entries = tuple(value.items())
    try:
        known = _PARTS.get(entries)
    except TypeError:
        # What is nested deeper has no hash.
        return repr(_ordered(value, 1))
    if known is None:
        known = repr(_ordered(value, 1))
        # Numbers that are equal may be written differently.
        if all(each is None or isinstance(each, str) for each in value.values()):
            if len(_PARTS) >= _MOST_REMEMBERED:
                _PARTS.clear()
            _PARTS[entries] = known
    return known


_ORDERS: dict[tuple[str, ...], list[tuple[str, str]]] = {}
_PARTS: dict[tuple[tuple[str, object], ...], str] = {}
_MOST_REMEMBERED = 200


def _ordered(value: object, depth: int = 0) -> object:
    """Plain data with every object as the list of its entries, in the order of their keys: what `repr` writes of it depends on no
    order of keys."""
    if isinstance(value, dict):
        if depth >= _DEEPEST:
            return _listed(value)
        found: list[object] = []
        for key in sorted(value):
            each = value[key]
            found.append((key, each if each is None or isinstance(each, str) else _ordered(each, depth + 1)))
        return found
    if isinstance(value, (list, tuple)):
        return _listed(value) if depth >= _DEEPEST else [_ordered(item, depth + 1) for item in value]
    return value


def _listed(value: object) -> list[object]:
    """Plain data, however deep, as one list: each value with its depth and key."""
    found: list[object] = []
    left: list[tuple[int, object, object]] = [(0, None, value)]
    while left:
        depth, key, item = left.pop()
        if isinstance(item, dict):
            found.append((depth, key, "object"))
            left.extend((depth + 1, name, each) for name, each in sorted(item.items(), reverse=True))
        elif isinstance(item, (list, tuple)):
            found.append((depth, key, "list"))
            left.extend((depth + 1, None, each) for each in reversed(item))
        else:
            found.append((depth, key, item))
    return found
