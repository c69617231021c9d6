"""Expansions that leave nothing behind, and other spellings of one word: braces, globs, Unicode and locale quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Part, Subject

_EMPTY = "the expansion leaves nothing behind"
_QUOTES = "the quotes stand for the same characters"
# Builtins that read assignments only where they are named plainly.
DECLARING = frozenset("export declare typeset readonly local".split())
# What expands to nothing in a shell that has no positional parameters and does not know the variable.
_NOTHING = (
    ("unset", "${packgate_none}", "a variable that is not set"),
    ("parameters", "$@", "positional parameters that are not there"),
    ("star", "$*", "positional parameters that are not there, as $*"),
    ("numbered", "${7}", "a positional parameter that is not there"),
    ("substitution", "$()", "an empty substitution"),
    ("true-substitution", "$(:)", "a substitution without output"),
    ("backquotes", "``", "empty backquotes"),
    ("alternative", "${packgate_none:+x}", "an alternative that is not taken"),
)


def _plain(text: str) -> bool:
    return len(text) > 1 and text.isalnum() and text.isascii()


def _parameterless(subject: Subject) -> bool:
    """Whether it surely runs without positional parameters."""
    return all(part.program not in ("set", "shift", "source", ".") for part in subject.parts)


def _in_program(nothing: str) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        if not _parameterless(subject):
            return None
        return subject.each_program(lambda text: f"{text[0]}{nothing}{text[1:]}" if _plain(text) and text not in DECLARING else None)

    return apply


def _in_arguments(nothing: str) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        if not _parameterless(subject) or any(part.program in DECLARING for part in subject.parts):
            return None
        return subject.each_argument(lambda text: single_quoted(text[:1]) + nothing + single_quoted(text[1:]) if len(text) > 1 else None)

    return apply


def _words(nothing: str, *, behind: bool) -> Callable[[Subject], str | None]:
    """A word that vanishes, before the program or behind the last argument."""

    def apply(subject: Subject) -> str | None:
        if not _parameterless(subject):
            return None
        edits = []
        for part in subject.parts:
            taken = {*subject.aliases, *DECLARING, None, ""}
            if part.program not in taken and part.words[0] is part.node.words[0]:
                word = part.words[-1] if behind else part.words[0]
                edits.append((word.end, word.end, " " + nothing) if behind else (word.start, word.start, nothing + " "))
        return subject.edited(edits)

    return apply


def _unicode(text: str) -> str | None:
    return "$'" + "".join(f"\\u{ord(char):04x}" for char in text) + "'" if text and text.isascii() else None


def _locale(text: str) -> str | None:
    return f'$"{text}"' if text and not set(text) & set('"\\$`\n') else None


def _last_quoted(text: str) -> str | None:
    return f"{text[:-1]}$'{text[-1]}'" if _plain(text) else None


def _class(text: str) -> str | None:
    return f"/usr/bin/{text[:-1]}[{text[-1]}]" if _plain(text) else None


def _folder(text: str) -> str | None:
    return f"/b[i]n/{text}" if _plain(text) else None


def _external(change: Callable[[str], str | None]) -> Callable[[Subject], str | None]:
    """Programs that surely are one, changed."""

    def apply(subject: Subject) -> str | None:
        edits = []
        for part in subject.parts:
            new = change(part.program) if part.external and part.program else None
            if new is not None:
                edits.append((part.words[0].start, part.words[0].end, new))
        return subject.edited(edits)

    return apply


def _brace_arguments(subject: Subject) -> str | None:
    """All arguments of a lone command from one brace expansion."""
    part = subject.lone
    if part is None or not part.constant or not part.together or len(part.words) < 3 or part.program in DECLARING:
        return None
    listed = ",".join(single_quoted(value or "") for value in part.values[1:])
    return subject.edited([(part.words[1].start, part.words[-1].end, "{" + listed + "}")])


def _sequence(part: Part) -> list[tuple[int, int, str]]:
    """A letter of every argument from a sequence of one."""
    edits = []
    for word, value in part.arguments:
        place = next((i for i, char in enumerate(value) if i and char.isascii() and char.isalpha()), None)
        if place is not None:
            letter = value[place]
            edits.append((word.start, word.end, f"{single_quoted(value[:place])}{{{letter}..{letter}}}{single_quoted(value[place + 1:])}"))
    return edits


def _sequences(subject: Subject) -> str | None:
    return subject.edited(edit for part in subject.parts if part.program not in DECLARING for edit in _sequence(part))


EXPANSIONS = (
    *(Rewrite(f"program-with-{id}", f"program with {what} inside", _EMPTY, _in_program(text)) for id, text, what in _NOTHING),
    *(Rewrite(f"arguments-with-{id}", f"arguments with {what} inside", _EMPTY, _in_arguments(text)) for id, text, what in _NOTHING),
    Rewrite("vanishing-word", "a word that vanishes before the program", _EMPTY, _words("$packgate_none", behind=False)),
    Rewrite("vanishing-parameters", "$@ before the program", _EMPTY, _words('"$@"', behind=False)),
    Rewrite("vanishing-substitution", "$() before the program", _EMPTY, _words("$()", behind=False)),
    Rewrite("vanishing-last-word", "a word that vanishes at the end", _EMPTY, _words("${packgate_none}", behind=True)),
    Rewrite("vanishing-last-parameters", "\"$@\" at the end", _EMPTY, _words('"$@"', behind=True)),
    Rewrite("program-unicode", "program as $'\\u…'", _QUOTES, lambda s: s.each_program(_unicode)),
    Rewrite("program-locale", "program in $\"…\"", _QUOTES, lambda s: s.each_program(_locale)),
    Rewrite("program-last-quoted", "last letter of the program in $'…'", _QUOTES, lambda s: s.each_program(_last_quoted)),
    Rewrite("arguments-unicode", "arguments as $'\\u…'", _QUOTES, lambda s: s.each_argument(_unicode)),
    Rewrite("arguments-locale", "arguments in $\"…\"", _QUOTES, lambda s: s.each_argument(_locale)),
    Rewrite("program-class", "program by a path with a class of one", "one file matches: the program", _external(_class)),
    Rewrite("program-folder-class", "program in a folder that a class of one finds", "one folder matches: /bin", _external(_folder)),
    Rewrite("brace-arguments", "arguments from one brace expansion", "the expansion gives the same words", _brace_arguments),
    Rewrite("letter-sequences", "a letter of each argument from a sequence of one", "the sequence has one letter", _sequences),
)
