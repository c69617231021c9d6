"""The gates before a promotion: each with what it asks for, what was observed, and whether it is met.

Pure: limits and evidence in, gates out. What can't be known is not met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.impact.interval import wilson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packgate.release.limits import Limits
    from packgate.release.observed import Observed
    from packgate.review.evidence import Rejections

MET, NOT_MET, UNKNOWN = "met", "not met", "unknown"


@dataclass(frozen=True, slots=True)
class PolicyCases:
    """The cases of one policy: how many must fire and must not, how many of either failed, and how many of the branches of its conditions
    they reach."""

    fire: int
    silent: int
    failed: int
    branches: int
    reached: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that gates are computed from. ``cases`` by policy; ``observed`` is None when no events were given; ``approvers`` are all who
    approved, ``authors`` those whose approval does not count; ``rejections`` what reviews say against the policies, None without any."""

    cases: Mapping[str, PolicyCases]
    observed: Observed | None
    approvers: Sequence[str] = ()
    authors: Sequence[str] = ()
    rejections: Rejections | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate. ``required`` and ``observed`` are for people; ``count`` and ``total`` are the figure (``count`` alone where it is no
    share), ``interval`` the 95 % interval of a share; ``sentence`` says the whole."""

    name: str
    state: str
    required: str
    observed: str
    sentence: str
    count: int | None = None
    total: int | None = None
    interval: tuple[float, float] | None = None

    @property
    def met(self) -> bool:
        """Whether it lets the promotion pass."""
        return self.state == MET

    def as_json(self) -> dict[str, Any]:
        """Every key, always; the interval's bounds rounded to six places."""
        return {
            "gate": self.name, "state": self.state, "required": self.required, "observed": self.observed, "count": self.count,
            "total": self.total, "interval": None if self.interval is None else [round(each, 6) for each in self.interval],
            "sentence": self.sentence,
        }


def compute(limits: Limits, evidence: Evidence) -> list[Gate]:
    """Every gate, in the order in which they are shown."""
    return [
        *_of_cases(limits, evidence), *_of_events(limits, evidence.observed), *_of_reviews(limits, evidence), _approvals(limits, evidence),
    ]


def all_met(gates: Sequence[Gate]) -> bool:
    """Whether the promotion may pass."""
    return bool(gates) and all(gate.met for gate in gates)


def _of_cases(limits: Limits, evidence: Evidence) -> Iterator[Gate]:
    cases = evidence.cases
    if not cases:
        yield Gate("polarities", UNKNOWN, "tests of both polarities", "no policy", "there is no policy to judge")
        return
    few = sorted(name for name, each in cases.items() if min(each.fire, each.silent) < limits.min_cases)
    failed = sum(each.failed for each in cases.values())
    tested = len(cases) - len(few)
    required = f"{limits.min_cases} case{'s' * (limits.min_cases != 1)} of each polarity in every policy, none failing"
    observed = f"{tested} of {len(cases)} policies, {failed} failing case{'s' * (failed != 1)}"
    lacking = f"; too few for {_some(few)}" if few else ""
    yield Gate("polarities", NOT_MET if few or failed else MET, required, observed, f"cases: {observed}{lacking}", tested, len(cases))
    branches = sum(each.branches for each in cases.values())
    reached = sum(each.reached for each in cases.values())
    share = reached / branches if branches else 1.0
    observed = f"{_percent(share)} ({reached} of {branches} branches)"
    state = MET if share >= limits.min_coverage else NOT_MET
    yield Gate(
        "coverage", state, f"at least {_percent(limits.min_coverage)}", observed, f"the cases reach {observed}", reached, branches
    )


