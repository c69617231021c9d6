"""The file system of a sandbox, built from inside its namespaces: a new root in memory with the host's programs, read-only, and stub
shells in place of the real ones."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.conform.spec import Spec

SHELLS = ("bash", "sh", "dash", "zsh", "ksh", "fish")
REAL = "/run/conform/real"
MAY_RUN = "/run/conform/may-run"
SCRIPTS = "/run/conform/scripts"
STUBS = "/run/conform/stubs"
# What a stub shell prints in place of running a script.
RAN = "packgate-conform: not run"

# Runs a script only when all of it is a line of the list; otherwise notes it (a record ends with NUL) and succeeds. The script is the first
# word that is no option: what follows `-c` (`-lc`, `-c -l`), or the file of a script.
_STUB = f"""#!{REAL}/sh
may=
for word do
  case $word in -*) continue ;; esac
  while IFS= read -r line; do
    if [ "$word" = "$line" ]; then may=yes; fi
  done < {MAY_RUN}
  break
done
if [ "$may" ]; then exec {REAL}/"${{0##*/}}" "$@"; fi
for word do printf '%s\\n' "$word" >> {SCRIPTS}; done
printf '\\0' >> {SCRIPTS}
printf '%s\\n' '{RAN}'
exit 0
"""
_PROGRAM = f"#!{REAL}/sh\nprintf '%s\\n' \"${{0##*/}}\" \"$@\" >> {SCRIPTS}\nprintf '\\0' >> {SCRIPTS}\nexit 0\n"

_ETC = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n",
    "group": "root:x:0:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "resolv.conf": "",
}
_LOOKED_UP = ("hosts", "nsswitch.conf", "resolv.conf")
# Of the host's /etc only what programs need to start.
_HOST_ETC = ("ld.so.cache", "ld.so.conf", "alternatives", "ssl", "ca-certificates", "localtime", "mime.types")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def mount(*arguments: str) -> None:
    """`mount`, raising `OSError` with its message when it fails."""
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"mount {' '.join(arguments)}: {done.stderr.strip()}")


def build(root: str, spec: Spec) -> None:
    """Make the new root in the empty folder ``root`` and move into it; the host's files are out of reach afterwards, but for those by
    which names are looked up where the network is the host's."""
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "-o", f"size={spec.size},mode=755", "tmpfs", root)
    _system(root)
    for folder in spec.readable:
        _bind(folder, root + folder)
    for folder in spec.copied:
        shutil.copytree(folder, root + folder, symlinks=True)
    _etc(root, spec.network)
    _devices(root)
    for folder in ("tmp", "root", "home", "var/tmp", "run/conform/real"):
        os.makedirs(f"{root}/{folder}", exist_ok=True)
    os.chmod(f"{root}/tmp", 0o1777)  # noqa: S103 - a /tmp, in memory
    _shells(root, spec.may_run, spec.stub_programs)
    mount("-t", "proc", "proc", f"{root}/proc")
    _enter(root)


def _system(root: str) -> None:
    _bind("/usr", f"{root}/usr")
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        elif os.path.isdir(f"/{name}"):
            _bind(f"/{name}", f"{root}/{name}")
    for name in ("proc", "sys", "dev", "etc", "var"):
        os.mkdir(f"{root}/{name}")


def _bind(source: str, target: str) -> None:
    """Show a file or folder of the host, not to be written."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "ab"):
            pass
    mount("--bind", source, target)
    mount("-o", "remount,bind,ro", target)


def _etc(root: str, network: bool) -> None:
    for name, text in _ETC.items():
        if network and name in _LOOKED_UP:
            shutil.copy(f"/etc/{name}", f"{root}/etc/{name}")
            continue
        with open(f"{root}/etc/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    for name in _HOST_ETC:
        source, target = f"/etc/{name}", f"{root}/etc/{name}"
        if os.path.isdir(source):
            shutil.copytree(source, target, symlinks=True, ignore_dangling_symlinks=True, ignore=shutil.ignore_patterns("private"))
        elif os.path.exists(source):
            shutil.copy(source, target)


def _devices(root: str) -> None:
    for name in _DEVICES:
        target = f"{root}/dev/{name}"
        with open(target, "ab"):
            pass
        mount("--bind", f"/dev/{name}", target)
    for link, target in {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}.items():
        os.symlink(f"/proc/self/fd{target}", f"{root}/dev/{link}")
    for folder in ("shm", "pts"):
        os.mkdir(f"{root}/dev/{folder}")
    mount("-t", "devpts", "-o", "newinstance,ptmxmode=0666", "devpts", f"{root}/dev/pts")
    os.symlink("pts/ptmx", f"{root}/dev/ptmx")


def _shells(root: str, may_run: Sequence[str], programs: Sequence[str]) -> None:
    """Put the stub over every shell; the real ones move to where only the stub looks."""
    for name in SHELLS:
        for folder in ("/usr/bin", "/bin", "/usr/local/bin"):
            path = os.path.realpath(f"{folder}/{name}")
            if not os.path.isfile(path):
                continue
            if not os.path.exists(f"{root}{REAL}/{name}"):
                _bind(path, f"{root}{REAL}/{name}")
    _write(f"{root}/run/conform/stub", _STUB)
    seen: set[str] = set()
    for name in SHELLS:
        for folder in ("/usr/bin", "/bin", "/usr/local/bin"):
            path = os.path.realpath(f"{folder}/{name}")
            if os.path.isfile(path) and path not in seen:
                seen.add(path)
                mount("--bind", f"{root}/run/conform/stub", root + path)
    for name in programs:
        _write(f"{root}{STUBS}/{name}", _PROGRAM)
    with open(root + MAY_RUN, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in may_run)
    with open(root + SCRIPTS, "wb"):
        pass
    os.chmod(root + SCRIPTS, 0o666)  # noqa: S103 - whichever user a shell runs as notes what it was given


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)  # noqa: S103 - a program


def _enter(root: str) -> None:
    os.mkdir(f"{root}/.host")
    os.chdir(root)
    subprocess.run(["pivot_root", ".", ".host"], check=True)
    os.chdir("/")
    subprocess.run(["umount", "-l", "/.host"], check=True)
    os.rmdir("/.host")
