"""The reviews that are committed, as evidence for a promotion."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.review.evidence import Reviewed
from packgate.review.store import FOLDER, load_reviews
from packgate.source.files import YAML

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.gitio import Repository
    from packgate.release.promotion import Place
    from packgate.release.subject import Subject
    from packgate.review.store import Review


def reviewed(repository: Repository, place: Place, subject: Subject, to: str, now: str) -> Reviewed:
    """What was reviewed, held against the content that is promoted. ``now``: the time that waivers are held against."""
    return held(reviews_of(repository, place), place, subject, to, now)


def reviews_of(repository: Repository, place: Place) -> list[Review]:
    """The reviews of the policy repository that a place is in.

    They are those of the last commit even where an earlier release is judged: like events, they are made after it.
    """
    return committed_reviews(repository, root_of(place))


def held(reviews: Sequence[Review], place: Place, subject: Subject, to: str, now: str) -> Reviewed:
    """`reviewed`, with reviews that were read already."""
    return Reviewed(reviews, place.pack.pack, place.pack.gate, subject.policies, to, now)


def committed_reviews(repository: Repository, prefix: str, ref: str = "HEAD") -> list[Review]:
    """The reviews of a commit of a policy repository in the folder ``prefix`` of a git repository. Raises `UserError` for broken ones."""
    with TemporaryDirectory(prefix="packgate-reviews-") as folder:
        repository.export(ref, os.path.normpath(os.path.join(prefix, FOLDER)), Path(folder, FOLDER), YAML)
        return load_reviews(Path(folder))


def root_of(place: Place) -> str:
    """The folder of the policy repository, of which the place knows that of its pack."""
    inside = os.path.normpath(os.path.relpath(place.pack.result.path, place.pack.folder))
    return os.path.normpath(place.folder.removesuffix(inside) or ".")
