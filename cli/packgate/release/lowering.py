"""Take one policy or one threat layer a stage down: an edit of rollout.yaml on a branch, ready for a pull request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.release.promotion import edited, find_subject
from packgate.release.subject import POLICY, THREAT

if TYPE_CHECKING:
    from packgate.gitio import Repository
    from packgate.impact.sides import Side
    from packgate.release.promotion import Place
    from packgate.release.subject import Subject

_LOWER = {"block": "warn", "warn": "audit"}


@dataclass(frozen=True, slots=True)
class Lowering:
    """One stage down. ``own``: policies of a layer that have a stage of their own in rollout.yaml, and keep it."""

    subject: Subject
    place: Place
    to: str
    own: tuple[str, ...]
    reason: str | None

    @property
    def headline(self) -> str:
        """It in one line."""
        return f"take {self.subject.title} of pack {self.subject.pack} back from {self.subject.stage} to {self.to}"

    @property
    def branch(self) -> str:
        """The branch that carries it."""
        return f"rollback/{self.subject.pack}/{self.subject.kind}-{self.subject.name}-{self.to}"


def plan_lowering(
    repository: Repository, side: Side, prefix: str, pack: str, *, policy: str | None = None, layer: str | None = None,
    reason: str | None = None,
) -> Lowering:
    """The lowering of a policy or of a layer; ``side`` is the committed state. Raises `UserError` for what is not there, and for what
    stands at audit already."""
    name, kind = (policy, POLICY) if policy is not None else (layer, THREAT)
    subject, place = find_subject(repository, side, prefix, name, None, pack)
    if subject.kind != kind:
        raise UserError(f"'{name}' is no {'policy' if kind == POLICY else 'threat layer'}: it is a {subject.kind}")
    to = _LOWER.get(subject.stage)
    if to is None:
        raise UserError(f"{subject.title} stands at audit already: it only records", "a waiver, or a change of the policy, is what is left")
    stages = place.pack.pack.rollout.policies
    own = sorted(each.id for each in place.pack.pack.policies if kind == THREAT and each.threat == name and each.id in stages)
    return Lowering(subject, place, to, tuple(own), reason)


def carry_out(repository: Repository, plan: Lowering) -> str:
    """Make the branch with its one commit; returns the commit."""
    lines = [plan.headline[0].upper() + plan.headline[1:], *(["", plan.reason] if plan.reason else [])]
    data = edited(repository, plan.subject, plan.place, plan.to)
    return repository.branch_with(plan.branch, "HEAD", plan.place.file, data, "\n".join(lines) + "\n")
