"""Blanks, comments, line ends and redirections that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite

if TYPE_CHECKING:
    from packgate.testing.evasions.subject import Subject


def _between(subject: Subject, blank: str) -> str | None:
    """Another blank between the words of every simple command."""
    edits = []
    for part in subject.parts:
        for before, after in zip(part.words, part.words[1:], strict=False):
            if subject.text[before.end:after.start] == " ":
                edits.append((before.end, after.start, blank))
    return subject.edited(edits)


def _comment(subject: Subject) -> str | None:
    return None if subject.heredoc else f"{subject.text} # only a check"


def _trailing(subject: Subject) -> str | None:
    return None if subject.heredoc or subject.text.endswith("&") else f"{subject.text};"


def _appended(subject: Subject, text: str) -> str | None:
    part = subject.lone
    return None if part is None else subject.edited([(part.words[-1].end, part.words[-1].end, text)])


def _before(subject: Subject, text: str) -> str | None:
    part = subject.lone
    return None if part is None else subject.edited([(part.node.start, part.node.start, text)])


SPACING = (
    Rewrite("tabs", "tabs between the words", "blanks separate words whatever their kind", lambda s: _between(s, "\t")),
    Rewrite("blanks", "more blanks between the words", "blanks separate words whatever their number", lambda s: _between(s, "   ")),
    Rewrite("continued-lines", "line continuations between the words", "a backslash before a line end vanishes",
            lambda s: _between(s, " \\\n  ")),
    Rewrite("leading-blanks", "blanks and an empty line before", "they separate nothing", lambda s: "\n   " + s.text),
    Rewrite("comment", "a comment behind", "comments are skipped", _comment),
    Rewrite("comment-line", "a comment line before", "comments are skipped", lambda s: f"# tidy up\n{s.text}"),
    Rewrite("semicolon", "a semicolon at the end", "it ends a command that has ended anyway", _trailing),
    Rewrite("stderr-null", "messages to /dev/null", "only the messages are lost", lambda s: _appended(s, " 2>/dev/null")),
    Rewrite("stderr-null-first", "messages to /dev/null, written first", "a redirection may stand before the words",
            lambda s: _before(s, "2>/dev/null ")),
    Rewrite("stderr-joined", "messages to where the output goes", "only the messages move", lambda s: _appended(s, " 2>&1")),
    Rewrite("spare-descriptor", "a descriptor that nobody uses", "nothing is written to it", lambda s: _appended(s, " 3>/dev/null")),
)
