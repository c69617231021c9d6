"""What the context of a policy repository says of people, repositories, paths and hosts, for decisions.

Of a list the first entry that matches counts. What is said of a path comes before what is said of its repository; neither takes away
what the action itself says: conditions compare both.
"""

from __future__ import annotations

from packgate.engine.conditions import Check
from packgate.engine.partly import MUST
from packgate.engine.patterns import Compiler
from packgate.model.action import Action
from packgate.model.operation import Analysis, Operation
from packgate.model.policy import Condition, Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from packgate.engine.context import Context
    from packgate.model.value import Value

SECTIONS = ("groups", "repositories", "paths", "hosts")
# What entries say of a repository, and the object of an action that says it.
PARENTS = {"owner": "actor", "team": "actor", "environment": None, "data_classification": None, "default_branch": "repo"}


class Entry:
    """An entry of a list: what it matches, and what it says. ``paths`` are the entries inside a repository."""

    __slots__ = ("check", "paths", "rooted", "says")

    def __init__(self, data: Mapping[str, Any], type: str, compiler: Compiler) -> None:
        patterns = tuple(Pattern("glob", rooted(text) if type == "path" else text) for text in data["match"])
        self.check = Check(Condition("match", patterns), type, compiler)
        self.rooted = type == "path" and any(pattern.text[:1] == "." for pattern in patterns)
        self.says: dict[str, str] = {name: text for name, text in data.items() if isinstance(text, str)}
        self.paths = tuple(Entry(item, "path", compiler) for item in data.get("paths") or ())


class Surroundings:
    """The context as plain data, ``data`` (see `plain`), compiled when a decision first needs a part of it."""

    __slots__ = ("_hosts", "_paths", "_repositories", "_users", "data")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        compiler = Compiler({})
        self._repositories = tuple(Entry(item, "word", compiler) for item in data["repositories"])
        self._paths = tuple(Entry(item, "path", compiler) for item in data["paths"])
        self._hosts = tuple(Entry(item, "host", compiler) for item in data["hosts"])
        self._users: dict[str, tuple[str, ...]] | None = None

    def members(self, group: str) -> tuple[str, ...]:
        """The users of a group; none for one that is not declared."""
        return tuple(self.data["groups"].get(group, ()))

    def groups_of(self, user: str) -> tuple[str, ...]:
        """The groups that a user is in, sorted."""
        if self._users is None:
            self._users = {}
            for group, users in sorted(self.data["groups"].items()):
                for each in users:
                    self._users[each] = (*self._users.get(each, ()), group)
        return self._users.get(user, ())

    def complete(self, action: Action, context: Context) -> Action:
        """The action with what is known of its user and repository, as a record of it should show; what it says itself stays."""
        changes: dict[str, Any] = {}
        filled: list[str] = []
        actor = action.data.get("actor") or {}
        groups = list(dict.fromkeys([*(actor.get("groups") or ()), *self.groups_of(str(actor.get("user")))]))
        if len(groups) > len(actor.get("groups") or ()):
            changes["actor"] = {**actor, "groups": groups}
        entry = self._repository(context)
        for name, value in (entry.says if entry is not None else {}).items():
            parent = PARENTS[name]
            holder = changes.get(parent) or action.data.get(parent) or {} if parent else action.data
            if holder.get(name) is None:
                filled.append(name)
                changes.update({parent: {**holder, name: value}} if parent else {name: value})
        return Action({**action.data, **changes}, action.notes, tuple(filled)) if changes else action

    def of_place(self, name: str, context: Context, operation: Operation | None) -> tuple[str, ...]:
        """What is said of the paths that an operation touches, else of the repository: each value once."""
        repository = self._repository(context)
        lists = [entries for entries in (repository.paths if repository is not None else (), self._paths) if entries]
        found: dict[str, None] = {}
        for value in operation.get("path") if operation is not None and lists else ():
            said = _of_path(name, value, lists, context)
            if said is not None:
                found[said] = None
        if not found and repository is not None and name in repository.says:
            found[repository.says[name]] = None
        return tuple(found)

    def with_hosts(self, analysis: Analysis, context: Context) -> Analysis:
        """An analysis with what is known of the hosts that its operations name: an environment is added, a network replaced."""
        if not self._hosts or not any(operation.get("host") for operation in analysis.operations):
            return analysis
        return Analysis([self._with_host(operation, context) for operation in analysis.operations], analysis.notes)

    def _with_host(self, operation: Operation, context: Context) -> Operation:
        fields = dict(operation.fields)
        for value in operation.get("host"):
            entry = _first(self._hosts, value, context)
            if entry is not None and "network" in entry.says:
                fields["network"] = (entry.says["network"],)
            if entry is not None and "environment" in entry.says:
                before = fields.get("environment") or operation.get("environment")
                fields["environment"] = tuple(dict.fromkeys((*before, entry.says["environment"])))
        return Operation(operation.families, fields, operation.span, operation.via, operation.common)

    def _repository(self, context: Context) -> Entry | None:
        names = context.values("repo.name")
        return _first(self._repositories, names[0], context) if names and self._repositories else None


def _first(entries: Iterable[Entry], value: Value, context: Context) -> Entry | None:
    """The first entry that certainly matches a value. Without a repository nothing is relative to its root."""
    return next((
        entry for entry in entries
        if not (entry.rooted and context.root is None) and entry.check.judge(value, context, False) == MUST
    ), None)


def _of_path(name: str, value: Value, lists: Iterable[tuple[Entry, ...]], context: Context) -> str | None:
    for entries in lists:
        entry = _first((each for each in entries if name in each.says), value, context)
        if entry is not None:
            return entry.says[name]
    return None


def rooted(text: str) -> str:
    """A path pattern of the context, which is relative to the repository's root unless it says otherwise."""
    return text if text.startswith(("/", "~/", "./")) or text in ("~", ".") else f"./{text}"


def plain(sections: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The sections of context files joined, in their order, as `Surroundings` takes them: every section there, ``match`` always a list."""
    found: dict[str, Any] = {"groups": {}, "repositories": [], "paths": [], "hosts": []}
    for data in sections:
        for group, users in (data.get("groups") or {}).items():
            found["groups"][group] = list(dict.fromkeys((*found["groups"].get(group, ()), *users)))
        for name in SECTIONS[1:]:
            found[name] += [item for item in map(_entry, data.get(name) or ()) if item not in found[name]]
    return found


def _entry(data: Mapping[str, Any]) -> dict[str, Any]:
    item = dict(data)
    item["match"] = [data["match"]] if isinstance(data["match"], str) else list(data["match"])
    if "paths" in item:
        item["paths"] = [_entry(each) for each in item["paths"]]
    return item
