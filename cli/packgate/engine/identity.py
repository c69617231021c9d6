"""A name for a decision that depends on nothing but what was decided."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.model.action import Action
    from packgate.model.policy import Pack


def decision_id(action: Action, packs: Sequence[Pack], timestamp: str | None) -> str:
    """A digest of the action, the packs and the time: the same for the same, on any machine."""
    from hashlib import sha256

    out: list[str] = []
    _write(action.data, out)
    out.extend(f";{pack.name!r} {pack.version!r} {pack.revision!r} {pack.digest!r}" for pack in packs)
    out.append(repr(timestamp))
    # Lone surrogates can stand in text that was not valid UTF-8.
    return "d-" + sha256("".join(out).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _write(value: object, out: list[str]) -> None:
    """An unambiguous text of plain data, keys in order."""
    if isinstance(value, dict):
        out.append("{")
        for key in sorted(value, key=str):
            out.append(f"{len(str(key))}:{key}=")
            _write(value[key], out)
        out.append("}")
    elif isinstance(value, (list, tuple)):
        out.append("[")
        for item in value:
            _write(item, out)
        out.append("]")
    elif isinstance(value, str):
        out.append(f'"{len(value)}:{value}')
    else:
        out.append(f"<{value!r}>")
