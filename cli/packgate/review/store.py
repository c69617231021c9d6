"""Reviews as the repository keeps them: ``reviews/<pack>.yaml``, to which entries are only added."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.source.append import append_item
from packgate.source.edited import EditRefused
from packgate.source.files import read_checked, yaml_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FOLDER = "reviews"
ACCEPT, REJECT, WAIVE, TEST = "accept", "reject", "waive", "test"
DECISIONS = (ACCEPT, REJECT, WAIVE, TEST)
HEADER = "# yaml-language-server: $schema=https://packgate.dev/schema/reviews.schema.json\n"
# How the result of a test begins that says that a policy must not fire.
FALSE_POSITIVE_CASE = "must_not_fire"


@dataclass(frozen=True, slots=True)
class Review:
    """One entry; keys as in ``schema/reviews.schema.json``. ``because``: policies, as ``pack/policy``."""

    cluster: str
    decision: str
    because: tuple[str, ...]
    title: str
    change: str
    by: str
    at: str
    reason: str
    events: int
    example: dict[str, Any]
    conditions: dict[str, str] = field(default_factory=dict)
    result: str | None = None

    @property
    def says_false_positive(self) -> bool:
        """Whether it says that the policies are wrong about these actions."""
        return self.decision == REJECT or (self.decision == TEST and (self.result or "").startswith(FALSE_POSITIVE_CASE))

    def as_item(self) -> dict[str, Any]:
        """The entry as it is written."""
        item: dict[str, Any] = {
            "cluster": self.cluster, "decision": self.decision, "because": list(self.because), "title": self.title,
            "change": self.change,
            "by": self.by, "at": self.at, "reason": self.reason, "events": self.events, "example": self.example,
            "conditions": self.conditions,
        }
        return item if self.result is None else {**item, "result": self.result}


def load_reviews(root: Path) -> list[Review]:
    """The reviews of a policy repository, by file, then oldest first. Raises `UserError` for a file that does not fit its schema: a review
    that was not read would look like none."""
    paths, found = yaml_files(str(root / FOLDER))
    reviews: list[Review] = []
    for path in paths:
        source, problems = read_checked(path, "reviews")
        if problems or source is None:
            raise UserError(f"{os.path.relpath(path, root)}: {(problems or found)[0].message}", f"`packgate lint {path}` says more")
        reviews += [_review(item) for _, item in source.items("reviews")]
    return reviews


def latest(reviews: Iterable[Review]) -> dict[str, Review]:
    """By cluster, the entry that counts: the last one."""
    return {each.cluster: each for each in reviews}


def with_review(text: str | None, review: Review, shown: str) -> str:
    """The text of a file of reviews with one more. Raises `UserError` for a file that can't be added to."""
    try:
        return append_item(text, ("reviews",), review.as_item(), shown, HEADER)
    except EditRefused as error:
        raise UserError(str(error), "edit the file by hand") from error


def _review(item: Mapping[str, Any]) -> Review:
    return Review(
        item["cluster"], item["decision"], tuple(item["because"]), item["title"], item["change"], item["by"], item["at"], item["reason"],
        item["events"], dict(item["example"]), dict(item["conditions"]), item.get("result"),
    )
