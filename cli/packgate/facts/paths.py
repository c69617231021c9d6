"""Paths without a file system: absolute and normalised by text alone, also when part of them is unknown.

Symbolic links are not followed, since nothing here may depend on the machine; ``/proc/self/cwd`` and
``/proc/self/root`` are, because they are the same everywhere.
"""

from __future__ import annotations

from packgate.facts.wildcard import matches
from packgate.model.value import DIGITS, NAME, Glob, Hole, Origin, Text, has_holes, join, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value

REPOSITORY = "repository"
HOME = "home"
TEMPORARY = "temporary"
SYSTEM = "system"
TOOLCHAIN = "toolchain"
OTHER = "other"
UNKNOWN = "unknown"
DERIVED = "derived"
CONTAINER = "container"


class Folders:
    """Several folders, of which a path is one or lies below one."""

    __slots__ = ("below", "exact")

    def __init__(self, *folders: str) -> None:
        self.exact = frozenset(folders)
        self.below = tuple(f"{folder}/" for folder in folders)

    def hold(self, path: str) -> bool:
        """Whether a normalised path is one of them or lies below one."""
        return path in self.exact or path.startswith(self.below)


_TEMPORARY = Folders(
    "/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp", "/dev/shm", "/var/folders", "/run/user",
    "/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/fd",
)
# Places that hold programs, libraries, headers and documentation, which reading is part of every build; and facts about the
# machine that everyday commands look at.
_TOOLCHAIN = Folders(
    "/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt", "/nix", "/snap", "/Library", "/Applications", "/System",
    "/proc", "/sys", "/etc/os-release", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/etc/timezone", "/etc/localtime",
    "/etc/ssl/certs", "/etc/debian_version", "/etc/lsb-release", "/etc/issue",
)
_HOME_TOOLCHAIN = Folders(
    ".cargo", ".rustup", ".npm", ".nvm", ".pyenv", ".rbenv", ".local", ".cache", ".m2", ".gradle", "go", ".bun", ".deno", ".volta",
    ".asdf", ".sdkman", ".config/nvim",
)
_SYSTEM = Folders("/etc", "/var", "/boot")
_TOP = Folders("/bin", "/dev", "/home", "/lib", "/lib64", "/opt", "/root", "/sbin", "/srv", "/usr")


def normalise(path: Value, cwd: Value | None, home: str | None = None) -> Value:
    """The absolute, normalised form of a path.

    ``cwd`` is absolute or None when not known; then a relative path keeps an unknown beginning. ``~`` is not expanded
    unless ``home`` is given: the shell has done so before.
    """
    if isinstance(path, str):
        if home is not None and (path == "~" or path.startswith("~/")):
            path = home + path[1:]
        if path.startswith("/"):
            return _special(_clean(path), cwd)
        if isinstance(cwd, str):
            return _clean(cwd + "/" + path)
    return _normalise_parts(path, cwd)


def under(path: str, directory: str) -> bool:
    """Whether a normalised path is the directory or lies below it."""
    return path == directory or path.startswith(directory if directory.endswith("/") else directory + "/")


# Folders that nobody means to delete below a prefix that may be empty.
_ROOTS = ("/etc", "/usr", "/var", "/boot", "/home")


def without_variable(path: Value) -> str | None:
    """What a path such as ``"$PREFIX"/etc`` is when its variable is empty, where that is a folder of the system itself.

    Deleting ``"$PREFIX"/etc`` with a variable that turned out empty is how machines are lost; a longer path
    (``"$DESTDIR"/usr/lib/x``) is ordinary packaging.
    """
    if isinstance(path, str) or len(path.parts) != 2:
        return None
    variable, rest = path.parts
    if not isinstance(variable, Hole) or variable.choices or not isinstance(rest, str) or rest not in _ROOTS:
        return None
    return rest if any(origin.kind == "variable" for origin in variable.origins) else None


def _may_be_system(path: Text) -> bool:
    """Whether a glob in the first component (``/e?c/passwd``) finds a folder of the system."""
    first = show(path).split("/")[1]
    return len(first) > 1 and not has_holes(path) and any(matches(first, name) for name in ("etc", "var", "boot", "root"))


def scope(path: Value, repository: str | None, home: str | None) -> str | None:
    """Where a normalised path lies, one of the scopes of the vocabulary; None when its beginning is unknown."""
    head = path if isinstance(path, str) else literal_head(path)
    if not head.startswith("/"):
        return TEMPORARY if not isinstance(path, str) and _below_temporary(path) else None
    if not isinstance(path, str) and head.count("/") == 1 and _may_be_system(path):
        return SYSTEM
    if repository is not None and under(head, repository):
        return REPOSITORY
    if _TEMPORARY.hold(head):
        return TEMPORARY
    if home is not None and under(head, home):
        rest = head[len(home) + 1:]
        return TOOLCHAIN if _HOME_TOOLCHAIN.hold(rest) else HOME
    if _TOOLCHAIN.hold(head):
        return TOOLCHAIN
    if _SYSTEM.hold(head) or head == "/":
        return SYSTEM
    return OTHER


