"""Where commands read from and write to: the open file descriptors of a shell."""

from __future__ import annotations

from packgate.model.value import Origin, join, origins_of, unknown
from packgate.shell.escapes import join_bytes
from packgate.shell.fields import size_of
from packgate.shell.limits import TEXT_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value

# A descriptor without an entry is what the line inherited: a terminal, or whatever the agent connected.


class Stream:
    """Input that is consumed as it is read; ``names`` are the environment variables whose values flowed into it."""

    __slots__ = ("names", "value")

    def __init__(self, value: Value, names: tuple[str, ...] = ()) -> None:
        self.value = value
        self.names = names


class Sink:
    """Output as it is written. ``path`` is None for a pipe or a capture; ``kept`` when `exec` opened it for good;
    ``shown`` for the output of the line itself, which whoever runs it sees."""

    __slots__ = ("input", "kept", "mode", "names", "parts", "path", "shorter", "shown", "size", "span", "standard", "written")

    def __init__(self, path: Value | None = None, mode: str = "write", span: tuple[int, int] = (0, 0)) -> None:
        self.path = path
        self.mode = mode
        # The path as it is without the undeclared variables inside of its names.
        self.shorter: Value | None = None
        # What reading the descriptor yields, when it is open for both (`<>`).
        self.input: Stream | None = None
        self.span = span
        self.parts: list[Value] = []
        self.names: list[str] = []
        self.size = 0
        self.kept = False
        self.written = False
        self.standard = True
        self.shown = False

    def write(self, value: Value) -> bool:
        """Append output; False when the text would grow past the limit (the rest is then one unknown piece)."""
        self.written = True
        if value == "":
            return True
        if self.size > TEXT_SIZE:
            return False
        self.size += size_of(value)
        if self.size > TEXT_SIZE:
            self.parts.append(unknown(Origin("limit", "text"), *origins_of(value)))
            return False
        self.parts.append(value)
        return True

    def known(self) -> bool:
        """Whether all that was written passed here: what programs write to other descriptors does not."""
        return self.standard or self.written

    def text(self) -> Value:
        """All that was written."""
        if len(self.parts) == 1:
            return self.parts[0]
        text = join(self.parts) if self.parts else ""
        # A character can have been written byte by byte.
        return join_bytes(text) if isinstance(text, str) else text


def buffer_for(outer: object) -> Sink:
    """A buffer for output that goes to ``outer`` in the end: it is shown where that is."""
    sink = Sink()
    sink.shown = outer is None or (isinstance(outer, Sink) and outer.shown)
    return sink


class Closed:
    """A descriptor that was closed (``>&-``)."""

    __slots__ = ()
