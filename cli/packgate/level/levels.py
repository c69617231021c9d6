"""The levels that there are. Each is a pack that packgate carries, and an assignment of it to everyone."""

from __future__ import annotations

from dataclasses import dataclass

from packgate.errors import UserError


@dataclass(frozen=True, slots=True)
class Level:
    """A level. ``name`` is its pack's; ``stage`` is that of its assignment; ``caps_others``: every other pack only records beside it."""

    name: str
    summary: str
    stage: str = "block"
    caps_others: bool = False

    @property
    def assignment(self) -> str:
        """The name of its assignment."""
        return f"level-{self.name}"


# From strict to loose.
LEVELS = (
    Level("tight", "what is not allowed is denied; personal data and secrets are stopped"),
    Level("balanced", "everything is recorded, destructive shell is denied, personal data and secrets are flagged"),
    Level("permissive", "nothing is enforced, every call is recorded as a gap", "audit", caps_others=True),
)
NAMES = tuple(level.name for level in LEVELS)


def level_named(name: str) -> Level:
    """A level by its name. Raises `UserError`."""
    for level in LEVELS:
        if level.name == name:
            return level
    raise UserError(f"there is no level '{name}'", f"levels are {', '.join(NAMES)}")
