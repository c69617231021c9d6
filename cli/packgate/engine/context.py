"""The context of an action, as conditions and patterns refer to it."""

from __future__ import annotations

from packgate.engine.outline import Outline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.surroundings import Surroundings
    from packgate.model.action import Action
    from packgate.model.operation import Operation
    from packgate.model.value import Text

# What `where` can compare: its path in the action, and its type.
WHERE: dict[str, tuple[str, str]] = {
    "agent": ("actor.agent", "word-nocase"),
    "session": ("actor.session", "word"),
    "user": ("actor.user", "word"),
    "group": ("actor.groups", "word"),
    "team": ("actor.team", "word"),
    "owner": ("actor.owner", "word"),
    "repo": ("repo.name", "word"),
    "branch": ("repo.branch", "branch"),
    "environment": ("environment", "word-nocase"),
    "data_classification": ("data_classification", "word-nocase"),
    "permissions": ("permissions", "word"),
    "risk_signals": ("risk_signals", "word"),
    "approval": ("approval", "word"),
    "surface": ("surface", "word"),
}
# Of these the context of the policies can say more, by repository and by path.
_OF_PLACES = frozenset(("owner", "team", "environment", "data_classification"))


class Context:
    """Values of an action by dotted path (``repo.default_branch``), and the directories that patterns start from."""

    __slots__ = ("_folders", "_outlines", "_values", "action", "missing", "surroundings", "unable")

    def __init__(self, action: Action, surroundings: Surroundings | None = None) -> None:
        self.action = action
        self.surroundings = surroundings
        self._folders: tuple[str | None, str | None] | None = None
        # Remarks on what a condition needed and the action does not say, in the order it was needed.
        self.missing: dict[str, None] = {}
        # Why detectors could not look.
        self.unable: dict[str, None] = {}
        self._values: dict[str, tuple[str, ...]] = {}
        self._outlines: dict[int, tuple[Text, Outline]] = {}

    @property
    def folders(self) -> tuple[str | None, str | None]:
        """The home directory and the repository's root, as patterns start from them."""
        if self._folders is None:
            data = self.action.data
            repo = data.get("repo")
            self._folders = (_directory(data.get("home")), _directory(repo.get("root")) if repo else None)
        return self._folders

    @property
    def home(self) -> str | None:
        """The home directory."""
        return self.folders[0]

    @property
    def root(self) -> str | None:
        """The repository's root."""
        return self.folders[1]

    def values(self, path: str) -> tuple[str, ...]:
        """The values at a path; empty when the action does not say."""
        found = self._values.get(path)
        if found is None:
            found = self._values[path] = self._read(path)
        return found

    def outline(self, text: Text) -> Outline:
        """The features of a partly known text, made once for all the patterns that judge it."""
        found = self._outlines.get(id(text))
        if found is None:
            # The text is kept with them, so that its identity stays its own.
            found = self._outlines[id(text)] = (text, Outline(text))
        return found[1]

    def lacks(self, path: str) -> None:
        """Remember that a pattern needed a value that the action does not give."""
        self.missing[f"{path} is not known, so patterns that refer to it did not match"] = None

    def where_values(self, name: str, operation: Operation | None = None) -> tuple[str, ...]:
        """The values that `where` compares under a name of `WHERE`: what the action says, and what is known of the paths that an operation
        touches, or of the repository."""
        values = self.values(WHERE[name][0])
        if self.surroundings is None or name not in _OF_PLACES:
            return values
        known = self.surroundings.of_place(name, self, operation)
        return tuple(dict.fromkeys((*known, *(() if name in self.action.filled else values))))

    def _read(self, path: str) -> tuple[str, ...]:
        node: object = self.action.data
        for key in path.split("."):
            node = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, str):
            return (node,) if node else ()
        if isinstance(node, (list, tuple)):
            return tuple(item for item in node if isinstance(item, str) and item)
        return ()


def _directory(path: object) -> str | None:
    """A directory without its last slash; None unless it is absolute."""
    if not isinstance(path, str) or path[:1] != "/":
        return None
    return path.rstrip("/") or "/"