def _of_events(limits: Limits, seen: Observed | None) -> Iterator[Gate]:
    for name, wanted, count, what in (
        ("days", limits.min_days, None if seen is None else seen.days, "day"),
        ("events", limits.min_events, None if seen is None else seen.events, "event"),
        *([("users", limits.min_users, None if seen is None else seen.users, "user")] if limits.min_users else []),
    ):
        yield _at_least(name, wanted, count, what, seen)
    if seen is not None and seen.imported is not None:
        yield _imported(seen, seen.imported)
    yield _share(
        "benign rate", limits.max_benign_rate, None if seen is None else (seen.stopped, seen.benign),
        "harmless actions would be warned about or stopped anew",
    )
    if limits.max_match_rate < 1:
        yield _share("match rate", limits.max_match_rate, None if seen is None else (seen.matched, seen.events), "actions match")
    if limits.max_would_block_rate < 1:
        yield _share(
            "would-block rate", limits.max_would_block_rate, None if seen is None else (seen.would_block, seen.events),
            "actions would be stopped at stage block",
        )
    if limits.min_heed_rate > 0:
        yield _heeded(limits.min_heed_rate, seen)
    required = f"at most {limits.max_open_reports}"
    if seen is None:
        yield Gate("open reports", UNKNOWN, required, "no events given", "without events no report of a false positive is known")
        return
    count = len(seen.open_reports)
    named = f": {_some([f'{policy} ({decision})' for decision, policy in seen.open_reports])}" if count else ""
    state = MET if count <= limits.max_open_reports else NOT_MET
    yield Gate("open reports", state, required, str(count), f"{count} open report{'s' * (count != 1)} of false positives{named}", count)


def _imported(seen: Observed, count: int) -> Gate:
    """How many of the events were imported: asked for by nobody, and said wherever they count."""
    observed = f"{count} of {seen.events} events"
    left = ", ".join(f"{number} {reason}" for reason, number in seen.passed_over)
    others = f"; imported ones that do not count: {left}" if left else ""
    sentence = f"of these {seen.events} events {count} are imported, and were decided again with the policies that are promoted{others}"
    return Gate("imported", MET, "none", observed, sentence, count, seen.events)


def _heeded(limit: float, seen: Observed | None) -> Gate:
    """Whether warnings are heeded, policy by policy: the one that is heeded least decides, by the lower bound of its interval."""
    name, required = "heed rate", f"95 % lower bound at least {_percent(limit)} for every policy"
    if seen is None:
        return Gate(name, UNKNOWN, required, "no events given", "without events it is not known what followed a warning")
    if seen.imported and seen.imported == seen.events:
        return Gate(name, UNKNOWN, required, "not known", "all of these events are imported: nobody was warned of anything in them")
    if not seen.warned:
        return Gate(name, MET, required, "no warning was given", "no warning was given, so none was gone past", 0, 0)
    policy, count, total = min(seen.heeded, key=lambda each: (wilson(each[1], each[2])[0], each[0]))
    if not total:
        return Gate(name, UNKNOWN, required, "not known", f"what followed the warnings of {policy} was not recorded", 0, 0, wilson(0, 0))
    low, high = wilson(count, total)
    observed = f"{_percent(count / total)} ({count} of {total}; 95 % interval {_percent(low)} to {_percent(high)})"
    state = MET if low >= limit else NOT_MET
    return Gate(name, state, required, observed, f"the warning that is heeded least is {policy}: {observed}", count, total, (low, high))


def _at_least(name: str, wanted: int, count: int | None, what: str, seen: Observed | None) -> Gate:
    required = f"at least {wanted}"
    if wanted == 0:
        return Gate(name, MET, "none", "not asked for" if count is None else str(count), f"no {what}s are asked for", count)
    if count is None or seen is None:
        return Gate(name, UNKNOWN, required, "no events given", f"without events nothing is known of {what}s; give them with --events")
    when = f", from {seen.first} to {seen.last}" if seen.first else ""
    aside = f"; {seen.left_out} of another pack, version, stage or time do not count" if seen.left_out else ""
    ignored = sum(number for _, number in seen.passed_over) if seen.imported is None else 0
    aside += f"; {ignored} imported ones do not count (`gates: {{imported: count}}` in packgate.yaml)" if ignored else ""
    sentence = f"{count} {what}{'s' * (count != 1)} at this stage and version{when}{aside}"
    return Gate(name, MET if count >= wanted else NOT_MET, required, str(count), sentence, count)


