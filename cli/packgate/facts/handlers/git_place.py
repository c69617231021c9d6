"""Which repository a git call works in, and the settings that hold for it."""

from __future__ import annotations

from packgate.facts.fields import absolute
from packgate.facts.parsers import PARSERS
from packgate.facts.paths import under
from packgate.facts.words import split_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.session import Session
    from packgate.model.value import Value

_MAX_SETTINGS = 16


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
    found = session.git.setting(name)
    return found if found is not None else _from_environment(call, name)


def _from_environment(call: Call, name: str) -> Value | None:
    """A setting in ``GIT_CONFIG_KEY_<n>`` and ``GIT_CONFIG_VALUE_<n>``, or in ``GIT_CONFIG_PARAMETERS``; git(1), git-config(1)."""
    for number in range(_MAX_SETTINGS):
        key = call.state.env(f"GIT_CONFIG_KEY_{number}")
        if key is None:
            break
        if isinstance(key, str) and key.lower() == name.lower():
            return call.state.env(f"GIT_CONFIG_VALUE_{number}")
    packed = call.state.env("GIT_CONFIG_PARAMETERS")
    for word in split_words(packed) if packed is not None else ():
        parts = PARSERS["keyval"](word)
        if parts is not None and isinstance(parts["name"], str) and parts["name"].lower() == name.lower():
            return parts["value"]
    return None
