"""Since when something stands at its stage, by the history of the file that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.source.yaml import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.gitio import Repository

    # The data of a file (None: there was none) -> the stage that it gives.
    Reader = Callable[[Any], str | None]


def since(repository: Repository, path: str, folder: str, read: Reader, ref: str = "HEAD") -> str | None:
    """When the stage that holds at ``ref`` came to hold (RFC 3339): the oldest commit since which it was never another one.

    ``path``: the file that says the stage, ``folder``: the pack's, whose first commit counts while there was no such file; both relative
    to the root. ``read`` finds the stage in the file. None when nothing of it was ever committed.
    """
    stage = read(_data(repository, ref, path))
    started: str | None = None
    for touch in repository.history(path, ref):
        if read(_data(repository, touch.commit, path)) != stage:
            return started
        started = touch.time
    if read(None) != stage:
        return started
    # Before the file there was the default, since the pack is there.
    touched = repository.history(folder, ref)
    return touched[-1].time if touched else started


def rollout_reader(kind: str, name: str, threat: str | None) -> Reader:
    """Finds the stage of a threat layer, or of a policy of the layer ``threat``, in rollout.yaml."""

    def read(data: Any) -> str | None:
        given = data if isinstance(data, dict) else {}
        threats, policies = given.get("threats") or {}, given.get("policies") or {}
        if not isinstance(threats, dict) or not isinstance(policies, dict):
            return None
        own = threats.get(name) if kind == "threat" else policies.get(name) or threats.get(threat)
        found = own or given.get("pack") or "audit"
        return found if isinstance(found, str) else None

    return read


def assignment_reader(name: str) -> Reader:
    """Finds the stage of an assignment in assignments.yaml."""

    def read(data: Any) -> str | None:
        items = data.get("assignments") if isinstance(data, dict) else None
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and item.get("name") == name:
                stage = item.get("stage")
                return stage if isinstance(stage, str) else None
        return None

    return read


def _data(repository: Repository, ref: str, path: str) -> Any:
    raw = repository.read(ref, path)
    if raw is None:
        return None
    document = parse_yaml(raw.decode("utf-8", "replace").removeprefix("\ufeff"), path)
    # A file that could not be loaded gave no stage.
    return {"threats": [], "policies": []} if document.diagnostics else document.data
