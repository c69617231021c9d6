"""The cases that policies and corpora carry, as one list of plain objects."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from packgate.testing.variants import variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packgate.diagnostics import Position
    from packgate.source.file import SourceFile
    from packgate.source.result import LoadResult

MUST_FIRE = "must_fire"
MUST_NOT_FIRE = "must_not_fire"
POLARITIES = (MUST_FIRE, MUST_NOT_FIRE)

# Where a case runs unless it says otherwise.
DEFAULT_CONTEXT: dict[str, Any] = {
    "cwd": "/home/dev/proj",
    "home": "/home/dev",
    "repo": {"name": "acme/app", "root": "/home/dev/proj", "branch": "feature/x", "default_branch": "main"},
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a policy. ``action`` is None for a prompt that needs a real agent; ``place`` is its JSON pointer; ``inherited``
    is one of a pack that ``pack`` extends. ``variant`` counts the values of `each`, 0 of a case without; ``mode`` is the one that
    the case states."""

    pack: str
    policy: str
    polarity: str
    number: int
    action: dict[str, Any] | None
    prompt: str | None
    todo: str | None
    file: SourceFile
    place: str
    inherited: bool = False
    variant: int = 0
    mode: str | None = None

    @property
    def name(self) -> str:
        """A short unique name: ``policy/must_fire/2``, ``policy/must_fire/2.1`` for the first value of `each`."""
        return f"{self.policy}/{self.polarity}/{self.number}" + (f".{self.variant}" if self.variant else "")

    @property
    def position(self) -> Position:
        """Where the case stands."""
        return self.file.position(self.place)

    @property
    def label(self) -> str:
        """What is tried, for people."""
        return show_action(self.action) if self.action is not None else f"prompt: {self.prompt}"


def show_action(action: dict[str, Any]) -> str:
    """An action on one line: the command, or what is special about it as JSON."""
    command = action.get("command")
    if isinstance(command, str):
        return command
    shown = {key: value for key, value in action.items() if key not in DEFAULT_CONTEXT and value is not None}
    return json.dumps(shown, ensure_ascii=False)


def case_action(data: dict[str, Any]) -> dict[str, Any] | None:
    """The action JSON of a case: its command or action in the default context with the case's own laid over it."""
    context = data.get("context") or {}
    if "command" in data:
        own: dict[str, Any] = {"surface": "shell", "command": data["command"]}
    elif "action" in data:
        own = dict(data["action"])
    else:
        return None
    return in_context(own, context)


def in_context(action: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """An action with the default context, then its own keys, then ``context`` (whose ``branch`` is the repository's)."""
    merged = {**DEFAULT_CONTEXT, **action, **{key: value for key, value in context.items() if key not in ("branch", "repo")}}
    repo = {**DEFAULT_CONTEXT["repo"], **(action.get("repo") or {}), **(context.get("repo") or {})}
    if context.get("branch") is not None:
        repo["branch"] = context["branch"]
    merged["repo"] = repo
    return merged


def text_action(prompt: str) -> dict[str, Any]:
    """The action of a case that is a prompt alone, for policies on text."""
    return in_context({"surface": "prompt", "text": prompt}, {})


def collect(loaded: Iterable[LoadResult]) -> list[Case]:
    """Every case of the packs' own policies, in the order of the files."""
    return [case for result in loaded for case in _of_pack(result)]


def collect_inherited(result: LoadResult) -> list[Case]:
    """The cases of the packs that a pack extends, to be run with the pack itself.

    What must fire still must. What must not fire is left out for a policy whose `unless` the pack narrows, since that is meant to
    make more of it fire.
    """
    narrowed: set[str] = set()
    found: list[Case] = []
    level = result
    while level.base is not None and result.pack is not None:
        overrides = level.header.data.get("override") or {} if level.header is not None else {}
        narrowed |= {policy for policy, change in overrides.items() if "unless" in change}
        level = level.base
        found += [
            replace(case, pack=result.pack.name, inherited=True)
            for case in _of_pack(level)
            if case.polarity == MUST_FIRE or case.policy not in narrowed
        ]
    return found


def _of_pack(result: LoadResult) -> Iterator[Case]:
    if result.pack is None:
        return
    for policy in result.own_policies:
        source = result.policies[policy.id]
        tests = source.data.get("tests") or {}
        for polarity in POLARITIES:
            for index, written in enumerate(tests.get(polarity) or []):
                for variant, data in enumerate(variants(written), "each" in written):
                    action = case_action(data)
                    if action is None and "text" in policy.when:
                        action = text_action(data["prompt"])
                    yield Case(
                        result.pack.name, policy.id, polarity, index + 1, action, data.get("prompt"), data.get("todo"),
                        source.file, f"{source.place}/tests/{polarity}/{index}", variant=variant, mode=data.get("mode"),
                    )
