"""Functions of Python's standard library that touch the world, by their full names. Source: the library reference of 3.13."""

from __future__ import annotations

# A command line for a shell.
RUNS_SHELL = frozenset((
    "os.system", "os.popen", "commands.getoutput", "subprocess.getoutput", "subprocess.getstatusoutput", "pty.spawn",
    "asyncio.create_subprocess_shell", "platform.popen",
))
# A list of words, or a command line.
RUNS_ARGV = frozenset((
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen",
    "os.execv", "os.execvp", "os.execve", "os.execvpe", "os.execl", "os.execlp", "os.execle", "os.spawnl", "os.spawnv",
    "os.posix_spawn", "os.spawnlp", "os.spawnvp", "asyncio.create_subprocess_exec", "sh.Command",
))

_DELETE = ("delete-file", "delete", "delete", 0)
_WRITE = ("modify-file", "write", "write", 0)
_TARGET = ("modify-file", "write", "write", 1)

# Function -> family, operation, effect, position of the path.
FILES: dict[str, tuple[str, str, str, int]] = {
    "shutil.rmtree": _DELETE, "os.remove": _DELETE, "os.unlink": _DELETE, "os.rmdir": _DELETE, "os.removedirs": _DELETE,
    "os.truncate": ("delete-file", "truncate", "delete", 0),
    "shutil.copy": _TARGET, "shutil.copy2": _TARGET, "shutil.copyfile": _TARGET, "shutil.copytree": _TARGET,
    "shutil.move": ("modify-file", "move", "write", -1), "os.rename": ("modify-file", "move", "write", -1),
    "os.replace": ("modify-file", "move", "write", -1), "os.symlink": ("modify-file", "link", "write", 1),
    "os.link": ("modify-file", "link", "write", 1), "os.chmod": ("modify-file", "permission", "write", 0),
    "os.chown": ("modify-file", "owner", "write", 0), "shutil.chown": ("modify-file", "owner", "write", 0),
    "os.open": _WRITE, "os.mkdir": ("modify-file", "create", "write", 0), "os.makedirs": ("modify-file", "create", "write", 0),
    "shutil.unpack_archive": ("read-file", "read", "read", 0), "fileinput.input": _WRITE,
    "linecache.getlines": ("read-file", "read", "read", 0),
}

# Methods of `pathlib.Path`; the receiver is the path.
METHODS: dict[str, tuple[str, str, str, int]] = {
    "unlink": _DELETE, "rmdir": _DELETE, "write_text": _WRITE, "write_bytes": _WRITE,
    "touch": ("modify-file", "create", "write", 0), "mkdir": ("modify-file", "create", "write", 0),
    "chmod": ("modify-file", "permission", "write", 0), "rename": ("modify-file", "move", "write", 0),
    "replace": ("modify-file", "move", "write", 0), "symlink_to": ("modify-file", "link", "write", 0),
    "read_text": ("read-file", "read", "read", 0), "read_bytes": ("read-file", "read", "read", 0),
}

SENDS = frozenset((
    "urllib.request.urlopen", "urllib.request.Request", "urllib2.urlopen", "urllib.request.urlretrieve", "requests.request",
    "smtplib.SMTP.sendmail",
))
