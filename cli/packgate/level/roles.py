"""Who may look at a level and who may change it, as packgate.yaml declares it.

This is a convenience: whoever can write the repository can write packgate.yaml. What holds is who may merge, which the forge decides.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMBER, DEVELOPER = "member", "developer"
# What each role may do; a developer may do what a member may.
MAY = {"simulate": MEMBER, "show": MEMBER, "apply": DEVELOPER, "undo": DEVELOPER}
_ADDRESS = re.compile(r"<([^<>]*)>\s*$")


def role_of(identity: str, settings: Mapping[str, Any] | None) -> str | None:
    """The role of a git identity (``Name <address>``); where none are declared everybody is a developer."""
    declared = (settings or {}).get("levels")
    if not isinstance(declared, dict):
        return DEVELOPER
    found = _ADDRESS.search(identity)
    address = (found[1] if found else identity).strip().lower()
    for role, key in ((DEVELOPER, "developers"), (MEMBER, "members")):
        if any(fnmatchcase(address, str(each).lower()) for each in declared.get(key) or ()):
            return role
    return None


def check_role(verb: str, identity: str, settings: Mapping[str, Any] | None) -> None:
    """Raise `UserError` when a git identity may not do what a verb does."""
    role = role_of(identity, settings)
    if role == DEVELOPER or role == MAY[verb]:
        return
    raise UserError(
        f"{identity} may not {verb} a level: that is for {MAY[verb]}s, by `levels` in packgate.yaml",
        "ask one of them; who may merge a change of packgate.yaml is for the forge",
    )
