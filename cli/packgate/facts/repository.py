"""What a line knows of the git repository: the branch it stands on and the settings that decide where a push goes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value


class Repository:
    """``branch`` is the current branch (None: not declared), ``upstreams`` the remote branch of each local one that the line
    set, ``settings`` the configuration that it set."""

    __slots__ = ("branch", "default_branch", "remotes", "settings", "upstreams")

    def __init__(self, branch: str | None, default_branch: str | None) -> None:
        self.branch: Value | None = branch
        self.default_branch = default_branch
        self.upstreams: dict[str, Value] = {}
        self.settings: dict[str, list[Value]] = {}
        self.remotes: dict[str, Value] = {}

    def setting(self, name: str) -> Value | None:
        """The last value of a setting; names are compared without letter case."""
        values = self.settings.get(name.lower())
        return values[-1] if values else None

    def set(self, name: str, value: Value) -> None:
        """Add a value of a setting."""
        self.settings.setdefault(name.lower(), []).append(value)
