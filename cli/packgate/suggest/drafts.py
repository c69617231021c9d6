"""Drafts of policies for what no policy covers: at audit, with cases of both polarities from what was recorded, and saying that they are
drafts."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.guard.detectors import mask_json
from packgate.impact.simulation.shown import one_line
from packgate.model.action import ActionError, parse_action
from packgate.review.case import case_of
from packgate.suggest.draft_text import draft_text
from packgate.suggest.risky import kinds_of
from packgate.suggest.seen import counted
from packgate.suggest.suggestion import DRAFT, Edit, Suggestion
from packgate.testing.cases import DEFAULT_CONTEXT, case_action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packgate.engine.gate import Gate
    from packgate.impact.sides import PackSide
    from packgate.suggest.risky import Kind
    from packgate.suggest.seen import Judged, Seen, Tally

# Cases of each polarity: as many as lint asks for.
_CASES = 3
_LONGEST = 1600
# A recorded command written otherwise, and as a text, which does nothing.
_SPELLINGS = ("bash -c {quoted}", "true && {command}", "env {command}", "{command} && echo done")
_TEXTS = ("echo {quoted} >> notes.md", "git commit -m {quoted}", "grep -rn -- {quoted} docs")


def drafts(seen: Seen, packs: Sequence[PackSide], gate: Gate, least: int) -> list[Suggestion]:
    """A draft for every risky kind of action that no policy covers and that occurred at least ``least`` times.

    ``packs``: those that a draft can go into; ``gate``: what reads the cases.
    """
    found: list[Suggestion] = []
    taken = {name for side in packs for name in side.policies}
    drafted: set[int] = set()
    for kind, tally in sorted(seen.kinds.items(), key=lambda each: (-each[1].events, each[0])):
        # One action can be several operations: a draft of each would be about the same actions.
        if tally.events >= least and packs and not tally.actions <= drafted:
            drafted |= tally.actions
            found.append(_Draft(kind, tally, seen, gate).suggestion(packs, taken))
    return found


class _Draft:
    """One draft in the making."""

    def __init__(self, kind: Kind, tally: Tally, seen: Seen, gate: Gate) -> None:
        self.kind, self.tally, self.seen, self.gate = kind, tally, seen, gate
        self.families = tuple(sorted(seen.risks[kind]))

    def suggestion(self, packs: Sequence[PackSide], taken: set[str]) -> Suggestion:
        """The draft in the pack that is nearest to it. ``taken``: ids of policies, to which its own is added."""
        kind, tally = self.kind, self.tally
        pack, threat, near = self._home(packs)
        name = _name(kind, taken)
        because = f"{tally.words}, {counted(len(tally.actions), 'distinct action')}"
        found = Suggestion(
            DRAFT, f"{pack.name}/{name}", f"draft a policy for {kind.title}",
            f"no policy covers `{kind.title}` ({', '.join(self.families)}): {because}",
            {**tally.numbers(), "families": list(self.families), "program": kind.actor, "operation": kind.verb},
        )
        fires = self._cases(self._firing(), True)
        silent = self._cases(self._silent(), False)
        if not fires or not silent:
            found.refused = f"no recorded action is whole enough for a case that {'does not fire' if fires else 'fires'}"
            return found
        text = draft_text(kind, self.families, name, threat, because, near, fires, silent)
        path = f"packs/{pack.result.path.rstrip('/').rpartition('/')[2]}/policies/{name}.yaml"

        def apply(before: str | None) -> str:
            if before is not None:
                raise UserError(f"{path} is there already")
            return text

        found.edits = (Edit(path, apply),)
        return found

    def _home(self, packs: Sequence[PackSide]) -> tuple[PackSide, str, bool]:
        """The pack and threat layer whose policies are about the same families, else those with most policies; whether the first held."""
        about, every = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for side in packs:
            for policy in side.pack.policies:
                place = side.name, policy.threat
                every[place] += 1
                about[place] += not set(self.families).isdisjoint(policy.when)
        near = any(about.values())
        chosen = max(sorted(every), key=lambda place: about[place] if near else every[place], default=(packs[0].name, ""))
        return next(side for side in packs if side.name == chosen[0]), chosen[1], near

    def _firing(self) -> Iterator[dict[str, Any]]:
        """Recorded actions of the kind, then other spellings of them."""
        examples = list(self.seen.examples.get(self.kind, ()))
        yield from _recorded(examples)
        yield from _written(examples, _SPELLINGS)

    def _silent(self) -> Iterator[dict[str, Any]]:
        """What the same program was recorded to do beside, then the actions of the kind as texts."""
        yield from _recorded([each for each in self.seen.near.get(self.kind.actor, ()) if self.kind not in each.kinds])
        yield from _written(self.seen.examples.get(self.kind, ()), _TEXTS)

    def _cases(self, actions: Iterable[dict[str, Any]], fires: bool) -> list[dict[str, Any]]:
        """The first of the actions that make cases, the first one with a prompt."""
        found: list[dict[str, Any]] = []
        said: list[Any] = []
        for action in actions:
            case = case_of(action)
            what = case.get("command") or case.get("action")
            # The same in another folder would show nothing more.
            if what not in said and self._holds(case, fires):
                said.append(what)
                found.append(case)
                if len(found) == _CASES:
                    break
        if found:
            asked = one_line(case_action(found[0]) or {}).partition(": ")[2]
            found[0] = {"prompt": f"{'Run' if fires else 'Do'} this: {asked}", **found[0]}
        return found

    def _holds(self, case: dict[str, Any], fires: bool) -> bool:
        """Whether the draft would fire for a case as it should, and nothing of it has to be masked."""
        action = case_action(case)
        if action is None or mask_json(case) != case:
            return False
        try:
            kinds = kinds_of(self.gate.analyze(self.gate.complete(parse_action(action))), every=True)
        except ActionError:
            return False
        return (not set(self.families).isdisjoint(kinds.get(self.kind, ()))) is fires


def _recorded(examples: Sequence[Judged]) -> Iterator[dict[str, Any]]:
    """Each action as simply as it can be said: without its context where that does not matter."""
    for example in examples:
        if len(example.key) <= _LONGEST:
            yield {key: value for key, value in example.action.items() if key not in DEFAULT_CONTEXT}
    for example in examples:
        if len(example.key) <= _LONGEST:
            yield example.action


def _written(examples: Iterable[Judged], forms: Sequence[str]) -> Iterator[dict[str, Any]]:
    for example in examples:
        command = example.action.get("command")
        if example.action.get("surface", "shell") == "shell" and isinstance(command, str) and "\n" not in command:
            for form in forms:
                yield {"surface": "shell", "command": form.format(command=command, quoted=shlex.quote(command))}


def _name(kind: Kind, taken: set[str]) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", f"draft-{kind.actor}-{kind.verb}".lower()).strip("-")[:60].strip("-")
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}-{number}"
    taken.add(name)
    return name
