"""Which pack holds for whom: the first assignment of a pack that matches an actor gives its cap."""

from __future__ import annotations

from packgate.engine.context import Context
from packgate.engine.patterns import Compiler
from packgate.engine.rules import compile_where, unmet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.engine.conditions import Check
    from packgate.model.action import Action
    from packgate.model.policy import Assignment


class Assignments:
    """An ordered list of assignments, compiled. ``default`` is the cap of packs that no assignment names, None for no cap."""

    __slots__ = ("_checks", "default", "items")

    def __init__(
        self, items: Sequence[Assignment], lists: Mapping[str, tuple[str, ...]] | None = None, default: str | None = None
    ) -> None:
        """Raises `PatternError` for a pattern that can't be compiled."""
        compiler = Compiler(lists or {})
        self.items = tuple(items)
        self.default = default
        self._checks: list[tuple[Check, ...]] = [compile_where(item.conditions, compiler) for item in items]

    def first(self, pack: str, action: Action) -> Assignment | None:
        """The assignment of a pack that wins for the actor of an action: the first of which every condition holds. A value that the
        action lacks matches nothing."""
        context = Context(action)
        for item, checks in zip(self.items, self._checks, strict=True):
            if item.pack == pack and unmet(checks, context) is None:
                return item
        return None

    def names(self, pack: str) -> bool:
        """Whether any assignment is about a pack."""
        return any(item.pack == pack for item in self.items)

    def resolve(self, packs: Sequence[str], action: Action) -> dict[str, str | None]:
        """By pack, the stage that caps it for the actor: None where assignments name the pack and none of them is for the actor, so that
        the pack does not hold. A pack that nothing caps is left out."""
        found: dict[str, str | None] = {}
        for pack in packs:
            if self.names(pack):
                winner = self.first(pack, action)
                found[pack] = None if winner is None else winner.stage
            elif self.default is not None:
                found[pack] = self.default
        return found
