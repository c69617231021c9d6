"""The same command as another user, in another root or namespace that is the same machine, or by a shell on this host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.paths import FILE_PROGRAMS
from packgate.testing.evasions.rewrite import Rewrite, single_quoted
from packgate.testing.evasions.templates import one_line, portable, rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_USER = "whoever runs it, it does the same: it names no variable and no home directory"
_ROOT = "the root and the namespaces are those of this machine"

# What stands before a program.
_BEFORE = (
    ("sudo", "sudo ", "sudo"), ("sudo-user", "sudo -n -u root ", "sudo with a user"),
    ("sudo-long", "sudo --user=root -- ", "sudo with a long option"),
    ("sudo-environment", "sudo -E LC_ALL=C ", "sudo with a variable"), ("sudo-path", "/usr/bin/sudo -H ", "sudo by its path"),
    ("doas", "doas -u root ", "doas"), ("runuser", "runuser -u root -- ", "runuser"), ("pkexec", "pkexec ", "pkexec"),
    ("run0", "run0 --user=root ", "run0"), ("sudo-sudo", "sudo sudo -n ", "sudo twice"),
    ("sudo-env", "sudo env LC_ALL=C nice ", "sudo, env and nice"),
    ("setpriv", "setpriv --reuid=0 --clear-groups ", "setpriv"), ("capsh", "capsh --user=root -- -c 'exec \"$0\" \"$@\"' ", "capsh"),
    ("sudo-shell", "sudo -s ", "sudo -s"), ("su-exec", "su-exec root ", "su-exec"), ("gosu", "gosu root ", "gosu"),
)
_SPACES = (
    ("chroot", "chroot / ", "chroot to the root"), ("chroot-user", "chroot --userspec=root:root / ", "chroot with a user"),
    ("unshare", "unshare --uts ", "unshare of the host name"), ("unshare-root", "unshare -r --fork ", "unshare of the users"),
    ("nsenter", "nsenter -t 1 -m -u -i -n -p -- ", "nsenter into the first process"),
    ("nsenter-all", "nsenter --target 1 --all ", "nsenter into all of it"),
    ("bwrap", "bwrap --dev-bind / / ", "bwrap of the whole root"),
    ("firejail", "firejail --quiet --noprofile ", "firejail without a profile"),
    ("proot", "proot -r / ", "proot of the root"), ("systemd-nspawn", "systemd-nspawn -q -D / ", "a container of the root"),
)


def _prefix(prefix: str) -> Callable[[Subject], str | None]:
    return lambda subject: subject.each_external(prefix) if subject.portable and not _moves(subject) else None


def _moves(subject: Subject) -> bool:
    """Whether a part is about who runs it: another user is another meaning."""
    return any(part.program in ("sudo", "doas", "su", "whoami", "id") for part in subject.parts)


def _root(prefix: str) -> Callable[[Subject], str | None]:
    """A new root leads to its top folder, so that only absolute paths stay the same."""

    def apply(subject: Subject) -> str | None:
        if not subject.portable or not all(part.constant and part.program in FILE_PROGRAMS for part in subject.parts):
            return None
        operands = [value for part in subject.parts for _, value in part.arguments if not value.startswith("-")]
        return subject.each_external(prefix) if operands and all(value.startswith("/") for value in operands) else None

    return apply


def _host(template: str) -> Callable[[Subject], str | None]:
    """On this host by a shell that starts elsewhere: the working folder is set first."""

    def apply(subject: Subject) -> str | None:
        if not subject.posix or not subject.portable or _moves(subject):
            return None
        return template.replace("{}", single_quoted(f"cd {single_quoted(subject.cwd)} && {subject.text}"), 1)

    return apply


def _mounted(template: str) -> Callable[[Subject], str | None]:
    """In a container that has the root of this machine mounted: what a command does to files it does to this machine's."""

    def apply(subject: Subject) -> str | None:
        if not subject.posix or not subject.portable or not all(part.program in FILE_PROGRAMS | {"find", "cd"} for part in subject.parts):
            return None
        return template.replace("{}", single_quoted(f"cd {single_quoted(subject.cwd)} && {subject.text}"), 1)

    return apply


PLACES = (
    *(Rewrite(id, title, _USER, _prefix(text)) for id, text, title in _BEFORE),
    *rows((
        ("su-c", "su -c {}", "su -c"), ("su-root", "su root -s /bin/sh -c {}", "su -c with a user and a shell"),
        ("sudo-sh", "sudo sh -c {}", "sudo sh -c"),
        ("doas-sh", "doas sh -c {}", "doas sh -c"), ("runuser-c", "runuser root -c {}", "runuser -c"), ("sg", "sg root -c {}", "sg -c"),
        ("capsh-c", "capsh -- -c {}", "capsh -c"), ("sudo-stdin", "printf '%s\\n' {} | sudo bash", "a pipe into sudo bash"),
        ("sudo-here-string", "sudo -n bash -s <<< {}", "a here-string for sudo bash"),
    ), _USER, portable, one_line, lambda s: not _moves(s)),
    *(Rewrite(id, title, _ROOT, (_root if "chroot" in id or "nspawn" in id else _prefix)(text)) for id, text, title in _SPACES),
    *(Rewrite(id, title, "this host is the same machine", _host(text)) for id, text, title in (
        ("ssh-localhost", "ssh localhost {}", "ssh to this host"),
        ("ssh-loopback", "ssh -o StrictHostKeyChecking=no 127.0.0.1 -- {}", "ssh to its loopback address"),
        ("ssh-bash", "ssh localhost bash -s <<< {}", "ssh to this host, a here-string"),
        ("su-login", "su - root --command={}", "su -c as a login"), ("sudo-bash-login", "sudo -i bash -c {}", "sudo -i bash -c"),
        ("ansible", "ansible localhost -m shell -a {}", "the shell of ansible"),
        ("ansible-long", "ansible localhost -m ansible.builtin.shell -a {}", "the shell of ansible by its long name"),
        ("nsenter-sh", "nsenter -t 1 -a sh -c {}", "nsenter and sh"),
        ("machinectl", "machinectl shell .host /bin/sh -c {}", "machinectl shell of this host"),
        ("docker-nsenter", "docker run --rm --privileged --pid=host alpine nsenter -t 1 -m -u -n -i sh -c {}",
         "a privileged container that enters the first process"),
    )),
    *(Rewrite(id, title, "the container has the files of this machine mounted", _mounted(text)) for id, text, title in (
        ("docker-chroot", "docker run --rm -v /:/host alpine chroot /host sh -c {}", "a container that changes into the mounted root"),
        ("docker-chroot-mount", "docker run --rm --mount type=bind,source=/,target=/mnt alpine chroot /mnt sh -c {}",
         "the same by --mount"),
    )),
)
