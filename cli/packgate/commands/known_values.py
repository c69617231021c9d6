"""What the catalog knows of the values of fields, for the judgement whether a mutant is equivalent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.facts.environment import DEFAULT_WORDS
from packgate.lint.capabilities import CLOSED_FIELDS, capabilities_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.model.policy import Pack
    from packgate.testing.equivalence import KnownValues


def known_values(pack: Pack) -> KnownValues:
    """All values that a field of some families can have with the pack's catalog; None when others are possible."""
    capabilities = capabilities_of([pack.catalog] if pack.catalog else ())
    environments = frozenset((*DEFAULT_WORDS, *pack.environments))

    def values(families: Sequence[str], field: str) -> frozenset[str] | None:
        if field == "environment":
            return environments
        if field not in CLOSED_FIELDS:
            return None
        found = capabilities.values(families, field)
        return None if found.open or found.globs else frozenset(found.exact)

    return values
