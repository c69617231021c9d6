"""The threat map, a page for every policy, and the examples page of packs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from packgate.docs.pages import render
from packgate.engine.sentence import policy_sentence
from packgate.testing.cases import MUST_FIRE, MUST_NOT_FIRE, collect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packgate.model.policy import Policy
    from packgate.source.result import LoadResult
    from packgate.testing.cases import Case

# Values of an `each` that a page shows.
_FEW = 4


def policy_pages(results: Sequence[LoadResult], folder: Path) -> dict[Path, str]:
    """Pages for the packs that have no errors, by path below ``folder``."""
    pages: dict[Path, str] = {}
    packs = [result for result in results if result.pack is not None]
    pages[folder / "README.md"] = render("threat-map.md.j2", packs=[_pack_view(result) for result in packs])
    for result in packs:
        assert result.pack is not None
        cases = collect([result])
        own = folder / result.pack.name
        for policy in result.own_policies:
            pages[own / f"{policy.id}.md"] = render("policy.md.j2", **_policy_view(policy, result, cases))
        pages[own / "examples.md"] = render("examples.md.j2", pack=result.pack, examples=_examples(result, cases))
    return pages


def _pack_view(result: LoadResult) -> dict[str, Any]:
    assert result.pack is not None
    own = {policy.id for policy in result.own_policies}
    layers = []
    for threat, words in result.threats.items():
        policies = [policy for policy in result.pack.policies if policy.threat == threat]
        if policies:
            layers.append({
                "id": threat, "title": words.get("title", threat), "description": words.get("description", ""), "modes": _modes(policies),
                "policies": [{"policy": policy, "pack": _home(policy, own, result)} for policy in policies],
            })
    return {"pack": result.pack, "layers": layers, "extends": result.base.pack.name if result.base and result.base.pack else None}


def _home(policy: Policy, own: set[str], result: LoadResult) -> str:
    """The pack on whose pages a policy stands: the one that adds it."""
    assert result.pack is not None
    if policy.id in own or result.base is None or result.base.pack is None:
        return result.pack.name
    return _home(policy, {item.id for item in result.base.own_policies}, result.base)


def _modes(policies: Sequence[Policy]) -> str:
    """``block 4, warn 1``: the modes of a layer with how many policies have each, strictest first."""
    from packgate.model.policy import MODES

    counts = {mode: sum(policy.outcome.mode == mode for policy in policies) for mode in reversed(MODES)}
    return ", ".join(f"{mode} {count}" for mode, count in counts.items() if count)


def _policy_view(policy: Policy, result: LoadResult, cases: Sequence[Case]) -> dict[str, Any]:
    mine = [case for case in cases if case.policy == policy.id]
    return {
        "policy": policy,
        "pack": result.pack,
        "sentence": policy_sentence(policy),
        "threat": result.threats.get(policy.threat, {}).get("title", policy.threat),
        "source": result.policies[policy.id].position(),
        "fires": _shown([case for case in mine if case.polarity == MUST_FIRE]),
        "silent": _shown([case for case in mine if case.polarity == MUST_NOT_FIRE]),
    }


def _shown(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Cases with how many more of their kind there are: of the values of an `each`, the first few stand for all."""
    count = Counter(case.place for case in cases)
    return [
        {"case": case, "more": count[case.place] - _FEW if case.variant == _FEW else 0} for case in cases if case.variant <= _FEW
    ]


def _examples(result: LoadResult, cases: Sequence[Case]) -> list[dict[str, Any]]:
    examples = []
    for policy in result.own_policies:
        for case in cases:
            if case.policy == policy.id and case.polarity == MUST_FIRE and case.prompt:
                examples.append({"policy": policy, "case": case})
                break
    return examples
