"""What the message of a release tag holds: sentences for people, then one canonical block for machines."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT = 1
BEGIN, END = "-----BEGIN PACKGATE RELEASE-----", "-----END PACKGATE RELEASE-----"
# So that one absurd claim can't use up the numbers.
HIGHEST_REVISION = 2**31 - 1

# A release has some hundred cases and corpora of some dozen files; anything much larger is not ours.
_MOST_CHARACTERS = 1_000_000
_BLOCK = re.compile(re.escape(BEGIN) + r"\n(?P<block>.*?)\n" + re.escape(END), re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class DamagedRecord(ValueError):
    """The message of a tag holds no record that can be believed; the text says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a release says about itself.

    ``revision`` orders the releases of a pack; ``commit`` is the full id of what is released; ``previous`` the tag that was newest before;
    ``digest`` (``sha256:…``) of the pack's content; ``packgate`` the version that wrote this; ``time`` in UTC, RFC 3339.
    ``evidence``: cases by polarity and status, corpora with digests, findings of lint; it is a claim that whoever relies on it computes
    again. ``change``: direction and counts against the previous release, None for the first. ``gates``: those that a promotion went
    through, None where there were none; ``override`` the reason for going past them. ``rollback_of``: the tag that a rollback took out of
    force, ``restores`` the one whose content came back, ``reason`` why. ``assignment``: the one that this release holds for, None for all.
    """

    pack: str
    version: str
    stage: str
    revision: int
    commit: str
    digest: str
    time: str
    packgate: str
    previous: str | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    change: dict[str, Any] | None = None
    gates: list[dict[str, Any]] | None = None
    override: str | None = None
    rollback_of: str | None = None
    restores: str | None = None
    reason: str | None = None
    assignment: str | None = None


_REQUIRED = {
    "pack": str, "version": str, "stage": str, "revision": int, "commit": str, "digest": str, "time": str, "packgate": str,
    "evidence": dict,
}
_OPTIONAL = {
    "previous": str, "change": dict, "gates": list, "override": str, "rollback_of": str, "restores": str, "reason": str, "assignment": str,
}


def block_of(record: Record) -> str:
    """The canonical text of a record: JSON with sorted keys, ASCII only, one line for each of its keys."""
    data = {"v": FORMAT, **asdict(record)}
    return "{\n" + ",\n".join(f" {json.dumps(name)}: {json.dumps(data[name], sort_keys=True)}" for name in sorted(data)) + "\n}"


def write_message(subject: str, lines: Sequence[str], record: Record) -> str:
    """The message of a tag: the sentence, the lines, the block. What could be taken for the block or a signature is defused."""
    told = [_plain(line) for line in lines]
    return "\n".join([_plain(subject), "", *told, *([""] if told else []), BEGIN, block_of(record), END, ""])


def read_message(message: str) -> Record:
    """The record of a tag's message, its signature left out. Raises `DamagedRecord` for anything but exactly one canonical block at the
    message's end."""
    if len(message) > _MOST_CHARACTERS:
        raise DamagedRecord("its message is too long")
    if message.count(BEGIN) != 1 or message.count(END) != 1:
        many = "more than one" if BEGIN in message and END in message else "no whole"
        raise DamagedRecord(f"its message holds {many} record of a release")
    found = _BLOCK.search(message)
    if found is None or message[found.end():].strip():
        raise DamagedRecord("its record is cut off, or text follows it")
    try:
        data = json.loads(found["block"])
    except (ValueError, RecursionError) as error:
        raise DamagedRecord(f"its record is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise DamagedRecord("its record is not a mapping")
    record = _checked(data)
    if block_of(record) != found["block"]:
        raise DamagedRecord("its record is not in canonical form")
    return record


def _checked(data: dict[str, Any]) -> Record:
    form = data.pop("v", None)
    if form != FORMAT or isinstance(form, bool):
        raise DamagedRecord(f"its record has format {form!r}; this packgate reads format {FORMAT}")
    known = {each.name for each in fields(Record)}
    if data.keys() != known:
        wrong = sorted(data.keys() ^ known)
        raise DamagedRecord(f"its record lacks or adds: {', '.join(wrong[:5])}")
    for name, kind in (_REQUIRED | _OPTIONAL).items():
        value = data[name]
        if (value is None and name in _OPTIONAL) or (isinstance(value, kind) and not isinstance(value, bool)):
            continue
        raise DamagedRecord(f"its record's {name} is {'missing' if value is None else 'of the wrong type'}")
    if not 1 <= data["revision"] <= HIGHEST_REVISION:
        raise DamagedRecord("its revision is not a number from 1 to 2147483647")
    if not _COMMIT.fullmatch(data["commit"]) or not _DIGEST.fullmatch(data["digest"]):
        raise DamagedRecord("its record's commit or digest is malformed")
    return Record(**data)


def _plain(text: str) -> str:
    """One line that holds no marker of ours or of a signature."""
    return " ".join(text.split()).replace("-----BEGIN", "- BEGIN").replace("-----END", "- END")
