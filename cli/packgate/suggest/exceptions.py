"""What reviews call a false positive, and a policy still says: narrowings of the policy, else waivers for the example."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.review.queue import Entry
from packgate.review.store import WAIVE, latest
from packgate.review.trying import decided
from packgate.review.waiver import waived
from packgate.suggest.bars import quiet
from packgate.suggest.narrowing import narrowed
from packgate.suggest.seen import counted
from packgate.suggest.suggestion import NARROWING, WAIVER, Edit, Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.engine.gate import Gate
    from packgate.review.store import Review
    from packgate.source.cache import ValidationCache
    from packgate.source.workspace import Workspace
    from packgate.suggest.bars import Bars
    from packgate.suggest.seen import Seen


class Exceptions:
    """Looks for them. ``root``: the committed policy repository, unpacked; ``own``: its packs by name; ``approver`` and ``expires``: of
    waivers, None where nobody was named."""

    def __init__(
        self, root: Path, space: Workspace, gate: Gate, own: Sequence[str], seen: Seen, now: str, approver: str | None,
        expires: str | None, cache: ValidationCache | None = None,
    ) -> None:
        self.root, self.space, self.gate, self.own = root, space, gate, frozenset(own)
        self.seen, self.now, self.approver, self.expires = seen, now, approver, expires
        self.cache = cache

    def found(self, reviews: Iterable[Review], bars: Bars = quiet) -> list[Suggestion]:
        """Suggestions for clusters that were rejected, or waived and not let through any more."""
        last = sorted(latest(reviews).values(), key=lambda each: each.cluster)
        wrong: dict[str, list[Review]] = {}
        again: list[tuple[Review, tuple[str, ...]]] = []
        for review in last:
            standing = self._standing(review)
            if standing and review.says_false_positive:
                for name in standing:
                    wrong.setdefault(name, []).append(review)
            elif standing and review.decision == WAIVE:
                again.append((review, standing))
        right = [each for each in last if not each.says_false_positive and each.decision != WAIVE]
        found = []
        with bars(len(wrong), "trying exceptions", 1) as tick:
            for name, rejected in sorted(wrong.items()):
                narrowing = self._narrowing(name, rejected, [each for each in right if name in each.because])
                if narrowing is not None:
                    found.append(narrowing)
                else:
                    found += [self._waiver(each, (name,), "was rejected in the review") for each in rejected]
                if tick is not None:
                    tick()
        return found + [self._waiver(each, names, "was waived in the review, and no waiver holds any more") for each, names in again]

    def _standing(self, review: Review) -> tuple[str, ...]:
        """The policies of this repository that still match the example."""
        try:
            decision = decided(self.gate, review.example, self.now)
        except UserError:
            return ()
        live = {f"{match.pack}/{match.policy}" for match in decision.matches if not match.waived}
        return tuple(name for name in review.because if name in live and name.partition("/")[0] in self.own)

    def _numbers(self, reviews: Sequence[Review]) -> dict[str, Any]:
        clusters = [each.cluster for each in reviews]
        tallies = [self.seen.clusters[each] for each in clusters if each in self.seen.clusters]
        users = set[str]().union(*(tally.users for tally in tallies))
        return {
            "clusters": clusters, "reviewed_events": sum(each.events for each in reviews), "events": sum(tally.events for tally in tallies),
            "users": len(users),
        }

    def _narrowing(self, name: str, rejected: Sequence[Review], right: Sequence[Review]) -> Suggestion | None:
        numbers = self._numbers(rejected)
        examples = [each.example for each in rejected]
        change = narrowed(self.root, self.space, name, examples, [each.example for each in right], self.now, self.cache)
        if change is None:
            return None
        said = "; ".join(f"{each.by}: {each.reason}" for each in rejected if each.reason)
        reason = (
            f"{counted(len(rejected), 'rejected cluster')} of {counted(numbers['reviewed_events'], 'event')} "
            f"({numbers['events']} in these): let through by `unless: {change.exception}`, and "
            "everything that must fire still does" + (f" ({said})" if said else "")
        )
        return Suggestion(
            NARROWING, name, f"narrow {name.partition('/')[2]}", reason, {**numbers, "unless": change.fields},
            edits=(Edit(change.path, change.apply),),
        )

    def _waiver(self, review: Review, names: tuple[str, ...], because: str) -> Suggestion:
        numbers = self._numbers([review])
        owner = _word(review.by)
        reason = f"{review.title} {because} by {review.by}: {review.events} events ({numbers['events']} in these)"
        found = Suggestion(
            WAIVER, names[0], f"waive {review.title} for {owner}", reason, numbers,
            f"packgate review waive {review.cluster} --events FILE --proposal {names[0].partition('/')[0]} --owner {owner} --expires DAY "
            f"--approver WHO --reason TEXT",
        )
        if self.approver is None or self.expires is None:
            found.refused = "a waiver needs somebody who allows it, and a last day: --approver WHO --expires DAY"
            return found
        terms = {"reason": review.reason or because, "owner": owner, "approver": self.approver, "expires": self.expires}
        because_of = [dict(zip(("pack", "policy"), each.split("/"), strict=True)) for each in names]
        item = {"id": review.cluster, "because": because_of, "example": review.example, "repositories": {"names": []}}
        try:
            texts, made = waived(Entry(item, review, ""), self.root, self.now, terms, None, None, _read, self.cache)
        except UserError as error:
            found.refused = error.message
            return found
        numbers["waivers"] = made
        found.edits = tuple(_appended(os.path.relpath(path, self.root), self.root, made, text) for path, text in sorted(texts.items()))
        return found


def _appended(path: str, root: Path, made: list[dict[str, Any]], text: str) -> Edit:
    """The same waivers, added to whatever the file holds by then."""
    from packgate.review.waiver import HEADER
    from packgate.source.append import append_item
    from packgate.source.edited import EditRefused

    first = _read(root / path)

    def apply(before: str | None) -> str:
        if before == first:
            return text
        try:
            for item in made:
                before = append_item(before, ("waivers",), item, path, HEADER)
        except EditRefused as error:
            raise UserError(str(error), "edit the file by hand") from error
        return before or ""

    return Edit(path, apply)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _word(person: str) -> str:
    """A person as a waiver's owner."""
    return re.sub(r"\s+", " ", person.partition("<")[0].strip() or person.strip())

