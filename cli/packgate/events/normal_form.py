"""What an action is, with everything folded that differs each time: paths, hosts, numbers, texts.

`git push -u origin fix/rounding` and `git push -u origin main` are both `git push -u <remote> <branch>`. Sub-commands are those of the
catalog, or the first word of a program that has some. Flags keep their names, not their values; operands of one kind are one.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from packgate.catalog.lookup import Catalog
    from packgate.facts.program import Branch
    from packgate.model.action import Action
    from packgate.model.operation import Analysis, Operation

_URL = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?#\s]*)", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d[\d.,:]*[a-zA-Z%]{0,2}")
_HASH = re.compile(r"[0-9a-f]{7,64}")
_ADDRESS = re.compile(
    r"[\w.-]+@[\w.-]+(:.*)?|(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|local|internal)(?::\d+)?|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?"
)
_SUB_COMMAND = re.compile(r"[a-z][a-z0-9-]{1,30}")
_FILE = re.compile(r"[\w.+-]*\.[A-Za-z][\w]{0,5}")
# Fields whose values stand in the command as they are: their name says more than their look.
_NAMED = ("branch", "remote", "image", "package", "database", "table", "host", "service", "user", "variable", "target")
_TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/")


def normal_form(action: Action, analysis: Analysis, catalog: Catalog) -> str:
    """The action on one line."""
    data = action.data
    if action.surface == "shell":
        named = {str(value): field for operation in analysis.operations for field in _NAMED for value in operation.get(field)}
        commands = [operation for operation in analysis.operations if "command" in operation.families]
        found = dict.fromkeys(_command(operation, catalog, data, named) for operation in commands)
        return " ; ".join(found) or "<unread command>"
    if action.surface == "file":
        name = posixpath.splitext(str(data["path"]).lower())[1]
        return f"{data.get('operation')} {_path(str(data['path']), data)}{' *' + name if name else ''}"
    if action.surface == "mcp":
        return f"{data['server']}/{data['tool']} {' '.join(sorted(map(str, data.get('arguments') or ())))}".rstrip()
    if action.surface == "web":
        return f"{data.get('method') or 'GET'} {_folded(str(data['url']), data)}"
    return f"<{action.surface}>"


def _command(operation: Operation, catalog: Catalog, data: dict[str, Any], named: dict[str, str]) -> str:
    name = " ".join(str(each) for each in operation.get("program")) or "<unknown program>"
    known = catalog.program(name)
    branch = known.root if known is not None else None
    words, flags, operands = [name], dict[str, None](), dict[str, None]()
    values = 0
    for value in operation.get("argument"):
        word = str(value)
        if values:
            values -= 1
        elif word.startswith("-") and len(word) > 1:
            flag = word.partition("=")[0]
            flags.setdefault(flag if not _NUMBER.fullmatch(word) else "-<number>")
            values = _values(branch, flag) if flag == word else 0
        elif branch is not None and branch.has_children and not operands and isinstance(value, str):
            followed = branch.follow(word)
            words.append(word if followed or _SUB_COMMAND.fullmatch(word) else _folded(word, data))
            branch = followed[0] if followed else None
        else:
            operands.setdefault(f"<{named[word]}>" if word in named else _folded(word, data))
    return " ".join((*words, *sorted(flags), *operands))


def _values(branch: Branch | None, flag: str) -> int:
    """How many words behind a flag are its values."""
    level = branch.inherited if branch is not None else None
    option = level.options.get(flag) if level is not None else None
    return option.count if option is not None and option.kind == "value" else 0


def _folded(word: str, data: dict[str, Any]) -> str:
    url = _URL.match(word)
    if url:
        host = url[2].rpartition("@")[2].partition(":")[0].lower()
        return f"<{url[1].lower()} address{' of this machine' if host in ('localhost', '127.0.0.1', '[') else ''}>"
    if word in (".", "..") or word.startswith(("/", "~", "./", "../")):
        return _path(word, data)
    if _NUMBER.fullmatch(word):
        return "<number>"
    if _HASH.fullmatch(word) and any(char.isdigit() for char in word):
        return "<hash>"
    if _ADDRESS.fullmatch(word):
        return "<host>"
    if any(char.isspace() for char in word):
        return "<text>"
    return _path(word, data) if "/" in word or _FILE.fullmatch(word) else "<word>"


def _path(path: str, data: dict[str, Any]) -> str:
    """Where a path lies: the repository counts before what is around it."""
    home, cwd, root = data.get("home"), data.get("cwd"), (data.get("repo") or {}).get("root")
    if path.startswith("~"):
        path = posixpath.join(home, path[2:]) if isinstance(home, str) and (path == "~" or path.startswith("~/")) else path
        if path.startswith("~"):
            return "<path in home>"
    if not path.startswith("/"):
        if not isinstance(cwd, str):
            return "<relative path>"
        path = posixpath.join(cwd, path)
    path = posixpath.normpath(path)
    for name, folder in (("repository", root), ("folder", cwd), ("home", home)):
        if isinstance(folder, str) and (path == folder or path.startswith(folder.rstrip("/") + "/")):
            return f"<path in {name}>"
    return "<temporary path>" if f"{path}/".startswith(_TEMPORARY) else "<path outside>"
