"""Handlers: functions for what the catalog's data can't say, by the names it uses.

A handler gets the call, the session and the fields that operations of the call share; it adds operations to the session and
returns the call's output where it knows it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

    Handler = Callable[[Call, Session, Fields], Value | None]

HANDLERS: dict[str, Handler] = {}
