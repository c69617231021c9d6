"""Why a bundle is refused: a class for every reason, with a code that stays and words for people.

A refusal is about what was downloaded, never about who asked. Whoever catches `Refused` keeps what is installed.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Refused(Exception):
    """A bundle that is not taken. ``code`` names the reason and never changes, ``message`` says what was found, ``hint`` what to do."""

    code = "refused"
    # What the reason means, for the table of the docs.
    meaning = "the bundle is not taken"
    hint: str = "keep what is installed, and ask whoever publishes the bundle"

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if hint is not None:
            self.hint = hint


class NotABundle(Refused):
    """The file is something else."""

    code = "not-a-bundle"
    meaning = "the file does not begin as a bundle does"
    hint = "an error page of the host, or a file of another kind? compare with the publisher's"


class Truncated(Refused):
    """The file ends too early, wherever that is."""

    code = "truncated"
    meaning = "the file ends before the bundle does"
    hint = "download it again"


class Damaged(Refused):
    """A header, or JSON that cannot be read."""

    code = "damaged"
    meaning = "a header, the manifest or a compiled member cannot be read"
    hint = "download it again; if it stays so, it was changed on the way"


class NotCanonical(Refused):
    """The content may be right, but a builder would have written other bytes."""

    code = "not-canonical"
    meaning = "other bytes than a builder writes for this content: reordered, other metadata, trailing data, a compressed copy"
    hint = "build it again with packgate bundle build; nothing may repack a bundle"


class MemberMissing(Refused):
    """The manifest lists a member that the archive lacks, or the archive lacks its manifest."""

    code = "member-missing"
    meaning = "a member of the manifest, or the manifest itself, is not in the archive"


class MemberExtra(Refused):
    """The archive has a member that the manifest does not list."""

    code = "member-extra"
    meaning = "the archive has a member that the manifest does not list"


class MemberAltered(Refused):
    """A member's bytes are not those that the manifest describes; or the manifest is not the one that was sealed."""

    code = "member-altered"
    meaning = "a member, or the manifest, has another digest or size than recorded"


class MemberDuplicated(Refused):
    """Two members have one name: readers disagree on which one counts."""

    code = "member-duplicated"
    meaning = "two members have the same name, also when only letter case differs"


class AbsolutePath(Refused):
    """A member's name leads to a fixed place of the disk."""

    code = "absolute-path"
    meaning = "a member's name is an absolute path, of POSIX or Windows"


class ParentPath(Refused):
    """A member's name leads out of the folder."""

    code = "parent-path"
    meaning = "a member's name has a `..` in it"


class SymbolicLink(Refused):
    """A member is a symbolic link."""

    code = "symbolic-link"
    meaning = "a member is a symbolic link"


class HardLink(Refused):
    """A member is a hard link."""

    code = "hard-link"
    meaning = "a member is a hard link"


class Device(Refused):
    """A member is a character or block device, or a pipe."""

    code = "device"
    meaning = "a member is a character or block device, or a named pipe"


class NotAFile(Refused):
    """A member is a folder or a record of a tar extension."""

    code = "not-a-file"
    meaning = "a member is a folder, or a record of a tar extension that could rename another"


class ArchiveTooLarge(Refused):
    """The whole file is larger than allowed."""

    code = "archive-too-large"
    meaning = "the file is larger than the limit"


class MemberTooLarge(Refused):
    """One member is larger than allowed."""

    code = "member-too-large"
    meaning = "a member says that it is larger than the limit"


class TotalTooLarge(Refused):
    """All members together are larger than allowed."""

    code = "total-too-large"
    meaning = "the members together are larger than the limit"


class TooManyMembers(Refused):
    """More members than allowed."""

    code = "too-many-members"
    meaning = "the archive has more members than the limit"


class DecompressionBomb(Refused):
    """Something that would grow far beyond its size: a compressed file, a sparse member."""

    code = "decompression-bomb"
    meaning = "a compressed file that grows beyond the limits, or a sparse member"


class UnknownSchema(Refused):
    """The manifest is of a format that this packgate does not know."""

    code = "unknown-schema"
    meaning = "the bundle is of a format that this packgate does not read"
    hint = "update packgate"


class EngineTooOld(Refused):
    """The pack needs a later engine: an older one would not see what its policies are about."""

    code = "engine-too-old"
    meaning = "the bundle needs a later packgate than this one"
    hint = "update packgate"


class NotYetValid(Refused):
    """Before ``not_before``."""

    code = "not-yet-valid"
    meaning = "the bundle holds only from a later time on"
    hint = "compare the clock of this machine; else wait"


class Expired(Refused):
    """After ``expires``."""

    code = "expired"
    meaning = "the bundle's time is over"
    hint = "fetch a newer one; if there is none, ask whoever publishes it"


class LowerRevision(Refused):
    """An older release than the installed one: a replay. A rollback has a higher revision."""

    code = "lower-revision"
    meaning = "an older release than the installed one: a replay; an intended rollback has a higher revision"


class SameRevisionOtherContent(Refused):
    """Two bundles claim one revision."""

    code = "same-revision-other-content"
    meaning = "the installed revision with other content"


class WrongPack(Refused):
    """Another pack than the one that was asked for."""

    code = "wrong-pack"
    meaning = "a bundle of another pack than asked for, or than the installed one"


class WrongName(Refused):
    """The file is called otherwise than its manifest says."""

    code = "wrong-name"
    meaning = "the file's name is not the one that follows from its manifest"


class NotLoadable(Refused):
    """Whole, but nothing can decide with it."""

    code = "not-loadable"
    meaning = "the bundle is whole, but its compiled pack has no form that can decide"


class SourcesDisagree(Refused):
    """The compiled pack says something else than the sources beside it."""

    code = "sources-disagree"
    meaning = "the compiled pack is not what the sources in the bundle give (`bundle verify`, not every download)"


def refusals() -> Iterator[type[Refused]]:
    """Every refusal, in the order of definition, those of other modules that are loaded included."""
    left: list[type[Refused]] = [Refused]
    while left:
        current = left.pop(0)
        if current is not Refused:
            yield current
        left.extend(current.__subclasses__())
