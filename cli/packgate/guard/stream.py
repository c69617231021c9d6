"""Redaction of a text that comes in pieces: what comes out is what redacting all of it at once would give, in bounded memory."""

from __future__ import annotations

from packgate.guard.redact import replaced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.guard.scan import Scan

# What is held back, since the rest of a secret may still come: more than the longest token or key.
HELD = 1 << 15
# What is kept of the text that went out: what stands before a secret may tell it.
CONTEXT = 1 << 10
# A secret without an end is not waited for longer than this.
LONGEST = 1 << 18


class RedactingStream:
    """Feed it pieces of a text; each call gives what can go out by then, `finish` the rest.

    A secret of up to `HELD` characters is found whole wherever the pieces are cut. A longer one (a private key without an end) is held
    until it ends, up to `LONGEST`; what comes behind that is judged by itself.
    """

    __slots__ = ("_gone", "_scan", "_text")

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._text = ""
        # Of the text that is kept, how much has gone out already.
        self._gone = 0

    def feed(self, piece: str) -> str:
        """What can go out once this piece has come."""
        self._text += piece
        if len(self._text) - self._gone < 2 * HELD:
            return ""
        return self._out(len(self._text) - HELD)

    def finish(self) -> str:
        """What is left. The stream can be used again for another text."""
        out = self._out(len(self._text))
        self._text = ""
        self._gone = 0
        return out

    def _out(self, until: int) -> str:
        """The text up to a place, or up to where a secret begins that reaches beyond it."""
        text, gone = self._text, self._gone
        hits = [hit for hit in self._scan.hits(text) if hit[1] > gone]
        last = until == len(text)
        if not last:
            for start, end, _ in hits:
                if start < until < end:
                    until = start if len(text) - start < LONGEST else end
            # A line is kept whole where it can be: its start may tell what its end is.
            line = text.rfind("\n", gone, until) + 1
            if line > gone and not any(start < line < end for start, end, _ in hits):
                until = line
        if until <= gone:
            return ""
        inside = [(max(start, gone) - gone, end - gone, id) for start, end, id in hits if end <= until]
        out = replaced(text[gone:until], inside)
        kept = max(until - CONTEXT, 0)
        self._text = text[kept:]
        self._gone = until - kept
        return out
