"""What a repository asks of a target: `targets:` of packgate.yaml, with defaults."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

HOOK = "/usr/local/bin/packgate-hook"
# Programs that occur in a case or corpus: for them it is known what is harmless.
KNOWN, ALL = "known", "all"


@dataclass(frozen=True, slots=True)
class Options:
    """``hook``: the launcher on the machines that get the files. ``native``: whether rules in the agent's own language are rendered beside
    the hook. ``programs``: for which programs. ``doubtful``: what becomes of a rule that would stop something harmless: left to the
    `hook`, or `ask`. ``locks``: settings that a user must not change, by the agent's names for them; None for the target's default.
    ``guards``: ask before commands that the agent's rules can't look into. ``timeout``: seconds that the agent waits for the hook.
    ``server``: the address of `packgate serve`, where the agent is to ask it instead of the launcher."""

    hook: str = HOOK
    native: bool = True
    programs: str = KNOWN
    doubtful: str = "hook"
    locks: tuple[str, ...] | None = None
    guards: bool = False
    minimum_version: str | None = None
    policy_helper: str | None = None
    timeout: int = 10
    server: str | None = None

    def locked(self, name: str, default: tuple[str, ...]) -> bool:
        """Whether a lock is wanted."""
        return name in (default if self.locks is None else self.locks)


def check_locks(options: Options, known: tuple[str, ...]) -> None:
    """Raises `UserError` for a lock that the target does not have."""
    for name in options.locks or ():
        if name not in known:
            raise UserError(f"targets: there is no lock '{name}'", "locks of this target: " + (", ".join(known) or "none"))


@dataclass(frozen=True, slots=True)
class Settings:
    """Options by target, in the order of the names."""

    targets: Mapping[str, Options] = field(default_factory=dict)

    def of(self, target: str) -> Options:
        """The options of a target; the defaults for one that the settings do not name."""
        return self.targets.get(target, Options())


def read_settings(data: Any) -> Settings:
    """From the data of a packgate.yaml that fits its schema."""
    found = (data.get("targets") or {}) if isinstance(data, dict) else {}
    given = found if isinstance(found, dict) else dict.fromkeys(found)
    return Settings({name: _options(given[name] or {}) for name in sorted(given)})


def _options(data: Mapping[str, Any]) -> Options:
    known = {each.name for each in fields(Options)}
    given: dict[str, Any] = {key.replace("-", "_"): tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    return Options(**{key: value for key, value in given.items() if key in known})
