"""A recorded promotion is a claim: publishing computes its gates again and believes only that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.release.gates import all_met, compute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.release.gates import Evidence, Gate
    from packgate.release.limits import Limits


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a claim: ``met`` is decided by the gates as computed now; ``differences`` says where the record told something
    else, which is worth a look even when all gates are met."""

    met: bool
    gates: tuple[Gate, ...]
    differences: tuple[str, ...]


def verify_claim(claimed: Sequence[Mapping[str, Any]] | None, limits: Limits, evidence: Evidence) -> Verdict:
    """Compute the gates again, with the limits that hold now and evidence that was gathered now.

    ``claimed`` are the gates of a release's record (None: it has none), each as `Gate.as_json` gives it. Nothing of it counts towards
    the verdict: a tag made by hand may say anything.
    """
    gates = compute(limits, evidence)
    differences: list[str] = []
    said = {str(each.get("gate")): each for each in claimed or () if isinstance(each, dict)}
    for gate in gates:
        old = said.pop(gate.name, None)
        if old is None:
            differences.append(f"{gate.name}: the record says nothing; now {_told(gate.as_json())}")
        elif any(old.get(key) != value for key, value in gate.as_json().items()):
            differences.append(f"{gate.name}: the record says {_told(old)}; now {_told(gate.as_json())}")
    differences += [f"{name}: the record has it, but it is no gate" for name in sorted(said)]
    return Verdict(all_met(gates), tuple(gates), tuple(differences))


def _told(gate: Mapping[str, Any]) -> str:
    return f"{gate.get('state')} ({gate.get('observed')})"
