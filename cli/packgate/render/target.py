"""What every target offers. Targets are modules: `targets.MODULES` lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.render.plan import Plan
    from packgate.render.spelling import Spelling

FIRST_CLASS = "first class"
BEST_EFFORT = "best effort"
ENGINE = "engine"


class Target(Protocol):
    """``NAME`` is that of packgate.yaml and of the hook's dialect; ``SUPPORT`` how far it is held; ``ANSWERS``: what native rules of it can
    say beside a hook (`answers`); ``PLACES``: by rendered file, where it goes on Linux; ``NOTES``: what people have to know, a sentence
    each."""

    NAME: str
    TITLE: str
    SUPPORT: str
    ANSWERS: tuple[str, ...]
    PLACES: Mapping[str, str]
    NOTES: tuple[str, ...]

    def command_patterns(self, spelling: Spelling) -> tuple[str, ...]:
        """The target's patterns for commands that are spelled so; none when it can't say it."""
        ...

    def command_matches(self, pattern: str, texts: Sequence[str], calls: Sequence[tuple[str, ...]]) -> bool:
        """Whether a pattern matches a command in any of its readings (`known.Known`)."""
        ...

    def path_pattern(self, path: str, tool: str) -> str | None:
        """The target's pattern for a path of a policy; None when it can't say it. ``tool``: `read` or `edit`."""
        ...

    def path_matches(self, pattern: str, path: str) -> bool:
        """Whether a pattern matches a path, absolute or in the home directory."""
        ...

    def files(self, plan: Plan) -> dict[str, bytes]:
        """The rendered files by their relative path."""
        ...
