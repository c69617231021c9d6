"""`env -S STRING`: the words of the string stand before the others."""

from __future__ import annotations

from packgate.facts.words import split_words
from packgate.shell.command import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value


def handle(call: Call, session: Session, common: Fields) -> Value | None:
    """Run `env` again with the string split."""
    text = call.option("-S")
    if text is None:
        return None
    kept: list[Value] = ["-i"] if call.has("-i") else []
    argv: list[Value] = [call.argv[0], *kept, *split_words(text), *call.operands]
    return session.named("env", Command(argv, call.state, call.span, call.stdin, (), call.variables))
