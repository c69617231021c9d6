"""One thing that an action does."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value

# The effects an operation can have.
EFFECTS = ("read", "write", "delete", "execute", "send", "grant")


class Operation:
    """One operation: its families, its fields and where in the source text it stands.

    ``fields`` maps a field of the vocabulary to its values, each a ``str`` or a partly known `Text`; ``span`` is the
    half-open range of code points in the command (``None`` on surfaces without a command); ``via`` names the wrappers
    it went through, outermost first. Operations of one shell command share ``common``: the fields that describe the
    command itself (program, argument, flag), so that they are stored once.
    """

    __slots__ = ("common", "families", "fields", "span", "via")

    def __init__(
        self,
        families: tuple[str, ...],
        fields: dict[str, tuple[Value, ...]],
        span: tuple[int, int] | None = None,
        via: tuple[str, ...] = (),
        common: dict[str, tuple[Value, ...]] | None = None,
    ) -> None:
        self.families = families
        self.fields = fields
        self.span = span
        self.via = via
        self.common = common

    def get(self, field: str) -> tuple[Value, ...]:
        """The values of a field; an empty tuple when the operation does not have it."""
        values = self.fields.get(field)
        if values is not None:
            return values
        if field == "via":
            return self.via
        return self.common.get(field, ()) if self.common is not None else ()

    def __repr__(self) -> str:
        return f"Operation({self.families!r}, {self.fields!r}, span={self.span!r}, via={self.via!r})"


# Coverage of an analysis, in order of how much was understood.
FULL = "full"
PARTIAL = "partial"
OPAQUE = "opaque"


class Note:
    """Something that the analysis could not do or assumed, for people and for the coverage.

    ``coverage`` is the coverage that this note alone would allow: ``full`` for a mere remark.
    """

    __slots__ = ("code", "coverage", "span", "text")

    def __init__(self, code: str, text: str, coverage: str = PARTIAL, span: tuple[int, int] | None = None) -> None:
        self.code = code
        self.text = text
        self.coverage = coverage
        self.span = span

    def __repr__(self) -> str:
        return f"Note({self.code!r}, {self.text!r}, {self.coverage!r}, {self.span!r})"


class Analysis:
    """Everything that was found in an action: its operations in the order of the text, and notes."""

    __slots__ = ("notes", "operations")

    def __init__(self, operations: list[Operation], notes: list[Note]) -> None:
        self.operations = operations
        self.notes = notes

    @property
    def coverage(self) -> str:
        """The worst coverage of all notes."""
        if not self.notes:
            return FULL
        found = {note.coverage for note in self.notes}
        return OPAQUE if OPAQUE in found else PARTIAL if PARTIAL in found else FULL
