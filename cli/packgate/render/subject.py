"""What is rendered: the gate that decides as the hook will, under the stages that hold, with the cases of the packs and the corpora."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.engine.assignments import Assignments
from packgate.engine.gate import build_gate
from packgate.engine.stages import STAGE_RANK, cap
from packgate.errors import UserError
from packgate.hook.dialects import dialect
from packgate.hook.failure import SURFACES_OF
from packgate.model.policy import MODE_RANK
from packgate.resources import resource
from packgate.source.result import has_errors
from packgate.testing.cases import Case, collect, collect_inherited
from packgate.testing.corpus import CorpusCase, load_corpora

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packgate.engine.gate import Gate
    from packgate.engine.rules import Rule
    from packgate.model.action import Action
    from packgate.model.decision import Decision
    from packgate.model.policy import Assignment, Pack
    from packgate.model.vocabulary import Vocabulary
    from packgate.source.cache import ValidationCache
    from packgate.source.result import LoadResult
    from packgate.source.workspace import Workspace

# Surfaces on which an agent acts.
ACTING = ("shell", "file", "mcp", "web")


@dataclass(slots=True)
class Subject:
    """``stage`` replaces all stages when it is given. ``on_failure``: by surface, `closed` or `open`. ``label`` names packs and versions,
    for the head of rendered files. ``lists``: those of the context."""

    gate: Gate
    stage: str | None
    cases: list[Case]
    corpora: list[CorpusCase]
    on_failure: Mapping[str, str]
    label: str
    lists: Mapping[str, tuple[str, ...]]

    def decide(self, action: Action) -> Decision:
        """What the hook decides."""
        return self.gate.decide(action, stage=self.stage)

    def lists_of(self, pack: str) -> Mapping[str, tuple[str, ...]]:
        """The named lists that a pack's patterns can refer to."""
        own = next((each.lists for each in self.gate.engine.packs if each.name == pack), {})
        return {**self.lists, **own}

    def effective(self, rule: Rule) -> str | None:
        """The mode of a policy in effect, for somebody of whom nothing is known; None where its pack does not hold for them."""
        stages = self.gate.engine.stages(self.stage, self._assigned())
        return cap(rule.policy.outcome.mode, stages.of_rule(rule)[0]) if stages.holds(rule.pack) else None

    def fails_closed(self, surfaces: Iterable[str] = ACTING) -> bool:
        """Whether what can't be decided is refused on one of the surfaces: as the settings say, else once a policy blocks."""
        default = "closed" if self._stops() else "open"
        return any(self.on_failure.get(surface, default) == "closed" for surface in surfaces)

    def event_fails_closed(self, agent: str, event: str) -> bool:
        """Whether an event of an agent is refused when the hook can't answer it: by the surfaces that it can carry."""
        return self.fails_closed(SURFACES_OF[dialect(agent).EVENTS[event]])

    def _stops(self) -> bool:
        stages = self.gate.engine.stages(self.stage, self._assigned())
        defaults = (each for found in self.gate.engine.defaults.values() for each in found)
        if any(mode == "deny" and stages.holds(pack) and stages.of_pack(pack)[0] == "block" for pack, mode in defaults):
            return True
        return any(MODE_RANK[self.effective(rule) or "allow"] >= MODE_RANK["block"] for rule in self.gate.engine.rules)

    def _assigned(self) -> dict[str, str | None]:
        from packgate.model.action import parse_action

        return {} if self.stage is not None else self.gate.assigned(parse_action({"surface": "shell", "command": ""}))


def from_workspace(
    space: Workspace, *, stage: str | None = None, releases: Mapping[str, str] | None = None, corpora: Path | None = None,
    cache: ValidationCache | None = None, carried: bool = True,
) -> Subject:
    """Packs as they stand in a repository. ``releases``: the stage of a pack's release, by its name; ``corpora``: the repository's own
    folder of them; ``carried``: those that packgate carries count too. Raises `UserError` for packs with errors."""
    if not space.ok or not space.packs:
        raise UserError("the packs have errors; nothing is rendered from them", "packgate lint shows them")
    capped = _capped(space.assigned, releases or {}, [pack.name for pack in space.packs])
    assignments = Assignments(space.assigned, space.lists, space.stage)
    gate = build_gate(space.packs, space.vocabulary, lists=space.lists, assignments=assignments, releases=capped)
    return Subject(gate, stage, _cases(space.results), _corpora(corpora, carried, cache), _on_failure(space), _label(gate), space.lists)


def from_packs(
    packs: Sequence[Pack], vocabulary: Vocabulary, assignments: Sequence[Assignment], results: Iterable[LoadResult], *,
    releases: Mapping[str, str], stage: str | None = None, on_failure: Mapping[str, str],
) -> Subject:
    """Packs as they were pulled, with ``results``, their sources, for the cases."""
    capped = _capped(assignments, releases, [pack.name for pack in packs])
    gate = build_gate(packs, vocabulary, assignments=Assignments(assignments) if assignments else None, releases=capped)
    return Subject(gate, stage, _cases(results), _corpora(None, True, None), on_failure, _label(gate), {})


def _capped(items: Sequence[Assignment], releases: Mapping[str, str], packs: Iterable[str]) -> dict[str, str]:
    """The stages of releases, lowered to the least that any assignment of the pack allows: rendered files hold for everybody on a machine,
    and must not be stricter than the hook is for anyone."""
    found = dict(releases)
    for pack in packs:
        stages = [item.stage for item in items if item.pack == pack]
        if stages:
            found[pack] = min([*stages, found.get(pack, "block")], key=STAGE_RANK.__getitem__)
    return found


def _cases(results: Iterable[LoadResult]) -> list[Case]:
    return [case for result in results if not has_errors(result.diagnostics) for case in (*collect([result]), *collect_inherited(result))]


def _corpora(folder: Path | None, carried: bool, cache: ValidationCache | None) -> list[CorpusCase]:
    """The corpora of the repository, and those that packgate carries."""
    folders = [folder] if folder is not None and folder.is_dir() else []
    if carried:
        ours = Path(resource("testcases"))
        folders += [] if any(ours.samefile(each) for each in folders) else [ours]
    found: list[CorpusCase] = []
    for each in folders:
        cases, problems = load_corpora(each, cache)
        if has_errors(problems):
            raise UserError(f"{each}: the corpora have errors", "packgate lint shows them")
        found += cases
    return found


def _on_failure(space: Workspace) -> dict[str, str]:
    settings = space.settings
    data: Any = None if settings is None or settings.unfit else settings.data
    return dict(data.get("on_failure") or {}) if isinstance(data, dict) else {}


def _label(gate: Gate) -> str:
    return ", ".join(f"{pack.name} {pack.version}" for pack in sorted(gate.engine.packs, key=lambda pack: pack.name))
