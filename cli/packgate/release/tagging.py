"""Make the tag of a release: its name, its message, its signature, all checked before anybody can see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.release.history import History, fetch_hint, read_release
from packgate.release.record import DamagedRecord, write_message
from packgate.release.tags import TagName
from packgate.times import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.gitio import Repository
    from packgate.release.record import Record
    from packgate.release.tags import Release


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that is ready to be made: the name its tag gets, the sentence and lines of its message, its record."""

    name: TagName
    subject: str
    lines: tuple[str, ...]
    record: Record

    @property
    def message(self) -> str:
        """The tag's message."""
        return write_message(self.subject, self.lines, self.record)


def name_for(repository: Repository, pack: str, version: str, stage: str, revision: int) -> TagName:
    """The name of a new release's tag: the plain one, with ``+r<revision>`` where that is taken."""
    plain = TagName(pack, version, stage)
    taken = {tag.name for tag in repository.tags(str(plain))}
    return plain if str(plain) not in taken else TagName(pack, version, stage, revision)


def seconds_of(time: str) -> int:
    """An RFC 3339 time, or a day, as seconds since 1970; without an offset it is UTC. Raises `UserError`."""
    moment = parse(time)
    if moment is None:
        raise UserError(f"{time}: expected a time such as 2026-01-31T12:00:00Z")
    seconds = int(moment.timestamp())
    if seconds < 0:
        raise UserError(f"{time}: a tag can't be dated before 1970")
    return seconds


def make_release(repository: Repository, draft: Draft, *, sign: bool, signers: str | None) -> Release:
    """Make the tag, signed or not, and read it back as everybody else will: what would not be a valid release is taken back.

    Raises `UserError` when the name is taken, or when the signature is not one of an allowed signer.
    """
    record = draft.record
    tag = repository.make_tag(str(draft.name), record.commit, draft.message, seconds_of(record.time), sign=sign)
    if sign and tag.signature is None:
        # git 2.39 makes an unsigned tag, and says so to nobody, when ssh-keygen can't load the key.
        repository.drop_new_tag(tag)
        raise UserError("the release was not made: git left the tag unsigned", "does user.signingkey name a key that can be read?")
    try:
        return read_release(repository, tag, signers)
    except DamagedRecord as error:
        repository.drop_new_tag(tag)
        hint = "your key needs a line in the file that keys.allowed_signers names" if sign else None
        raise UserError(f"the release was not made: {error}", hint) from error


def check_trusted(history: History, pack: str, sign: bool) -> None:
    """Refuse to build on a history that can't be told apart. Raises `UserError` when a tag that claims the pack's highest revision is
    not valid, when a predecessor is missing, or when an unsigned release would follow signed ones."""
    last = history.newest(pack)
    bad = [each for each in history.invalid if each.pack == pack]
    if bad and history.claimed.get(pack, 0) > (last.revision if last is not None else 0):
        hint = "look at it (git show), then delete it here and on the remote if it should not be, or fetch what is missing"
        raise UserError(f"the tag '{bad[-1].name}' claims a revision above the newest release, and {bad[-1].reason}", hint)
    if last is None and history.shallow:
        raise UserError(f"no release of '{pack}' is here, and this clone is shallow, so there may be one", fetch_hint(True))
    for release, before in history.missing():
        if release == last:
            raise UserError(f"{release.tag} follows {before}, which is not here", fetch_hint(history.shallow))
    if not sign and any(each.signed for each in history.of(pack)):
        raise UserError(f"releases of '{pack}' are signed, so this one has to be", "leave --no-sign out")


def push_release(repository: Repository, remote: str, release: Release) -> None:
    """Push the tag. Raises `UserError` when the remote refuses."""
    repository.push_tag(remote, release.tag)


def check_remote(repository: Repository, remote: str, pack: str) -> None:
    """That no release of the pack is on the remote which is not here. Raises `UserError` that names them."""
    here = {tag.name: tag.object for tag in repository.tags(f"{pack}/")}
    unknown = [name for name, object_id in sorted(repository.remote_tags(remote, f"{pack}/").items()) if here.get(name) != object_id]
    if unknown:
        raise UserError(f"'{remote}' has releases that are not here: {', '.join(_few(unknown))}", f"git fetch {remote} --tags")


def _few(names: Sequence[str], most: int = 3) -> list[str]:
    return [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]