def _below_temporary(path: Text) -> bool:
    """Whether a path is ``$TMPDIR`` or a name written below it, and one that does no harm where the variable is not set."""
    first = path.parts[0]
    if not isinstance(first, Hole) or first.choices or first.origins != (Origin("variable", "TMPDIR"),):
        return False
    rest = path.parts[1] if len(path.parts) > 1 else "/tmp"
    if not isinstance(rest, str) or ".." in show(path).split("/"):
        return False
    return len(rest) > 1 and rest[0] == "/" and not _SYSTEM.hold(rest) and (len(path.parts) == 1 or not _TOP.hold(rest))


_THIS_PROCESS = ("self", "thread-self")


def literal_head(value: Value) -> str:
    """The known text before the first hole or glob."""
    if isinstance(value, str):
        return value
    first = value.parts[0]
    return first if isinstance(first, str) else ""


def _clean(path: str) -> str:
    if "//" not in path and "/." not in path:
        return path if len(path) == 1 or not path.endswith("/") else path[:-1]
    out: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if out:
                out.pop()
        elif segment and segment != ".":
            out.append(segment)
    return "/" + "/".join(out)


def _special(path: str, cwd: Value | None) -> Value:
    if path.startswith("/proc/"):
        _, _, process, link, *rest = [*path.split("/", 4), ""]
        if link == "root" and (process in _THIS_PROCESS or process.isdigit()):
            return "/" + rest[0]
        if link == "cwd" and process in _THIS_PROCESS:
            return normalise(rest[0] or ".", cwd)
    return path


def _normalise_parts(path: Value, cwd: Value | None) -> Value:
    parts: tuple[Part, ...] = (path,) if isinstance(path, str) else path.parts
    first = parts[0] if parts else ""
    if isinstance(first, Hole) and first.choices:
        return _each_choice(first, parts[1:], cwd)
    absolute = isinstance(first, str) and first.startswith("/")
    anywhere = isinstance(first, Hole) and first.chars not in (NAME, DIGITS)
    if not absolute and not anywhere:
        start: Value = cwd if cwd is not None else Text((Hole((Origin("variable", "PWD"),)),))
        return _normalise_parts(join([start, "/", *parts]), None) if cwd is None or start != "" else path
    rooted = absolute
    segments: list[list[Part]] = []
    for segment in _segments(parts):
        if segment == [".."]:
            if segments and _is_one_name(segments[-1]):
                segments.pop()
            elif segments or not rooted:
                segments.append(segment)
        elif segment and segment != ["."]:
            segments.append(segment)
    if rooted and len(segments) > 2 and segments[0] == ["proc"] and segments[2] == ["root"] and _is_process(segments[1]):
        # The root of whatever process: that of this machine, as far as can be told.
        del segments[:3]
    out: list[Value | Part] = []
    for index, piece in enumerate(segments):
        if index or rooted:
            out.append("/")
        out.extend(piece)
    return join(out) if out else "/"


def _is_process(segment: list[Part]) -> bool:
    name = segment[0]
    return isinstance(name, Hole) or (isinstance(name, str) and (name in _THIS_PROCESS or name.isdigit()))


def _each_choice(hole: Hole, rest: tuple[Part, ...], cwd: Value | None) -> Value:
    """A hole with few choices at the front: normalise each; where all are known they stay a choice."""
    done = [normalise(join([choice, *rest]), cwd) for choice in hole.choices]
    known = [value for value in done if isinstance(value, str)]
    if len(known) == len(done):
        return Text((Hole(hole.origins, hole.chars, tuple(sorted(set(known)))),)) if len(set(known)) > 1 else known[0]
    return join([Hole(hole.origins, hole.chars), *rest])


def _segments(parts: tuple[Part, ...]) -> list[list[Part]]:
    out: list[list[Part]] = [[]]
    for part in parts:
        if not isinstance(part, str):
            out[-1].append(part)
            continue
        pieces = part.split("/")
        if pieces[0]:
            out[-1].append(pieces[0])
        out.extend([piece] if piece else [] for piece in pieces[1:])
    return out


def _is_one_name(segment: list[Part]) -> bool:
    """Whether a segment is one path component for sure, so that ``..`` takes it away."""
    for part in segment:
        if part == "..":
            return False
        if isinstance(part, Hole) and part.chars not in (NAME, DIGITS):
            return False
        if isinstance(part, Glob) and part.pattern == "**":
            return False
    return True
