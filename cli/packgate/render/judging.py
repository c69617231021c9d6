"""Which policies fire for a spelling whatever follows it: tried with the engine itself, in several places, with several continuations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.model.action import parse_action
from packgate.render.spelling import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packgate.model.decision import Match
    from packgate.model.policy import Policy
    from packgate.render.subject import Subject

# Two places that have nothing in common: what fires in both does not hang on where the command runs.
PLACES: tuple[dict[str, Any], ...] = (
    {"cwd": "/home/dev/proj", "home": "/home/dev",
     "repo": {"name": "acme/app", "root": "/home/dev/proj", "branch": "feature/x", "default_branch": "main"}},
    {"cwd": "/tmp/work/sub", "home": "/data/users/ci",
     "repo": {"name": "other/lib", "root": "/tmp/work", "branch": "topic", "default_branch": "trunk"}},
)
# What can follow: operands that mean nothing, a file, a number, and options that no program has.
CONTINUATIONS = ("zz", "zz yy", "./zz.txt", "7", "zz --zz-zz", "/tmp/zz")
_NEVER: frozenset[str] = frozenset()


class Judge:
    """Holds spellings against policies. ``policies``: those that a native rule can stand for, by their id."""

    def __init__(self, subject: Subject, policies: Iterable[Policy]) -> None:
        self.subject = subject
        self.policies = {policy.id: policy for policy in policies}

    def first(self, spelling: Spelling) -> frozenset[str]:
        """The policies that fire for one continuation in one place: all others need not be tried further."""
        return self._fires(f"{spelling.text} {CONTINUATIONS[0]}", PLACES[0])

    def always(self, spelling: Spelling, followed: Sequence[str] = ()) -> frozenset[str]:
        """The policies that fire in every place whatever follows. ``followed``: options that the sub-command has (`spelling.Place`).

        A program alone, without word or option, has to fire by itself too: `hostname zz` changes what `hostname` shows. The bare form of
        a sub-command that needs an operand does nothing.
        """
        found = self.first(spelling)
        for place in PLACES:
            for command in _commands(spelling):
                if not found:
                    return _NEVER
                found &= self._fires(command, place)
        for option in followed:
            if not found:
                return _NEVER
            found &= self._fires(f"{spelling.text} {option} zz", PLACES[0])
        return found

    def _fires(self, command: str, place: dict[str, Any]) -> frozenset[str]:
        decision = self.subject.decide(parse_action({"surface": "shell", "command": command, **place}))
        return frozenset(match.policy for match in decision.matches if self._holds(match))

    def _holds(self, match: Match) -> bool:
        policy = self.policies.get(match.policy)
        return policy is not None and not match.waived and not any(_could_excuse(clause, match) for clause in policy.exceptions)


def _could_excuse(clause: Sequence[Any], match: Match) -> bool:
    """Whether the operation has all fields of an exception: other words could then excuse it. An absent field never excuses."""
    return all(match.operation.get(condition.field) for condition in clause)


def _commands(spelling: Spelling) -> Iterator[str]:
    if len(spelling.words) == 1 and spelling.option is None:
        yield spelling.text
    for continuation in CONTINUATIONS:
        yield f"{spelling.text} {continuation}"
    if spelling.option is not None:
        yield f"{' '.join(spelling.words)} zz {spelling.option}"
        yield f"{' '.join(spelling.words)} zz {spelling.option} yy"
