"""Folders of this machine that a container has mounted: what its command does to files in them it does to this machine's.

The command is followed a second time, with each mount point written as a folder below a mark; of what it does only the file operations
below the mark count, and those in a root that `chroot` changed to the mark. Source: docker-run(1), "Volumes" and `--mount`.
"""

from __future__ import annotations

import re

from packgate.facts.fields import FILE_FAMILIES, add_scope
from packgate.facts.nested import within
from packgate.facts.paths import normalise, under
from packgate.model.operation import Operation
from packgate.model.value import Origin, join, unknown
from packgate.shell.evaluate import run_argv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

# Stands for this machine's root while the command is followed; no path of a line is below it.
_MARK = "/.host-of-container"


def handle(call: Call, session: Session, common: Fields) -> None:
    """Add the file operations of a container's command on mounted folders."""
    mounts = _mounts(call)
    words = [*call.options.get("--entrypoint", ()), *call.operands[1:]]
    if not mounts or not words or session.context.place is not None:
        return
    targets = "|".join(re.escape(target) for target in sorted(mounts, key=len, reverse=True))
    pattern = re.compile(f"(?<![\\w./-])({targets})(?=/|$|[\\s'\";:,])")
    argv: list[Value] = []
    argv += [pattern.sub(lambda found: _MARK + mounts[found.group(1)], word) if isinstance(word, str) else word for word in words]
    state = call.state.child(clean=True)
    state.cwd = unknown(Origin("variable", "PWD"))
    for folder in call.options.get("--workdir", ())[-1:]:
        if isinstance(folder, str):
            state.cwd = pattern.sub(lambda found: _MARK + mounts[found.group(1)], folder)
    operations, notes = list(session.operations), list(session.notes)
    within(session, session.context.inside(call.program), lambda: run_argv(argv, state, session, call.span))
    found = session.operations[len(operations):]
    session.operations[:], session.notes[:] = operations, notes
    session.operations.extend(each for each in (_outside(operation, session) for operation in found) if each is not None)


def _mounts(call: Call) -> dict[str, str]:
    """The folders that are bound, by their places in the container. A mount point may be any but the root."""
    out: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for spec in call.options.get("--volume", ()):
        if isinstance(spec, str) and spec.count(":") in (1, 2):
            source, target = spec.split(":")[:2]
            pairs.append((source, target))
    for spec in call.options.get("--mount", ()):
        settings = dict(part.split("=", 1) for part in spec.split(",") if "=" in part) if isinstance(spec, str) else {}
        if settings.get("type", "bind") == "bind":
            source = settings.get("source", settings.get("src", ""))
            pairs.append((source, settings.get("target", settings.get("destination", settings.get("dst", "")))))
    for source, target in pairs:
        place = normalise(source, call.state.cwd) if source[:1] in "/." and source else ""
        if isinstance(place, str) and place and target[:1] == "/" and target.strip("/"):
            out[target.rstrip("/")] = "" if place == "/" else place
    return out


def _outside(operation: Operation, session: Session) -> Operation | None:
    """A file operation as it is on this machine; None when it touches the container alone."""
    if not FILE_FAMILIES & set(operation.families):
        return None
    common = operation.common or {}
    root = next((place for place in common.get("place", ()) if isinstance(place, str) and under(place, _MARK)), None)
    paths = [_unmarked(path, root) for path in operation.fields.get("path", ())]
    known = tuple(path for path in paths if path is not None)
    if not known or len(known) != len(paths):
        return None
    fields: Fields = {name: values for name, values in operation.fields.items() if name != "scope"}
    fields["path"] = known
    add_scope(fields, session, session.context)
    return Operation(operation.families, fields, operation.span, operation.via, {**common, "place": ("local",)})


def _unmarked(path: Value, root: str | None) -> Value | None:
    """The path on this machine: one below the mark, or any in a root that was changed to a place below it."""
    head = path if isinstance(path, str) else path.parts[0]
    if not isinstance(head, str):
        return None
    if under(head, _MARK) or (path is not head and head.startswith(_MARK + "/")):
        rest = head[len(_MARK):]
    elif root is not None and head.startswith("/"):
        rest = root[len(_MARK):] + head
    else:
        return None
    return (rest or "/") if isinstance(path, str) else join([rest, *path.parts[1:]])
