"""Rewrites as templates: what the text of a command is put into, and what must hold for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packgate.testing.evasions.subject import Part, Subject

    Needs = Callable[[Subject], bool]
    # Id, template, title.
    Row = tuple[str, str, str]

DELIMITER = "PACKGATE_END"


def child(subject: Subject) -> bool:
    """It does the same in a child of the shell."""
    return subject.child


def posix(subject: Subject) -> bool:
    """`sh` reads it as bash does."""
    return subject.posix


def one_line(subject: Subject) -> bool:
    """It has no line end."""
    return subject.one_line


def portable(subject: Subject) -> bool:
    """Another user, or a shell without our variables, does the same: nothing in it depends on them."""
    return subject.posix and subject.portable


def plain(subject: Subject) -> bool:
    """No quoting: what removes quotes once more leaves it as it is."""
    return subject.posix and subject.one_line and not set(subject.text) & set("'\"\\%{}")


def anywhere(subject: Subject) -> bool:
    """Nothing is needed."""
    return True


def within(template: str, *needs: Needs, encode: Callable[[str], str | None] = single_quoted) -> Callable[[Subject], str | None]:
    """The encoded text in the place of the first ``{}``, and the working folder in that of ``{cwd}``."""

    def apply(subject: Subject) -> str | None:
        if not all(holds(subject) for holds in needs):
            return None
        encoded = encode(subject.text)
        return None if encoded is None else template.replace("{cwd}", single_quoted(subject.cwd), 1).replace("{}", encoded, 1)

    return apply


def heredoc(template: str, *needs: Needs) -> Callable[[Subject], str | None]:
    """The text as a quoted here-document whose operator stands at ``{}``."""

    def apply(subject: Subject) -> str | None:
        if DELIMITER in subject.text or not all(holds(subject) for holds in needs):
            return None
        return template.replace("{}", f"<<'{DELIMITER}'", 1) + f"\n{subject.text}\n{DELIMITER}"

    return apply


def rows(listed: Iterable[Row], why: str, *needs: Needs, encode: Callable[[str], str | None] = single_quoted) -> tuple[Rewrite, ...]:
    """Rewrites that differ by their templates only."""
    return tuple(Rewrite(id, title, why, within(template, *needs, encode=encode)) for id, template, title in listed)


def words_of(subject: Subject) -> list[str] | None:
    """The words of a lone command that surely starts a program, all of them constant; else None."""
    part = subject.lone
    if part is None or not part.external or not part.constant or not part.together:
        return None
    return None if part.node.redirects or part.node.assignments else [value or "" for value in part.values]


def replaced(subject: Subject, part: Part, text: str) -> str | None:
    """The words of a lone command replaced by others."""
    return subject.edited([(part.words[0].start, part.words[-1].end, text)])
