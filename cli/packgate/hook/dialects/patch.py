"""Patches in the form that models of several agents write (`*** Begin Patch`), as file actions: one for every file they touch."""

from __future__ import annotations

from packgate.hook.dialects import payload as get
from packgate.hook.exchange import PayloadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HEADERS = {"*** Add File: ": "write", "*** Update File: ": "edit", "*** Delete File: ": "delete"}
_MOVE = "*** Move to: "
BEGIN = "*** Begin Patch"


def patched(text: str, where: str) -> list[dict[str, Any]]:
    """The actions of a patch: what is added to a file is its content. A file that moves is deleted at the one place and written at the
    other. Raises `PayloadError` for a text without any file; ``where`` is the key that holds it."""
    actions: list[dict[str, Any]] = []
    added: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        header = next((each for each in _HEADERS if stripped.startswith(each)), None)
        if header is not None:
            _finish(actions, added)
            actions.append(get.file(_HEADERS[header], stripped[len(header):].strip()))
        elif stripped.startswith(_MOVE) and actions:
            moved = str(actions[-1]["path"])
            actions[-1] = get.file("delete", moved)
            actions.append(get.file("write", stripped[len(_MOVE):].strip()))
        elif line.startswith("+"):
            added.append(line[1:])
    _finish(actions, added)
    if not actions or not all(action["path"] for action in actions):
        raise PayloadError(f"{where}: expected a patch that names its files")
    return actions


def _finish(actions: list[dict[str, Any]], added: list[str]) -> None:
    """Give the lines to the file that they were added to."""
    if actions and actions[-1]["operation"] != "delete":
        actions[-1]["content"] = "\n".join(added)
    added.clear()
