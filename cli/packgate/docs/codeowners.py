"""The lines of a CODEOWNERS file that keep a policy change with the owners of its pack."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BEGIN = "# packgate: begin (written by `packgate codeowners`)"
END = "# packgate: end"
# What decides for every pack at once belongs to the owners of all of them.
_SHARED = ("packgate.yaml", "assignments.yaml", "context/")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HANDLE = re.compile(r"@[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9._-]+)*")
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def owner_name(owner: str, organisation: str | None) -> str:
    """An owner as CODEOWNERS names it: a handle or an e-mail address as it stands, a team by its organisation. Raises `UserError`."""
    if _HANDLE.fullmatch(owner) or _EMAIL.fullmatch(owner):
        return owner
    if organisation is None:
        wrong = f"the owner '{owner}' is neither a handle (@acme/{owner}) nor an e-mail address"
        raise UserError(wrong, "name the organisation: --org acme")
    if _TEAM.fullmatch(owner) is None:
        raise UserError(f"the owner '{owner}' can't be the name of a team", "write it as a handle (@acme/team) in pack.yaml")
    return f"@{organisation.removeprefix('@')}/{owner}"


def codeowner_lines(packs: Mapping[str, Sequence[str]], prefix: str, place: str, organisation: str | None) -> list[str]:
    """The lines for packs with their owners. ``prefix``: the policy repository's folder in the git repository, empty for its root;
    ``place``: where the CODEOWNERS file is, which guards itself. The last line that matches counts, so packs come last.
    """
    owners = {name: [owner_name(each, organisation) for each in found] for name, found in sorted(packs.items())}
    everyone = " ".join(dict.fromkeys(each for found in owners.values() for each in found))
    paths = [posixpath.join("/", prefix, each) for each in _SHARED]
    lines = [f"{path} {everyone}" for path in [*paths, posixpath.join("/", place)]]
    return lines + [f"{posixpath.join('/', prefix, 'packs', name)}/ {' '.join(found)}" for name, found in owners.items()]


def merged(text: str, lines: Sequence[str]) -> str:
    """A CODEOWNERS file with packgate's lines: in place of those it has, else at its end. Everything else stays as it is. Raises
    `UserError` when the marks are damaged."""
    block = "\n".join([BEGIN, *lines, END]) + "\n"
    begins, ends = text.count(BEGIN), text.count(END)
    if begins == ends == 0:
        return (text.rstrip("\n") + "\n\n" if text.strip() else "") + block
    before, _, rest = text.partition(BEGIN)
    if begins != 1 or ends != 1 or END not in rest:
        raise UserError("the marks of packgate's lines are damaged", f"keep one '{BEGIN}' and one '{END}' after it, or remove both")
    return before + block + rest.partition(END)[2].removeprefix("\n")
