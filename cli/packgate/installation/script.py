"""The launcher: the program that agents start. It names one Python and one installation, and takes nothing from the environment.

It goes from the image beside it (`hook.opening`), if that belongs to this Python, is whole, and only the installation's owner or root can
have written it; else from the installation's own modules. When neither can be done, it stops the action.
"""

from __future__ import annotations

import os

from packgate.errors import UserError
from packgate.hook.opening import HEAD_SIZE, SALT, TAG_SIZE
from packgate.installation.library import FOLDER, interpreter

NAME = "packgate-hook"
_FLAGS = "-ISE"
# What systems take as the length of a first line at least.
_LONGEST_SHEBANG = 120
# A first line that is too long, or a path with a blank, is for the shell, to which the rest is never shown.
_BY_SHELL = """\
#!/bin/sh
'''exec' "{python}" {flags} "$0" "$@"
' '''
"""
_TEXT = """\
# The hook of packgate, written by `packgate hook install`.
import posix, sys
FOLDER = {folder!r}
# As `hook.files.hold_streams`, before the image is opened.
for number, flag in ((0, posix.O_WRONLY), (1, posix.O_RDONLY), (2, posix.O_WRONLY)):
    try:
        posix.fstat(number)
    except OSError:
        posix.open("/dev/null", flag)
def fast():
    import _imp, _sre, marshal
    file = posix.open(FOLDER + "/hook.image", posix.O_RDONLY | posix.O_NOFOLLOW | posix.O_CLOEXEC)
    for found in (posix.fstat(file), posix.stat(FOLDER)):
        if found.st_uid not in (0, {owner}) or found.st_mode & 0o22:
            raise OSError("others can write the image or its folder")
    head = posix.read(file, {head})
    made_for = f"packgate image 1; {{sys.implementation.cache_tag}}; {{sys.hexversion:x}}; sre {{_sre.MAGIC}}; {{sys.version}}"
    header = posix.read(file, min(int.from_bytes(head[{tag}:{tag} + 4], "little"), 1 << 24))
    if head[:{tag}] != made_for.encode()[:{tag}].ljust({tag}, b"\\n") or _imp.source_hash({salt}, header) != head[{tag} + 4:]:
        raise OSError("the image is damaged, or was made for another Python")
    # Behind all else: libraries that checks of personal data need are found there, when one is needed.
    sys.path.append(FOLDER + "/{library}")
    opening = sys.modules["packgate.hook.opening"] = type(sys)("packgate.hook.opening")
    exec(marshal.loads(header)[2][opening.__name__], opening.__dict__)
    return opening.begin(file, header, {settings!r})
def slow():
    for name in [name for name in sys.modules if name.startswith("packgate")]:
        del sys.modules[name]
    sys.meta_path[:] = [each for each in sys.meta_path if not type(each).__module__.startswith("packgate")]
    posix.umask(0o22)
    sys.path.insert(0, FOLDER + "/{library}")
    from packgate.installation.recover import run
    return lambda arguments: run({settings!r}, arguments)
try:
    try:
        run = fast()
    except Exception:
        run = slow()
    code = run(sys.argv[1:])
except BaseException as error:
    posix.write(2, f"packgate could not decide, and stops what it can't decide: {{type(error).__name__}}: {{error}}\\n".encode())
    code = 2
posix._exit(code)
"""


def launcher_text(settings: str) -> str:
    """The launcher for an installation whose settings are at ``settings``. Raises `UserError` for a path that it can't name."""
    python, folder = interpreter(), os.path.dirname(settings)
    if any(char in python for char in "'\"\\$`\n"):
        raise UserError(f"the Python at {python} can't be named by a launcher", "use one whose path has no quotes, dollars or backslashes")
    first = f"#!{python} {_FLAGS}\n"
    if len(first) > _LONGEST_SHEBANG or " " in python:
        first = _BY_SHELL.format(python=python, flags=_FLAGS)
    return first + _TEXT.format(
        folder=folder, settings=settings, owner=os.geteuid(), head=HEAD_SIZE, tag=TAG_SIZE, salt=SALT, library=FOLDER,
    )


def named_python(text: str) -> str | None:
    """The Python that a launcher names; None for another text."""
    lines = text.splitlines()
    if lines[:1] == ["#!/bin/sh"] and len(lines) > 1:
        return lines[1].partition('"')[2].partition('"')[0] or None
    if lines and lines[0].startswith("#!") and lines[0].endswith(f" {_FLAGS}"):
        return lines[0][2:-len(_FLAGS) - 1]
    return None
