"""Which program the first word of a command names: one of the catalog, a script, or something unknown."""

from __future__ import annotations

from packgate.facts.paths import HOME, REPOSITORY, TOOLCHAIN, normalise, scope
from packgate.facts.wildcard import can_begin, matches
from packgate.model.value import Glob, Hole, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.catalog.load import Catalog
    from packgate.model.value import Value
    from packgate.shell.state import State

# Folders whose last component says that they hold installed programs, wherever they are.
_PROGRAM_FOLDERS = frozenset(("bin", "sbin", ".bin", "git-core", "shims", "libexec", "Scripts"))
# A `bin` folder of the repository holds its own scripts unless a tool installed it there.
_INSTALLED_BELOW = ("node_modules", ".venv", "venv", "env", ".tox", "vendor", ".direnv", ".nix-profile", "target")
_MAX_NAMES = 12
# What the kernel calls the program that starts another one: here that is the shell.
_SHELL_ITSELF = ("/proc/self/exe", "/proc/thread-self/exe")


class Target:
    """What a first word stands for: ``name`` of a program, or the ``path`` of a script (which goes
    first), or neither (unknown)."""

    __slots__ = ("name", "path")

    def __init__(self, name: str | None = None, path: Value | None = None) -> None:
        self.name = name
        self.path = path


def resolve(word: Value, state: State, repository: str | None, files: dict[str, Value]) -> Target:
    """What a known or partly known first word stands for. ``files`` are those that the line wrote."""
    if isinstance(word, str):
        if "/" not in word:
            return Target(bare(word), _on_path(word, state, files) if files else None)
        if word in _SHELL_ITSELF:
            return Target(state.shell)
        path = normalise(word, state.cwd)
        if isinstance(path, str) and _is_installed(path, state, repository):
            return Target(bare(path.rsplit("/", 1)[-1]))
        return Target(None, path)
    last = word.parts[-1]
    if isinstance(last, str) and "/" in last:
        folder, _, name = last.rpartition("/")
        if name and folder.rsplit("/", 1)[-1] in _PROGRAM_FOLDERS:
            return Target(bare(name))
        return Target(None, normalise(word, state.cwd))
    return Target()


def _on_path(name: str, state: State, files: dict[str, Value]) -> str | None:
    """The file of the line that a bare name means because the line put its folder on the PATH."""
    search = state.env("PATH")
    if search is None:
        return None
    head = search if isinstance(search, str) else search.parts[0]
    for folder in head.split(":") if isinstance(head, str) else ():
        path = normalise(join([folder or ".", "/", name]), state.cwd)
        if isinstance(path, str) and path in files:
            return path
    return None


def bare(name: str) -> str:
    """The base name, also of a Windows path."""
    if "\\" in name and (name[1:2] == ":" or name.startswith("\\\\")):
        name = name.rsplit("\\", 1)[-1]
    return name[:-4] if name[-4:-3] == "." and name[-3:].lower() in ("exe", "cmd") else name


def _is_installed(path: str, state: State, repository: str | None) -> bool:
    """Whether a path is that of an installed program, which its base name identifies."""
    segments = path.split("/")
    home = state.home
    place = scope(path, repository, home if isinstance(home, str) else None)
    if place == REPOSITORY:
        return segments[-2] in _PROGRAM_FOLDERS and any(segment in _INSTALLED_BELOW for segment in segments[:-2])
    if place == TOOLCHAIN:
        return True
    return place != "temporary" and (place != HOME or ".venv" in segments) and segments[-2] in _PROGRAM_FOLDERS


def candidates(word: Value, catalog: Catalog) -> list[str]:
    """The programs that a first word with few choices or a glob can name, sorted; empty when it can be any."""
    if isinstance(word, str):
        return []
    parts = word.parts
    if len(parts) == 1 and isinstance(parts[0], Hole) and parts[0].choices:
        return sorted(parts[0].choices)[:_MAX_NAMES]
    pieces = [part if isinstance(part, str) else part.pattern for part in parts if isinstance(part, (str, Glob))]
    if len(pieces) == len(parts):
        pattern = "".join(pieces).rsplit("/", 1)[-1]
        return _named_like(pattern, catalog)[:_MAX_NAMES] if pattern.strip("*?") else []
    return []


def _named_like(pattern: str, catalog: Catalog) -> list[str]:
    """The programs that a glob describes, sorted. Their first character and their end rule most of them out."""
    tail = _literal_tail(pattern)
    first: dict[str, bool] = {}
    found = []
    for name in catalog.names:
        if not name.endswith(tail):
            continue
        begins = first.get(name[:1])
        if begins is None:
            begins = first[name[:1]] = can_begin(pattern, name[:1])
        if begins and matches(pattern, name):
            found.append(name)
    return sorted(found)


def _literal_tail(pattern: str) -> str:
    """What every text ends with that a pattern describes."""
    if "|" in pattern:
        return ""
    cut = max(map(pattern.rfind, "*?[]"))
    return pattern[cut + 1:]


def split_git(name: str) -> list[str] | None:
    """``git-push`` is ``git push``: the dashed forms that live in git's own folder."""
    return ["git", name[4:]] if name.startswith("git-") and len(name) > 4 else None
