"""What lint and the packs' own tests find of a policy repository in which files have other texts, beyond what they find of it already.

A case is about its own policy alone, in the mode that the policy states: stages and waivers play no part, and no other policy changes what
it says (`testing.runner`). So where only policies, stages and waivers are others, the cases that run again are those of the policies which
are others; of the corpora the attacks that such a policy has to find, and the harmless actions where one of them can be loud.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from packgate.diagnostics import Diagnostic, Severity
from packgate.engine.gate import build_gate
from packgate.engine.plain import pack_from, pack_to
from packgate.lint.context import LintContext
from packgate.lint.runner import lint
from packgate.model.policy import MODE_RANK
from packgate.review.trying import copied
from packgate.source.workspace import load_workspace, pack_names
from packgate.testing.corpus import load_corpora
from packgate.testing.runner import run_corpus
from packgate.testing.suite import Selection, corpora_packs, make_suite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Any

    from packgate.model.policy import Pack
    from packgate.source.cache import ValidationCache
    from packgate.source.workspace import Workspace
    from packgate.testing.corpus import CorpusCase

# Files of which a case's verdict knows no more than what the policies in them say.
_POLICIES = re.compile(r"packs/[^/]+/(?:policies/[^/]+\.ya?ml|rollout\.yaml|waivers\.yaml)|assignments\.yaml")
# How a message counts cases: one case more is no other finding.
_COUNT = re.compile(r"\b(?:no|\d+) cases?(?: that runs?)?\b")
# File, code, message, and whether it is an error.
Finding = tuple[str, str, str, bool]


class Trial:
    """Tries texts. ``root``: the policy repository, unpacked, and ``space`` the same, loaded without errors; ``today``: the day that
    waivers are held against."""

    def __init__(self, root: Path, space: Workspace, today: str, cache: ValidationCache | None = None) -> None:
        self.root, self.space, self.today, self.cache = root, space, today, cache

    def new(self, texts: Mapping[str, str]) -> list[Finding]:
        """Everything but notes that is found with the texts (by path relative to the root) and not without, errors first; without places
        and counts, which change with what is added."""
        with copied(self.root, {self.root / path: text for path, text in texts.items()}) as place:
            space = load_workspace(str(place), cache=self.cache)
            found = _named(space.diagnostics, place)
            if space.ok:
                found += self._linted(space, place)
            if found:
                found -= _named(self.space.diagnostics, self.root) + self._before
            if space.ok:
                found += self._tested(space, texts, place)
        return sorted(found.elements(), key=lambda each: (not each[3], each))

    @cached_property
    def _before(self) -> Counter[Finding]:
        return self._linted(self.space, self.root)

    def _linted(self, space: Workspace, place: Path) -> Counter[Finding]:
        return _named(lint(LintContext(
            results=space.results, settings=space.settings, assignments=space.assignments, context_files=space.context,
            groups_from=space.context, lists=space.lists, root=str(place), today=self.today,
            pack_names=tuple(pack_names(str(place / "packs"))),
        )), place)

    def _tested(self, space: Workspace, texts: Mapping[str, str], place: Path) -> Counter[Finding]:
        """What cases and corpora find with the texts and not without."""
        changed: frozenset[str] | None = None
        if all(_POLICIES.fullmatch(path) for path in texts):
            before, after = _policies(self.space), _policies(space)
            changed = frozenset(name for name in {*before, *after} if before.get(name) != after.get(name))
            if not changed:
                return Counter()
        found = _named(self._run(space, changed), place, self.root)
        return found - _named(self._run(self.space, changed), self.root) if found else found

    def _run(self, space: Workspace, changed: frozenset[str] | None) -> list[Diagnostic]:
        """What cases and corpora find; those that ``changed`` policies can change, None for all."""
        folder = self.root / "testcases"
        if changed is None:
            return make_suite(space, Selection(), corpora=folder if folder.is_dir() else None, cache=self.cache).run().diagnostics
        found = make_suite(space, Selection(tuple(sorted(changed)))).run().diagnostics
        loud = changed & (self._loud(self.space) | self._loud(space))
        cases = [each for each in self._corpora if (loud if each.polarity == "benign" else not changed.isdisjoint(each.fires))]
        packs = [_only(pack, changed) for pack in corpora_packs(space)]
        if cases and packs:
            gate = build_gate(packs, space.vocabulary, lists=space.lists, surroundings=space.surroundings)
            found += [each.finding for each in run_corpus(cases, gate) if each.finding is not None]
        return found

    @cached_property
    def _corpora(self) -> list[CorpusCase]:
        folder = self.root / "testcases"
        return load_corpora(folder, self.cache)[0] if folder.is_dir() else []

    @staticmethod
    def _loud(space: Workspace) -> set[str]:
        """The policies that can warn about something or stop it."""
        return {
            policy.id for pack in space.packs for policy in pack.policies if MODE_RANK[policy.outcome.mode] >= MODE_RANK["warn"]
        }


def _policies(space: Workspace) -> dict[str, list[Any]]:
    """What is written of every policy, by every pack that has it."""
    found: dict[str, list[Any]] = {}
    for result in space.results:
        for name, source in result.policies.items():
            override = source.override
            found.setdefault(name, []).append((source.data, override and override[0].data["override"][name]))
    return found


def _only(pack: Pack, names: frozenset[str]) -> Pack:
    """A pack with some of its policies. Waivers are left out: no corpus holds them."""
    chosen = pack_from({**pack_to(pack), "waivers": ()})
    chosen.catalog = pack.catalog
    chosen.policies = tuple(policy for policy in pack.policies if policy.id in names)
    return chosen


def _named(found: Iterable[Diagnostic], *roots: Path) -> Counter[Finding]:
    """Findings by what they say. ``roots``: the folders that files are below."""

    def shown(file: str) -> str:
        path = os.path.realpath(file)
        return next((os.path.relpath(path, root) for root in map(os.path.realpath, roots) if path.startswith(root + os.sep)), file)

    return Counter(
        (shown(each.position.file), each.code, _COUNT.sub("…", each.message.replace(f"{roots[0]}{os.sep}", "")),
         each.severity is Severity.ERROR)
        for each in found if each.severity in (Severity.ERROR, Severity.WARNING)
    )
