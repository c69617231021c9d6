"""The same program and the same files by other paths."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted
from packgate.testing.evasions.subject import targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.shell.tree import Word
    from packgate.testing.evasions.subject import Part, Subject

# Programs whose operands are files here; what is left out may take patterns, hosts or names that look like paths.
FILE_PROGRAMS = frozenset(
    "cat head tail less more wc nl tac od xxd strings cp mv rm rmdir unlink shred truncate tee touch ln stat chmod chown chgrp ls sort"
    " uniq md5sum sha256sum base64 source . bash sh".split()
)
# Of these, those that make no files.
READING = FILE_PROGRAMS - {"cp", "mv", "tee", "touch", "ln"} | {"find", "grep"}
_PLAIN = re.compile(r"[A-Za-z0-9._+@~-]+(?:/[A-Za-z0-9._+@~-]+)*\Z")
_LOCAL = re.compile(r"/(?:[A-Za-z0-9._+@-]+/)*[A-Za-z0-9._+@-]+\Z")

def _absolute(value: str) -> bool:
    return bool(_LOCAL.match(value)) and not value.startswith("/dev/")


def _operands(part: Part, subject: Subject) -> list[tuple[Word, str]]:
    """The words of a command that surely name files of this machine."""
    found = list(targets(part.node.redirects))
    if part.program in FILE_PROGRAMS:
        found += [(word, value) for word, value in part.arguments if _absolute(value) or _relative(value)]
    elif part.program in ("find", "sed", "grep", "curl", "vi", "nano"):
        found += [(word, value) for word, value in part.arguments if _absolute(value)]
    return found


def _relative(value: str) -> bool:
    """A path with a dot or a slash in it, so that it is no word of another kind such as a mode."""
    return bool(_PLAIN.match(value)) and ("/" in value or "." in value) and value[0] not in "-~+" and ":" not in value


def _spelled(spell: Callable[[str], str | None], wanted: Callable[[str], bool]) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        edits = []
        for part in subject.parts:
            for word, value in _operands(part, subject):
                new = spell(value) if wanted(value) else None
                if new is not None:
                    edits.append((word.start, word.end, new))
        return subject.edited(edits)

    return apply


def _around(value: str) -> str | None:
    """`/etc/x` as `/etc/../etc/x`."""
    first, _, rest = value[1:].partition("/")
    return f"/{first}/../{first}/{rest}" if rest else None


def _bracket(value: str) -> str | None:
    """The last letter as a class of one."""
    return f"{value[:-1]}[{value[-1]}]" if value[-1:].isalnum() and value.isascii() else None


def _program(folder: str) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        return subject.edited(
            (part.words[0].start, part.words[0].end, folder + part.program)
            for part in subject.parts if part.external and part.program and "/" not in part.program
        )

    return apply


def _changed_folder(subject: Subject) -> str | None:
    """`cd` to the folder of the only path, which is then relative."""
    part = subject.lone
    if part is None:
        return None
    found = [(word, value) for word, value in _operands(part, subject) if _absolute(value)]
    others = [value for _, value in part.arguments if _relative(value)]
    if len(found) != 1 or others or any(value is None for value in part.values[1:]):
        return None
    word, value = found[0]
    folder, name = posixpath.split(value)
    edited = subject.edited([(word.start, word.end, name)])
    return None if name[0] == "-" or edited is None else f"cd {single_quoted(folder)} && {edited}"


def _from_working_folder(subject: Subject) -> str | None:
    """A relative path from `$PWD`."""
    return _spelled(lambda value: f'"$PWD"/{value}', _relative)(subject) if _stays(subject) else None


def _absolute_here(subject: Subject) -> str | None:
    """A relative path made absolute."""
    return _spelled(lambda value: posixpath.normpath(f"{subject.cwd}/{value}"), _relative)(subject) if _stays(subject) else None


def _stand(subject: Subject) -> bool:
    """Whether all files that the line names are there already."""
    return all(part.program in READING and not part.node.redirects for part in subject.parts)


def _stays(subject: Subject) -> bool:
    return not any(part.program in ("cd", "pushd", "popd") for part in subject.parts)


def _home(new: str) -> Callable[[Subject], str | None]:
    """`~/x` written otherwise; ``{home}`` is the home directory, ``{name}`` its last component."""

    def apply(subject: Subject) -> str | None:
        edits = []
        for part in subject.parts:
            words = [*part.words[1:], *(redirect.target for redirect in part.node.redirects if redirect.op not in ("<<", "<<-", "<<<"))]
            for word in words:
                text = subject.text[word.start:word.end]
                if text == "~" or text.startswith("~/"):
                    named = new.replace("{home}", subject.home).replace("{name}", posixpath.basename(subject.home))
                    edits.append((word.start, word.start + 1, named))
        return subject.edited(edits)

    return apply


def _changed_in_subshell(subject: Subject) -> str | None:
    made = _changed_folder(subject)
    return f"( {made} )" if made is not None and subject.child else None


def _pushed(subject: Subject) -> str | None:
    made = _changed_folder(subject)
    return None if made is None else "pushd" + made[2:]


def _env_folder(subject: Subject) -> str | None:
    made, part = _changed_folder(subject), subject.lone
    if made is None or part is None or not part.external or part.node.redirects or part.node.assignments:
        return None
    return "env -C " + made[3:].replace(" && ", " ", 1)


def _from_root(subject: Subject) -> str | None:
    part = subject.lone
    if part is None or not _stays(subject) or any(_relative(value) for _, value in part.arguments):
        return None
    made = _spelled(lambda value: value[1:], _absolute)(subject)
    return None if made is None else "cd /; " + made


def _from_home(subject: Subject) -> str | None:
    """`cd` alone, and the only tilde as a dot."""
    part = subject.lone
    if part is None or not _stays(subject) or subject.text.count("~") != 1 or any(_relative(value) for _, value in part.arguments):
        return None
    made = _home(".")(subject)
    return None if made is None else f"cd; {made}"


def _before_path(prefix: str) -> Callable[[Subject], str | None]:
    """An absolute path behind a link to the root."""
    return _spelled(lambda value: prefix + value, _absolute)


def _here(prefix: str, before: str = "") -> Callable[[Subject], str | None]:
    """A relative path behind another name of the working folder, which a line before may set."""

    def apply(subject: Subject) -> str | None:
        edited = _spelled(lambda value: f"{prefix}/{value}", _relative)(subject) if _stays(subject) else None
        return None if edited is None else before + edited

    return apply


def _around_here(value: str) -> str | None:
    """`a/b` as `a/../a/b`."""
    first, slash, rest = value.partition("/")
    return f"{first}/../{first}/{rest}" if slash and rest and first not in (".", "..") else None


def _winding_here(subject: Subject) -> str | None:
    """A relative path through the folder above."""
    name = posixpath.basename(subject.cwd)
    return _spelled(lambda value: f"../{name}/{value}", _relative)(subject) if name and _stays(subject) else None


def _relative_from_here(subject: Subject) -> str | None:
    """An absolute path written from the working folder."""
    return _spelled(lambda value: posixpath.relpath(value, subject.cwd), _absolute)(subject) if _stays(subject) else None


def _classes(value: str) -> str | None:
    """Every letter of the last component as a class of one."""
    folder, slash, name = value.rpartition("/")
    if not name.isascii() or name.startswith("."):
        return None
    return folder + slash + "".join(f"[{char}]" if char.isalnum() else char for char in name)


def _other_folder(template: str, use: str) -> Callable[[Subject], str | None]:
    """An absolute path whose folder has another name, which the line gives it first."""

    def apply(subject: Subject) -> str | None:
        part = subject.lone
        found = [] if part is None else [(word, value) for word, value in _operands(part, subject) if _absolute(value)]
        if len(found) != 1 or found[0][1].count("/") < 2:
            return None
        word, value = found[0]
        folder, name = posixpath.split(value)
        edited = subject.edited([(word.start, word.end, use.replace("{name}", name))])
        return template.replace("{folder}", folder) + (edited or "")

    return apply


def _slash(new: str) -> Callable[[Subject], str | None]:
    """Every slash of an absolute path from an expansion."""
    return _spelled(lambda value: value.replace("/", new), _absolute)


_SAME_FILE = "the path leads to the same file"
_FOUND = "the shell finds the program there, or a link to it"
_HOME = "the tilde means the home directory"

PATHS = (
    Rewrite("program-path", "program by its path", _FOUND, _program("/usr/bin/")),
    Rewrite("program-local-path", "program by its path below /usr/local", _FOUND, _program("/usr/local/bin/")),
    Rewrite("program-winding-path", "program by a path with dots", _FOUND, _program("/usr/./bin/../bin//")),
    Rewrite("path-double-slash", "doubled slashes", _SAME_FILE, _spelled(lambda v: v.replace("/", "//"), _absolute)),
    Rewrite("path-dot", "/./ in a path", _SAME_FILE, _spelled(lambda v: v.replace("/", "/./"), _absolute)),
    Rewrite("path-parent", "/x/../x in a path", _SAME_FILE, _spelled(_around, _absolute)),
    Rewrite("path-from-root-parent", "/../ at the start", "the parent of the root is the root", _spelled(lambda v: "/.." + v, _absolute)),
    Rewrite("path-class", "a letter of a path as a class of one", "the class matches the one file that is there",
            lambda s: _spelled(_bracket, lambda v: _absolute(v) or _relative(v))(s) if _stand(s) else None),
    Rewrite("path-dot-slash", "./ before a relative path", _SAME_FILE, _spelled(lambda v: "./" + v, _relative)),
    Rewrite("path-pwd", "$PWD before a relative path", _SAME_FILE, _from_working_folder),
    Rewrite("path-made-absolute", "a relative path from the root", _SAME_FILE, _absolute_here),
    Rewrite("changed-folder", "cd to the folder first", _SAME_FILE, _changed_folder),
    Rewrite("home-variable", "$HOME for ~", _HOME, _home('"$HOME"')),
    Rewrite("home-braces", "${HOME} for ~", _HOME, _home("${HOME}")),
    Rewrite("home-path", "the home directory spelled out", _HOME, _home("{home}")),
    Rewrite("home-winding-path", "the home directory by a path with dots", _HOME, _home("{home}/./../{name}")),
    Rewrite("home-user", "~user for ~", "it is the home directory of that user", lambda s: (
        _home("~{name}")(s) if posixpath.dirname(s.home) == "/home" else None)),
    Rewrite("home-default", "a default of HOME for ~", _HOME, _home("${HOME:-/root}")),
    Rewrite("home-cd", "cd without an operand first", _HOME, _from_home),
    *(Rewrite(id, title, _SAME_FILE, apply) for id, title, apply in (
        ("path-more-slashes", "more slashes at the start", _spelled(lambda v: "//" + v, _absolute)),
        ("path-proc-root", "/proc/self/root before a path", _before_path("/proc/self/root")),
        ("path-proc-root-pid", "/proc/$$/root before a path", _before_path("/proc/$$/root")),
        ("path-proc-root-thread", "/proc/thread-self/root before a path", _before_path("/proc/thread-self/root")),
        ("path-proc-cwd", "/proc/self/cwd before a relative path", _here("/proc/self/cwd")),
        ("path-tilde-plus", "~+ before a relative path", _here("~+")),
        ("path-pwd-command", "$(pwd) before a relative path", _here('"$(pwd)"')),
        ("path-pwd-backquotes", "`pwd` before a relative path", _here("`pwd`")),
        ("path-oldpwd", "$OLDPWD before a relative path", _here('"$OLDPWD"', "cd /tmp; ")),
        ("path-tilde-minus", "~- before a relative path", _here("~-", "cd /tmp && ")),
        ("path-kept", "a variable that kept the working folder", _here('"$here"', "here=$PWD; cd /tmp; ")),
        ("path-git-top", "the top of the repository, from git", lambda s: (
            _here('"$(git rev-parse --show-toplevel)"')(s) if not s.env else None)),
        ("path-realpath", "realpath of a relative path", lambda s: _spelled(lambda v: f'"$(realpath {v})"',
         _relative)(s) if _stays(s) else None),
        ("path-readlink", "readlink -f of a path", lambda s: _spelled(lambda v: f'"$(readlink -f {v})"',
         lambda v: _absolute(v) or _relative(v))(s) if _stays(s) else None),
        ("path-dirname", "dirname and basename of a path", lambda s: _spelled(lambda v: f'"$(dirname {v})/$(basename {v})"',
         lambda v: _absolute(v) or _relative(v))(s) if _stays(s) else None),
        ("path-here-around", "/x/../x in a relative path", _spelled(_around_here, _relative)),
        ("path-above", "a relative path through the folder above", _winding_here),
        ("path-from-here", "an absolute path from the working folder", _relative_from_here),
        ("path-dots", "././ before a relative path", _spelled(lambda v: ".//./" + v, _relative)),
        ("path-quoted-parts", "quotes inside a path", _spelled(lambda v: v.replace("/", "'/'"), lambda v: _absolute(v) or _relative(v))),
        ("path-brace", "a path's letters from braces", _spelled(lambda v: f"{v[:-1]}{{{v[-1]}..{v[-1]}}}" if v[-1].isalpha() else None,
         lambda v: _absolute(v) or _relative(v))),
        ("path-variable", "a folder from a variable", _other_folder("d={folder}; ", '"$d"/{name}')),
        ("path-variable-braces", "a folder from a variable in braces", _other_folder("d={folder}/; ", "${d}{name}")),
        ("path-cd-subshell", "cd in a subshell", _changed_in_subshell), ("path-pushd", "pushd to the folder", _pushed),
        ("path-env-chdir", "env -C to the folder", _env_folder), ("path-root-first", "cd to the root first", _from_root),
        ("path-slash-home", "slashes cut out of HOME", _slash("${HOME:0:1}")),
        ("path-slash-pwd", "slashes cut out of PWD", _slash("${PWD%%[!/]*}")),
        ("path-slash-printf", "slashes from printf", _slash("$(printf '\\57')")),
        ("path-slash-echo", "slashes from echo", _slash("`echo /`")), ("path-slash-hex", "slashes in $'…'", _slash("$'\\x2f'")),
        ("path-linked", "a link to the folder", _other_folder("ln -s {folder} /tmp/packgate-link; ", "/tmp/packgate-link/{name}")),
    )),
    Rewrite("path-classes", "every letter of a name as a class of one", "the classes match the one file that is there",
            lambda s: _spelled(_classes, lambda v: _absolute(v) or _relative(v))(s) if _stand(s) else None),
)
