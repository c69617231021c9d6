"""Which repository a git call works in, and the settings that hold for it."""

from __future__ import annotations

from packgate.facts.fields import absolute
from packgate.facts.parsers import PARSERS
from packgate.facts.paths import under

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.session import Session
    from packgate.model.value import Value


def elsewhere(call: Call, session: Session) -> bool:
    """Whether the call may work in another repository than the one that the action declares."""
    if call.has("--git-dir") or session.context.place is not None:
        return True
    directory = absolute(".", call, session.context)
    if session.repository is None:
        return False
    return not isinstance(directory, str) or not under(directory, session.repository)


def git_setting(call: Call, session: Session, name: str) -> Value | None:
    """A setting: of the call itself (``-c name=value``), else of an earlier command of the line."""
    for value in reversed(call.options.get("-c", [])):
        parts = PARSERS["keyval"](value)
        if parts is not None and isinstance(parts["name"], str) and parts["name"].lower() == name.lower():
            return parts["value"]
    return session.git.setting(name)
