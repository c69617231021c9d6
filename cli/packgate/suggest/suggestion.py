"""One suggestion, and the edits that carry it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    # The text of a file (None: there is none) -> its text with the edit. Raises `UserError` where that can't be done.
    Apply = Callable[[str | None], str]

PROMOTION, NARROWING, WAIVER, DRAFT, DEAD, FAMILY = "promotion", "narrowing", "waiver", "draft", "dead-policy", "uncovered-family"
KINDS = (PROMOTION, NARROWING, WAIVER, DRAFT, DEAD, FAMILY)
VERSION = 1


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file, by its path relative to the policy repository."""

    path: str
    apply: Apply


@dataclass(slots=True)
class Suggestion:
    """What is suggested. ``subject``: what it is about, as ``pack/policy`` or a name; ``numbers``: what it rests on, plain data;
    ``reason``: the same in a sentence; ``command``: how to do it by hand; ``refused``: why it can't be committed as it is, None when it
    can; ``record``: a line for the commit's message."""

    kind: str
    subject: str
    title: str
    reason: str
    numbers: dict[str, Any]
    command: str | None = None
    edits: tuple[Edit, ...] = field(default_factory=tuple)
    refused: str | None = None
    record: str | None = None

    @property
    def ready(self) -> bool:
        """Whether it can be committed."""
        return bool(self.edits) and self.refused is None

    @property
    def order(self) -> tuple[int, str, str]:
        """Its place among others."""
        return KINDS.index(self.kind), self.subject, self.title

    def as_json(self) -> dict[str, Any]:
        """Every key, always."""
        return {
            "kind": self.kind, "subject": self.subject, "title": self.title, "reason": self.reason, "numbers": self.numbers,
            "command": self.command, "ready": self.ready, "refused": self.refused, "files": sorted({each.path for each in self.edits}),
        }