def _share(name: str, limit: float, figure: tuple[int, int] | None, what: str) -> Gate:
    """A share whose interval's upper bound must lie below the limit."""
    required = f"95 % upper bound below {_percent(limit)}"
    if limit >= 1:
        return Gate(name, MET, "none", "not asked for", "no limit is set")
    if figure is None:
        return Gate(name, UNKNOWN, required, "no events given", "without events the rate is not known; give them with --events")
    count, total = figure
    if not total:
        return Gate(name, UNKNOWN, required, "0 of 0", "no event counts, so the rate is not known", 0, 0, wilson(0, 0))
    low, high = wilson(count, total)
    observed = f"{_percent(count / total)} ({count} of {total}; 95 % interval {_percent(low)} to {_percent(high)})"
    return Gate(
        name, MET if high < limit else NOT_MET, required, observed, f"{count} of {total} {what}: {observed}", count, total, (low, high)
    )


def _of_reviews(limits: Limits, evidence: Evidence) -> Iterator[Gate]:
    """What people said of actions that would be stopped: only where something was said, or where it is asked for."""
    found = evidence.rejections
    if found is not None and found.count:
        count = len(found.standing)
        named = f": {_some([f'{policy} ({cluster})' for cluster, policy in found.standing])}" if count else ""
        sentence = f"{count} of {found.count} rejections in the review still stand{named}"
        yield Gate("rejections", NOT_MET if count else MET, "none that stands", str(count), sentence, count, found.count)
    if limits.min_reviewed <= 0:
        return
    required, seen = f"at least {_percent(limits.min_reviewed)}", evidence.observed
    if seen is None:
        yield Gate("reviewed", UNKNOWN, required, "no events given", "without events it is not known what there is to review")
        return
    count, total = seen.reviewed, seen.stopped
    share = count / total if total else 1.0
    observed = f"{_percent(share)} ({count} of {total})" if total else "nothing to review"
    sentence = f"{count} of {total} actions that would be warned about or stopped anew are of clusters that were reviewed"
    yield Gate("reviewed", MET if share >= limits.min_reviewed else NOT_MET, required, observed, sentence, count, total)


def _approvals(limits: Limits, evidence: Evidence) -> Gate:
    authors = {part for each in evidence.authors for part in _identities(each)}
    valid: list[str] = []
    own: list[str] = []
    known: set[str] = set()
    # Who is written with name and address comes first, so that either alone is known to be the same person.
    for name in sorted({each.strip() for each in evidence.approvers if each.strip()}, key=lambda each: (-len(_identities(each)), each)):
        parts = _identities(name)
        if parts & authors:
            own.append(name)
        elif not parts & known:
            known |= parts
            valid.append(name)
    valid.sort()
    required = f"at least {limits.min_approvals}, not by an author" if limits.min_approvals else "none"
    observed = f"{len(valid)}" + (f" ({', '.join(valid)})" if valid else "")
    aside = f"; {', '.join(own)} wrote it, which does not count" if own else ""
    state = MET if len(valid) >= limits.min_approvals else NOT_MET
    return Gate("approvals", state, required, observed, f"approved by {', '.join(valid) or 'nobody'}{aside}", len(valid))


def _identities(person: str) -> set[str]:
    """How one person may be written: `Ana <ana@example.org>` is Ana, and ana@example.org; letter case does not tell people apart."""
    name, _, address = person.strip().casefold().removesuffix(">").partition("<")
    return {each.strip().removeprefix("@") for each in (name, address) if each.strip()}


def _percent(share: float) -> str:
    return f"{share * 100:.3f}".rstrip("0").rstrip(".") + " %"


def _some(names: Sequence[str], limit: int = 5) -> str:
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")
