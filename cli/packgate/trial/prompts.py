"""The prompts of cases: what a person would ask for to see a policy fire, or stay silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.testing.cases import in_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.testing.cases import Case

_CONTEXT = ("cwd", "home", "env", "repo")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt to try. ``place``: the folder, home and repository of its case, as action JSON."""

    pack: str
    policy: str
    polarity: str
    text: str
    place: dict[str, Any]


def prompts_of(cases: Iterable[Case], policies: Sequence[str] = ()) -> list[Prompt]:
    """The prompts of cases that have one beside a command, each once for a policy and polarity, in order. ``policies``: only of these.

    A case that is a prompt alone is about its text; `packgate test` decides it without an agent.
    """
    found: dict[tuple[str, str, str], Prompt] = {}
    for case in cases:
        if case.prompt is None or case.action is None or case.action.get("surface") == "prompt":
            continue
        if policies and case.policy not in policies:
            continue
        place = {key: value for key, value in in_context({}, case.action).items() if key in _CONTEXT}
        found.setdefault((case.policy, case.polarity, case.prompt), Prompt(case.pack, case.policy, case.polarity, case.prompt, place))
    return list(found.values())
